import { ROAD_TRANSPORT_CERTIFICATE } from '../../domain/catalog/built-in/road-transport-certificate';
import type { ApiClient } from '../support/api-client';
import { aFileBody, problemOf, startApi } from '../support/api-client';
import { aKeyHeader } from '../support/builders/idempotency';
import type { FakeWorld } from '../support/fakes/fake-api-ports';
import { fakeWorld } from '../support/fakes/fake-api-ports';
import { aPerson } from '../support/fakes/fake-identity';
import { CATALOG_ID, DELIVERY_ID, NOTICE_ID, SEAL_ID, TASK_ID } from '../support/fakes/fake-ids';

let world: FakeWorld;
let api: ApiClient;

beforeEach(async () => {
  world = fakeWorld();
  api = await startApi(world);
});
afterEach(() => api.close());

describe('tasks', () => {
  const path = `/api/v1/tasks/${TASK_ID}`;
  const reviewer = () => api.person(aPerson('reviewer'));

  it('are listed by queue', async () => {
    expect((await reviewer()('GET', '/api/v1/tasks?queue=unclaimed')).status).toBe(200);
    expect(problemOf(await reviewer()('GET', '/api/v1/tasks?queue=other')).pointers).toEqual(['queue']);
  });

  it('are claimed, decided and taken back', async () => {
    const ask = reviewer();
    expect((await ask('POST', `${path}/claim`)).body).toMatchObject({ state: 'claimed' });
    const decided = await ask('POST', `${path}/decide`, { body: { decision: 'approve' } });
    expect(decided.body).toMatchObject({ state: 'decided' });
    expect((await ask('DELETE', `${path}/decision`)).body).toMatchObject({ state: 'claimed' });
    expect((await ask('POST', `${path}/release`)).body).toMatchObject({ state: 'open' });
  });

  it('that somebody else holds say since when', async () => {
    await reviewer()('POST', `${path}/claim`);
    const second = await reviewer()('POST', `${path}/claim`);
    expect(second.body).toMatchObject({ code: 'taskNotOpen', facts: { claimedSince: expect.any(String) } });
  });

  it('are not sent back without a reason', async () => {
    await reviewer()('POST', `${path}/claim`);
    const answered = await reviewer()('POST', `${path}/decide`, { body: { decision: 'sendBack' } });
    expect(problemOf(answered)).toMatchObject({ status: 422, code: 'reasonRequired' });
  });

  it('show their material and the draft page, recorded with a purpose', async () => {
    const material = await reviewer()('GET', `${path}/material`);
    expect(material.body).toMatchObject({ comparison: { outcome: 'different' } });
    const headers = { 'use-purpose': encodeURIComponent('复核') };
    const page = await reviewer()('GET', `${path}/draft-page`, { headers });
    expect(page.headers.get('content-type')).toBe('image/png');
    expect(world.tasks.purposes).toEqual(['办理审核任务', '复核']);
  });

  it('unknown are not found', async () => {
    expect((await reviewer()('GET', path.replace('d1', 'd9'))).status).toBe(404);
  });
});

describe('the catalogue', () => {
  const city = () => api.person(aPerson('cityAdministrator'));
  const definition = {
    ...ROAD_TRANSPORT_CERTIFICATE,
    notClassifiedDeclaration: { declaredBy: '王建国', declaredOn: '2026-11-01' },
  };

  it('is drafted, submitted, approved and published, with a readable difference', async () => {
    const draft = await city()('POST', '/api/v1/catalog', {
      body: { ...definition, name: '道路运输证(新)' },
      headers: aKeyHeader(),
    });
    expect(draft.status).toBe(201);
    const { id } = draft.body as { id: string };
    const path = `/api/v1/catalog/${CATALOG_ID}/versions/${id}`;
    const difference = await city()('GET', `${path}/diff`);
    expect(difference.body).toMatchObject({
      differences: expect.arrayContaining([
        expect.objectContaining({ sentence: '证照名称由“道路运输证”改为“道路运输证(新)”' }),
      ]),
    });
    expect((await city()('POST', `${path}/submit`)).body).toMatchObject({ state: 'underReview' });
    expect((await city()('POST', `${path}/approve`)).body).toMatchObject({ state: 'approved' });
    const published = await city()('POST', `${path}/publish`, { body: { effectiveFrom: '2026-12-01' } });
    expect(published.body).toMatchObject({ state: 'published', version: 2 });
    expect((await city()('GET', `/api/v1/catalog/${CATALOG_ID}/versions`)).status).toBe(200);
  });

  it('is sent back with a reason and withdrawn by who may', async () => {
    const draft = await city()('POST', '/api/v1/catalog', { body: definition, headers: aKeyHeader() });
    const { id } = draft.body as { id: string };
    const path = `/api/v1/catalog/${CATALOG_ID}/versions/${id}`;
    await city()('POST', `${path}/submit`);
    expect(problemOf(await city()('POST', `${path}/send-back`, { body: {} })).pointers).toEqual(['/reason']);
    const department = api.person(aPerson('departmentAdministrator'));
    const reason = { reason: '照面要素不全' };
    expect((await department('POST', `${path}/send-back`, { body: reason })).status).toBe(403);
    expect((await city()('POST', `${path}/send-back`, { body: reason })).body).toMatchObject({
      state: 'draft',
    });
    expect((await city()('POST', `${path}/withdraw`, { body: reason })).body).toMatchObject({
      state: 'withdrawn',
    });
  });

  it('does not go to review without the declaration 不涉密', async () => {
    const draft = await city()('POST', '/api/v1/catalog', {
      body: ROAD_TRANSPORT_CERTIFICATE,
      headers: aKeyHeader(),
    });
    const { id } = draft.body as { id: string };
    const answered = await city()('POST', `/api/v1/catalog/${CATALOG_ID}/versions/${id}/submit`);
    expect(problemOf(answered)).toMatchObject({ status: 422, pointers: ['/notClassifiedDeclaration'] });
  });

  it('refuses definitions of another shape at their place', async () => {
    const broken = { ...definition, handling: 'buy', ingestionStartsOn: '2026-02-30' };
    const answered = await city()('POST', '/api/v1/catalog', { body: broken, headers: aKeyHeader() });
    expect(problemOf(answered).pointers).toEqual(['/ingestionStartsOn', '/handling']);
  });

  it('is approved by the city administrator only', async () => {
    const path = `/api/v1/catalog/${CATALOG_ID}/versions/${CATALOG_ID}/approve`;
    const answered = await api.person(aPerson('departmentAdministrator'))('POST', path);
    expect(problemOf(answered)).toMatchObject({ status: 403, code: 'notPermitted' });
  });

  it('says who may draft', async () => {
    expect((await city()('GET', '/api/v1/catalog')).body).toMatchObject({
      items: [{ availableActions: ['draft'] }],
    });
    expect((await api.agency('GET', '/api/v1/catalog')).body).toMatchObject({
      items: [{ availableActions: [] }],
    });
  });
});

describe('seals', () => {
  const keeper = () => api.person(aPerson('sealKeeper'));

  it('are stopped with a reason and used again', async () => {
    const stop = `/api/v1/seals/${SEAL_ID}/stop`;
    expect(problemOf(await keeper()('POST', stop, { body: {} })).pointers).toEqual(['/reason']);
    const stopped = await keeper()('POST', stop, { body: { reason: '更换' } });
    expect(stopped.body).toMatchObject({ state: 'stopped', availableActions: ['resume'] });
    const resumed = await keeper()('POST', `/api/v1/seals/${SEAL_ID}/resume`);
    expect(resumed.body).toMatchObject({ state: 'inUse', availableActions: ['stop'] });
  });

  it('offer nothing to whoever is not their keeper', async () => {
    const seals = await api.person(aPerson('reviewer'))('GET', '/api/v1/seals');
    expect(seals.body).toMatchObject({ items: [{ availableActions: [] }] });
  });

  it('are mandated for a period with a cap, and the mandate can be ended', async () => {
    const mandate = {
      sealId: SEAL_ID,
      catalogCode: ROAD_TRANSPORT_CERTIFICATE.code,
      validFrom: '2026-11-23',
      validUntil: '2027-11-22',
      volumeCap: 1000,
    };
    const path = '/api/v1/seal-use-mandates';
    const granted = await keeper()('POST', path, { body: mandate, headers: aKeyHeader() });
    expect(granted.body).toMatchObject({ state: 'inForce', availableActions: ['end'] });
    const past = { ...mandate, validUntil: '2026-11-22' };
    expect(problemOf(await keeper()('POST', path, { body: past, headers: aKeyHeader() })).pointers).toEqual([
      '/validUntil',
    ]);
    const { id } = granted.body as { id: string };
    expect((await keeper()('POST', `${path}/${id}/end`)).body).toMatchObject({ state: 'ended' });
    expect((await keeper()('GET', path)).status).toBe(200);
  });
});

describe('the office', () => {
  const operator = () => api.person(aPerson('operator'));

  it('sees units, deliveries and up-reports', async () => {
    for (const path of [
      '/authorities',
      '/deliveries?state=wrongPerson',
      `/deliveries/${DELIVERY_ID}`,
      '/up-reports',
    ]) {
      expect([path, (await operator()('GET', `/api/v1${path}`)).status]).toEqual([path, 200]);
    }
  });

  it('tries a delivery again', async () => {
    const answered = await operator()('POST', `/api/v1/deliveries/${DELIVERY_ID}/retry`);
    expect(answered.status).toBe(202);
    expect((await operator()('POST', `/api/v1/deliveries/${TASK_ID}/retry`)).status).toBe(404);
  });

  it('reads its notices', async () => {
    expect((await operator()('GET', '/api/v1/notices?unread=true')).body).toMatchObject({
      items: [{ state: 'unread', availableActions: ['markRead'] }],
    });
    expect((await operator()('POST', `/api/v1/notices/${NOTICE_ID}/read`)).status).toBe(204);
    expect((await operator()('POST', `/api/v1/notices/${TASK_ID}/read`)).status).toBe(404);
  });
});

describe('attachments', () => {
  const add = (fileName: string, content = Buffer.from('%PDF-1.7'), partName = 'file') => {
    const { raw, headers } = aFileBody(fileName, content, partName);
    return api.agency('POST', '/api/v1/attachments', {
      raw,
      headers: { ...headers, 'idempotency-key': 'a' },
    });
  };

  it('are taken under their Chinese name; trying again gives the same digest though the boundary differs', async () => {
    expect((await add('许可决定.pdf')).status).toBe(201);
    await add('许可决定.pdf');
    const [first, second] = world.office.files;
    expect(first).toMatchObject({ fileName: '许可决定.pdf', bytes: Buffer.from('%PDF-1.7') });
    expect(second?.digest).toBe(first?.digest);
  });

  it('with a secrecy mark in the name are refused and not kept', async () => {
    expect(problemOf(await add('机密★5年.pdf'))).toMatchObject({ code: 'classifiedSuspected' });
    expect(world.office.files).toEqual([]);
    expect(world.issuances.suspicions).toEqual(['/file/fileName']);
  });

  it('above 20 MB are refused', async () => {
    expect(problemOf(await add('a.pdf', Buffer.alloc(21 * 1_048_576)))).toMatchObject({
      status: 413,
      code: 'bodyTooLarge',
    });
  });

  it.each([
    ['an empty file', Buffer.alloc(0), 'file'],
    ['another part name', Buffer.from('x'), 'other'],
  ])('with %s are refused', async (_, content, partName) => {
    expect(problemOf(await add('a.pdf', content, partName))).toMatchObject({
      status: 400,
      pointers: ['/file'],
    });
  });
});
