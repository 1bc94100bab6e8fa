import { cipherPlace } from '../../adapters/cipher/encrypted-columns';
import { sealRow } from '../../adapters/cipher/sealed-row';
import { hashPassword } from '../../adapters/postgres/organisation/password-hash';
import {
  DEMONSTRATION_ACCOUNTS,
  DEMONSTRATION_PASSWORD,
  type DemonstrationAccount,
  type DemonstrationRole,
} from './demonstration-accounts';
import { type DemonstrationDeps, demonstrationId, SEEDER } from './demonstration-deps';
import { historyBeginsAt } from './demonstration-history';
import { optionalUnitId } from './seed-units';

/** RFC 2606: leads nowhere. */
const MAIL_DOMAIN = 'ecert.example';

type AccountDeps = Pick<DemonstrationDeps, 'register' | 'cipher' | 'integrity' | 'clock'>;

/**
 * Effect: the demonstration accounts with their roles are in the register; those that are there are left alone, also
 * when somebody changed a password or took a role away. The password is hashed outside of the transaction: it takes
 * 80 ms, on purpose.
 */
export function seedAccounts(deps: AccountDeps): Promise<void> {
  return addAccounts(deps, DEMONSTRATION_ACCOUNTS);
}

/** As {@link seedAccounts} for other accounts. */
export async function addAccounts(
  deps: AccountDeps,
  accounts: readonly DemonstrationAccount[],
): Promise<void> {
  const ids = accounts.map(({ username }) => personId(username));
  const known: readonly { readonly id: string }[] = await deps.register.within(SEEDER, (transaction) =>
    transaction('person').whereIn('id', ids).select('id'),
  );
  const isKnown = new Set(known.map(({ id }) => id));
  const missing = accounts.filter(({ username }) => !isKnown.has(personId(username)));
  if (missing.length === 0) return;
  // All have the one public password, so one hash of it hides as much as many would.
  const hash = await hashPassword(DEMONSTRATION_PASSWORD);
  await deps.register.within(SEEDER, async (transaction) => {
    for (const account of missing) {
      const { rowCount } = await transaction.raw<{ rowCount: number }>(
        `INSERT INTO person (id, username, display_name, authority_id, holder_lookup, email_cipher, password_hash)
         VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
        [
          personId(account.username),
          account.username,
          account.displayName,
          optionalUnitId(account.unitKey),
          account.holderCode === null ? null : deps.cipher.lookup('holderCode', account.holderCode),
          deps.cipher.encrypt(
            `${account.username}@${MAIL_DOMAIN}`,
            cipherPlace('person.email_cipher', personId(account.username)),
          ),
          hash,
        ],
      );
      if (rowCount === 1) await transaction('role_assignment').insert(roleRows(deps, account));
    }
  });
}

/** The id of a demonstration account. */
export function personId(username: string): string {
  return demonstrationId('person', username);
}

function roleRows(deps: AccountDeps, account: DemonstrationAccount): readonly object[] {
  return account.roles.map((role) => roleRow(deps, account.username, role));
}

function roleRow({ integrity, clock }: AccountDeps, username: string, given: DemonstrationRole): object {
  const row = {
    id: demonstrationId('role', username, given.role),
    person_id: personId(username),
    role: given.role,
    area_code: given.areaCode,
    authority_id: optionalUnitId(given.unitKey),
    trade: given.trade,
    granted_by: null,
    granted_at: historyBeginsAt(clock.now()),
    ends_at: null,
  };
  return { ...row, ...sealRow(integrity, 'role_assignment', row) };
}
