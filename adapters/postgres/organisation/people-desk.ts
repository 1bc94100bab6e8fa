import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { grantProblems, mayHoldTogether, separationProblem } from '../../../domain/organisation/role-rules';
import { type PersonPrincipal, type Principal, principalName } from '../../../domain/shared/principal';
import type { Problem, Refusal } from '../../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../../domain/shared/result';
import type { AccountWithPassword, NewAccount, PeopleDesk, PersonView } from '../../../ports/accounts';
import type { Idempotency } from '../../../ports/idempotency';
import type { Page, PageRequest } from '../../../ports/page';
import { recordSecurityEvent } from '../evidence/record-security-event';
import { createOnce } from '../register/idempotency-keys';
import { pageOf, readCursor } from '../register/list-page';
import { type AccountOptions, accountView, endSessions, lockPerson, officer } from './account-work';
import { newOneTimePassword } from './one-time-password';
import { liveRoles, PERSON_COLUMNS, type PersonRow, personView, seesAccounts } from './person-view';
import { insertRole } from './role-desk';

/** Accounts of people. Every change is a security event; who changes is a system administrator, never of his own account. */
export class PostgresPeopleDesk implements PeopleDesk {
  readonly #options: AccountOptions;

  constructor(options: AccountOptions) {
    this.#options = options;
  }

  /** The three administrators see every account; anybody else the colleagues of his own authority, without their accounts. */
  async list(principal: Principal, authorityId: string | null, page: PageRequest): Promise<Page<PersonView>> {
    const { register, integrity, clock } = this.#options;
    const after = readCursor(page.cursor);
    const whole = seesAccounts(principal);
    const own = 'authorityId' in principal ? principal.authorityId : null;
    if (!whole && own === null) return { items: [], nextCursor: null };
    return register.within(principal, async (transaction) => {
      const { rows } = await transaction.raw<{ rows: PersonRow[] }>(
        `SELECT * FROM (SELECT ${PERSON_COLUMNS} FROM person p
           WHERE (:whole OR (p.authority_id = :own::uuid AND p.state = 'active' AND p.holder_lookup IS NULL))
             AND (:authorityId::uuid IS NULL OR p.authority_id = :authorityId::uuid)) AS shown
         WHERE :afterAt::timestamptz IS NULL OR (created_at, id) < (:afterAt, :afterId::uuid)
         ORDER BY created_at DESC, id DESC LIMIT :limit`,
        {
          whole,
          own,
          authorityId,
          afterAt: after?.at ?? null,
          afterId: after?.id ?? null,
          limit: page.limit + 1,
        },
      );
      const now = clock.now();
      const ids = rows.map(({ id }) => id);
      const roles = whole ? await liveRoles(transaction, integrity, ids, now) : null;
      return pageOf(
        rows,
        page.limit,
        (row) => ({ at: row.created_at, id: row.id }),
        (row) => personView(integrity, row, roles === null ? null : (roles.get(row.id) ?? []), now),
      );
    });
  }

  async find(principal: Principal, personId: string): Promise<PersonView | null> {
    const { register, integrity, clock } = this.#options;
    const whole = seesAccounts(principal);
    const own = 'authorityId' in principal ? principal.authorityId : null;
    return register.within(principal, async (transaction) => {
      const { rows } = await transaction.raw<{ rows: PersonRow[] }>(
        `SELECT ${PERSON_COLUMNS} FROM person p WHERE p.id = ?`,
        [personId],
      );
      const [row] = rows;
      const isColleague = row !== undefined && own !== null && row.authority_id === own;
      if (row === undefined || (!whole && !isColleague)) return null;
      const now = clock.now();
      const roles = whole ? await liveRoles(transaction, integrity, [personId], now) : null;
      return personView(integrity, row, roles === null ? null : (roles.get(personId) ?? []), now);
    });
  }

  /** The password is good for one sign-in within three days, after which the person sets one of his own. */
  async add(
    principal: Principal,
    account: NewAccount,
    idempotency: Idempotency,
  ): Promise<Result<AccountWithPassword, Refusal>> {
    const administrator = officer(principal, 'systemAdministrator');
    if (!administrator.ok) return administrator;
    if (!mayHoldTogether(account.roles.map(({ role }) => role))) {
      return refused({ code: 'rolesMustBeSeparate', problems: [separationProblem('/roles')] });
    }
    const problems = account.roles.flatMap((grant, index) => grantProblems(grant, `/roles/${index}`));
    if (problems.length > 0) return refused({ code: 'contentInvalid', problems });
    const now = this.#options.clock.now();
    const password = await newOneTimePassword(now);
    return this.#options.register.within(principal, async (transaction) => {
      const made = await createOnce(
        transaction,
        principalName(principal),
        idempotency,
        { resourceKind: 'person', now },
        () => this.#insert(transaction, administrator.value, account, password, now),
      );
      if (!made.ok) return made;
      const { resourceId, replayed } = made.value;
      const person = await accountView(transaction, this.#options, resourceId);
      return accepted({ person, oneTimePassword: replayed ? null : password.text });
    });
  }

  async disable(
    principal: Principal,
    personId: string,
    reason: string,
  ): Promise<Result<PersonView, Refusal>> {
    return this.#setState(principal, personId, 'disabled', reason);
  }

  async enable(principal: Principal, personId: string): Promise<Result<PersonView, Refusal>> {
    return this.#setState(principal, personId, 'active', null);
  }

  async #insert(
    transaction: Knex.Transaction,
    administrator: PersonPrincipal,
    account: NewAccount,
    password: Awaited<ReturnType<typeof newOneTimePassword>>,
    now: Date,
  ): Promise<Result<string, Refusal>> {
    const unknown = await unknownAuthorities(transaction, account);
    if (unknown.length > 0) return refused({ code: 'contentInvalid', problems: unknown });
    const id = randomUUID();
    const { rowCount } = await transaction.raw<{ rowCount: number }>(
      `INSERT INTO person (id, username, display_name, authority_id, password_hash, one_time_password_until, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (username) DO NOTHING`,
      [id, account.username, account.displayName, account.authorityId, password.hash, password.until, now],
    );
    if (rowCount === 0) {
      const problem = { pointer: '/username', code: 'userNameTaken', expected: '该用户名已被使用' };
      return refused({ code: 'userNameTaken', problems: [problem] });
    }
    await recordSecurityEvent(transaction, {
      kind: 'accountAdded',
      principal: principalName(administrator),
      detail: { personId: id },
      occurredAt: now,
    });
    for (const grant of account.roles) {
      await insertRole(transaction, this.#options.integrity, { administrator, personId: id, grant, now });
    }
    return accepted(id);
  }

  async #setState(
    principal: Principal,
    personId: string,
    state: PersonView['state'],
    reason: string | null,
  ): Promise<Result<PersonView, Refusal>> {
    const administrator = officer(principal, 'systemAdministrator');
    if (!administrator.ok) return administrator;
    if (administrator.value.personId === personId) return refused({ code: 'secondPersonRequired' });
    const now = this.#options.clock.now();
    return this.#options.register.within(principal, async (transaction) => {
      const row = await lockPerson(transaction, personId);
      if (row === undefined) return refused<Refusal>({ code: 'notFound' });
      if (row.state === state) return refused<Refusal>({ code: 'transitionNotAllowed', facts: { state } });
      await transaction('person')
        .where({ id: personId })
        .update({ state, failed_logins: 0, locked_until: null });
      if (state === 'disabled') await endSessions(transaction, personId, now);
      await recordSecurityEvent(transaction, {
        kind: state === 'disabled' ? 'accountDisabled' : 'accountEnabled',
        principal: principalName(principal),
        detail: { personId, reason },
        occurredAt: now,
      });
      return accepted(await accountView(transaction, this.#options, personId));
    });
  }
}

async function unknownAuthorities(
  transaction: Knex.Transaction,
  { authorityId, roles }: NewAccount,
): Promise<readonly Problem[]> {
  const named = [
    { pointer: '/authorityId', id: authorityId },
    ...roles.map((grant, index) => ({ pointer: `/roles/${index}/authorityId`, id: grant.authorityId })),
  ].flatMap(({ pointer, id }) => (id === null ? [] : [{ pointer, id }]));
  const rows: readonly { readonly id: string }[] = await transaction('authority')
    .whereIn(
      'id',
      named.map(({ id }) => id),
    )
    .select('id');
  const known = new Set(rows.map(({ id }) => id));
  return named
    .filter(({ id }) => !known.has(id))
    .map(({ pointer }) => ({ pointer, code: 'unknown', expected: '应为已登记的单位' }));
}
