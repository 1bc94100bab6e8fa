import type { Knex } from 'knex';
import type { RoleGrant } from '../../../domain/organisation/role-rules';
import type { Principal } from '../../../domain/shared/principal';
import type { PersonView, RoleAssignmentView } from '../../../ports/accounts';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { checkRow } from '../../cipher/sealed-row';
import { shanghaiText } from '../register/shanghai-text';
import { checkLeave, type LeaveRow } from './person-leave';

export interface PersonRow extends LeaveRow {
  readonly username: string;
  readonly display_name: string;
  readonly authority_id: string | null;
  readonly state: 'active' | 'disabled';
  readonly one_time_password_until: Date | null;
  readonly has_second_factor: boolean;
  readonly locked_until: Date | null;
  readonly created_at: Date;
}

export interface AssignmentRow {
  readonly id: string;
  readonly person_id: string;
  readonly role: RoleGrant['role'];
  readonly area_code: string | null;
  readonly authority_id: string | null;
  readonly trade: string | null;
  readonly granted_by: string | null;
  readonly granted_at: Date;
  readonly ends_at: Date | null;
  readonly mac_key_id: string;
  readonly mac: Buffer;
}

/** Instants in milliseconds, as a cursor can hold them; of a secret only whether it is there. */
export const PERSON_COLUMNS = `p.id, p.username, p.display_name, p.authority_id, p.state, p.one_time_password_until,
  p.totp_secret_cipher IS NOT NULL AS has_second_factor, p.locked_until,
  date_trunc('milliseconds', p.created_at) AS created_at,
  p.on_leave_from, p.on_leave_until, p.substitute_id, p.leave_mac_key_id, p.leave_mac`;

/** Who looks after accounts, or reads the evidence of it. */
export function seesAccounts(principal: Principal): boolean {
  return (
    principal.kind === 'person' &&
    principal.roles.some(
      (role) => role === 'systemAdministrator' || role === 'securityAdministrator' || role === 'auditor',
    )
  );
}

/** Live roles of the persons, each checked against its HMAC-SM3. */
export async function liveRoles(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  personIds: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, readonly AssignmentRow[]>> {
  const rows = await transaction<AssignmentRow>('role_assignment')
    .whereIn('person_id', personIds)
    .orderBy(['granted_at', 'id']);
  const byPerson = new Map<string, AssignmentRow[]>();
  for (const row of rows) {
    checkRow(integrity, 'role_assignment', row);
    if (row.ends_at !== null && row.ends_at <= now) continue;
    byPerson.set(row.person_id, [...(byPerson.get(row.person_id) ?? []), row]);
  }
  return byPerson;
}

/** A person as colleagues see one, with the account when `roles` are given. */
export function personView(
  integrity: RowIntegrity,
  row: PersonRow,
  roles: readonly AssignmentRow[] | null,
  now: Date,
): PersonView {
  const isLocked = row.locked_until !== null && row.locked_until > now;
  return {
    id: row.id,
    state: row.state,
    displayName: row.display_name,
    authorityId: row.authority_id,
    leave: leaveOf(integrity, row),
    account:
      roles === null
        ? null
        : {
            username: row.username,
            hasSecondFactor: row.has_second_factor,
            oneTimePasswordUntil: textOrNull(row.one_time_password_until),
            lockedUntil: isLocked ? textOrNull(row.locked_until) : null,
            roles: roles.map(roleView),
            createdAt: shanghaiText(row.created_at),
          },
  };
}

function leaveOf(integrity: RowIntegrity, row: PersonRow): PersonView['leave'] {
  if (row.on_leave_from === null || row.substitute_id === null) return null;
  checkLeave(integrity, {
    id: row.id,
    on_leave_from: row.on_leave_from,
    on_leave_until: row.on_leave_until,
    substitute_id: row.substitute_id,
    leave_mac_key_id: row.leave_mac_key_id,
    leave_mac: row.leave_mac,
  });
  return { from: row.on_leave_from, until: row.on_leave_until, substituteId: row.substitute_id };
}

function roleView(row: AssignmentRow): RoleAssignmentView {
  return {
    id: row.id,
    role: row.role,
    areaCode: row.area_code,
    authorityId: row.authority_id,
    trade: row.trade,
    grantedAt: shanghaiText(row.granted_at),
    endsAt: textOrNull(row.ends_at),
  };
}

function textOrNull(instant: Date | null): string | null {
  return instant === null ? null : shanghaiText(instant);
}
