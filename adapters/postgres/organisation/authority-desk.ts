import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import {
  type AuthorityKind,
  type AuthorityLevel,
  successionProblem,
} from '../../../domain/organisation/authority';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { legalDateAt } from '../../../domain/shared/legal-date';
import { type Principal, principalName, type SystemPrincipal } from '../../../domain/shared/principal';
import type { Problem, Refusal } from '../../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../../domain/shared/result';
import type { Clock } from '../../../ports/clock';
import type { Idempotency } from '../../../ports/idempotency';
import type {
  AuthorityChange,
  AuthorityDesk,
  AuthorityView,
  NewAuthority,
} from '../../../ports/organisation';
import { recordEvent } from '../evidence/record-event';
import { createOnce } from '../register/idempotency-keys';
import type { Register } from '../register/register';

interface AuthorityRow {
  readonly id: string;
  readonly credit_code: string;
  readonly name: string;
  readonly kind: AuthorityKind;
  readonly level: AuthorityLevel;
  readonly area_code: string;
  readonly trade: string | null;
  readonly is_issuing: boolean;
  readonly parent_id: string | null;
  readonly competent_department_id: string | null;
  readonly successor_id: string | null;
  readonly successor_basis: string | null;
  readonly entrusted_by_id: string | null;
  readonly entrustment_basis: string | null;
  readonly entrustment_ends_on: LegalDate | null;
  readonly active_from: LegalDate;
  readonly active_until: LegalDate | null;
  readonly revision: number;
}

/** The event of a unit lies within that unit, outside of whose rows the person may be; permission is judged before. */
const DESK: SystemPrincipal = { kind: 'system', component: 'organisation' };
/** What an event of a unit is filed under, beside the trades of certificates. */
const ORGANISATION = 'organisation';

/** The units of the city (art. 2). Each change is an event in the tamper-evident log: it moves who answers for what. */
export class PostgresAuthorityDesk implements AuthorityDesk {
  readonly #register: Register;
  readonly #clock: Clock;

  constructor(options: { readonly register: Register; readonly clock: Clock }) {
    this.#register = options.register;
    this.#clock = options.clock;
  }

  /** The org tree is public (art. 2): everybody who is signed in sees all of it. */
  async list(principal: Principal): Promise<readonly AuthorityView[]> {
    const rows = await this.#register.within(principal, (transaction) =>
      transaction<AuthorityRow>('authority').orderBy(['area_code', 'credit_code']),
    );
    return rows.map(authorityView);
  }

  async find(principal: Principal, authorityId: string): Promise<AuthorityView | null> {
    const row = await this.#register.within(principal, (transaction) =>
      transaction<AuthorityRow>('authority').where({ id: authorityId }).first(),
    );
    return row === undefined ? null : authorityView(row);
  }

  async add(
    principal: Principal,
    authority: NewAuthority,
    idempotency: Idempotency,
  ): Promise<Result<AuthorityView, Refusal>> {
    if (!mayAdminister(principal)) return refused({ code: 'notPermitted' });
    const problems = entrustmentProblems(authority);
    if (problems.length > 0) return refused({ code: 'contentInvalid', problems });
    const now = this.#clock.now();
    return this.#register.within(DESK, async (transaction) => {
      const made = await createOnce(
        transaction,
        principalName(principal),
        idempotency,
        { resourceKind: 'authority', now },
        async () => {
          const unknown = await unknownUnits(transaction, authority);
          if (unknown.length > 0) return refused({ code: 'contentInvalid', problems: unknown });
          const row = await insertAuthority(transaction, authority);
          if (row === null) return refused(creditCodeTaken());
          await this.#record(transaction, principal, row, 'add', {
            name: row.name,
            creditCode: row.credit_code,
          });
          return accepted(row.id);
        },
      );
      if (!made.ok) return made;
      return accepted(authorityView(await lock(transaction, made.value.resourceId)));
    });
  }

  async change(
    principal: Principal,
    authorityId: string,
    revision: number,
    change: AuthorityChange,
  ): Promise<Result<AuthorityView, Refusal>> {
    if (!mayAdminister(principal)) return refused({ code: 'notPermitted' });
    return this.#register.within(DESK, async (transaction) => {
      const row = await find(transaction, authorityId);
      if (row === null) return refused<Refusal>({ code: 'notFound' });
      if (row.revision !== revision) {
        return refused<Refusal>({ code: 'revisionConflict', facts: { revision: row.revision } });
      }
      if (change.entrustmentEndsOn !== undefined && row.entrusted_by_id === null) {
        return refused<Refusal>({ code: 'contentInvalid', problems: [notEntrusted('/entrustmentEndsOn')] });
      }
      const unknown = await unknownUnits(transaction, {
        parentId: change.parentId ?? null,
        competentDepartmentId: change.competentDepartmentId ?? null,
        entrustment: null,
      });
      const own = [change.parentId, change.competentDepartmentId].includes(authorityId)
        ? [{ pointer: '/parentId', code: 'ownUnit', expected: '不得为单位自身' }]
        : [];
      const problems = [...unknown, ...own];
      if (problems.length > 0) return refused<Refusal>({ code: 'contentInvalid', problems });
      const columns = columnsOf(change);
      const [written] = await transaction<AuthorityRow>('authority')
        .where({ id: authorityId })
        .update({ ...columns, revision: revision + 1 })
        .returning('*');
      if (written === undefined) throw new Error('a unit vanished');
      await this.#record(transaction, principal, written, 'change', columns);
      return accepted(authorityView(written));
    });
  }

  async succeed(
    principal: Principal,
    authorityId: string,
    { successorId, on, basis }: Parameters<AuthorityDesk['succeed']>[2],
  ): Promise<Result<AuthorityView, Refusal>> {
    if (principal.kind !== 'person' || !principal.roles.includes('cityAdministrator')) {
      return refused({ code: 'notPermitted' });
    }
    const today = legalDateAt(this.#clock.now().getTime());
    return this.#register.within(DESK, async (transaction) => {
      // All units, locked in one order, so that two successions cannot close a circle side by side.
      const rows = await transaction<AuthorityRow>('authority').orderBy('id').forUpdate();
      const row = rows.find(({ id }) => id === authorityId);
      const successor = rows.find(({ id }) => id === successorId);
      if (row === undefined) return refused<Refusal>({ code: 'notFound' });
      if (row.successor_id !== null) return refused<Refusal>({ code: 'transitionNotAllowed' });
      const units = rows.map((unit) => ({ id: unit.id, successorId: unit.successor_id }));
      const why =
        successor === undefined
          ? '应为已登记的单位'
          : successionProblem(
              { id: row.id, successorId: row.successor_id },
              { id: successor.id, successorId: successor.successor_id },
              units,
            );
      if (why !== null) return invalid('/successorId', 'successorUnsuitable', why);
      if (on > today || on < row.active_from) {
        return invalid('/on', 'dateOutOfRange', '承继日期不得晚于今天，也不得早于单位设立之日');
      }
      const [written] = await transaction<AuthorityRow>('authority')
        .where({ id: authorityId })
        .update({
          successor_id: successorId,
          successor_basis: basis,
          active_until: on,
          revision: row.revision + 1,
        })
        .returning('*');
      if (written === undefined) throw new Error('a unit vanished');
      await this.#record(transaction, principal, written, 'succeed', { successorId, on, basis });
      return accepted(authorityView(written));
    });
  }

  async #record(
    transaction: Knex.Transaction,
    principal: Principal,
    row: AuthorityRow,
    operation: 'add' | 'change' | 'succeed',
    facts: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const now = this.#clock.now();
    await recordEvent(transaction, {
      id: randomUUID(),
      kind: `authority.${operation}`,
      caseKind: 'authority',
      caseId: row.id,
      authorityId: row.id,
      trade: row.trade ?? ORGANISATION,
      actor: { kind: principal.kind, id: principalName(principal) },
      facts: { ...facts, revision: row.revision },
      occurredAt: now,
      recordedAt: now,
    });
  }
}

/** The city knows its units; the system administrator may keep them for it. Neither sees a certificate more thereby. */
function mayAdminister(principal: Principal): boolean {
  return (
    principal.kind === 'person' &&
    principal.roles.some((role) => role === 'cityAdministrator' || role === 'systemAdministrator')
  );
}

async function find(transaction: Knex.Transaction, id: string): Promise<AuthorityRow | null> {
  return (await transaction<AuthorityRow>('authority').where({ id }).forUpdate().first()) ?? null;
}

async function lock(transaction: Knex.Transaction, id: string): Promise<AuthorityRow> {
  const row = await find(transaction, id);
  if (row === null) throw new Error('a unit that was just written is not visible');
  return row;
}

/** Null: the credit code is taken. */
async function insertAuthority(
  transaction: Knex.Transaction,
  authority: NewAuthority,
): Promise<AuthorityRow | null> {
  const rows = await transaction<AuthorityRow>('authority')
    .insert({
      id: randomUUID(),
      credit_code: authority.creditCode,
      name: authority.name,
      kind: authority.kind,
      level: authority.level,
      area_code: authority.areaCode,
      trade: authority.trade,
      is_issuing: authority.isIssuing,
      parent_id: authority.parentId,
      competent_department_id: authority.competentDepartmentId,
      entrusted_by_id: authority.entrustment?.byId ?? null,
      entrustment_basis: authority.entrustment?.basis ?? null,
      entrustment_ends_on: authority.entrustment?.endsOn ?? null,
      active_from: authority.activeFrom,
    })
    .onConflict('credit_code')
    .ignore()
    .returning('*');
  return rows[0] ?? null;
}

function columnsOf(change: AuthorityChange): Partial<AuthorityRow> {
  return {
    ...(change.name === undefined ? {} : { name: change.name }),
    ...(change.trade === undefined ? {} : { trade: change.trade }),
    ...(change.isIssuing === undefined ? {} : { is_issuing: change.isIssuing }),
    ...(change.parentId === undefined ? {} : { parent_id: change.parentId }),
    ...(change.competentDepartmentId === undefined
      ? {}
      : { competent_department_id: change.competentDepartmentId }),
    ...(change.entrustmentEndsOn === undefined ? {} : { entrustment_ends_on: change.entrustmentEndsOn }),
  };
}

/** 受委托组织 has who entrusted it, on what basis, and no other kind has. */
function entrustmentProblems({ kind, entrustment, activeFrom }: NewAuthority): readonly Problem[] {
  if (kind === 'entrustedOrganisation' && entrustment === null) {
    return [{ pointer: '/entrustment', code: 'missing', expected: '受委托组织须填写委托机关、依据和期限' }];
  }
  if (kind !== 'entrustedOrganisation' && entrustment !== null) return [notEntrusted('/entrustment')];
  const endsOn = entrustment?.endsOn ?? null;
  return endsOn !== null && endsOn <= activeFrom
    ? [{ pointer: '/entrustment/endsOn', code: 'periodEnded', expected: '委托终止日期须晚于设立日期' }]
    : [];
}

function notEntrusted(pointer: string): Problem {
  return { pointer, code: 'notAllowed', expected: '只有受委托组织才有委托' };
}

async function unknownUnits(
  transaction: Knex.Transaction,
  named: Pick<NewAuthority, 'parentId' | 'competentDepartmentId' | 'entrustment'>,
): Promise<readonly Problem[]> {
  const places = [
    { pointer: '/parentId', id: named.parentId },
    { pointer: '/competentDepartmentId', id: named.competentDepartmentId },
    { pointer: '/entrustment/byId', id: named.entrustment?.byId ?? null },
  ].flatMap(({ pointer, id }) => (id === null ? [] : [{ pointer, id }]));
  const rows: readonly { readonly id: string }[] = await transaction('authority')
    .whereIn(
      'id',
      places.map(({ id }) => id),
    )
    .select('id');
  const known = new Set(rows.map(({ id }) => id));
  return places
    .filter(({ id }) => !known.has(id))
    .map(({ pointer }) => ({ pointer, code: 'unknown', expected: '应为已登记的单位' }));
}

function creditCodeTaken(): Refusal {
  const problem = { pointer: '/creditCode', code: 'creditCodeTaken', expected: '该单位已经登记' };
  return { code: 'creditCodeTaken', problems: [problem] };
}

function invalid(pointer: string, code: string, expected: string): Result<never, Refusal> {
  return refused({ code: 'contentInvalid', problems: [{ pointer, code, expected }] });
}

function authorityView(row: AuthorityRow): AuthorityView {
  return {
    id: row.id,
    creditCode: row.credit_code,
    name: row.name,
    kind: row.kind,
    level: row.level,
    areaCode: row.area_code,
    trade: row.trade,
    isIssuing: row.is_issuing,
    parentId: row.parent_id,
    competentDepartmentId: row.competent_department_id,
    successorId: row.successor_id,
    successorBasis: row.successor_basis,
    entrustment:
      row.entrusted_by_id === null
        ? null
        : {
            byId: row.entrusted_by_id,
            basis: row.entrustment_basis ?? '',
            endsOn: row.entrustment_ends_on,
          },
    activeFrom: row.active_from,
    activeUntil: row.active_until,
    revision: row.revision,
  };
}
