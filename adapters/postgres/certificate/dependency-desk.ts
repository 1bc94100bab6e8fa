import { randomUUID } from 'node:crypto';
import { HOLDER_REPORT_KINDS } from '../../../domain/certificate-change/holder-report';
import type { PersonPrincipal, Principal, SystemPrincipal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { Clock } from '../../../ports/clock';
import type { DependencyDesk, HolderReport } from '../../../ports/dependency-desk';
import type { Idempotency } from '../../../ports/idempotency';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import { completeTask } from '../case/case-tasks';
import type { ChangedVersionRow } from '../certificate-change/changed-version';
import { lockNewestVersion } from '../certificate-change/changed-version';
import { changeActor } from '../certificate-change/record-change-received';
import { recordEvent } from '../evidence/record-event';
import { hasRoleAt } from '../organisation/resolve-scope';
import { createOnce } from '../register/idempotency-keys';
import type { Register } from '../register/register';
import { openTasksForHolder } from './dependent-tasks';

/** Opens tasks of other authorities too, which whoever reports may not see. */
const REGISTRAR: SystemPrincipal = { kind: 'system', component: 'dependencies' };

/** Certificates that rest on something which has changed: reported, looked at by people, and kept or changed. */
export class PostgresDependencyDesk implements DependencyDesk {
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

  async keep(principal: Principal, certificateId: string, reason: string): Promise<Result<null, Refusal>> {
    const { register, clock } = this.#options;
    if (principal.kind !== 'person') return refused({ code: 'notPermitted' });
    const version = await register.within(principal, (transaction) =>
      lockNewestVersion(transaction, certificateId),
    );
    if (version === null) return refused({ code: 'notFound' });
    if (!(await this.#isOperatorOf(principal, version))) return refused({ code: 'notPermitted' });
    const now = clock.now();
    return register.within(principal, async (transaction) => {
      const work = { kind: 'dependentCertificate', caseId: certificateId, reason, now } as const;
      const open = await transaction('task')
        .where({ kind: work.kind, case_id: certificateId })
        .whereIn('state', ['open', 'claimed'])
        .first('id');
      if (open === undefined) return refused<Refusal>({ code: 'taskNotOpen' });
      const completed = await completeTask(transaction, work, principal);
      if (!completed.ok) return completed;
      await recordEvent(transaction, {
        id: randomUUID(),
        kind: 'certificate.keptAfterReview',
        caseKind: 'certificate',
        caseId: certificateId,
        certificateId,
        certificateVersionId: version.id,
        authorityId: version.authority_id,
        trade: version.trade,
        actor: changeActor(principal),
        facts: { state: version.state },
        occurredAt: now,
        recordedAt: now,
      });
      return accepted(null);
    });
  }

  async reportHolder(
    principal: Principal,
    report: HolderReport,
    idempotency: Idempotency,
  ): Promise<Result<{ readonly reportId: string }, Refusal>> {
    const { register, cipher, integrity, clock } = this.#options;
    if (principal.kind !== 'agency' && principal.kind !== 'person') return refused({ code: 'notPermitted' });
    const now = clock.now();
    const answer = await register.within(REGISTRAR, (transaction) =>
      createOnce(
        transaction,
        principalName(principal),
        idempotency,
        { resourceKind: 'holderReport', now },
        async () => {
          await openTasksForHolder(transaction, integrity, cipher.lookup('holderCode', report.code), {
            exceptCertificateId: null,
            why: `${HOLDER_REPORT_KINDS[report.kind]}，请核实该证照应否变更、注销或维持`,
            now,
          });
          return accepted(randomUUID());
        },
      ),
    );
    return answer.ok ? accepted({ reportId: answer.value.resourceId }) : answer;
  }

  #isOperatorOf(principal: PersonPrincipal, version: ChangedVersionRow): Promise<boolean> {
    const { register, integrity, clock } = this.#options;
    return register.within(REGISTRAR, (transaction) =>
      hasRoleAt(transaction, integrity, {
        personId: principal.personId,
        role: 'operator',
        authorityId: version.authority_id,
        now: clock.now(),
      }),
    );
  }
}
