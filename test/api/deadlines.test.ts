import { INITIAL_SLA_POLICIES } from '../../domain/sla/policies';
import type { ApiClient } from '../support/api-client';
import { problemOf, startApi } from '../support/api-client';
import { aKeyHeader } from '../support/builders/idempotency';
import type { FakeWorld } from '../support/fakes/fake-api-ports';
import { fakeWorld } from '../support/fakes/fake-api-ports';
import { AGENCY, aPerson } from '../support/fakes/fake-identity';
import { PERSON_ID, TASK_ID } from '../support/fakes/fake-ids';

let world: FakeWorld;
let api: ApiClient;

beforeEach(async () => {
  world = fakeWorld();
  api = await startApi(world);
});
afterEach(() => api.close());

describe('deadlines', () => {
  const supervisor = () => api.person(aPerson('supervisor'));

  it('are listed by the columns of the board and explain themselves', async () => {
    const listed = await supervisor()('GET', '/api/v1/deadlines?state=overdue&caseKind=issuance');
    expect(listed.body).toMatchObject({ items: [{ id: TASK_ID, dueText: '11月24日24时前' }] });
    const detail = await supervisor()('GET', `/api/v1/deadlines/${TASK_ID}`);
    expect(detail.body).toMatchObject({ explanation: [{ reason: '工作日' }], availableActions: [] });
    expect((await supervisor()('GET', `/api/v1/deadlines/${PERSON_ID}`)).status).toBe(404);
    expect(problemOf(await supervisor()('GET', '/api/v1/deadlines?state=soon')).pointers).toEqual(['state']);
    expect(problemOf(await supervisor()('GET', '/api/v1/deadlines?dueBefore=tomorrow')).pointers).toEqual([
      'dueBefore',
    ]);
  });

  it('stand on a board, whose address is not taken for one of them', async () => {
    const board = await supervisor()('GET', '/api/v1/deadlines/board');
    expect(board.body).toMatchObject({ id: 'board', total: { enough: 1 }, onTime: [{ rate: 0.75 }] });
  });

  it('are computed on trial for anybody, by a key or by a limit and never by both', async () => {
    const preview = (body: unknown) => api.anonymous('POST', '/api/v1/deadlines/preview', { body });
    const startAt = '2026-11-23T09:00:00+08:00';
    expect((await preview({ key: 'ISSUANCE_REVIEW', startAt })).body).toMatchObject({ state: 'due' });
    expect((await preview({ value: 3, unit: 'workingDays', startAt: '2026-11-23' })).status).toBe(200);
    expect(problemOf(await preview({ key: 'NO_SUCH_LIMIT', startAt })).code).toBe('timeLimitUnknown');
    for (const body of [
      { startAt },
      { key: 'ISSUANCE_REVIEW', value: 3, unit: 'hours', startAt },
      { value: 3, startAt },
      { key: 'ISSUANCE_REVIEW', startAt: '2026-02-30' },
      { key: 'ISSUANCE_REVIEW', startAt, suspensions: [{ from: '2026-11-25', until: '2026-11-24' }] },
    ]) {
      expect([body, (await preview(body)).status]).toEqual([body, 400]);
    }
  });
});

describe('the settings of clocks', () => {
  const city = () => api.person(aPerson('cityAdministrator'));
  const operator = () => api.person(aPerson('operator'));
  const year = {
    notice: '测试通知',
    days: [{ date: '2027-01-01', kind: 'dayOff', name: '元旦' }],
  };

  it('are read by all and offer a change to the city only', async () => {
    for (const path of ['/work-calendar/2026', '/sla-policies', '/clock-rule', '/escalation-ladder']) {
      const [asCity, asOperator] = [
        await city()('GET', `/api/v1${path}`),
        await operator()('GET', `/api/v1${path}`),
      ];
      expect([path, asCity.status, asOperator.status]).toEqual([path, 200, 200]);
      expect(asOperator.text).not.toContain('"change"');
    }
  });

  it('take a year on preview without storing it, and with its local holidays', async () => {
    const preview = await city()('PUT', '/api/v1/work-calendar/2027?preview=true', { body: year });
    expect(preview.body).toMatchObject({ state: 'previewed', isChange: true });
    const body = { ...year, regionalDays: [{ ...year.days[0], notice: '鄂政发〔2026〕1号' }] };
    expect((await city()('PUT', '/api/v1/work-calendar/2027', { body })).body).toMatchObject({
      state: 'loaded',
    });
    expect(problemOf(await operator()('PUT', '/api/v1/work-calendar/2027', { body })).status).toBe(403);
    const wrong = { ...year, days: [{ ...year.days[0], date: '2027-02-30' }] };
    expect(problemOf(await city()('PUT', '/api/v1/work-calendar/2027', { body: wrong })).pointers).toEqual([
      '/days/0/date',
    ]);
  });

  it('take limits, office hours and the ladder', async () => {
    const [policy] = INITIAL_SLA_POLICIES;
    const { key, version, value, unit, basis } = policy;
    const policies = [{ key, version, value, unit, basis }];
    expect((await city()('PUT', '/api/v1/sla-policies', { body: { policies } })).status).toBe(200);
    const rule = {
      officeHours: { opensAtMinute: 540, closesAtMinute: 1080 },
      receivedOutsideHours: 'nextWorkingDay',
      nearWorkingDays: 3,
      basis: '市局通知',
    };
    expect((await city()('PUT', '/api/v1/clock-rule', { body: rule })).body).toMatchObject(rule);
    const ladder = [{ key: 'due', kind: 'due', fraction: null, recipients: ['city'] }];
    expect((await city()('PUT', '/api/v1/escalation-ladder', { body: { ladder } })).body).toMatchObject({
      ladder,
    });
  });
});

describe('responsible persons', () => {
  const banner = () => api.person(aPerson('bannerAdministrator'));
  const path = '/api/v1/responsible-persons';

  it('are appointed, handed over and filed', async () => {
    const body = { authorityId: AGENCY.authorityId, personId: PERSON_ID, fromOn: '2026-11-23' };
    const done = await banner()('POST', path, { body, headers: aKeyHeader() });
    expect(done.status).toBe(201);
    expect(done.headers.get('location')).toBe(`${path}/${TASK_ID}`);
    expect((await banner()('GET', path)).body).toMatchObject({ items: [{ personId: PERSON_ID }] });
    expect((await banner()('GET', `${path}/vacancies`)).body).toMatchObject({ items: [{ state: 'vacant' }] });
    const handover = { personId: PERSON_ID, fromOn: '2026-12-01' };
    expect((await banner()('POST', `${path}/${TASK_ID}/handover`, { body: handover })).status).toBe(200);
    expect((await banner()('POST', `${path}/${TASK_ID}/file`)).status).toBe(403);
    const city = api.person(aPerson('cityAdministrator'));
    expect((await city('POST', `${path}/${TASK_ID}/file`)).body).toMatchObject({ state: 'filed' });
  });
});
