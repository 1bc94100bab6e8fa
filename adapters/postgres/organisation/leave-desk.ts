import type { Knex } from 'knex';
import { isOfficerRole } from '../../../domain/organisation/role-rules';
import { legalDateAt } from '../../../domain/shared/legal-date';
import { type Principal, principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../../domain/shared/result';
import type { LeaveDesk, LeaveView, PersonView } from '../../../ports/accounts';
import { recordSecurityEvent } from '../evidence/record-security-event';
import { ACCOUNTS, type AccountOptions, lockPerson } from './account-work';
import { clearLeave, setLeave } from './person-leave';
import { liveRoles, type PersonRow, personView, seesAccounts } from './person-view';

/** Leave with one named substitute, entered by the person himself or a system administrator. */
export class PostgresLeaveDesk implements LeaveDesk {
  readonly #options: Pick<AccountOptions, 'register' | 'integrity' | 'clock'>;

  constructor(options: Pick<AccountOptions, 'register' | 'integrity' | 'clock'>) {
    this.#options = options;
  }

  async set(principal: Principal, personId: string, leave: LeaveView): Promise<Result<PersonView, Refusal>> {
    const today = legalDateAt(this.#options.clock.now().getTime());
    if (leave.until !== null && (leave.until < leave.from || leave.until < today)) {
      const problem = { pointer: '/until', code: 'periodEnded', expected: '截止日期不得早于起始日期和今天' };
      return refused({ code: 'contentInvalid', problems: [problem] });
    }
    return this.#change(principal, personId, async (transaction, person, now) => {
      const substitute =
        leave.substituteId === personId ? undefined : await lockPerson(transaction, leave.substituteId);
      const { integrity } = this.#options;
      const roles = await liveRoles(transaction, integrity, [personId, leave.substituteId], now);
      const isOfficer = [...roles.values()].flat().some(({ role }) => isOfficerRole(role));
      const suits =
        substitute !== undefined &&
        !isOfficer &&
        substitute.state === 'active' &&
        person.authority_id !== null &&
        substitute.authority_id === person.authority_id &&
        !overlaps(substitute, leave);
      if (!suits) {
        const expected = '应为同一单位在岗的在用人员';
        const problem = { pointer: '/substituteId', code: 'substituteUnsuitable', expected };
        return refused({ code: 'substituteUnsuitable', problems: [problem] });
      }
      await setLeave(transaction, integrity, { personId, ...leave });
      await recordSecurityEvent(transaction, {
        kind: 'leaveSet',
        principal: principalName(principal),
        detail: { personId, from: leave.from, until: leave.until, substituteId: leave.substituteId },
        occurredAt: now,
      });
      return accepted(null);
    });
  }

  async end(principal: Principal, personId: string): Promise<Result<PersonView, Refusal>> {
    return this.#change(principal, personId, async (transaction, person, now) => {
      if (person.on_leave_from === null) return refused({ code: 'transitionNotAllowed' });
      await clearLeave(transaction, personId);
      await recordSecurityEvent(transaction, {
        kind: 'leaveEnded',
        principal: principalName(principal),
        detail: { personId },
        occurredAt: now,
      });
      return accepted(null);
    });
  }

  async #change(
    principal: Principal,
    personId: string,
    work: (transaction: Knex.Transaction, person: PersonRow, now: Date) => Promise<Result<null, Refusal>>,
  ): Promise<Result<PersonView, Refusal>> {
    if (principal.kind !== 'person') return refused({ code: 'notPermitted' });
    const mayChange =
      principal.personId === personId || principal.roles.some((role) => role === 'systemAdministrator');
    const { register, integrity, clock } = this.#options;
    const now = clock.now();
    return register.within(ACCOUNTS, async (transaction) => {
      const person = await lockPerson(transaction, personId);
      const isSeen = mayChange || person?.authority_id === principal.authorityId;
      if (person === undefined || !isSeen) return refused<Refusal>({ code: 'notFound' });
      if (!mayChange) return refused<Refusal>({ code: 'notPermitted' });
      const done = await work(transaction, person, now);
      if (!done.ok) return done;
      const after = await lockPerson(transaction, personId);
      if (after === undefined) throw new Error('an account vanished');
      const roles = seesAccounts(principal)
        ? ((await liveRoles(transaction, integrity, [personId], now)).get(personId) ?? [])
        : null;
      return accepted(personView(integrity, after, roles, now));
    });
  }
}

/** Whether somebody is on leave on any day of a leave. */
function overlaps(person: PersonRow, leave: LeaveView): boolean {
  const { on_leave_from: from, on_leave_until: until } = person;
  if (from === null) return false;
  return (until === null || until >= leave.from) && (leave.until === null || from <= leave.until);
}
