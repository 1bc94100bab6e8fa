import { randomBytes, randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { type Principal, principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../../domain/shared/result';
import type { Idempotency } from '../../../ports/idempotency';
import type { AgencyKeyDesk, AgencyKeyView } from '../../../ports/organisation';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { recordSecurityEvent } from '../evidence/record-security-event';
import { createOnce } from '../register/idempotency-keys';
import { shanghaiText } from '../register/shanghai-text';
import { type AccountOptions, officer } from './account-work';

interface KeyRow {
  readonly key_id: string;
  readonly agency_system_id: string;
  readonly slot: number;
  readonly valid_from: Date;
  readonly valid_until: Date | null;
  readonly revoked_at: Date | null;
}

type Options = Pick<AccountOptions, 'register' | 'cipher' | 'clock'>;
const SLOTS = [1, 2] as const;
const SECRET_BYTES = 32;
const KEY_COLUMNS = [
  'key_id',
  'agency_system_id',
  'slot',
  'valid_from',
  'valid_until',
  'revoked_at',
] as const;

/** Keys of agency systems; at most two live ones each. A secret is shown once, when it is issued. */
export class PostgresAgencyKeyDesk implements AgencyKeyDesk {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Of the systems that the principal sees. */
  async list(principal: Principal): Promise<readonly AgencyKeyView[]> {
    const rows = await this.#options.register.within(principal, (transaction) =>
      transaction<KeyRow>('agency_key')
        .whereIn('agency_system_id', transaction('agency_system').select('id'))
        .orderBy(['agency_system_id', 'valid_from', 'key_id'])
        .select(...KEY_COLUMNS),
    );
    return rows.map(keyView);
  }

  async issue(
    principal: Principal,
    { agencySystemId, validUntil }: Parameters<AgencyKeyDesk['issue']>[1],
    idempotency: Idempotency,
  ): Promise<Result<{ readonly key: AgencyKeyView; readonly secret: string | null }, Refusal>> {
    const administrator = officer(principal, 'systemAdministrator');
    if (!administrator.ok) return administrator;
    const now = this.#options.clock.now();
    if (validUntil !== null && validUntil <= now) {
      const problem = { pointer: '/validUntil', code: 'periodEnded', expected: '应晚于现在' };
      return refused({ code: 'contentInvalid', problems: [problem] });
    }
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    return this.#options.register.within(principal, async (transaction) => {
      const made = await createOnce(
        transaction,
        principalName(principal),
        idempotency,
        { resourceKind: 'agencyKey', now },
        async () => {
          const slot = await freeSlot(transaction, agencySystemId, now);
          if (!slot.ok) return slot;
          const keyId = randomUUID();
          await transaction('agency_key').insert({
            key_id: keyId,
            agency_system_id: agencySystemId,
            slot: slot.value,
            secret_cipher: this.#options.cipher.encrypt(
              secret,
              cipherPlace('agency_key.secret_cipher', keyId),
            ),
            valid_from: now,
            valid_until: validUntil,
            issued_by: administrator.value.personId,
          });
          await recordSecurityEvent(transaction, {
            kind: 'agencyKeyIssued',
            principal: principalName(principal),
            detail: { keyId, agencySystemId },
            occurredAt: now,
          });
          return accepted(keyId);
        },
      );
      if (!made.ok) return made;
      const row = await lockKey(transaction, made.value.resourceId);
      if (row === null) throw new Error('a key that was just written is not visible');
      return accepted({ key: keyView(row), secret: made.value.replayed ? null : secret });
    });
  }

  /** Takes effect at the next request that is signed with it. */
  async revoke(principal: Principal, keyId: string): Promise<Result<AgencyKeyView, Refusal>> {
    const administrator = officer(principal, 'systemAdministrator');
    if (!administrator.ok) return administrator;
    const now = this.#options.clock.now();
    return this.#options.register.within(principal, async (transaction) => {
      const row = await lockKey(transaction, keyId);
      if (row === null) return refused<Refusal>({ code: 'notFound' });
      if (row.revoked_at !== null) return refused<Refusal>({ code: 'transitionNotAllowed' });
      await transaction('agency_key').where({ key_id: keyId }).update({ revoked_at: now });
      await recordSecurityEvent(transaction, {
        kind: 'agencyKeyRevoked',
        principal: principalName(principal),
        detail: { keyId, agencySystemId: row.agency_system_id },
        occurredAt: now,
      });
      return accepted(keyView({ ...row, revoked_at: now }));
    });
  }
}

/** Effect: keys that have run out give their slot back. Out: a slot without a live key, or the refusal. */
async function freeSlot(
  transaction: Knex.Transaction,
  agencySystemId: string,
  now: Date,
): Promise<Result<(typeof SLOTS)[number], Refusal>> {
  const system = await transaction('agency_system').where({ id: agencySystemId }).forUpdate().first('id');
  if (system === undefined) {
    const problem = { pointer: '/agencySystemId', code: 'unknown', expected: '应为已登记的业务系统' };
    return refused({ code: 'contentInvalid', problems: [problem] });
  }
  const rows = await transaction<KeyRow>('agency_key')
    .where({ agency_system_id: agencySystemId })
    .whereNull('revoked_at')
    .forUpdate()
    .select(...KEY_COLUMNS);
  const isOver = (row: KeyRow): boolean => row.valid_until !== null && row.valid_until <= now;
  const taken = new Set(rows.filter((row) => !isOver(row)).map(({ slot }) => slot));
  const slot = SLOTS.find((each) => !taken.has(each));
  if (slot === undefined) return refused({ code: 'keySlotsTaken' });
  const over = rows.filter(isOver).map(({ key_id }) => key_id);
  await transaction('agency_key').whereIn('key_id', over).update({ revoked_at: now });
  return accepted(slot);
}

async function lockKey(transaction: Knex.Transaction, keyId: string): Promise<KeyRow | null> {
  const row = await transaction<KeyRow>('agency_key')
    .where({ key_id: keyId })
    .forUpdate()
    .first(...KEY_COLUMNS);
  return row ?? null;
}

function keyView(row: KeyRow): AgencyKeyView {
  return {
    keyId: row.key_id,
    agencySystemId: row.agency_system_id,
    validFrom: shanghaiText(row.valid_from),
    validUntil: row.valid_until === null ? null : shanghaiText(row.valid_until),
    revokedAt: row.revoked_at === null ? null : shanghaiText(row.revoked_at),
  };
}
