import type { ApiClient } from '../support/api-client';
import { problemOf, startApi } from '../support/api-client';
import { aKeyHeader } from '../support/builders/idempotency';
import type { FakeWorld } from '../support/fakes/fake-api-ports';
import { fakeWorld } from '../support/fakes/fake-api-ports';
import { aPerson } from '../support/fakes/fake-identity';
import { aRealEstateBody, aTransportBody } from '../support/issuance-bodies';

let world: FakeWorld;
let api: ApiClient;

beforeEach(async () => {
  world = fakeWorld();
  api = await startApi(world);
});
afterEach(() => api.close());

const post = (body: unknown, headers: Record<string, string> = {}) =>
  api.agency('POST', '/api/v1/issuances', { body, headers: { 'idempotency-key': 'key-1', ...headers } });

describe('submitting a request', () => {
  it('is accepted with 202 and where the case is', async () => {
    const answered = await post(aTransportBody());
    expect(answered.status).toBe(202);
    expect(answered.body).toMatchObject({ state: 'received', certificate: null, certificateId: null });
    const location = answered.headers.get('location') ?? '';
    const again = await api.agency('GET', location);
    expect(again.body).toEqual(answered.body);
    expect(again.headers.get('cache-control')).toBe('no-store');
  });

  it('writes times in Beijing time', async () => {
    expect((await post(aTransportBody())).body).toMatchObject({ receivedAt: '2026-11-23T10:00:00+08:00' });
  });

  it('answers 201 with the certificate when it is issued within the wait', async () => {
    world.issuances.finishWithinMs = 1000;
    const answered = await post(aTransportBody(), { prefer: 'wait=20' });
    expect(answered.status).toBe(201);
    expect(answered.headers.get('preference-applied')).toBe('wait=20');
    expect(answered.body).toMatchObject({ state: 'issued', certificate: { state: 'inForce' } });
  });

  it('answers 202 when the wait is over before', async () => {
    world.issuances.finishWithinMs = 5000;
    expect((await post(aTransportBody(), { prefer: 'wait=0' })).status).toBe(202);
  });

  it('never waits longer than 20 s, however long is asked for', async () => {
    world.issuances.finishWithinMs = 20_000;
    const answered = await post(aTransportBody(), { prefer: 'respond-async, wait=9999' });
    expect(answered.headers.get('preference-applied')).toBe('wait=20');
  });

  it('stops waiting when the process is asked to stop', async () => {
    const waiting = post(aTransportBody(), { prefer: 'wait=20' });
    while (world.issuances.cases.length === 0) await new Promise((resolve) => setImmediate(resolve));
    world.draining.abort();
    expect((await waiting).status).toBe(202);
  });

  it('needs an Idempotency-Key', async () => {
    const answered = await api.agency('POST', '/api/v1/issuances', { body: aTransportBody() });
    expect(problemOf(answered)).toMatchObject({ status: 400, code: 'idempotencyKeyMissing' });
  });
});

describe('the same key again', () => {
  it('with the same body answers the same case, also when the type is no longer entitled', async () => {
    const first = await post(aTransportBody());
    world.issuances.notEntitled = [aTransportBody().catalogCode];
    const second = await post(aTransportBody());
    expect(second.status).toBe(202);
    expect(second.body).toEqual(first.body);
    expect(world.issuances.cases).toHaveLength(1);
  });

  it('answers 200 once the case is issued', async () => {
    world.issuances.finishWithinMs = 10;
    await post(aTransportBody(), { prefer: 'wait=5' });
    expect((await post(aTransportBody(), { prefer: 'wait=5' })).status).toBe(200);
  });

  it('with another body is refused', async () => {
    await post(aTransportBody());
    expect(problemOf(await post(aTransportBody({ businessNumber: 'other' })))).toMatchObject({
      status: 422,
      code: 'idempotencyKeyReused',
    });
  });
});

describe('a case', () => {
  async function aCase(): Promise<string> {
    const { body } = await post(aTransportBody());
    return (body as { id: string }).id;
  }

  it('is listed in pages with a link to the next that keeps the filter', async () => {
    for (const key of ['a', 'b', 'c']) {
      await post(aTransportBody({ businessNumber: key }), { 'idempotency-key': key });
    }
    const first = await api.agency('GET', '/api/v1/issuances?limit=2&state=received');
    expect(first.body).toMatchObject({ items: [{}, {}], nextCursor: '2' });
    expect(first.headers.get('link')).toBe('</api/v1/issuances?limit=2&state=received&cursor=2>; rel="next"');
    const next = /<([^>]+)>/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await api.agency('GET', next);
    expect(second.body).toMatchObject({ items: [{ businessNumber: 'c' }], nextCursor: null });
    expect(second.headers.get('link')).toBeNull();
  });

  it('of somebody else is not found', async () => {
    const id = await aCase();
    const answered = await api.person(aPerson('operator'))('GET', `/api/v1/issuances/${id}`);
    expect(problemOf(answered)).toMatchObject({ status: 404, code: 'notFound' });
  });

  it('that is not there or is final already is answered at once, whatever wait is asked for', async () => {
    const headers = { prefer: 'wait=20' };
    const id = await aCase();
    expect((await api.agency('GET', `/api/v1/issuances/${id.slice(0, -1)}9`, { headers })).status).toBe(404);
    world.issuances.finish(id);
    expect((await api.agency('GET', `/api/v1/issuances/${id}`, { headers })).body).toMatchObject({
      state: 'issued',
    });
  });

  it('whose id is no UUID is not found', async () => {
    expect((await api.agency('GET', '/api/v1/issuances/1')).status).toBe(404);
  });

  it('can be withdrawn with a reason, once', async () => {
    const id = await aCase();
    const withdraw = () =>
      api.agency('POST', `/api/v1/issuances/${id}/withdraw`, { body: { reason: '申请人撤回' } });
    expect((await withdraw()).body).toMatchObject({ state: 'withdrawn', availableActions: [] });
    expect(problemOf(await withdraw())).toMatchObject({ status: 409, code: 'transitionNotAllowed' });
  });

  it('that was sent back can be amended and submitted again, but not for another type', async () => {
    const id = await aCase();
    world.issuances.finish(id, 'sentBack');
    const resubmit = (body: unknown) => api.agency('POST', `/api/v1/issuances/${id}/resubmit`, { body });
    expect(problemOf(await resubmit(aRealEstateBody()))).toMatchObject({ pointers: ['/catalogCode'] });
    expect((await resubmit(aTransportBody({ businessNumber: '更正' }))).status).toBe(202);
  });
});

describe('an operator', () => {
  it('submits from a form, and an older certificate as back entry', async () => {
    const operator = api.person(aPerson('operator'));
    const submit = (key: string, body: unknown) =>
      operator('POST', '/api/v1/issuances', { body, headers: { 'idempotency-key': key } });
    await submit('a', aTransportBody());
    await submit('b', aTransportBody({ backEntryReason: '系统上线前颁发' }));
    expect(world.issuances.cases.map(({ issuance }) => issuance.origin)).toEqual(['form', 'backEntry']);
  });

  it('keeps drafts that two windows cannot overwrite unseen', async () => {
    const operator = api.person(aPerson('operator'));
    const { catalogCode } = aTransportBody();
    const draft = await operator('POST', '/api/v1/issuance-drafts', {
      body: { catalogCode, body: { businessNumber: '1' } },
      headers: aKeyHeader(),
    });
    expect(draft.headers.get('etag')).toBe('"1"');
    const path = draft.headers.get('location') ?? '';
    const save = (headers: Record<string, string>) =>
      operator('PUT', path, { body: { body: { businessNumber: '2' } }, headers });
    expect(problemOf(await save({}))).toMatchObject({ status: 428, code: 'preconditionRequired' });
    expect((await save({ 'if-match': '"1"' })).headers.get('etag')).toBe('"2"');
    expect(problemOf(await save({ 'if-match': '"1"' }))).toMatchObject({
      status: 412,
      code: 'revisionConflict',
    });
  });

  it('submits a draft whole or is told what is missing; a repeated submission finds the same case', async () => {
    const operator = api.person(aPerson('windowClerk'));
    const { catalogCode, ...rest } = aTransportBody();
    const draft = await operator('POST', '/api/v1/issuance-drafts', {
      body: { catalogCode, body: {} },
      headers: aKeyHeader(),
    });
    const path = draft.headers.get('location') ?? '';
    const submit = () => operator('POST', `${path}/submit`, { headers: { 'idempotency-key': 's' } });
    const incomplete = problemOf(await submit());
    expect(incomplete).toMatchObject({ status: 422, code: 'contentInvalid' });
    expect(incomplete.pointers).toEqual(expect.arrayContaining(['/holders', '/face', '/operator']));
    await operator('PUT', path, { body: { body: rest }, headers: { 'if-match': '"1"' } });
    const first = await submit();
    expect(first.status).toBe(202);
    expect(world.drafts.drafts.size).toBe(0);
    expect((await submit()).body).toEqual(first.body);
    expect(world.issuances.cases).toHaveLength(1);
  });

  it('begins with a copy of the last case of a type, where there is one', async () => {
    const operator = api.person(aPerson('operator'));
    const copy = (catalogCode: string) =>
      operator('POST', '/api/v1/issuance-drafts/copy-from-last', {
        body: { catalogCode },
        headers: aKeyHeader(),
      });
    expect((await copy(aRealEstateBody().catalogCode)).body).toMatchObject({
      body: { face: { 用途: '住宅' } },
    });
    expect((await copy(aTransportBody().catalogCode)).status).toBe(404);
  });
});

describe('the request of a case', () => {
  it('is read back by its author, ready to be amended and sent again, with the purpose on record', async () => {
    const body = aTransportBody();
    const created = await api.agency('POST', '/api/v1/issuances', { body, headers: aKeyHeader() });
    const { id } = created.body as { id: string };
    const path = `/api/v1/issuances/${id}/request`;
    const read = await api.agency('GET', path);
    const { request } = read.body as { request: typeof body };
    expect(request).toMatchObject({
      businessNumber: body.businessNumber,
      holders: body.holders,
      attachments: [],
    });
    world.issuances.finish(id, 'sentBack');
    const again = await api.agency('POST', `/api/v1/issuances/${id}/resubmit`, { body: request });
    expect(again.status).toBe(202);
    const headers = { 'use-purpose': encodeURIComponent('更正地址') };
    await api.agency('GET', path, { headers });
    expect(world.issuances.purposes).toEqual(['取回申请内容补正', '更正地址']);
    expect((await api.person(aPerson('reviewer'))('GET', path)).status).toBe(403);
    expect((await api.person(aPerson('operator'))('GET', path)).status).toBe(404);
  });
});
