import type { ApiClient } from '../support/api-client';
import { problemOf, startApi } from '../support/api-client';
import type { FakeWorld } from '../support/fakes/fake-api-ports';
import { fakeWorld } from '../support/fakes/fake-api-ports';
import { aPerson } from '../support/fakes/fake-identity';
import { aTransportBody, RECEIVED_AT_MS } from '../support/issuance-bodies';

let world: FakeWorld;
let api: ApiClient;

beforeEach(async () => {
  world = fakeWorld({ people: { operator1: aPerson('operator') } });
  api = await startApi(world);
});
afterEach(() => api.close());

const KEY = { headers: { 'idempotency-key': 'k-1' } };

describe('an agency system', () => {
  it('is let in with either of its two live keys, and by SM3 as well', async () => {
    expect((await api.agency('GET', '/api/v1/me')).status).toBe(200);
    const second = { keyId: 'demo-agency-2', secret: 'second-secret' };
    expect((await api.agency('GET', '/api/v1/me', {}, second)).status).toBe(200);
    expect((await api.agency('GET', '/api/v1/me', {}, { scheme: 'ECERT-HMAC-SM3' })).status).toBe(200);
  });

  it('signs the query as sent, in any order', async () => {
    const signedTarget = '/api/v1/issuances?limit=2&state=issued';
    const path = '/api/v1/issuances?state=issued&limit=2';
    expect((await api.agency('GET', path, {}, { signedTarget })).status).toBe(200);
  });

  it.each([
    ['a wrong secret', { secret: 'wrong' }, 'signatureWrong'],
    ['an unknown key', { keyId: 'nobody' }, 'signatureWrong'],
    ['a body other than the signed one', { signedBody: Buffer.from('{}') }, 'signatureWrong'],
    ['an address other than the signed one', { signedTarget: '/api/v1/other' }, 'signatureWrong'],
    ['a timestamp 301 s old', { timestamp: String(RECEIVED_AT_MS / 1000 - 301) }, 'timestampOutOfRange'],
    ['a timestamp 301 s ahead', { timestamp: String(RECEIVED_AT_MS / 1000 + 301) }, 'timestampOutOfRange'],
  ])('is refused with %s', async (_, signing, code) => {
    const answered = await api.agency(
      'POST',
      '/api/v1/issuances',
      { body: aTransportBody(), ...KEY },
      signing,
    );
    expect(problemOf(answered)).toMatchObject({ status: 401, code });
    expect(answered.headers.get('www-authenticate')).toContain('ECERT-HMAC-SHA256');
    expect(world.issuances.cases).toEqual([]);
  });

  it('is let in at the edge of the 300 s', async () => {
    const timestamp = String(RECEIVED_AT_MS / 1000 - 300);
    expect((await api.agency('GET', '/api/v1/me', {}, { timestamp })).status).toBe(200);
  });

  it('uses a nonce once, and a wrong signature uses none up', async () => {
    const nonce = 'nonce-of-sixteen';
    const wrong = await api.agency('GET', '/api/v1/me', {}, { nonce, secret: 'wrong' });
    expect(wrong.status).toBe(401);
    expect(world.agencyKeys.usedNonces).toEqual([]);
    expect((await api.agency('GET', '/api/v1/me', {}, { nonce })).status).toBe(200);
    expect(problemOf(await api.agency('GET', '/api/v1/me', {}, { nonce }))).toMatchObject({
      status: 401,
      code: 'nonceUsed',
    });
  });

  it('may not do what is for people', async () => {
    expect(problemOf(await api.agency('GET', '/api/v1/tasks'))).toMatchObject({
      status: 403,
      code: 'notPermitted',
    });
  });
});

describe('a person', () => {
  const signIn = (password: string) =>
    api.anonymous('POST', '/api/v1/sessions', { body: { username: 'operator1', password } });

  it('signs in, is recognised by the cookie, and signs out', async () => {
    const session = await signIn('Demo-2026!');
    expect(session.status).toBe(201);
    const cookie = session.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^ecert_session=[^;]+; Path=\/; HttpOnly; SameSite=Lax$/);
    const { csrfToken } = session.body as { csrfToken: string };
    const headers = { cookie: cookie.split(';')[0] ?? '', 'x-csrf-token': csrfToken };
    const me = await api.anonymous('GET', '/api/v1/me', { headers });
    expect(me.body).toMatchObject({ kind: 'person', roles: [{ code: 'operator', name: '经办人' }] });
    const out = await api.anonymous('DELETE', '/api/v1/sessions/current', { headers });
    expect(out.status).toBe(204);
    expect((await api.anonymous('GET', '/api/v1/me', { headers })).status).toBe(401);
  });

  it('is refused with a wrong password', async () => {
    expect(problemOf(await signIn('wrong'))).toMatchObject({ status: 401, code: 'signInFailed' });
  });

  it('may not write without the CSRF token of the session', async () => {
    const { token } = world.sessions.open(aPerson('sealKeeper'));
    const path = '/api/v1/seals/00000000-0000-4000-8000-0000000000f1/resume';
    const headers = { cookie: `ecert_session=${token}` };
    expect(problemOf(await api.anonymous('POST', path, { headers }))).toMatchObject({
      status: 403,
      code: 'csrfTokenWrong',
    });
    expect((await api.anonymous('GET', '/api/v1/seals', { headers })).status).toBe(200);
  });

  it('without a session is asked to sign in', async () => {
    expect(problemOf(await api.anonymous('GET', '/api/v1/me'))).toMatchObject({
      status: 401,
      code: 'signInRequired',
    });
  });

  it('of the three administrators sees no certificates', async () => {
    for (const role of ['systemAdministrator', 'securityAdministrator', 'auditor'] as const) {
      const answered = await api.person(aPerson(role))('GET', '/api/v1/certificates');
      expect(problemOf(answered)).toMatchObject({ status: 403, code: 'notPermitted' });
    }
  });
});

describe('the session cookie', () => {
  it('is marked Secure where the public address is https', async () => {
    const secure = fakeWorld({
      people: { operator1: aPerson('operator') },
      settings: { publicUrl: 'https://zz.example' },
    });
    const server = await startApi(secure);
    const body = { username: 'operator1', password: 'Demo-2026!' };
    const session = await server.anonymous('POST', '/api/v1/sessions', { body });
    expect(session.headers.get('set-cookie')).toContain('; Secure');
    expect(session.headers.get('strict-transport-security')).toContain('max-age=31536000');
    await server.close();
  });
});
