import { Client } from 'pg';
import { recordEvent } from '../../../../adapters/postgres/evidence/record-event';
import { deterministicId } from '../../../../adapters/postgres/register/deterministic-id';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import { NO_SCOPE, type Principal } from '../../../../domain/shared/principal';
import {
  addCertificate,
  addIssuance,
  addPerson,
  addSeal,
  addWorld,
  agency,
  type CaseWorld,
  type CertificateIds,
  holder,
  NOON,
  person,
  SYSTEM,
} from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

const TABLES = [
  'issuance',
  'certificate',
  'certificate_version',
  'certificate_holder',
  'event',
  'seal',
  'agency_system',
  'notice',
  'read_audit',
  'role_assignment',
  'security_event',
] as const;

const HOLDER_A = '150699199001011234';

describe('scope', () => {
  let database: TestDatabase;
  let register: Register;
  let a: CaseWorld;
  let b: CaseWorld;
  let certificateA: CertificateIds;
  let certificateB: CertificateIds;
  let personId: string;

  const idsSeen = async (
    principal: Principal,
    table: string,
    column = 'authority_id',
  ): Promise<readonly string[]> =>
    register.within(principal, async (trx) => {
      const rows: readonly Record<string, string>[] = await trx(table).distinct(column);
      return rows.map((row) => String(row[column]));
    });

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 1 });
    await register.within(SYSTEM, async (trx) => {
      a = await addWorld(trx);
      b = { ...(await addWorld(trx)), trade: 'housing' };
      personId = await addPerson(trx, { authority_id: a.authorityId });
      certificateA = await addCertificate(trx, a, { name: '甲', code: HOLDER_A });
      certificateB = await addCertificate(trx, b, { name: '乙', code: '150699199002022345' });
      for (const world of [a, b]) {
        await addSeal(trx, world.authorityId);
        await trx('agency_system').insert({ authority_id: world.authorityId, name: '业务系统' });
        await recordEvent(trx, {
          id: deterministicId('isolation', world.authorityId),
          kind: 'test',
          caseKind: 'issuance',
          caseId: certificateA.issuanceId,
          authorityId: world.authorityId,
          trade: world.trade,
          actor: { kind: 'system', id: 'test' },
          facts: {},
          occurredAt: NOON,
          recordedAt: NOON,
        });
        await trx('notice').insert({
          natural_key: `isolation/${world.authorityId}`,
          recipient_role: 'operator',
          recipient_authority_id: world.authorityId,
          title: '提示',
          body: '内容',
          created_at: NOON,
        });
      }
    });
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  it('shows nothing at all to an empty scope', async () => {
    const nobody: readonly Principal[] = [
      person({ personId, roles: ['operator'] }),
      { ...agency(a.authorityId), scope: NO_SCOPE },
      { kind: 'relyingParty', personId, displayName: '用证单位', authorityId: a.authorityId },
      holder('150699200001011111', personId),
    ];
    for (const principal of nobody) {
      for (const table of TABLES) {
        const rows = await register.within(principal, async (trx) => trx(table).select());
        expect([table, principal.kind, rows]).toEqual([table, principal.kind, []]);
      }
    }
  });

  it('shows nothing outside of a transaction with a principal', async () => {
    for (const table of TABLES) {
      expect(await register.public(`SELECT 1 FROM ${table}`, [])).toEqual([]);
    }
  });

  it('shows an authority its own rows and no others', async () => {
    const scoped = person({ personId, roles: ['operator'], scope: { authorityIds: [a.authorityId] } });
    for (const table of [
      'issuance',
      'certificate',
      'certificate_version',
      'certificate_holder',
      'event',
      'seal',
      'agency_system',
    ]) {
      expect([table, await idsSeen(scoped, table)]).toEqual([table, [a.authorityId]]);
      expect([table, await idsSeen(agency(b.authorityId), table)]).toEqual([table, [b.authorityId]]);
    }
    expect(await idsSeen(scoped, 'notice', 'recipient_authority_id')).toEqual([a.authorityId]);
  });

  it('shows a department its trade in every area, and one trade of one authority to a pair', async () => {
    const department = person({ personId, scope: { trades: ['housing'] } });
    expect(await idsSeen(department, 'certificate')).toEqual([b.authorityId]);
    expect(await idsSeen(department, 'seal')).toEqual([]);
    const pair = person({
      personId,
      scope: { pairs: [`${a.authorityId}:transport`, `${b.authorityId}:transport`] },
    });
    expect(await idsSeen(pair, 'certificate')).toEqual([a.authorityId]);
  });

  it('shows the city everything and an auditor the evidence only', async () => {
    const city = person({ personId, roles: ['cityAdministrator'], scope: { everything: true } });
    expect([...(await idsSeen(city, 'certificate'))].sort()).toEqual([a.authorityId, b.authorityId].sort());
    const auditor = person({ personId, roles: ['auditor'], scope: { evidence: true } });
    expect((await idsSeen(auditor, 'event')).length).toBe(2);
    for (const table of ['issuance', 'certificate', 'certificate_version', 'certificate_holder', 'seal']) {
      expect([table, await idsSeen(auditor, table)]).toEqual([table, []]);
    }
  });

  it('shows a holder what belongs to the own code', async () => {
    const rows = await register.within(holder(HOLDER_A, personId), async (trx) => ({
      versions: await trx('certificate_version').pluck('id'),
      certificates: await trx('certificate').pluck('id'),
      cases: await trx('issuance').pluck('id'),
    }));
    expect(rows).toEqual({
      versions: [certificateA.versionId],
      certificates: [certificateA.certificateId],
      cases: [],
    });
  });

  it('keeps two scopes apart that take turns on one connection', async () => {
    const scopes = [a, b].map((world) => agency(world.authorityId));
    const turns = Array.from({ length: 40 }, (_, turn) => scopes[turn % 2] ?? agency(a.authorityId));
    const seen = await Promise.all(
      turns.map(async (principal) => {
        const found = await idsSeen(principal, 'certificate_version');
        return found.length === 1 && found[0] === principal.authorityId;
      }),
    );
    expect(seen).toEqual(turns.map(() => true));
  });

  it('lets nobody write into another authority, nor move a row there', async () => {
    const scoped = agency(a.authorityId);
    await expect(register.within(scoped, (trx) => addIssuance(trx, b))).rejects.toThrow(/row-level security/);
    await expect(
      register.within(scoped, (trx) =>
        trx('issuance').where({ id: certificateA.issuanceId }).update({ authority_id: b.authorityId }),
      ),
    ).rejects.toThrow(/row-level security/);
    const touched = await register.within(scoped, (trx) =>
      trx('issuance').where({ id: certificateB.issuanceId }).update({ waiting_for: 'x' }),
    );
    expect(touched).toBe(0);
  });

  it('lets a holder change nothing', async () => {
    const touched = await register.within(holder(HOLDER_A, personId), (trx) =>
      trx('certificate_version').where({ id: certificateA.versionId }).update({ marks: [] }),
    );
    expect(touched).toBe(0);
  });

  it('would be noticed to be missing: with row-level security off another authority is seen', async () => {
    const owner = new Client({ connectionString: database.migratorUrl });
    await owner.connect();
    const scoped = agency(a.authorityId);
    try {
      await owner.query('ALTER TABLE certificate DISABLE ROW LEVEL SECURITY');
      expect([...(await idsSeen(scoped, 'certificate'))].sort()).toEqual(
        [a.authorityId, b.authorityId].sort(),
      );
    } finally {
      await owner.query('ALTER TABLE certificate ENABLE ROW LEVEL SECURITY');
      await owner.end();
    }
    expect(await idsSeen(scoped, 'certificate')).toEqual([a.authorityId]);
  });
});
