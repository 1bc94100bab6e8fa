import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { PostgresCertificateRegister } from '../../../../adapters/postgres/certificate/certificate-register';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import { PostgresTimestampLedger } from '../../../../adapters/postgres/sealing/timestamp-ledger';
import { PostgresVerificationDesk } from '../../../../adapters/postgres/verification/verification-desk';
import { FolderFileStore } from '../../../../adapters/storage/folder-file-store';
import type { PersonPrincipal } from '../../../../domain/shared/principal';
import {
  addCertificate,
  addPerson,
  addWorld,
  agency,
  type CaseWorld,
  type CertificateIds,
  CIPHER,
  holder,
  NOON,
  person,
  SYSTEM,
  TestClock,
} from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

const CODE = '15069919900101123X';
const READ = { purpose: '窗口核对', traceId: 'trace-1' };

/** Many transactions, or passwords that are slow to check on purpose, on a machine that others use too. */
jest.setTimeout(60_000);

describe('certificates', () => {
  let database: TestDatabase;
  let register: Register;
  let folder: string;
  let desk: PostgresCertificateRegister;
  let verification: PostgresVerificationDesk;
  let world: CaseWorld;
  let certificate: CertificateIds;
  let operator: PersonPrincipal;
  let digest: string;
  const clock = new TestClock();
  const faults: unknown[] = [];
  const audits = async () =>
    register.within(SYSTEM, async (trx) =>
      trx('read_audit').where({ resource_id: certificate.certificateId }).orderBy('id'),
    );

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 4 });
    folder = await mkdtemp(join(tmpdir(), 'ecert-certificates-'));
    const fileStore = await FolderFileStore.open(folder);
    digest = await fileStore.put(Buffer.from('sealed OFD'));
    desk = new PostgresCertificateRegister({
      register,
      cipher: CIPHER,
      fileStore,
      clock,
      drawCertificate: async ({ face, verificationCode }) =>
        Buffer.from(`${JSON.stringify(face)} ${verificationCode}`),
    });
    verification = new PostgresVerificationDesk({
      register,
      cipher: CIPHER,
      clock,
      trust: async () => ({ trustAnchors: [], revocationLists: [] }),
      flushMs: 3_600_000,
      reportFault: (fault) => faults.push(fault),
    });
  });
  beforeEach(async () => {
    await register.within(SYSTEM, async (trx) => {
      world = await addWorld(trx);
      certificate = await addCertificate(trx, world, { name: '张三丰', code: CODE });
      operator = person({
        personId: await addPerson(trx, { authority_id: world.authorityId }),
        authorityId: world.authorityId,
        roles: ['operator'],
        scope: { authorityIds: [world.authorityId] },
      });
      await trx('stored_file')
        .insert({ digest, size_bytes: 10, media_type: 'application/ofd', stored_at: NOON })
        .onConflict('digest')
        .ignore();
      await trx('certificate_file').insert({
        certificate_version_id: certificate.versionId,
        file_kind: 'ofd',
        authority_id: world.authorityId,
        trade: world.trade,
        digest,
        recorded_at: NOON,
      });
    });
  });
  afterAll(async () => {
    await verification.close();
    await register.destroy();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
    expect(faults).toEqual([]);
  });

  it('are found by number, identifier, and the exact name or code of a holder', async () => {
    for (const query of [
      certificate.number,
      certificate.identifier,
      '张三丰',
      CODE,
      CODE.toLowerCase(),
      ` ${CODE} `,
    ]) {
      const { items } = await desk.search(operator, query, { limit: 10, cursor: null });
      expect([query, items.map(({ id }) => id)]).toEqual([query, [certificate.certificateId]]);
    }
    for (const query of ['张三', CODE.slice(0, 17), `${certificate.number}0`]) {
      expect((await desk.search(operator, query, { limit: 10, cursor: null })).items).toEqual([]);
    }
  });

  it('are listed masked, newest first, each once, page by page', async () => {
    await register.within(SYSTEM, async (trx) => {
      for (let n = 1; n <= 4; n += 1) {
        await addCertificate(
          trx,
          world,
          { name: `某${n}`, code: CODE },
          { issued_at: new Date(NOON.getTime() + (n % 2) * 1000) },
        );
      }
    });
    const all = (await desk.search(operator, null, { limit: 50, cursor: null })).items;
    expect(all).toHaveLength(5);
    expect(all[0]).toMatchObject({
      maskedHolders: [{ name: '张**', code: null }],
      maskedFace: { 业户名称: '张**' },
    });
    const paged: string[] = [];
    for (let cursor: string | null = null; ; ) {
      const page: Awaited<ReturnType<typeof desk.search>> = await desk.search(operator, null, {
        limit: 2,
        cursor,
      });
      paged.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
      if (cursor === null) break;
    }
    expect(paged).toEqual(all.map(({ id }) => id));
    expect(JSON.stringify(all)).not.toContain('张三丰');
  });

  it('are not shown before they were issued', async () => {
    const preparing = await register.within(SYSTEM, (trx) =>
      addCertificate(trx, world, { name: '某', code: CODE }, { state: 'awaitingSeal', issued_at: null }),
    );
    expect(await desk.find(operator, preparing.certificateId)).toBeNull();
    expect(await desk.versions(operator, preparing.certificateId)).toBeNull();
    expect(await verification.byCode(preparing.code)).toBeNull();
  });

  it('show the face masked, and whole with a record of who, what and why', async () => {
    const masked = await desk.face(operator, certificate.certificateId, { ...READ, unmask: false });
    expect(masked).toMatchObject({ value: { masked: true, face: { 业户名称: '张**' } } });
    const whole = await desk.face(operator, certificate.certificateId, { ...READ, unmask: true });
    expect(whole).toMatchObject({ value: { masked: false, face: { 业户名称: '张三丰' } } });
    expect(await audits()).toMatchObject([
      { unmasked: false, purpose: '窗口核对' },
      {
        unmasked: true,
        principal_id: `person:${operator.personId}`,
        fields: ['业户名称', '车辆号牌'],
        trace_id: 'trace-1',
      },
    ]);
    const alarms = await register.within(SYSTEM, async (trx) =>
      trx('security_event').where({ kind: 'faceUnmasked', principal: `person:${operator.personId}` }),
    );
    expect(alarms).toHaveLength(1);
    expect(JSON.stringify([await audits(), alarms])).not.toContain('张三丰');
  });

  it('hand out the sealed bytes, recorded, and a picture of the face', async () => {
    expect(await desk.file(operator, certificate.certificateId, 'ofd', READ)).toMatchObject({
      value: { digest, mediaType: 'application/ofd', fileName: expect.stringMatching(/\.ofd$/) },
    });
    const picture = await desk.file(operator, certificate.certificateId, 'png', READ);
    expect(picture.ok && Buffer.from(picture.value.bytes).toString()).toContain(certificate.code);
    expect(await desk.file(operator, certificate.certificateId, 'pdf', READ)).toMatchObject({
      refusal: { code: 'notFound' },
    });
    expect(await audits()).toHaveLength(2);
  });

  it('are closed to other authorities, to administrators of accounts and to relying parties without a grant', async () => {
    const stranger = agency(operator.personId);
    expect(await desk.find(stranger, certificate.certificateId)).toBeNull();
    expect(await desk.face(stranger, certificate.certificateId, { ...READ, unmask: false })).toMatchObject({
      refusal: { code: 'notFound' },
    });
    expect(await desk.events(stranger, certificate.certificateId, { limit: 5, cursor: null })).toBeNull();
    const powerless: PersonPrincipal = { ...operator, roles: ['systemAdministrator'] };
    expect(await desk.face(powerless, certificate.certificateId, { ...READ, unmask: true })).toMatchObject({
      refusal: { code: 'notPermitted' },
    });
    expect(await desk.file(powerless, certificate.certificateId, 'ofd', READ)).toMatchObject({
      refusal: { code: 'notPermitted' },
    });
  });

  it('show a holder the own certificate whole, and who has used it', async () => {
    const me = holder(CODE, operator.personId);
    await desk.face(operator, certificate.certificateId, { ...READ, unmask: true });
    expect(
      await desk.face(me, certificate.certificateId, { purpose: '本人查询', traceId: 't', unmask: true }),
    ).toMatchObject({ ok: true });
    const uses = await desk.uses(me, certificate.certificateId, { limit: 10, cursor: null });
    expect(uses?.items.map(({ principalKind, purpose }) => [principalKind, purpose]).sort()).toEqual([
      ['holder', '本人查询'],
      ['person', '窗口核对'],
    ]);
    const other = holder('150699199002022345', operator.personId);
    expect(await desk.uses(other, certificate.certificateId, { limit: 10, cursor: null })).toBeNull();
  });

  it('are verified by anybody with the code or the file, masked, and never by guessing', async () => {
    const byCode = await verification.byCode(certificate.code);
    expect(byCode).toMatchObject({
      certificateVersionId: certificate.versionId,
      state: 'inForce',
      publicFace: { 业户名称: '张**' },
      validUntil: '2030-11-22',
      issuedAt: '2026-11-23T12:00:00+08:00',
    });
    expect(await verification.byFileDigest(digest)).not.toBeNull();
    expect(await verification.byCode(`${certificate.code}x`)).toBeNull();
    expect(await verification.byFileDigest('0'.repeat(64))).toBeNull();
  });

  it('come with the timestamp token that lies beside their file, once there is one', async () => {
    await register.within(SYSTEM, async (trx) => {
      await trx('file_timestamp').insert({ digest, requested_at: NOON });
    });
    expect(await verification.fileTimestamps(digest)).toEqual([]);
    const token = Buffer.from('3003020100', 'hex');
    await new PostgresTimestampLedger({ register, clock }).recordToken(digest, token);
    expect(await verification.fileTimestamps(digest)).toEqual([token]);
    expect(await verification.fileTimestamps('0'.repeat(64))).toEqual([]);
  });

  it('count anonymous verifications per day in the background, and lose none to a fault', async () => {
    const counted = async () =>
      register.within(SYSTEM, async (trx) =>
        trx('verification_count').where({ certificate_version_id: certificate.versionId }),
      );
    const owner = async (statement: string): Promise<void> => {
      const client = new Client({ connectionString: database.migratorUrl });
      await client.connect();
      await client.query(statement).finally(() => client.end());
    };
    for (let n = 0; n < 3; n += 1) verification.countVerification(certificate.versionId);
    await verification.flush();
    verification.countVerification('00000000-0000-8000-8000-000000000000');
    verification.countVerification(certificate.versionId);
    await owner('REVOKE EXECUTE ON FUNCTION count_verifications(uuid, date, bigint) FROM ecert_app');
    await expect(verification.flush()).rejects.toThrow(/permission denied/);
    await owner('GRANT EXECUTE ON FUNCTION count_verifications(uuid, date, bigint) TO ecert_app');
    verification.countVerification(certificate.versionId);
    await verification.flush();
    expect(await counted()).toMatchObject([{ counted_on: '2026-11-23', verifications: 5 }]);
  });
});
