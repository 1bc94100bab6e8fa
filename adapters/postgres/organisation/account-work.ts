import type { Knex } from 'knex';
import type { PersonPrincipal, Principal, Role, SystemPrincipal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../../domain/shared/result';
import type { PersonView } from '../../../ports/accounts';
import type { Clock } from '../../../ports/clock';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import type { Register } from '../register/register';
import { liveRoles, PERSON_COLUMNS, type PersonRow, personView } from './person-view';

export interface AccountOptions {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
}

/** Roles are hidden from their own holders; what a person changes of himself is judged before and done in this name. */
export const ACCOUNTS: SystemPrincipal = { kind: 'system', component: 'accounts' };

/** The principal when it is a person with the role, else the refusal. */
export function officer(principal: Principal, role: Role): Result<PersonPrincipal, Refusal> {
  return principal.kind === 'person' && principal.roles.includes(role)
    ? accepted(principal)
    : refused({ code: 'notPermitted' });
}

/** The person's row, locked until the transaction ends. */
export async function lockPerson(
  transaction: Knex.Transaction,
  personId: string,
): Promise<PersonRow | undefined> {
  const { rows } = await transaction.raw<{ rows: PersonRow[] }>(
    `SELECT ${PERSON_COLUMNS} FROM person p WHERE p.id = ? FOR UPDATE`,
    [personId],
  );
  return rows[0];
}

/** The person with the account, as an administrator sees it after a change. Throws when there is none. */
export async function accountView(
  transaction: Knex.Transaction,
  { integrity, clock }: Pick<AccountOptions, 'integrity' | 'clock'>,
  personId: string,
): Promise<PersonView> {
  const row = await lockPerson(transaction, personId);
  if (row === undefined) throw new Error('an account vanished');
  const now = clock.now();
  const roles = await liveRoles(transaction, integrity, [personId], now);
  return personView(integrity, row, roles.get(personId) ?? [], now);
}

/** Effect: the person is signed out everywhere, or everywhere but in one session. */
export async function endSessions(
  transaction: Knex.Transaction,
  personId: string,
  now: Date,
  exceptDigest: Buffer | null = null,
): Promise<void> {
  const query = transaction('session').where({ person_id: personId }).whereNull('ended_at');
  if (exceptDigest !== null) query.whereNot('token_digest', exceptDigest);
  await query.update({ ended_at: now });
}
