import type { Knex } from 'knex';
import { CITY_AREA } from '../../../domain/shared/area-code';
import { type LegalDate, legalDateAt } from '../../../domain/shared/legal-date';
import { ROLES, type Role, type Scope } from '../../../domain/shared/principal';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { checkRow } from '../../cipher/sealed-row';
import { checkLeave } from './person-leave';

interface AssignmentRow {
  readonly id: string;
  readonly person_id: string;
  readonly role: Role;
  readonly area_code: string | null;
  readonly authority_id: string | null;
  readonly trade: string | null;
  readonly granted_by: string | null;
  readonly granted_at: Date;
  readonly ends_at: Date | null;
  readonly mac_key_id: string;
  readonly mac: Buffer;
}

export interface RolesAndScope {
  readonly roles: readonly Role[];
  readonly scope: Scope;
}

interface AuthorityArea {
  readonly id: string;
  readonly area_code: string;
  readonly successor_id: string | null;
}

/** Roles of an authority's own staff: bound to an authority, and taken over by a named substitute. */
const AUTHORITY_ROLES: ReadonlySet<Role> = new Set([
  'operator',
  'reviewer',
  'investigator',
  'sealKeeper',
  'windowClerk',
]);

/**
 * In: a person and the present instant. Out: the roles he or she has now and the rows they show, resolved to what the row
 * policies compare. City: everything; banner: every authority of the area; department: the trade; staff: their authority
 * and those it succeeded; auditor: evidence; system and security administrators: nothing. A substitute has also the
 * authority roles of whoever is on leave. Throws `RowTampered` when an assignment or a leave was changed behind the
 * product's back.
 */
export async function resolveScope(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  personId: string,
  now: Date,
): Promise<RolesAndScope> {
  const own = await liveAssignments(transaction, integrity, [personId], now);
  const absent = await substitutedPersons(transaction, integrity, personId, legalDateAt(now.getTime()));
  const taken = absent.length === 0 ? [] : await liveAssignments(transaction, integrity, absent, now);
  const assignments = [...own, ...taken.filter(({ role }) => AUTHORITY_ROLES.has(role))];
  const held = new Set(assignments.map(({ role }) => role));
  return {
    roles: ROLES.filter((role) => held.has(role)),
    scope: scopeOf(assignments, await authoritiesOf(transaction, assignments)),
  };
}

/** An authority with all it succeeded, however many mergers ago; its successor answers for their certificates (art. 2). */
export async function withPredecessors(
  transaction: Knex.Transaction,
  authorityId: string,
): Promise<readonly string[]> {
  const { rows } = await transaction.raw<{ rows: { id: string }[] }>(
    `WITH RECURSIVE line(id) AS (
       SELECT id FROM authority WHERE id = ?
       UNION SELECT a.id FROM authority a JOIN line ON a.successor_id = line.id)
     SELECT id FROM line`,
    [authorityId],
  );
  return rows.map(({ id }) => id);
}

/**
 * Whether a person holds a role at this very authority, own or as a substitute. The union of all scopes cannot tell: who is
 * operator of one authority and reviewer of another is reviewer of the second only.
 */
export async function hasRoleAt(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  wanted: {
    readonly personId: string;
    readonly role: Role;
    readonly authorityId: string;
    readonly now: Date;
  },
): Promise<boolean> {
  const { personId, now } = wanted;
  const absent = await substitutedPersons(transaction, integrity, personId, legalDateAt(now.getTime()));
  const assignments = await liveAssignments(transaction, integrity, [personId, ...absent], now);
  for (const assignment of assignments) {
    if (assignment.role === wanted.role && (await holdsAt(transaction, assignment, wanted.authorityId))) {
      return true;
    }
  }
  return false;
}

/** The city's role holds at every authority, that of a banner at those of its area, all others at the one they name. */
async function holdsAt(
  transaction: Knex.Transaction,
  { role, authority_id, area_code }: AssignmentRow,
  authorityId: string,
): Promise<boolean> {
  if (authority_id !== null) return (await withPredecessors(transaction, authority_id)).includes(authorityId);
  if (role === 'cityAdministrator') return true;
  if (role !== 'bannerAdministrator' || area_code === null) return false;
  const inArea = await transaction('authority').where({ id: authorityId, area_code }).first('id');
  return inArea !== undefined;
}

async function liveAssignments(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  personIds: readonly string[],
  now: Date,
): Promise<readonly AssignmentRow[]> {
  const rows = await transaction<AssignmentRow>('role_assignment')
    .whereIn('person_id', personIds)
    .orderBy('id');
  return rows
    .map((row) => checkRow(integrity, 'role_assignment', row))
    .filter((row) => row.granted_at <= now && (row.ends_at === null || row.ends_at > now));
}

async function substitutedPersons(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  substituteId: string,
  today: LegalDate,
): Promise<readonly string[]> {
  const { rows } = await transaction.raw<{ rows: Parameters<typeof checkLeave>[1][] }>(
    `SELECT id, on_leave_from, on_leave_until, substitute_id, leave_mac_key_id, leave_mac FROM person
     WHERE substitute_id = ? AND state = 'active' AND on_leave_from <= ?::date
       AND (on_leave_until IS NULL OR on_leave_until >= ?::date)`,
    [substituteId, today, today],
  );
  return rows.map((row) => checkLeave(integrity, row).id);
}

async function authoritiesOf(
  transaction: Knex.Transaction,
  assignments: readonly AssignmentRow[],
): Promise<readonly AuthorityArea[]> {
  const isNeeded = assignments.some(
    ({ authority_id, area_code }) => authority_id !== null || area_code !== null,
  );
  return isNeeded ? transaction<AuthorityArea>('authority').select('id', 'area_code', 'successor_id') : [];
}

function scopeOf(assignments: readonly AssignmentRow[], authorities: readonly AuthorityArea[]): Scope {
  const authorityIds = new Set<string>();
  const trades = new Set<string>();
  const pairs = new Set<string>();
  for (const assignment of assignments) {
    const covered = coveredAuthorities(assignment, authorities);
    const { trade } = assignment;
    if (covered !== null) {
      for (const id of covered) {
        if (trade === null) authorityIds.add(id);
        else pairs.add(`${id}:${trade}`);
      }
    } else if (trade !== null && seesWholeTrade(assignment)) {
      trades.add(trade);
    }
  }
  return {
    everything: assignments.some(seesEverything),
    authorityIds: [...authorityIds],
    trades: [...trades],
    pairs: [...pairs],
    evidence: assignments.some(({ role }) => role === 'auditor'),
  };
}

/** Authorities that an assignment names by id or by area; null when it names none, and then it is not about authorities. */
function coveredAuthorities(
  assignment: AssignmentRow,
  authorities: readonly AuthorityArea[],
): readonly string[] | null {
  const { role, authority_id: authorityId, area_code: area } = assignment;
  if (AUTHORITY_ROLES.has(role) && authorityId !== null) return line(authorityId, authorities);
  if (role === 'bannerAdministrator' || role === 'supervisor') {
    if (authorityId !== null) return line(authorityId, authorities);
    if (area !== null && area !== CITY_AREA) {
      return authorities.filter(({ area_code }) => area_code === area).map(({ id }) => id);
    }
  }
  return null;
}

function line(authorityId: string, authorities: readonly AuthorityArea[]): readonly string[] {
  const found = new Set([authorityId]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const { id, successor_id } of authorities) {
      if (successor_id !== null && found.has(successor_id)) found.add(id);
    }
  }
  return [...found];
}

function seesWholeTrade({ role }: AssignmentRow): boolean {
  return role === 'departmentAdministrator' || role === 'supervisor';
}

/** The city administrator, and a supervisor whose assignment names no part or the city (a null part means every value). */
function seesEverything({ role, area_code, authority_id, trade }: AssignmentRow): boolean {
  if (role === 'cityAdministrator') return true;
  const isCityWide = area_code === null || area_code === CITY_AREA;
  return role === 'supervisor' && isCityWide && authority_id === null && trade === null;
}
