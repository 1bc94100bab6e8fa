import { findUnstorableText } from '../../api/http/unstorable-text';
import type { ApiClient } from '../support/api-client';
import { problemOf, startApi } from '../support/api-client';
import { aKeyHeader } from '../support/builders/idempotency';
import type { FakeWorld } from '../support/fakes/fake-api-ports';
import { fakeWorld } from '../support/fakes/fake-api-ports';
import { aPerson } from '../support/fakes/fake-identity';

describe('text that UTF-8 cannot hold', () => {
  let world: FakeWorld;
  let api: ApiClient;
  beforeEach(async () => {
    world = fakeWorld();
    api = await startApi(world);
  });
  afterEach(() => api.close());

  it.each(['a\0b', 'a\ud800b', '\udc00'])('is found wherever it stands: %j', (text) => {
    expect(findUnstorableText({ a: [{ 'b/c': text }] })).toBe('/a/0/b~1c');
    expect(findUnstorableText({ a: { [text]: 1 } })).toBe('/a');
    expect(findUnstorableText({ a: '😀鄂尔多斯', b: [null, 1, true] })).toBeNull();
  });

  it('is refused at its place in a body and in a query, before anything is stored', async () => {
    const ask = api.person(aPerson('systemAdministrator'));
    const body = { username: 'naren', displayName: '娜\0仁', roles: [{ role: 'auditor' }] };
    const answered = await ask('POST', '/api/v1/people', { body, headers: aKeyHeader() });
    expect(problemOf(answered)).toMatchObject({ status: 400, pointers: ['/displayName'] });
    const operator = api.person(aPerson('operator'));
    const listed = await operator('GET', '/api/v1/issuances?businessNumber=a%00b');
    expect(problemOf(listed)).toMatchObject({ status: 400, pointers: ['businessNumber'] });
  });
});
