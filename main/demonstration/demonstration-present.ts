import type { Register } from '../../adapters/postgres/register/register';
import { DEMONSTRATION_ACCOUNTS } from './demonstration-accounts';
import { SEEDER } from './demonstration-deps';
import { personId } from './seed-accounts';
import { AGENCY_KEY_ID } from './seed-agency';

/**
 * Whether the demonstration was ever laid out in this register. Production refuses such a register: everybody knows its
 * passwords, and its certificates are fictitious.
 */
export async function isDemonstrationPresent(register: Register): Promise<boolean> {
  return register.within(SEEDER, async (transaction) => {
    const { rows } = await transaction.raw<{ rows: { present: boolean }[] }>(
      `SELECT EXISTS (SELECT 1 FROM agency_key WHERE key_id = ?)
           OR EXISTS (SELECT 1 FROM person WHERE id = ANY (?::uuid[])) AS present`,
      [AGENCY_KEY_ID, DEMONSTRATION_ACCOUNTS.map(({ username }) => personId(username))],
    );
    return rows[0]?.present === true;
  });
}
