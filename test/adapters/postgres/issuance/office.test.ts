import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cipherPlace } from '../../../../adapters/cipher/encrypted-columns';
import { PostgresOfficeDesk } from '../../../../adapters/postgres/delivery/office-desk';
import { PostgresAttachmentDesk } from '../../../../adapters/postgres/issuance/attachment-desk';
import { PostgresIssuanceDraftDesk } from '../../../../adapters/postgres/issuance/issuance-draft-desk';
import { PostgresNoticeBoard } from '../../../../adapters/postgres/notice/notice-board';
import { postNotice } from '../../../../adapters/postgres/notice/post-notice';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import { FolderFileStore } from '../../../../adapters/storage/folder-file-store';
import type { PersonPrincipal } from '../../../../domain/shared/principal';
import { anIdempotency } from '../../../support/builders/idempotency';
import {
  addCertificate,
  addPerson,
  addWorld,
  type CaseWorld,
  CIPHER,
  holder,
  NOON,
  nextNumber,
  person,
  SYSTEM,
  TestClock,
} from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

const PAGE = { limit: 10, cursor: null };

describe('the office', () => {
  let database: TestDatabase;
  let register: Register;
  let folder: string;
  let world: CaseWorld;
  let operator: PersonPrincipal;
  let colleague: PersonPrincipal;
  let catalogCode: string;
  const clock = new TestClock();
  const options = () => ({ register, cipher: CIPHER, clock });

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 4 });
    folder = await mkdtemp(join(tmpdir(), 'ecert-office-'));
  });
  beforeEach(async () => {
    await register.within(SYSTEM, async (trx) => {
      world = await addWorld(trx);
      const of = {
        authorityId: world.authorityId,
        roles: ['operator'] as const,
        scope: { authorityIds: [world.authorityId] },
      };
      operator = person({ personId: world.operatorId, ...of });
      colleague = person({ personId: await addPerson(trx, { authority_id: world.authorityId }), ...of });
      catalogCode = (await trx('catalog_entry').where({ id: world.entryId }).first('code')).code;
    });
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  describe('notices', () => {
    const post = async (
      recipient: Parameters<typeof postNotice>[1]['recipient'],
      naturalKey = `notice/${nextNumber()}`,
    ) =>
      register.within(SYSTEM, (trx) =>
        postNotice(trx, { naturalKey, recipient, title: '标题', body: '内容', createdAt: NOON }),
      );
    const board = () => new PostgresNoticeBoard({ register, clock });
    const count = async (
      reader: Parameters<PostgresNoticeBoard['list']>[0],
      unreadOnly = false,
    ): Promise<number> => (await board().list(reader, unreadOnly, PAGE)).items.length;

    it('are idempotent by their natural key', async () => {
      const key = `once/${nextNumber()}`;
      expect(await post({ personId: operator.personId }, key)).toBe(true);
      expect(await post({ personId: operator.personId }, key)).toBe(false);
      expect(await count(operator)).toBe(1);
    });

    it('reach a person, a role of one authority, or a holder, and nobody else', async () => {
      await post({ personId: operator.personId });
      await post({ role: 'operator', authorityId: world.authorityId });
      await post({ role: 'reviewer', authorityId: world.authorityId });
      await post({ holderLookup: CIPHER.lookup('holderCode', 'X1') });
      expect(await count(operator)).toBe(2);
      expect(await count(colleague)).toBe(1);
      expect(await count({ ...colleague, scope: { ...colleague.scope, authorityIds: [] } })).toBe(0);
      expect(await count(holder('X1', operator.personId))).toBe(2);
      expect(await count(holder('X2', colleague.personId))).toBe(0);
    });

    it('are marked read by their reader only', async () => {
      await post({ personId: operator.personId });
      const [notice] = (await board().list(operator, true, PAGE)).items;
      expect(await board().markRead(colleague, notice?.id ?? '')).toBe(false);
      expect(await board().markRead(operator, notice?.id ?? '')).toBe(true);
      expect(await board().markRead(operator, notice?.id ?? '')).toBe(true);
      expect(await count(operator, true)).toBe(0);
      expect((await board().list(operator, false, PAGE)).items).toMatchObject([
        { readAt: '2026-11-23T12:00:00+08:00' },
      ]);
    });
  });

  describe('drafts', () => {
    const desk = () => new PostgresIssuanceDraftDesk(options());
    const create = async () => {
      const draft = await desk().create(
        operator,
        { catalogCode, body: { face: { 业户名称: '张三丰' } } },
        anIdempotency(),
      );
      if (!draft.ok) throw new Error(draft.refusal.code);
      return draft.value;
    };

    it('belong to their operator and are kept encrypted', async () => {
      const draft = await create();
      expect(await desk().find(operator, draft.id)).toEqual(draft);
      expect(await desk().find(colleague, draft.id)).toBeNull();
      expect((await desk().list(operator, PAGE)).items).toEqual([draft]);
      expect((await desk().list(colleague, PAGE)).items).toEqual([]);
      const row = await register.within(SYSTEM, async (trx) =>
        trx('issuance_draft').where({ id: draft.id }).first(),
      );
      expect(row.body_cipher.toString('utf8')).not.toContain('张三丰');
    });

    it('are saved only over the revision that was seen', async () => {
      const draft = await create();
      expect(await desk().save(operator, draft.id, 1, { face: {} })).toMatchObject({
        value: { revision: 2, body: { face: {} } },
      });
      expect(await desk().save(operator, draft.id, 1, {})).toMatchObject({
        refusal: { code: 'revisionConflict', facts: { revision: 2 } },
      });
      expect(await desk().save(colleague, draft.id, 2, {})).toMatchObject({ refusal: { code: 'notFound' } });
    });

    it('are discarded, and are refused for an unknown type or by who issues nothing', async () => {
      const draft = await create();
      expect(await desk().discard(colleague, draft.id)).toMatchObject({ refusal: { code: 'notFound' } });
      expect(await desk().discard(operator, draft.id)).toMatchObject({ ok: true });
      expect(await desk().find(operator, draft.id)).toBeNull();
      expect(
        await desk().create(operator, { catalogCode: '1'.repeat(21), body: {} }, anIdempotency()),
      ).toMatchObject({
        refusal: { code: 'catalogEntryUnknown' },
      });
      expect(
        await desk().create({ ...operator, roles: ['reviewer'] }, { catalogCode, body: {} }, anIdempotency()),
      ).toMatchObject({
        refusal: { code: 'notPermitted' },
      });
    });

    it('begin from the last issued case of the type, without its number and dates, and on the record', async () => {
      expect(await desk().copyFromLast(operator, catalogCode)).toBeNull();
      const { issuanceId } = await register.within(SYSTEM, (trx) => addCertificate(trx, world));
      const request = {
        holders: [{ kind: 'person', name: '张三丰' }],
        acceptingAuthority: null,
        businessNumber: 'B-1',
        face: {
          道路运输证号: '150602000001',
          业户名称: '张三丰',
          发证日期: '2026-11-23',
          车辆号牌: '蒙K·T1234',
        },
      };
      await register.within(SYSTEM, async (trx) => {
        const request_cipher = CIPHER.encrypt(
          JSON.stringify(request),
          cipherPlace('issuance.request_cipher', issuanceId),
        );
        await trx('issuance').where({ id: issuanceId }).update({ request_cipher });
      });
      expect(await desk().copyFromLast(operator, catalogCode)).toEqual({
        catalogCode,
        holders: request.holders,
        acceptingAuthority: null,
        face: { 业户名称: '张三丰', 车辆号牌: '蒙K·T1234' },
      });
      const reads = await register.within(SYSTEM, async (trx) =>
        trx('read_audit').where({ resource_id: issuanceId }),
      );
      expect(reads).toHaveLength(1);
      expect(await desk().copyFromLast(colleague, catalogCode)).toBeNull();
    });
  });

  describe('attachments', () => {
    const file = { bytes: Buffer.from('scan'), fileName: '张三丰身份证.pdf', mediaType: 'application/pdf' };
    const key = (name: string, digest = Buffer.alloc(32, 1)) => ({
      method: 'POST',
      path: '/api/v1/attachments',
      key: name,
      bodyDigest: digest,
    });

    it('are stored with an encrypted name, once per key', async () => {
      const fileStore = await FolderFileStore.open(folder);
      const desk = new PostgresAttachmentDesk({ ...options(), fileStore });
      const first = await desk.add(operator, file, key('a'));
      expect(first).toMatchObject({ ok: true });
      expect(await desk.add(operator, file, key('a'))).toEqual(first);
      expect(await desk.add(operator, file, key('a', Buffer.alloc(32, 2)))).toMatchObject({
        refusal: { code: 'idempotencyKeyReused' },
      });
      const rows = await register.within(operator, async (trx) => trx('attachment').select());
      expect(rows).toHaveLength(1);
      expect(await fileStore.get(rows[0].digest)).toEqual(file.bytes);
      expect(
        CIPHER.decrypt(rows[0].file_name_cipher, cipherPlace('attachment.file_name_cipher', rows[0].id)),
      ).toBe(file.fileName);
    });

    it('of a holder belong to no authority until their objection is filed; a programme has none to keep', async () => {
      const desk = new PostgresAttachmentDesk({
        ...options(),
        fileStore: await FolderFileStore.open(folder),
      });
      const somebody = holder('X', operator.personId);
      const added = await desk.add(somebody, file, key('b'));
      if (!added.ok) throw new Error(added.refusal.code);
      const [row] = await register.within(somebody, (trx) =>
        trx('attachment').where({ id: added.value.id }).select(),
      );
      expect(row).toMatchObject({ authority_id: null });
      expect(await desk.add(SYSTEM, file, key('c'))).toMatchObject({ refusal: { code: 'notPermitted' } });
    });
  });

  describe('deliveries', () => {
    it('are listed in scope, and tried again by whoever works at the counter', async () => {
      const desk = new PostgresOfficeDesk({ register, clock });
      const { versionId } = await register.within(SYSTEM, (trx) => addCertificate(trx, world));
      const [{ id }] = await register.within(SYSTEM, async (trx) =>
        trx('delivery')
          .insert({
            certificate_version_id: versionId,
            holder_ordinal: 1,
            authority_id: world.authorityId,
            trade: world.trade,
            channel: 'portal',
            state: 'wrongPerson',
            last_error: '身份不符',
            created_at: NOON,
            updated_at: NOON,
          })
          .returning('id'),
      );
      expect((await desk.deliveries(operator, 'wrongPerson', PAGE)).items).toMatchObject([
        { id, availableOperations: ['retry'] },
      ]);
      expect((await desk.deliveries(operator, 'delivered', PAGE)).items).toEqual([]);
      const supervisor: PersonPrincipal = { ...operator, roles: ['supervisor'] };
      expect(await desk.delivery(supervisor, id)).toMatchObject({ availableOperations: [] });
      expect(await desk.retryDelivery(supervisor, id)).toMatchObject({ refusal: { code: 'notPermitted' } });
      const stranger: PersonPrincipal = { ...operator, scope: { ...operator.scope, authorityIds: [] } };
      expect(await desk.retryDelivery(stranger, id)).toMatchObject({ refusal: { code: 'notFound' } });
      expect(await desk.retryDelivery(operator, id)).toMatchObject({ ok: true });
      expect(await desk.retryDelivery(operator, id)).toMatchObject({
        refusal: { code: 'transitionNotAllowed' },
      });
      const topics = await register.within(SYSTEM, async (trx) =>
        trx('outbox').whereRaw("payload->>'id' = ?", [id]).orderBy('topic').pluck('topic'),
      );
      expect(topics).toEqual(['signalWorkflow', 'startWorkflow']);
    });
  });
});
