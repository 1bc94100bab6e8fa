import { join } from 'node:path';
import { Sm3RowIntegrity } from '../../../adapters/cipher/row-integrity';
import { Sm4PersonalDataCipher } from '../../../adapters/cipher/sm4-personal-data-cipher';
import { createSoftwareKeyStore } from '../../../adapters/keystore/software-key-store';
import { loadRules } from '../../../adapters/postgres/catalog/catalog-rules';
import { PostgresAgencyKeys } from '../../../adapters/postgres/organisation/agency-keys';
import { PostgresSessions } from '../../../adapters/postgres/organisation/sessions';
import { openRegister, type Register } from '../../../adapters/postgres/register/register';
import { readTrustFolder } from '../../../adapters/trust/trust-folder';
import { loadFontChain } from '../../../documents/fonts/font-chain';
import { judgeChain } from '../../../documents/pki/judge-chain';
import {
  DEMONSTRATION_ACCOUNTS,
  DEMONSTRATION_PASSWORD,
} from '../../../main/demonstration/demonstration-accounts';
import type { DemonstrationDeps } from '../../../main/demonstration/demonstration-deps';
import { SAMPLE_TYPES } from '../../../main/demonstration/demonstration-entitlements';
import { isDemonstrationPresent } from '../../../main/demonstration/demonstration-present';
import { DONGSHENG_BUREAU } from '../../../main/demonstration/demonstration-units';
import { completeDemonstration, seedDemonstration } from '../../../main/demonstration/seed';
import { sealId } from '../../../main/demonstration/seed-seals';
import { unitId } from '../../../main/demonstration/seed-units';
import { temporaryFolder } from '../../support/outside-world';
import { SYSTEM } from '../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';

const COUNTED = [
  'authority',
  'person',
  'role_assignment',
  'agency_system',
  'agency_key',
  'catalog_entry',
  'catalog_entry_version',
  'catalog_entitlement',
  'seal',
  'seal_use_mandate',
];

function dataKeys() {
  const key = (fill: number, length: number): Uint8Array => Buffer.alloc(length, fill);
  return {
    currentKeyId: 'test',
    keys: new Map([['test', { encryptionKey: key(1, 16), macKey: key(2, 32), lookupKey: key(3, 32) }]]),
  };
}

describe('laying out the demonstration city', () => {
  const folder = temporaryFolder();
  const cipher = new Sm4PersonalDataCipher(dataKeys());
  const integrity = new Sm3RowIntegrity(dataKeys());
  let now = new Date('2026-11-23T10:00:00+08:00');
  const clock = { now: () => now };
  let database: TestDatabase;
  let register: Register;

  const depsOf = (overrides: Partial<DemonstrationDeps> = {}): DemonstrationDeps => ({
    register,
    cipher,
    integrity,
    clock,
    keyStore: createSoftwareKeyStore({
      folder: join(folder.path, 'keys'),
      keyRing: { currentKeyId: 'k1', keys: new Map([['k1', Buffer.alloc(32, 4)]]) },
    }),
    fonts: () => loadFontChain(),
    agencySecret: 'first-secret',
    agencyRecordsSecret: 'shared-with-the-record-server',
    agencyRecordsUrl: 'http://127.0.0.1:9001',
    trustFolder: join(folder.path, 'trust'),
    secretsFolder: join(folder.path, 'secrets'),
    ...overrides,
  });
  const counts = () =>
    register.within(SYSTEM, async (transaction) => {
      const found: Record<string, number> = {};
      for (const table of COUNTED) {
        const rows: { count: string | number }[] = await transaction(table).count();
        found[table] = Number(rows[0]?.count);
      }
      return found;
    });

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 3 });
    expect(await isDemonstrationPresent(register)).toBe(false);
    expect(await seedDemonstration(depsOf())).toEqual({ agencySecret: 'first-secret' });
  }, 60_000);
  afterAll(async () => {
    await register.destroy();
    await database.drop();
    folder.remove();
  });

  it('is idempotent: a second start adds nothing', async () => {
    const before = await counts();
    expect(before).toMatchObject({ authority: 41, person: 16, catalog_entry: 12, agency_key: 1 });
    await seedDemonstration(depsOf());
    expect(await counts()).toEqual(before);
  });

  it('can be told from a register of production afterwards', async () => {
    expect(await isDemonstrationPresent(register)).toBe(true);
  });

  it('goes on with the seals of other units until it is told to stop', async () => {
    const before = await counts();
    const stop = new AbortController();
    let drawn = 0;
    const fonts: DemonstrationDeps['fonts'] = () => {
      drawn += 1;
      if (drawn === 2) stop.abort();
      return loadFontChain();
    };
    await completeDemonstration(depsOf({ fonts }), stop.signal);
    expect(await counts()).toEqual({ ...before, seal: (before['seal'] ?? 0) + 2 });
  }, 60_000);

  it('lets every account sign in, with the roles it is known for', async () => {
    const sessions = new PostgresSessions({
      register,
      cipher,
      integrity,
      clock,
      secondFactor: 'offInDemonstration',
    });
    const signedIn = await Promise.all(
      DEMONSTRATION_ACCOUNTS.map(({ username }) => sessions.signIn(username, DEMONSTRATION_PASSWORD, null)),
    );
    const names = signedIn.map((session) => (session.ok ? session.value.principal.displayName : session));
    expect(names).toEqual(DEMONSTRATION_ACCOUNTS.map(({ displayName }) => displayName));
  }, 30_000);

  it('lets the 东胜 bureau issue every sample type straight through, under a declaration of no secrets', async () => {
    for (const catalogCode of SAMPLE_TYPES) {
      const rules = await register.within(SYSTEM, (transaction) =>
        loadRules(transaction, integrity, catalogCode, unitId(DONGSHENG_BUREAU), '2026-11-23'),
      );
      expect(rules).toMatchObject({
        ok: true,
        value: {
          definition: {
            reviewPolicy: { kind: 'none' },
            notClassifiedDeclaration: { declaredOn: '2026-11-23' },
          },
          entitlement: { comparison: { kind: 'api' }, areaName: '东胜区' },
        },
      });
    }
  });

  it('accepts the secret that the start prints, also after the secrets folder was made anew, and follows the record server', async () => {
    const keys = new PostgresAgencyKeys({ register, cipher, clock });
    expect((await keys.find('demo-agency'))?.secret).toBe('first-secret');
    await seedDemonstration(
      depsOf({ agencySecret: 'second-secret', agencyRecordsUrl: 'http://127.0.0.1:9002' }),
    );
    const found = await keys.find('demo-agency');
    expect(found?.secret).toBe('second-secret');
    expect(found?.principal.authorityId).toBe(unitId(DONGSHENG_BUREAU));
    const rows: { record_url: string }[] = await register.within(SYSTEM, (transaction) =>
      transaction('agency_system').select('record_url'),
    );
    expect(rows).toEqual([{ record_url: 'http://127.0.0.1:9002/records' }]);
  });

  it('makes seals whose certificates lead to the trust that it wrote', async () => {
    const trust = await readTrustFolder(join(folder.path, 'trust'));
    expect(trust.trustAnchors).toHaveLength(2);
    const seals: { ofd_certificate: Buffer; pdf_certificate: Buffer }[] = await register.within(
      SYSTEM,
      (transaction) => transaction('seal').select('ofd_certificate', 'pdf_certificate'),
    );
    expect(seals.length).toBeGreaterThanOrEqual(3);
    for (const { ofd_certificate, pdf_certificate } of seals) {
      const question = { ...trust, intermediates: [], at: now };
      expect(judgeChain({ ...question, certificate: ofd_certificate, usage: 'sealSigner' })).toMatchObject({
        outcome: 'valid',
      });
      expect(
        judgeChain({ ...question, certificate: pdf_certificate, usage: 'documentSigner' }),
      ).toMatchObject({ outcome: 'valid' });
    }
  });

  it('never lets a stopped seal or an ended mandate come back', async () => {
    const official = sealId({ unitKey: DONGSHENG_BUREAU, kind: 'official' });
    await register.within(SYSTEM, async (transaction) => {
      await transaction('seal').where({ id: official }).update({ state: 'stopped', state_reason: '遗失' });
      await transaction('seal_use_mandate').update({ ended_at: now });
    });
    const before = await counts();
    await seedDemonstration(depsOf());
    expect(await counts()).toEqual(before);
    const [seal]: { state: string }[] = await register.within(SYSTEM, (transaction) =>
      transaction('seal').where({ id: official }).select('state'),
    );
    expect(seal?.state).toBe('stopped');
    await register.within(SYSTEM, (transaction) =>
      transaction('seal_use_mandate').update({ ended_at: null }),
    );
  });

  it('grants new mandates and renews the revocation lists when the product starts more than a year later', async () => {
    const before = await counts();
    now = new Date('2027-12-01T10:00:00+08:00');
    await seedDemonstration(depsOf());
    const after = await counts();
    expect(after['seal_use_mandate']).toBe(2 * (before['seal_use_mandate'] ?? 0));
    expect({ ...after, seal_use_mandate: 0 }).toEqual({ ...before, seal_use_mandate: 0 });
    const trust = await readTrustFolder(join(folder.path, 'trust'));
    const [seal]: { ofd_certificate: Buffer }[] = await register.within(SYSTEM, (transaction) =>
      transaction('seal').select('ofd_certificate'),
    );
    const certificate = seal?.ofd_certificate ?? Buffer.alloc(0);
    expect(
      judgeChain({ ...trust, intermediates: [], at: now, certificate, usage: 'sealSigner' }),
    ).toMatchObject({ outcome: 'valid' });
  });
});
