import type { SystemPrincipal } from '../../../domain/shared/principal';
import { NO_SCOPE } from '../../../domain/shared/principal';
import type { Clock } from '../../../ports/clock';
import type { AgencyKeys } from '../../../ports/identity';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import type { Register } from '../register/register';

const GATE: SystemPrincipal = { kind: 'system', component: 'agencyKeys' };

interface KeyRow {
  readonly secret_cipher: Buffer;
  readonly agency_system_id: string;
  readonly authority_id: string;
  readonly authorities: readonly string[];
}

/** A key that is live now, with its agency's authority and all that this authority succeeded, in one question. */
const LIVE_KEY = `
SELECT k.secret_cipher, s.id AS agency_system_id, s.authority_id,
  ARRAY(WITH RECURSIVE line(id) AS (
    SELECT s.authority_id UNION SELECT a.id FROM authority a JOIN line ON a.successor_id = line.id)
    SELECT id::text FROM line) AS authorities
FROM agency_key k JOIN agency_system s ON s.id = k.agency_system_id
WHERE k.key_id = :keyId AND k.revoked_at IS NULL AND s.state = 'active'
  AND k.valid_from <= :now AND (k.valid_until IS NULL OR k.valid_until > :now)`;

/** Shared secrets of agency systems (two live ones each, so that they can be rotated) and the nonces they have used. */
export class PostgresAgencyKeys implements AgencyKeys {
  readonly #register: Register;
  readonly #cipher: PersonalDataCipher;
  readonly #clock: Clock;

  constructor(options: {
    readonly register: Register;
    readonly cipher: PersonalDataCipher;
    readonly clock: Clock;
  }) {
    this.#register = options.register;
    this.#cipher = options.cipher;
    this.#clock = options.clock;
  }

  async find(keyId: string): ReturnType<AgencyKeys['find']> {
    const now = this.#clock.now();
    const row = await this.#register.within(GATE, async (transaction) => {
      const { rows } = await transaction.raw<{ rows: KeyRow[] }>(LIVE_KEY, { keyId, now });
      return rows[0];
    });
    if (row === undefined) return null;
    return {
      secret: this.#cipher.decrypt(row.secret_cipher, cipherPlace('agency_key.secret_cipher', keyId)),
      principal: {
        kind: 'agency',
        agencySystemId: row.agency_system_id,
        keyId,
        authorityId: row.authority_id,
        scope: { ...NO_SCOPE, authorityIds: row.authorities },
      },
    };
  }

  /** One statement that commits by itself: of callers at the same moment the primary key lets one through. */
  async useNonce(keyId: string, nonce: string): Promise<boolean> {
    const taken = await this.#register.public(
      'INSERT INTO agency_nonce (key_id, nonce, seen_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING nonce',
      [keyId, nonce, this.#clock.now()],
    );
    return taken.length === 1;
  }
}
