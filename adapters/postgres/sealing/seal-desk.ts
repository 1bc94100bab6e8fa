import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { legalDateAt } from '../../../domain/shared/legal-date';
import {
  type PersonPrincipal,
  type Principal,
  principalName,
  type SystemPrincipal,
} from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../../domain/shared/result';
import type { Clock } from '../../../ports/clock';
import type { Idempotency } from '../../../ports/idempotency';
import type { SealDesk, SealUseMandateView, SealView } from '../../../ports/office-desk';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { checkRow, sealRow } from '../../cipher/sealed-row';
import { recordSecurityEvent, type SecurityEventKind } from '../evidence/record-security-event';
import { createOnce } from '../register/idempotency-keys';
import type { Register } from '../register/register';
import { shanghaiText } from '../register/shanghai-text';
import { lastDayOf, readMandatePeriod } from './mandate-period';
import type { MandateRow, SealRow } from './seal-choice';
import { tellSealsChanged } from './tell-seals-changed';

/**
 * Only the waiting cases of a joint issue are outside of the keeper's own scope; permission is judged before, within it.
 */
const DESK: SystemPrincipal = { kind: 'system', component: 'sealDesk' };

type NewMandate = Parameters<SealDesk['grantMandate']>[1];

/** Seals and mandates of the keeper's authority (art. 11); every change lets the cases that wait for a seal look again. */
export class PostgresSealDesk implements SealDesk {
  readonly #register: Register;
  readonly #integrity: RowIntegrity;
  readonly #clock: Clock;

  constructor(options: {
    readonly register: Register;
    readonly integrity: RowIntegrity;
    readonly clock: Clock;
  }) {
    this.#register = options.register;
    this.#integrity = options.integrity;
    this.#clock = options.clock;
  }

  async seals(principal: Principal): Promise<readonly SealView[]> {
    return this.#register.within(principal, async (transaction) => {
      const rows = await transaction<SealRow>('seal').orderBy(['authority_id', 'name', 'id']);
      return rows.map((row) => sealView(checkRow(this.#integrity, 'seal', row)));
    });
  }

  async stop(principal: Principal, sealId: string, reason: string): Promise<Result<SealView, Refusal>> {
    if (reason.trim() === '') return refused({ code: 'reasonRequired' });
    return this.#changeSeal(principal, sealId, {
      from: 'inUse',
      to: 'stopped',
      reason,
      kind: 'sealStopped',
    });
  }

  async resume(principal: Principal, sealId: string): Promise<Result<SealView, Refusal>> {
    return this.#changeSeal(principal, sealId, {
      from: 'stopped',
      to: 'inUse',
      reason: null,
      kind: 'sealResumed',
    });
  }

  async mandates(principal: Principal): Promise<readonly SealUseMandateView[]> {
    return this.#register.within(principal, async (transaction) => {
      const rows = await transaction<MandateRow>('seal_use_mandate').orderBy([
        { column: 'valid_from', order: 'desc' },
        { column: 'id', order: 'desc' },
      ]);
      const codes = await catalogCodes(transaction);
      return rows.map((row) => this.#mandateView(row, codes));
    });
  }

  async grantMandate(
    principal: Principal,
    mandate: NewMandate,
    idempotency: Idempotency,
  ): Promise<Result<SealUseMandateView, Refusal>> {
    const now = this.#clock.now();
    const keeper = await this.#keeperOf(principal, mandate.sealId);
    if (!keeper.ok) return keeper;
    const period = readMandatePeriod(mandate, legalDateAt(now.getTime()));
    if (!period.ok) return period;
    return this.#register.within(DESK, async (transaction) => {
      const made = await createOnce(
        transaction,
        principalName(principal),
        idempotency,
        { resourceKind: 'sealUseMandate', now },
        () => this.#insertMandate(transaction, keeper.value, mandate, period.value, now),
      );
      if (!made.ok) return made;
      const written = await transaction<MandateRow>('seal_use_mandate')
        .where({ id: made.value.resourceId })
        .first();
      if (written === undefined) throw new Error('a mandate that was just written is not visible');
      return accepted(this.#mandateView(written, await catalogCodes(transaction)));
    });
  }

  async endMandate(principal: Principal, mandateId: string): Promise<Result<SealUseMandateView, Refusal>> {
    const now = this.#clock.now();
    const found = await this.#register.within(principal, (transaction) =>
      transaction<MandateRow>('seal_use_mandate').where({ id: mandateId }).first(),
    );
    if (found === undefined) return refused({ code: 'notFound' });
    const keeper = await this.#keeperOf(principal, found.seal_id);
    if (!keeper.ok) return keeper;
    return this.#register.within(DESK, async (transaction) => {
      const seal = await lockSeal(transaction, found.seal_id);
      const row = await transaction<MandateRow>('seal_use_mandate')
        .where({ id: mandateId })
        .forUpdate()
        .first();
      if (row === undefined) return refused<Refusal>({ code: 'notFound' });
      checkRow(this.#integrity, 'seal_use_mandate', row);
      if (row.ended_at !== null) return refused<Refusal>({ code: 'transitionNotAllowed' });
      const ended = { ...row, ended_at: now };
      await transaction('seal_use_mandate')
        .where({ id: mandateId })
        .update({ ended_at: now, ...sealRow(this.#integrity, 'seal_use_mandate', ended) });
      await this.#note(transaction, keeper.value, seal, 'mandateEnded', { mandateId }, now);
      const sealed = { ...ended, ...sealRow(this.#integrity, 'seal_use_mandate', ended) };
      return accepted(this.#mandateView(sealed, await catalogCodes(transaction)));
    });
  }

  /** Out: the id of the mandate. */
  async #insertMandate(
    transaction: Knex.Transaction,
    keeper: PersonPrincipal,
    mandate: NewMandate,
    period: { readonly valid_from: Date; readonly valid_until: Date },
    now: Date,
  ): Promise<Result<string, Refusal>> {
    const seal = await lockSeal(transaction, mandate.sealId);
    const entry = await transaction<{ id: string; code: string }>('catalog_entry')
      .where({ code: mandate.catalogCode })
      .first();
    if (entry === undefined) return refused({ code: 'catalogEntryUnknown' });
    const row = {
      id: randomUUID(),
      seal_id: seal.id,
      catalog_entry_id: entry.id,
      authority_id: seal.authority_id,
      granted_by: keeper.personId,
      ...period,
      volume_cap: mandate.volumeCap,
      ended_at: null,
    };
    await transaction('seal_use_mandate').insert({
      ...row,
      ...sealRow(this.#integrity, 'seal_use_mandate', row),
    });
    await this.#note(transaction, keeper, seal, 'mandateGranted', { mandateId: row.id }, now);
    return accepted(row.id);
  }

  async #changeSeal(
    principal: Principal,
    sealId: string,
    change: {
      readonly from: SealRow['state'];
      readonly to: SealRow['state'];
      readonly reason: string | null;
      readonly kind: SecurityEventKind;
    },
  ): Promise<Result<SealView, Refusal>> {
    const now = this.#clock.now();
    const keeper = await this.#keeperOf(principal, sealId);
    if (!keeper.ok) return keeper;
    return this.#register.within(DESK, async (transaction) => {
      const row = checkRow(this.#integrity, 'seal', await lockSeal(transaction, sealId));
      if (row.state !== change.from) return refused<Refusal>({ code: 'transitionNotAllowed' });
      const changed = { ...row, state: change.to, state_reason: change.reason };
      await transaction('seal')
        .where({ id: sealId })
        .update({
          state: change.to,
          state_reason: change.reason,
          ...sealRow(this.#integrity, 'seal', changed),
        });
      await this.#note(transaction, keeper.value, row, change.kind, { reason: change.reason }, now);
      return accepted(sealView(changed));
    });
  }

  /** The seal is within the principal's scope and the principal keeps seals; out: the keeper. */
  async #keeperOf(principal: Principal, sealId: string): Promise<Result<PersonPrincipal, Refusal>> {
    const seal = await this.#register.within(principal, (transaction) =>
      transaction<SealRow>('seal').where({ id: sealId }).first('id'),
    );
    if (seal === undefined) return refused({ code: 'notFound' });
    if (principal.kind !== 'person' || !principal.roles.includes('sealKeeper')) {
      return refused({ code: 'notPermitted' });
    }
    return accepted(principal);
  }

  async #note(
    transaction: Knex.Transaction,
    keeper: PersonPrincipal,
    seal: SealRow,
    kind: SecurityEventKind,
    detail: Readonly<Record<string, string | null>>,
    now: Date,
  ): Promise<void> {
    await recordSecurityEvent(transaction, {
      kind,
      principal: `person:${keeper.personId}`,
      detail: { sealId: seal.id, ...detail },
      occurredAt: now,
    });
    await tellSealsChanged(transaction, seal.authority_id, now);
  }

  #mandateView(row: MandateRow, codes: ReadonlyMap<string, string>): SealUseMandateView {
    checkRow(this.#integrity, 'seal_use_mandate', row);
    return {
      id: row.id,
      sealId: row.seal_id,
      catalogCode: codes.get(row.catalog_entry_id) ?? '',
      authorityId: row.authority_id,
      validFrom: legalDateAt(row.valid_from.getTime()),
      validUntil: lastDayOf(row.valid_until),
      volumeCap: row.volume_cap,
      used: row.used,
      endedAt: row.ended_at === null ? null : shanghaiText(row.ended_at),
    };
  }
}

async function lockSeal(transaction: Knex.Transaction, sealId: string): Promise<SealRow> {
  const row = await transaction<SealRow>('seal').where({ id: sealId }).forUpdate().first();
  if (row === undefined) throw new Error('a seal vanished');
  return row;
}

async function catalogCodes(transaction: Knex.Transaction): Promise<ReadonlyMap<string, string>> {
  const rows = await transaction<{ id: string; code: string }>('catalog_entry').select('id', 'code');
  return new Map(rows.map(({ id, code }) => [id, code]));
}

function sealView(row: SealRow): SealView {
  return {
    id: row.id,
    authorityId: row.authority_id,
    name: row.name,
    kind: row.kind,
    state: row.state,
    stateReason: row.state_reason,
    validFrom: legalDateAt(row.valid_from.getTime()),
    validUntil: lastDayOf(row.valid_until),
  };
}
