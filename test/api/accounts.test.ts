import type { Role } from '../../domain/shared/principal';
import type { ApiClient } from '../support/api-client';
import { problemOf, startApi } from '../support/api-client';
import { aKeyHeader } from '../support/builders/idempotency';
import type { FakeWorld } from '../support/fakes/fake-api-ports';
import { fakeWorld } from '../support/fakes/fake-api-ports';
import { AGENCY, aPerson } from '../support/fakes/fake-identity';
import { PERSON_ID } from '../support/fakes/fake-ids';

const ROOT = '/api/v1';
const person = `${ROOT}/people/${PERSON_ID}`;
const unit = `${ROOT}/authorities/${AGENCY.authorityId}`;
const system = `${ROOT}/agency-systems/${AGENCY.agencySystemId}`;

let world: FakeWorld;
let api: ApiClient;
const as = (...roles: readonly Role[]) => api.person(aPerson(...roles));

beforeEach(async () => {
  world = fakeWorld();
  api = await startApi(world);
});
afterEach(() => api.close());

describe('accounts', () => {
  const account = { username: 'naren.w', displayName: '娜仁', roles: [{ role: 'auditor' }] };

  it('are opened by the system administrator alone: the city administrator manages none', async () => {
    for (const role of ['cityAdministrator', 'securityAdministrator', 'auditor', 'operator'] as const) {
      const answered = await as(role)('POST', `${ROOT}/people`, { body: account, headers: aKeyHeader() });
      expect([role, answered.status]).toEqual([role, 403]);
    }
    const opened = await as('systemAdministrator')('POST', `${ROOT}/people`, {
      body: account,
      headers: aKeyHeader(),
    });
    expect(opened).toMatchObject({ status: 201, body: { oneTimePassword: 'once-only' } });
    expect(opened.headers.get('location')).toBe(person);
    const unkeyed = await as('systemAdministrator')('POST', `${ROOT}/people`, { body: account });
    expect(problemOf(unkeyed)).toMatchObject({ status: 400, code: 'idempotencyKeyMissing' });
  });

  it('name every place that is wrong', async () => {
    const broken = { username: 'Naren W', displayName: ' ', roles: [{ role: 'king' }], more: 1 };
    const answered = await as('systemAdministrator')('POST', `${ROOT}/people`, {
      body: broken,
      headers: aKeyHeader(),
    });
    expect(problemOf(answered).pointers).toEqual(
      expect.arrayContaining(['/username', '/displayName', '/roles/0/role', '/more']),
    );
  });

  it('say what their reader may do with them', async () => {
    const actionsOf = async (role: Role) =>
      ((await as(role)('GET', person)).body as { availableActions: string[] }).availableActions;
    expect(await actionsOf('systemAdministrator')).toEqual([
      'disable',
      'grantRole',
      'resetPassword',
      'setLeave',
    ]);
    expect(await actionsOf('securityAdministrator')).toEqual(['removeSecondFactor']);
    expect(await actionsOf('auditor')).toEqual([]);
  });

  it('go through their life', async () => {
    const sysadmin = as('systemAdministrator');
    const steps = [
      await sysadmin('GET', `${ROOT}/people?limit=5`),
      await sysadmin('POST', `${person}/disable`, { body: { reason: '调离' } }),
      await sysadmin('POST', `${person}/enable`),
      await sysadmin('POST', `${person}/roles`, {
        body: { role: 'operator', authorityId: AGENCY.authorityId },
      }),
      await sysadmin('DELETE', `${person}/roles/${PERSON_ID}`),
      await sysadmin('POST', `${person}/password-reset`, { headers: aKeyHeader() }),
      await as('securityAdministrator')('POST', `${person}/second-factor/remove`, {
        body: { reason: '手机遗失' },
      }),
      await sysadmin('PUT', `${person}/leave`, {
        body: { from: '2026-11-23', until: null, substituteId: PERSON_ID },
      }),
      await sysadmin('DELETE', `${person}/leave`),
    ];
    expect(steps.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 201, 200, 200, 200]);
  });

  it('that are not set up yet may do nothing but set themselves up', async () => {
    world.sessions.missing = ['password', 'secondFactor'];
    const ask = as('operator');
    expect((await ask('GET', `${ROOT}/issuances`)).body).toMatchObject({
      code: 'accountSetUpRequired',
      facts: { missing: 'password,secondFactor' },
    });
    expect((await ask('GET', `${ROOT}/me`)).status).toBe(200);
    const passwords = { currentPassword: 'Demo-2026!', newPassword: 'Eigen-2026!' };
    expect((await ask('PUT', `${ROOT}/me/password`, { body: passwords })).status).toBe(204);
    expect((await ask('POST', `${ROOT}/me/second-factor`, { body: {} })).body).toMatchObject({
      state: 'pending',
      otpauthUrl: expect.stringMatching(/^otpauth:/),
    });
    const confirm = (otp: string) => ask('POST', `${ROOT}/me/second-factor/confirm`, { body: { otp } });
    expect((await confirm('123456')).status).toBe(204);
    expect(problemOf(await confirm('654321'))).toMatchObject({ status: 422, code: 'oneTimeCodeWrong' });
    expect((await ask('DELETE', `${ROOT}/sessions/current`)).status).toBe(204);
  });

  it('get the CSRF token of their session again when a page is loaded anew, agencies none', async () => {
    const { token, csrfToken } = world.sessions.open(aPerson('operator'));
    const response = await fetch(`${api.origin}${ROOT}/me`, {
      headers: { cookie: `ecert_session=${token}` },
    });
    expect(await response.json()).toMatchObject({ csrfToken });
    expect((await api.agency('GET', `${ROOT}/me`)).body).toMatchObject({ csrfToken: null });
  });
});

describe('units', () => {
  it('change over the revision that was read, by the city or the system administrator', async () => {
    const city = as('cityAdministrator');
    const read = await city('GET', unit);
    expect(read.headers.get('etag')).toBe('"1"');
    expect(read.body).toMatchObject({ state: 'active', availableActions: ['change', 'succeed'] });
    const change = (headers: Record<string, string>) =>
      city('PATCH', unit, { body: { name: '新名称' }, headers });
    expect(problemOf(await change({}))).toMatchObject({ status: 428 });
    expect((await change({ 'if-match': '"1"' })).headers.get('etag')).toBe('"2"');
    expect(problemOf(await change({ 'if-match': '"1"' }))).toMatchObject({ status: 412 });
    expect((await as('operator')('PATCH', unit, { body: {}, headers: { 'if-match': '"2"' } })).status).toBe(
      403,
    );
  });

  it('are added with a right credit code', async () => {
    const body = {
      creditCode: '11150602MB1234567A',
      name: '某局',
      kind: 'administrativeOrgan',
      level: 'banner',
      areaCode: '150602',
      isIssuing: true,
      activeFrom: '2026-02-30',
    };
    const add = (more: object) =>
      as('systemAdministrator')('POST', `${ROOT}/authorities`, {
        body: { ...body, ...more },
        headers: aKeyHeader(),
      });
    expect(problemOf(await add({})).pointers).toEqual(['/creditCode', '/activeFrom']);
    const right = { creditCode: '91150602MA0DEM013X', activeFrom: '2026-02-28' };
    expect((await add(right)).status).toBe(201);
  });

  it('are succeeded by another on the word of the city administrator', async () => {
    const body = { successorId: PERSON_ID, on: '2026-11-23', basis: '鄂机编发〔2026〕1号' };
    const succeed = (role: Role) => as(role)('POST', `${unit}/succession`, { body });
    expect((await succeed('systemAdministrator')).status).toBe(403);
    expect((await succeed('cityAdministrator')).body).toMatchObject({
      state: 'succeeded',
      availableActions: ['change'],
    });
    expect((await api.agency('GET', `${ROOT}/authorities`)).status).toBe(200);
  });
});

describe('business systems', () => {
  it('are looked after by the system administrator', async () => {
    const sysadmin = as('systemAdministrator');
    const added = await sysadmin('POST', `${ROOT}/agency-systems`, {
      body: { authorityId: AGENCY.authorityId, name: '审批系统' },
      headers: aKeyHeader(),
    });
    expect(added.status).toBe(201);
    const port = { url: 'https://agency.example/records', keyId: 'ecert', secret: '0123456789abcdef' };
    const set = await sysadmin('PUT', `${system}/record-port`, { body: port });
    expect(set.body).toMatchObject({ recordPort: { url: port.url, keyId: 'ecert' } });
    expect(set.text).not.toContain(port.secret);
    expect((await sysadmin('DELETE', `${system}/record-port`)).body).toMatchObject({ recordPort: null });
    expect((await sysadmin('POST', `${system}/webhook-secret`)).body).toMatchObject({
      secret: 'whsec_shown-once',
    });
    expect((await sysadmin('POST', `${system}/stop`)).body).toMatchObject({ state: 'stopped' });
    expect((await sysadmin('POST', `${system}/resume`)).body).toMatchObject({ state: 'active' });
    expect((await as('auditor')('GET', `${ROOT}/agency-systems`)).body).toMatchObject({
      items: [{ availableActions: [] }],
    });
  });

  it.each([
    'ftp://agency.example/records',
    'https://user:pass@agency.example/r',
    'https://a.example/r?x=1',
    'records',
  ])('are not asked at %s', async (url) => {
    const body = { url, keyId: 'ecert', secret: '0123456789abcdef' };
    const answered = await as('systemAdministrator')('PUT', `${system}/record-port`, { body });
    expect(problemOf(answered).pointers).toContain('/url');
  });

  it('get keys whose secret is shown once, and lose them', async () => {
    const sysadmin = as('systemAdministrator');
    const issued = await sysadmin('POST', `${ROOT}/agency-keys`, {
      body: { agencySystemId: AGENCY.agencySystemId },
      headers: aKeyHeader(),
    });
    expect(issued).toMatchObject({
      status: 201,
      body: { id: AGENCY.keyId, state: 'live', secret: 'shown-once' },
    });
    const listed = await sysadmin('GET', `${ROOT}/agency-keys`);
    expect(listed.text).not.toContain('secret');
    const revoked = await sysadmin('POST', `${ROOT}/agency-keys/${AGENCY.keyId}/revoke`);
    expect(revoked.body).toMatchObject({ state: 'revoked', availableActions: [] });
    expect((await as('cityAdministrator')('GET', `${ROOT}/agency-keys`)).status).toBe(403);
  });
});
