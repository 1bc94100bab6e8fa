import { randomBytes, randomUUID } from 'node:crypto';
import type { Role, SystemPrincipal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { Clock } from '../../../ports/clock';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import { sealRow } from '../../cipher/sealed-row';
import { recordSecurityEvent } from '../evidence/record-security-event';
import type { Register } from '../register/register';
import { hashPassword } from './password-hash';
import { enrolSecondFactor } from './second-factor';

const ACCOUNTS: SystemPrincipal = { kind: 'system', component: 'accounts' };

export interface NewPerson {
  readonly username: string;
  readonly displayName: string;
  readonly role: Role;
  /** Unified social credit code of the person's authority; null for the three administrators of the city. */
  readonly authorityCode: string | null;
  /** Area of a banner administrator, trade of a department administrator. */
  readonly areaCode: string | null;
  readonly trade: string | null;
}

export interface FirstSecrets {
  /** To be changed by handing it over once; never stored. */
  readonly password: string;
  /** otpauth:// address for an authenticator. */
  readonly secondFactor: string;
}

/**
 * Adds a person with one role, a random password and a second factor, for the first accounts of an installation.
 * Refuses a user name that is taken and an authority that is not in the register. The addition is a security event.
 */
export async function addPerson(
  deps: {
    readonly register: Register;
    readonly cipher: PersonalDataCipher;
    readonly integrity: RowIntegrity;
    readonly clock: Clock;
  },
  person: NewPerson,
): Promise<Result<FirstSecrets, Refusal>> {
  const password = randomBytes(12).toString('base64url');
  const passwordHash = await hashPassword(password);
  return deps.register.within(ACCOUNTS, async (transaction) => {
    const authority =
      person.authorityCode === null
        ? null
        : await transaction<{ id: string; credit_code: string }>('authority')
            .where({ credit_code: person.authorityCode })
            .first('id');
    if (authority === undefined) return refused<Refusal>({ code: 'notFound' });
    const id = randomUUID();
    const { rowCount } = await transaction.raw<{ rowCount: number }>(
      `INSERT INTO person (id, username, display_name, authority_id, password_hash) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (username) DO NOTHING`,
      [id, person.username, person.displayName, authority?.id ?? null, passwordHash],
    );
    if (rowCount === 0) return refused<Refusal>({ code: 'userNameTaken' });
    const assignment = {
      id: randomUUID(),
      person_id: id,
      role: person.role,
      area_code: person.areaCode,
      authority_id: authority?.id ?? null,
      trade: person.trade,
      granted_by: null,
      granted_at: deps.clock.now(),
      ends_at: null,
    };
    await transaction('role_assignment').insert({
      ...assignment,
      ...sealRow(deps.integrity, 'role_assignment', assignment),
    });
    await recordSecurityEvent(transaction, {
      kind: 'accountAdded',
      principal: 'system:accounts',
      detail: { personId: id, role: person.role },
      occurredAt: deps.clock.now(),
    });
    const secondFactor = await enrolSecondFactor(transaction, deps.cipher, { id, username: person.username });
    return accepted({ password, secondFactor });
  });
}
