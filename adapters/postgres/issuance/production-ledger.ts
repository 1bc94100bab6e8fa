import type { SealWait } from '../../../domain/sealing/choose-seal';
import type { Clock } from '../../../ports/clock';
import type { Standing } from '../../../ports/issuance-ledger';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import type { ChosenSeal, NewSealingIntent, ProductionLedger } from '../../../ports/production-ledger';
import { loadPinnedRules } from '../catalog/catalog-rules';
import { CertificateVersionWriter } from '../certificate/certificate-version-writer';
import { sendChangeBack } from '../certificate-change/send-change-back';
import type { Register } from '../register/register';
import { chooseNextSeal } from '../sealing/seal-choice';
import { beginSealWait, endSealWait } from '../sealing/seal-wait';
import { hasOpenIntents, insertIntents, voidOpenIntents } from '../sealing/sealing-intents';
import { giveNumber } from './give-number';
import { readRequest, reject } from './issuance-ledger';
import type { IssuanceRow } from './issuance-row';
import { CONDUCTOR, CONDUCTOR_ACTOR, lockIssuance, moveIssuance, standingOf } from './issuance-row';

export interface ProductionLedgerOptions {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
}

/** Step ③ on the register. */
export class PostgresProductionLedger implements ProductionLedger {
  readonly #options: ProductionLedgerOptions;
  readonly #versions: CertificateVersionWriter;

  constructor(options: ProductionLedgerOptions) {
    this.#options = options;
    this.#versions = new CertificateVersionWriter(options);
  }

  order(issuanceId: string): ReturnType<ProductionLedger['order']> {
    const { register, cipher, integrity, clock } = this.#options;
    return register.within(CONDUCTOR, async (transaction) => {
      const row = await lockIssuance(transaction, issuanceId);
      if (row.state !== 'approved' && row.state !== 'awaitingSeal') {
        return { kind: 'stands', standing: await standingOf(transaction, row, clock.now()) };
      }
      const now = clock.now();
      const rules = await loadPinnedRules(transaction, integrity, row);
      const request = readRequest(cipher, row);
      let order = await this.#versions.written(transaction, row);
      if (order === null) {
        const number = await giveNumber(transaction, row, rules, request, now);
        if (number === null) {
          const moved = await reject(transaction, row, now, 'numberTaken', '该证照编号已被另一份证照使用');
          return { kind: 'stands', standing: await standingOf(transaction, moved, now) };
        }
        order = await this.#versions.write(transaction, row, rules, request, number);
      }
      const version = { ...row, certificate_version_id: order.certificateVersionId };
      const next = await chooseNextSeal(transaction, integrity, version, rules, now);
      return { kind: 'order', order, rules, request, next };
    });
  }

  async recordIntents(
    issuanceId: string,
    seal: ChosenSeal,
    intents: readonly NewSealingIntent[],
  ): Promise<Standing> {
    const { register, clock } = this.#options;
    return register.within(CONDUCTOR, async (transaction) => {
      const row = await lockIssuance(transaction, issuanceId);
      if (row.state !== 'approved' && row.state !== 'awaitingSeal')
        return standingOf(transaction, row, clock.now());
      const now = clock.now();
      await voidOpenIntents(transaction, row.id, 'preparedAnew', now);
      await insertIntents(transaction, row, seal, intents, now);
      const moved = await moveIssuance(transaction, row, {
        operation: 'prepare',
        now,
        actor: CONDUCTOR_ACTOR,
        facts: { sealOrdinal: seal.ordinal, sealId: seal.sealId },
      });
      return standingOf(transaction, moved, clock.now());
    });
  }

  async awaitSeal(issuanceId: string, why: SealWait): Promise<Standing> {
    const { register, clock, integrity } = this.#options;
    return register.within(CONDUCTOR, async (transaction) => {
      const row = await lockIssuance(transaction, issuanceId);
      const now = clock.now();
      if (row.state === 'awaitingSeal') {
        await transaction<IssuanceRow>('issuance').where({ id: row.id }).update({ waiting_for: why });
        return standingOf(transaction, row, clock.now());
      }
      if (row.state !== 'approved' && row.state !== 'prepared')
        return standingOf(transaction, row, clock.now());
      // A worker that was taken for dead comes with its refusal after another one has sealed: nothing waits any more.
      if (row.state === 'prepared' && !(await hasOpenIntents(transaction, row.id)))
        return standingOf(transaction, row, clock.now());
      return standingOf(transaction, await beginSealWait(transaction, integrity, row, why, now), clock.now());
    });
  }

  async stopProduction(issuanceId: string, code: string, detail: string): Promise<Standing> {
    const { register, clock } = this.#options;
    return register.within(CONDUCTOR, async (transaction) => {
      const row = await lockIssuance(transaction, issuanceId);
      if (row.state !== 'approved' && row.state !== 'awaitingSeal')
        return standingOf(transaction, row, clock.now());
      await endSealWait(transaction, row.id, clock.now());
      await transaction('certificate_version')
        .where({ id: row.certificate_version_id, state: 'awaitingSeal' })
        .update({ state: 'draft' });
      const moved = await moveIssuance(transaction, row, {
        operation: 'stopProduction',
        now: clock.now(),
        actor: CONDUCTOR_ACTOR,
        reason: { code, detail },
      });
      await sendChangeBack(transaction, row, { code, detail }, clock.now());
      return standingOf(transaction, moved, clock.now());
    });
  }
}
