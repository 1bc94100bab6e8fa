import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import {
  grantProblems,
  mayHoldTogether,
  type RoleGrant,
  separationProblem,
} from '../../../domain/organisation/role-rules';
import { type PersonPrincipal, type Principal, principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../../domain/shared/result';
import type { PersonView, RoleDesk } from '../../../ports/accounts';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { sealRow } from '../../cipher/sealed-row';
import { recordSecurityEvent } from '../evidence/record-security-event';
import { type AccountOptions, accountView, lockPerson, officer } from './account-work';
import { type AssignmentRow, liveRoles } from './person-view';

/** Roles with scope, granted and ended by a system administrator, never to himself. An ended role stays as a row. */
export class PostgresRoleDesk implements RoleDesk {
  readonly #options: Pick<AccountOptions, 'register' | 'integrity' | 'clock'>;

  constructor(options: Pick<AccountOptions, 'register' | 'integrity' | 'clock'>) {
    this.#options = options;
  }

  async grant(
    principal: Principal,
    personId: string,
    grant: RoleGrant,
  ): Promise<Result<PersonView, Refusal>> {
    const problems = grantProblems(grant, '');
    if (problems.length > 0) return refused({ code: 'contentInvalid', problems });
    return this.#change(principal, personId, async (transaction, administrator, roles, now) => {
      if (!mayHoldTogether([...roles.map(({ role }) => role), grant.role])) {
        return refused({ code: 'rolesMustBeSeparate', problems: [separationProblem('/role')] });
      }
      if (grant.authorityId !== null) {
        const known = await transaction('authority').where({ id: grant.authorityId }).first('id');
        const problem = { pointer: '/authorityId', code: 'unknown', expected: '应为已登记的单位' };
        if (known === undefined) return refused({ code: 'contentInvalid', problems: [problem] });
      }
      // The same role with the same scope is held already: granting it again changes nothing.
      if (roles.some((held) => isSameGrant(held, grant))) return accepted(null);
      await insertRole(transaction, this.#options.integrity, { administrator, personId, grant, now });
      return accepted(null);
    });
  }

  async end(
    principal: Principal,
    personId: string,
    assignmentId: string,
  ): Promise<Result<PersonView, Refusal>> {
    return this.#change(principal, personId, async (transaction, administrator, roles, now) => {
      const held = roles.find(({ id }) => id === assignmentId);
      if (held === undefined) return refused({ code: 'notFound' });
      const ended = { ...held, ends_at: now };
      await transaction('role_assignment')
        .where({ id: assignmentId })
        .update({ ends_at: now, ...sealRow(this.#options.integrity, 'role_assignment', ended) });
      await recordSecurityEvent(transaction, {
        kind: 'roleEnded',
        principal: principalName(administrator),
        detail: { personId, role: held.role, assignmentId },
        occurredAt: now,
      });
      return accepted(null);
    });
  }

  async #change(
    principal: Principal,
    personId: string,
    work: (
      transaction: Knex.Transaction,
      administrator: PersonPrincipal,
      roles: readonly AssignmentRow[],
      now: Date,
    ) => Promise<Result<null, Refusal>>,
  ): Promise<Result<PersonView, Refusal>> {
    const administrator = officer(principal, 'systemAdministrator');
    if (!administrator.ok) return administrator;
    if (administrator.value.personId === personId) return refused({ code: 'secondPersonRequired' });
    const now = this.#options.clock.now();
    return this.#options.register.within(principal, async (transaction) => {
      // The lock on the person lets no two grants pass the rule of separation side by side.
      if ((await lockPerson(transaction, personId)) === undefined) {
        return refused<Refusal>({ code: 'notFound' });
      }
      const roles = await liveRoles(transaction, this.#options.integrity, [personId], now);
      const done = await work(transaction, administrator.value, roles.get(personId) ?? [], now);
      return done.ok ? accepted(await accountView(transaction, this.#options, personId)) : done;
    });
  }
}

/** Effect: the person holds the role from now on; the row is sealed and the grant a security event. */
export async function insertRole(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  given: {
    readonly administrator: PersonPrincipal;
    readonly personId: string;
    readonly grant: RoleGrant;
    readonly now: Date;
  },
): Promise<void> {
  const { administrator, personId, grant, now } = given;
  const row = {
    id: randomUUID(),
    person_id: personId,
    role: grant.role,
    area_code: grant.areaCode,
    authority_id: grant.authorityId,
    trade: grant.trade,
    granted_by: administrator.personId,
    granted_at: now,
    ends_at: null,
  };
  await transaction('role_assignment').insert({ ...row, ...sealRow(integrity, 'role_assignment', row) });
  await recordSecurityEvent(transaction, {
    kind: 'roleGranted',
    principal: principalName(administrator),
    detail: {
      personId,
      role: grant.role,
      areaCode: grant.areaCode,
      authorityId: grant.authorityId,
      trade: grant.trade,
    },
    occurredAt: now,
  });
}

function isSameGrant(held: AssignmentRow, grant: RoleGrant): boolean {
  return (
    held.role === grant.role &&
    held.area_code === grant.areaCode &&
    held.authority_id === grant.authorityId &&
    held.trade === grant.trade
  );
}
