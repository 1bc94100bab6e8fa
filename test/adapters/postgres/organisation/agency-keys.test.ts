import { cipherPlace } from '../../../../adapters/cipher/encrypted-columns';
import { PostgresAgencyKeys } from '../../../../adapters/postgres/organisation/agency-keys';
import { forgetExpiredKeys } from '../../../../adapters/postgres/register/housekeeping';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import { addAuthority, CIPHER, NOON, SYSTEM, TestClock } from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

/** Many transactions, or passwords that are slow to check on purpose, on a machine that others use too. */
jest.setTimeout(60_000);

describe('keys of agency systems', () => {
  let database: TestDatabase;
  let register: Register;
  let authorityId: string;
  let mergedId: string;
  let systemId: string;
  const clock = new TestClock();
  let keys: PostgresAgencyKeys;
  const addKey = async (keyId: string, columns: Readonly<Record<string, unknown>> = {}): Promise<void> => {
    await register.within(SYSTEM, (trx) =>
      trx('agency_key').insert({
        key_id: keyId,
        agency_system_id: systemId,
        slot: 1,
        secret_cipher: CIPHER.encrypt(`secret of ${keyId}`, cipherPlace('agency_key.secret_cipher', keyId)),
        valid_from: new Date('2026-01-01T00:00:00+08:00'),
        ...columns,
      }),
    );
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 20 });
    keys = new PostgresAgencyKeys({ register, cipher: CIPHER, clock });
    await register.within(SYSTEM, async (trx) => {
      authorityId = await addAuthority(trx);
      mergedId = await addAuthority(trx, { successor_id: authorityId, active_until: '2025-01-01' });
      [{ id: systemId }] = await trx('agency_system')
        .insert({ authority_id: authorityId, name: '业务系统' })
        .returning('id');
    });
    await addKey('first-key');
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  it('name the agency, its secret and its authority with all that it succeeded', async () => {
    const found = await keys.find('first-key');
    expect(found).toMatchObject({
      secret: 'secret of first-key',
      principal: { kind: 'agency', agencySystemId: systemId, keyId: 'first-key', authorityId },
    });
    expect([...(found?.principal.scope.authorityIds ?? [])].sort()).toEqual([authorityId, mergedId].sort());
  });

  it('live side by side in two slots, never in one', async () => {
    await addKey('second-key', { slot: 2 });
    expect(await keys.find('second-key')).not.toBeNull();
    await expect(addKey('third-key', { slot: 2 })).rejects.toThrow(/agency_key_two_live_keys/);
  });

  it.each([
    ['unknown', 'no-such-key', {}],
    ['revoked', 'revoked-key', { revoked_at: NOON }],
    [
      'not yet valid',
      'early-key',
      { valid_from: new Date('2026-12-01T00:00:00+08:00'), revoked_at: null, slot: 2 },
    ],
    ['expired', 'old-key', { valid_until: NOON, slot: 2 }],
  ])('are not found when %s', async (_, keyId, columns) => {
    await register.within(SYSTEM, (trx) => trx('agency_key').where({ slot: 2 }).update({ revoked_at: NOON }));
    if (keyId !== 'no-such-key') await addKey(keyId, columns);
    expect(await keys.find(keyId)).toBeNull();
  });

  it('are not found when the agency system is stopped', async () => {
    await register.within(SYSTEM, (trx) =>
      trx('agency_system').where({ id: systemId }).update({ state: 'stopped' }),
    );
    expect(await keys.find('first-key')).toBeNull();
    await register.within(SYSTEM, (trx) =>
      trx('agency_system').where({ id: systemId }).update({ state: 'active' }),
    );
  });

  it('take a nonce from exactly one of a thousand callers at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 1000 }, () => keys.useNonce('first-key', '0123456789abcdef')),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await keys.useNonce('first-key', 'another-nonce-123')).toBe(true);
  });

  it('forget nonces only when no request with them could be accepted any more', async () => {
    expect(await forgetExpiredKeys(register, new Date(clock.now().getTime() + 1800_000))).toMatchObject({
      nonces: 0,
    });
    expect(await forgetExpiredKeys(register, new Date(clock.now().getTime() + 3_600_001))).toMatchObject({
      nonces: 2,
    });
  });
});
