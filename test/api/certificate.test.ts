import type { ApiClient } from '../support/api-client';
import { problemOf, startApi } from '../support/api-client';
import type { FakeWorld } from '../support/fakes/fake-api-ports';
import { fakeWorld } from '../support/fakes/fake-api-ports';
import { aPerson } from '../support/fakes/fake-identity';
import { CERTIFICATE_ID } from '../support/fakes/fake-ids';

let world: FakeWorld;
let api: ApiClient;

beforeEach(async () => {
  world = fakeWorld();
  api = await startApi(world);
});
afterEach(() => api.close());

const PATH = `/api/v1/certificates/${CERTIFICATE_ID}`;
const clerk = () => api.person(aPerson('windowClerk'));

describe('searching certificates', () => {
  it('finds by what was typed, masked, with the next page under the same words', async () => {
    const answered = await clerk()('GET', `/api/v1/certificates?q=${encodeURIComponent('阿拉腾其其格')}`);
    expect(world.certificates.queries).toEqual(['阿拉腾其其格']);
    expect(answered.body).toMatchObject({
      items: [{ maskedHolders: [{ name: '阿*******' }], availableActions: ['suspend', 'cancel'] }],
    });
    const next = /<([^>]+)>/.exec(answered.headers.get('link') ?? '')?.[1] ?? '';
    expect(new URLSearchParams(next.split('?')[1]).get('q')).toBe('阿拉腾其其格');
  });

  it('keeps the words out of the log', async () => {
    await clerk()('GET', `/api/v1/certificates?q=${encodeURIComponent('阿拉腾其其格')}`);
    const line = world.logLines.join();
    expect(line).toContain('"route":"/api/v1/certificates"');
    expect(line).not.toContain('阿拉腾');
    expect(line).not.toContain('%E9');
  });

  it('refuses parameters that it does not know and limits out of range, by their names', async () => {
    const answered = await clerk()('GET', '/api/v1/certificates?limit=1000&qq=1');
    expect(problemOf(answered)).toMatchObject({ status: 400, pointers: ['limit', 'qq'] });
  });
});

describe('reading the face', () => {
  it('needs a purpose', async () => {
    expect(problemOf(await clerk()('GET', `${PATH}/face`))).toMatchObject({
      status: 400,
      code: 'purposeRequired',
    });
    expect(world.certificates.reads).toEqual([]);
  });

  it.each([
    ['as parameter', `${PATH}/face?purpose=${encodeURIComponent('窗口核对')}`, {}],
    [
      'as parameter beside an empty header',
      `${PATH}/face?purpose=${encodeURIComponent('窗口核对')}`,
      { 'use-purpose': '' },
    ],
    ['as percent-encoded header', `${PATH}/face`, { 'use-purpose': encodeURIComponent('窗口核对') }],
    ['as header in raw UTF-8', `${PATH}/face`, { 'use-purpose': Buffer.from('窗口核对').toString('latin1') }],
  ])('takes the purpose %s and records it with the trace', async (_, path, headers) => {
    const answered = await clerk()('GET', path, { headers });
    expect(answered.body).toMatchObject({ masked: true });
    const traceId = answered.headers.get('x-trace-id');
    expect(world.certificates.reads).toEqual([{ purpose: '窗口核对', traceId, unmask: false }]);
  });

  it('refuses a purpose that is no text or longer than 200 characters', async () => {
    for (const purpose of ['%ff%fe', encodeURIComponent('长'.repeat(201))]) {
      const answered = await clerk()('GET', `${PATH}/face`, { headers: { 'use-purpose': purpose } });
      expect(problemOf(answered)).toMatchObject({ status: 400, pointers: ['Use-Purpose'] });
    }
  });

  it('is unmasked on demand, with a reason', async () => {
    expect(problemOf(await clerk()('GET', `${PATH}/face?unmask=true`)).code).toBe('unmaskReasonRequired');
    const answered = await clerk()('GET', `${PATH}/face?unmask=true&purpose=x`);
    expect(answered.body).toMatchObject({ masked: false });
  });

  it('needs no words of the holder himself', async () => {
    const holder = api.person({
      kind: 'holder',
      personId: CERTIFICATE_ID,
      displayName: '阿拉腾其其格',
      holderLookup: 'ab',
    });
    expect((await holder('GET', `${PATH}/face`)).status).toBe(200);
    expect(world.certificates.reads).toMatchObject([{ purpose: '持证主体本人查阅' }]);
  });
});

describe('the files', () => {
  it('are downloaded under their Chinese name, never cached', async () => {
    const answered = await clerk()('GET', `${PATH}/files/ofd?purpose=x`);
    expect(answered.text).toBe('sealed');
    expect(answered.headers.get('content-type')).toBe('application/ofd');
    expect(answered.headers.get('content-disposition')).toBe(
      `attachment; filename*=UTF-8''${encodeURIComponent('不动产权证书')}%28%271%27%29.ofd`,
    );
    expect(answered.headers.get('cache-control')).toBe('no-store');
  });

  it('of an unknown format or certificate are not found', async () => {
    expect((await clerk()('GET', `${PATH}/files/doc?purpose=x`)).status).toBe(404);
    const other = PATH.replace('c1', 'c9');
    expect((await clerk()('GET', `${other}/files/ofd?purpose=x`)).status).toBe(404);
    expect((await clerk()('GET', other)).status).toBe(404);
  });
});

describe('what is known of a certificate', () => {
  it.each(['', '/events', '/versions', '/uses'])('%s is shown as the contract says', async (part) => {
    expect((await clerk()('GET', PATH + part)).status).toBe(200);
  });
});
