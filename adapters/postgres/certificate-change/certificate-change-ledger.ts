import type { CertificateChangeLedger, ChangeStanding } from '../../../ports/certificate-change-ledger';
import type { Clock } from '../../../ports/clock';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import { tickCaseClocks } from '../case/case-clock';
import { CONDUCTOR, CONDUCTOR_ACTOR } from '../issuance/issuance-row';
import type { Register } from '../register/register';
import { advanceChange } from './advance-change';
import { lockChange } from './certificate-change-row';

/** Changes on the register, for their workflow. */
export class PostgresCertificateChangeLedger implements CertificateChangeLedger {
  readonly #options: {
    readonly register: Register;
    readonly cipher: PersonalDataCipher;
    readonly integrity: RowIntegrity;
    readonly clock: Clock;
  };

  constructor(options: {
    readonly register: Register;
    readonly cipher: PersonalDataCipher;
    readonly integrity: RowIntegrity;
    readonly clock: Clock;
  }) {
    this.#options = options;
  }

  settle(changeId: string): Promise<ChangeStanding> {
    const { register, clock } = this.#options;
    return register.within(CONDUCTOR, async (transaction) => {
      const now = clock.now();
      const row = await lockChange(transaction, changeId);
      const standing = await advanceChange(transaction, this.#options, row, { actor: CONDUCTOR_ACTOR, now });
      if (standing.closed_at !== null) return { isClosed: true, lookAgainInMs: null };
      const clockInMs = await tickCaseClocks(
        transaction,
        { caseKind: 'certificateChange', caseId: changeId },
        now,
      );
      const decision = await transaction<{ takes_effect_at: Date | null }>('task')
        .where({
          kind: 'changeReview',
          case_id: changeId,
          round: standing.revision,
          state: 'decided',
        } as object)
        .first('takes_effect_at');
      const inEffectInMs =
        standing.state === 'underReview' && decision?.takes_effect_at != null
          ? Math.max(0, decision.takes_effect_at.getTime() - now.getTime())
          : null;
      return { isClosed: false, lookAgainInMs: earliest(clockInMs, inEffectInMs) };
    });
  }
}

function earliest(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return left ?? right;
  return Math.min(left, right);
}
