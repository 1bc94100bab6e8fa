import type { Knex } from 'knex';
import { PostgresResponsiblePersons } from '../../../../adapters/postgres/organisation/responsible-person-desk';
import { deterministicId } from '../../../../adapters/postgres/register/deterministic-id';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import { seedReferenceData } from '../../../../adapters/postgres/register/seed-reference-data';
import { PostgresClockSettings } from '../../../../adapters/postgres/sla/clock-settings-desk';
import { raiseDailyAlarms } from '../../../../adapters/postgres/sla/daily-alarms';
import { PostgresDeadlineDesk } from '../../../../adapters/postgres/sla/deadline-desk';
import { closeDeadline, openDeadline } from '../../../../adapters/postgres/sla/deadlines';
import { foldDeadlineCounts } from '../../../../adapters/postgres/sla/fold-deadline-counts';
import { suspendDeadline } from '../../../../adapters/postgres/sla/move-deadline';
import { sweepClocks } from '../../../../adapters/postgres/sla/sweep-clocks';
import type { LegalDate } from '../../../../domain/shared/legal-date';
import { legalDate } from '../../../../domain/shared/legal-date';
import type { PersonPrincipal } from '../../../../domain/shared/principal';
import { BOARD_STANDINGS, ENDED_STANDINGS } from '../../../../domain/sla/board-standing';
import type { CalendarYear } from '../../../../domain/sla/calendar-year';
import type { DeadlineBoard } from '../../../../ports/deadline-desk';
import type { Idempotency } from '../../../../ports/idempotency';
import {
  addAuthority,
  addPerson,
  INTEGRITY,
  NOON,
  nextNumber,
  person,
  SYSTEM,
  TestClock,
} from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

const at = (text: string): Date => new Date(`2026-${text}:00+08:00`);
const PAGE = { limit: 100, cursor: null };

/** 2027 as a test assumes it; nobody has announced it. */
function year2027(override: Partial<CalendarYear> = {}): CalendarYear {
  const holiday = (day: number) => ({
    date: legalDate(`2027-02-${String(day).padStart(2, '0')}`),
    kind: 'dayOff' as const,
    name: '测试假期',
  });
  const newYear = { date: legalDate('2027-01-01'), kind: 'dayOff' as const, name: '元旦' };
  return {
    year: 2027,
    notice: '测试通知〔2026〕1号',
    days: [newYear, ...Array.from({ length: 13 }, (_, index) => holiday(index + 1))],
    regionalDays: [],
    ...override,
  };
}

describe('deadlines as the office looks at them', () => {
  let database: TestDatabase;
  let register: Register;
  let here: string;
  let elsewhere: string;
  let city: PersonPrincipal;
  let banner: PersonPrincipal;
  const clock = new TestClock();
  const within = <Answer>(work: (trx: Knex.Transaction) => Promise<Answer>): Promise<Answer> =>
    register.within(SYSTEM, work);
  const desk = () => new PostgresDeadlineDesk({ register, integrity: INTEGRITY, clock });
  const settings = () => new PostgresClockSettings({ register, integrity: INTEGRITY, clock });
  const persons = () => new PostgresResponsiblePersons({ register, integrity: INTEGRITY, clock });

  const open = async (
    key: string,
    startAt: Date,
    override: { authorityId?: string; caseKind?: string } = {},
  ): Promise<string> => {
    const caseId = deterministicId('desk case', nextNumber());
    await within((trx) =>
      openDeadline(trx, INTEGRITY, {
        caseKind: 'issuance',
        authorityId: here,
        trade: 'transport',
        ...override,
        caseId,
        key,
        round: 1,
        startAt,
      }),
    );
    return caseId;
  };

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 4 });
    await seedReferenceData(register, INTEGRITY, NOON, { definitions: [] });
    await within(async (trx) => {
      [here, elsewhere] = [await addAuthority(trx), await addAuthority(trx, { area_code: '150621' })];
      const cityHall = await addAuthority(trx, { level: 'city', area_code: '150600', is_issuing: false });
      const [cityPerson, bannerPerson] = [await addPerson(trx), await addPerson(trx)];
      city = person({
        personId: cityPerson,
        authorityId: cityHall,
        roles: ['cityAdministrator'],
        scope: { everything: true },
      });
      banner = person({
        personId: bannerPerson,
        authorityId: here,
        roles: ['bannerAdministrator'],
        scope: { authorityIds: [here] },
      });
    });
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  describe('on the board', () => {
    beforeAll(async () => {
      // Monday noon: review is due on Tuesday, recognition on Wednesday, acceptance of a catalogue next Monday.
      await open('ISSUANCE_REVIEW', at('11-20T10:00'));
      await open('ISSUANCE_REVIEW', NOON);
      await open('FORCE_MAJEURE_RECOGNITION', NOON, { caseKind: 'forceMajeureEvent' });
      await open('CATALOG_REVIEW', NOON, { caseKind: 'catalog', authorityId: elsewhere });
      await open('ISSUANCE_REVIEW', at('11-17T10:00'));
      await open('FORCE_MAJEURE_REPORT', at('11-23T06:00'), { caseKind: 'forceMajeureEvent' });
      await open('ANOMALY_DECIDE', at('12-28T10:00'));
      await open('SYNCHRONISED_ISSUANCE', at('11-20T10:00'));
      const stopped = await open('ANOMALY_DECIDE', NOON, { caseKind: 'anomalyCase' });
      const name = { caseKind: 'anomalyCase', caseId: stopped, key: 'ANOMALY_DECIDE', round: 1 };
      await within((trx) => suspendDeadline(trx, name, { from: NOON, reason: '退回补充', now: NOON }));
      for (const [start, now] of [
        [at('11-02T10:00'), at('11-03T10:00')],
        [at('11-02T10:00'), at('11-06T10:00')],
        [at('10-19T10:00'), at('10-20T10:00')],
      ] as const) {
        const caseId = await open('ISSUANCE_REVIEW', start);
        await within((trx) =>
          closeDeadline(trx, { caseKind: 'issuance', caseId, key: 'ISSUANCE_REVIEW', round: 1, now }),
        );
      }
      await sweepClocks(register, NOON);
    });

    it('stand by lifecycle and by authority, and how many were met in time by month', async () => {
      const board = await desk().board(city, {});
      expect(board).toMatchObject({ today: '2026-11-23', nearUntil: '2026-11-25' });
      expect(board.total).toEqual({
        enough: 1,
        near: 2,
        today: 1,
        overdue: 2,
        awaitingCalendar: 1,
        suspended: 1,
      });
      const lifecycle = (kind: string) => board.lifecycles.find(({ caseKind }) => caseKind === kind);
      expect(lifecycle('forceMajeureEvent')).toMatchObject({ near: 1, overdue: 1 });
      expect(board.authorities.map(({ authorityId }) => authorityId).sort()).toEqual(
        [here, elsewhere].sort(),
      );
      expect(board.onTime.slice(-2)).toEqual([
        { month: '2026-10', met: 1, late: 0, rate: 1 },
        { month: '2026-11', met: 1, late: 1, rate: 0.5 },
      ]);
    });

    it.each([...BOARD_STANDINGS, ...ENDED_STANDINGS])('open exactly their list: %s', async (state) => {
      const { items } = await desk().list(city, { state }, PAGE);
      const board = await desk().board(city, {});
      expect(items.map(({ standing }) => standing)).toEqual(items.map(() => state));
      expect(items).toHaveLength(countOf(board, state));
    });

    it('open the list of each month of the on-time rate', async () => {
      const { onTime } = await desk().board(city, {});
      for (const { month, met, late } of onTime) {
        for (const [state, count] of [
          ['met', met],
          ['late', late],
        ] as const) {
          const { items } = await desk().list(city, { state, closedIn: month }, PAGE);
          expect([month, state, items.length]).toEqual([month, state, count]);
        }
      }
    });

    it('show the same before and after the counts are folded, and a recount finds the same', async () => {
      const before = await desk().board(city, {});
      await foldDeadlineCounts(register);
      expect(await within((trx) => trx('deadline_count_change').count())).toEqual([{ count: 0 }]);
      expect(await desk().board(city, {})).toEqual(before);
      const moved = await open('ISSUANCE_REVIEW', NOON);
      await within((trx) =>
        closeDeadline(trx, {
          caseKind: 'issuance',
          caseId: moved,
          key: 'ISSUANCE_REVIEW',
          round: 1,
          now: NOON,
        }),
      );
      expect((await desk().board(city, {})).onTime.at(-1)).toMatchObject({ met: 2, late: 1 });
      await foldDeadlineCounts(register);
      const counted = await within(async (trx) => {
        const { rows } = await trx.raw(
          `SELECT deadline_standing(limit_unit, state, closed_at) AS standing, deadline_count_day(due_date, closed_at) AS day,
             case_kind, authority_id, trade, count(*) AS deadlines FROM deadline
           WHERE deadline_standing(limit_unit, state, closed_at) IS NOT NULL GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5`,
        );
        const kept = await trx('deadline_count').orderBy([
          'standing',
          'day',
          'case_kind',
          'authority_id',
          'trade',
        ]);
        return { recount: rows, kept };
      });
      expect(counted.kept).toEqual(counted.recount);
    });

    it('show a banner its own area only, on the board and in the list', async () => {
      const board = await desk().board(banner, {});
      expect(board.authorities.map(({ authorityId }) => authorityId)).toEqual([here]);
      expect(board.total.enough).toBe(0);
      expect((await desk().list(banner, { state: 'enough' }, PAGE)).items).toEqual([]);
    });

    it('page by page hold each open deadline once, least time left first', async () => {
      const seen: string[] = [];
      const dues: (string | null)[] = [];
      for (let cursor: string | null = null; ; ) {
        const page: Awaited<ReturnType<PostgresDeadlineDesk['list']>> = await desk().list(
          city,
          {},
          { limit: 2, cursor },
        );
        seen.push(...page.items.map(({ id }) => id));
        dues.push(...page.items.map(({ dueAt }) => dueAt));
        cursor = page.nextCursor;
        if (cursor === null) break;
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toHaveLength(8);
      const known = dues.map((due) => (due === null ? Number.POSITIVE_INFINITY : Date.parse(due)));
      expect(known).toEqual([...known].sort((a, b) => a - b));
    });

    it('explain themselves: days, limit and its basis, rings, and the time that is left in both kinds', async () => {
      const { items } = await desk().list(city, { state: 'near', caseKind: 'issuance' }, PAGE);
      const detail = await desk().find(city, items[0]?.id ?? '');
      expect(detail).toMatchObject({
        name: '签发审核',
        dueText: '11月24日24时前',
        remainingMinutes: 36 * 60,
        remainingOfficeMinutes: 330 + 540,
        limit: { value: 1, unit: 'workingDays', policyVersion: 1 },
        basis: { documentNumber: '鄂府办发〔2023〕161号' },
      });
      expect(detail?.explanation.map(({ reason }) => reason)).toEqual(['起算当日不计入', '工作日']);
      expect(
        await desk().find(banner, (await desk().list(city, { state: 'enough' }, PAGE)).items[0]?.id ?? ''),
      ).toBeNull();
    });
  });

  it('a trial computation answers without storing, and refuses a limit that does not exist', async () => {
    const answered = await desk().preview({
      limit: { key: 'FORCE_MAJEURE_RECOVERY' },
      startAt: '2026-09-30',
      suspensions: [],
    });
    expect(answered).toMatchObject({ ok: true, value: { state: 'due', dueText: '10月10日24时前' } });
    const waiting = await desk().preview({
      limit: { value: 3, unit: 'workingDays' },
      startAt: '2026-12-29',
      suspensions: [],
    });
    expect(waiting).toMatchObject({ ok: true, value: { state: 'awaitingCalendar', missingYear: 2027 } });
    const unknown = await desk().preview({
      limit: { key: 'NOTHING' },
      startAt: '2026-09-30',
      suspensions: [],
    });
    expect(unknown).toMatchObject({ ok: false, refusal: { code: 'timeLimitUnknown' } });
  });

  describe('limits', () => {
    it('are changed by the city with a version, and open deadlines keep the limit with which they began', async () => {
      const before = await open('AWAITING_SEAL', NOON);
      const change = {
        key: 'AWAITING_SEAL',
        version: 1,
        value: 2,
        unit: 'workingDays' as const,
        basis: { title: '市局通知', documentNumber: '1号', article: null, note: null },
      };
      expect(await settings().setPolicies(banner, [change])).toMatchObject({
        refusal: { code: 'notPermitted' },
      });
      expect(await settings().setPolicies(city, [change])).toMatchObject({ ok: true });
      expect(await settings().setPolicies(city, [change])).toMatchObject({
        refusal: { code: 'revisionConflict', facts: { version: 2 } },
      });
      const after = await open('AWAITING_SEAL', NOON);
      const dueOf = async (caseId: string): Promise<LegalDate> =>
        within(async (trx) => (await trx('deadline').where({ case_id: caseId }).first('due_date')).due_date);
      expect([await dueOf(before), await dueOf(after)]).toEqual(['2026-11-24', '2026-11-25']);
    });

    it('of the law are tightened and never loosened: refused with words, and nothing of the request is stored', async () => {
      const basis = { title: '市局通知', documentNumber: null, article: null, note: null };
      const hard = { key: 'FORCE_MAJEURE_RECOVERY', version: 1, unit: 'workingDays' as const, basis };
      const other = { key: 'CATALOG_REVIEW', version: 1, value: 4, unit: 'workingDays' as const, basis };
      expect(await settings().setPolicies(city, [other, { ...hard, value: 4 }])).toMatchObject({
        ok: false,
        refusal: {
          code: 'timeLimitInvalid',
          problems: [
            {
              pointer: '/policies/1/value',
              code: 'hardLimitLoosened',
              expected: '法定时限为 3个工作日，只能缩短，不能放宽或改换单位',
            },
          ],
        },
      });
      const versions = (await settings().policies()).filter(({ key }) => key === 'CATALOG_REVIEW');
      expect(versions.map(({ version }) => version)).toEqual([1]);
      expect(await settings().setPolicies(city, [{ ...hard, value: 2 }])).toMatchObject({ ok: true });
    });

    it('received at night count as the next working day once the city says so', async () => {
      const rule = await settings().rule();
      const night = at('11-20T20:00');
      await settings().setRule(city, { ...rule, receivedOutsideHours: 'nextWorkingDay' });
      const caseId = await open('ISSUANCE_REVIEW', night);
      const row = await within((trx) => trx('deadline').where({ case_id: caseId }).first());
      expect(row).toMatchObject({ due_date: '2026-11-24', received_outside_hours: 'nextWorkingDay' });
      expect(JSON.stringify(row.explanation)).toContain('视为次一工作日收到');
      await settings().setRule(city, rule);
    });

    it('escalate by a ladder that the city can change', async () => {
      const ladder = await settings().ladder();
      expect(ladder.map(({ key }) => key)).toEqual(['half', 'mostly', 'closing', 'due', 'daily']);
      const shorter = ladder.filter(({ kind }) => kind !== 'closingTime');
      expect(await settings().setLadder(city, shorter)).toEqual({ ok: true, value: null });
      expect(await settings().ladder()).toEqual(shorter);
      expect(await settings().setLadder(city, shorter.slice(0, 1))).toMatchObject({
        refusal: { code: 'timeLimitInvalid' },
      });
      await settings().setLadder(city, ladder);
    });
  });

  describe('a year of the calendar', () => {
    it('that is missing is told to the city once a day from November on, and no more once it is loaded', async () => {
      const notices = () =>
        within((trx) =>
          trx('notice').whereLike('natural_key', 'workCalendar/2027/missing/%').orderBy('created_at'),
        );
      expect((await raiseDailyAlarms(register, at('10-31T10:00'))).missingYear).toBeNull();
      expect((await raiseDailyAlarms(register, NOON)).missingYear).toBe(2027);
      await raiseDailyAlarms(register, new Date(NOON.getTime() + 3_600_000));
      expect(await notices()).toHaveLength(1);
      expect((await raiseDailyAlarms(register, at('11-24T08:00'))).missingYear).toBe(2027);
      expect(await notices()).toHaveLength(2);
    });

    it('is previewed without writing: which open deadlines would move, from when to when', async () => {
      const waiting = await open('ISSUANCE_REVIEW', at('12-31T09:00'));
      const local = {
        date: legalDate('2026-11-24'),
        kind: 'dayOff' as const,
        name: '测试节',
        notice: '本地通知',
      };
      expect(await settings().previewCalendarYear(banner, year2027())).toMatchObject({ ok: false });
      const effect = await settings().previewCalendarYear(city, year2027());
      if (!effect.ok) throw new Error('the year was refused');
      expect(effect.value.isChange).toBe(true);
      expect(effect.value.moves).toContainEqual(
        expect.objectContaining({
          key: 'ISSUANCE_REVIEW',
          from: null,
          to: '2027-01-05T00:00:00+08:00',
          direction: 'nowKnown',
        }),
      );
      expect(await settings().previewCalendarYear(city, year2027({ regionalDays: [local] }))).toMatchObject({
        refusal: { code: 'calendarInvalid' },
      });
      const row = await within((trx) => trx('deadline').where({ case_id: waiting }).first());
      expect(row.state).toBe('awaitingCalendar');
      expect((await settings().calendarYear(2027)).state).toBe('missing');
    });

    it('once loaded moves open deadlines from their original start, keeps both dates, and tells only earlier ones', async () => {
      const waiting = await open('ISSUANCE_REVIEW', at('12-31T09:00'));
      const before = await settings().previewCalendarYear(city, year2027());
      const loaded = await settings().loadCalendarYear(city, year2027());
      expect(loaded).toEqual(before);
      expect(await settings().calendarYear(2027)).toMatchObject({ state: 'loaded', coveredTo: '2027-12-31' });
      const row = await within((trx) => trx('deadline').where({ case_id: waiting }).first());
      expect(row).toMatchObject({ state: 'running', due_date: '2027-01-04' });
      expect(row.moves).toEqual([
        expect.objectContaining({ from: null, reason: '载入2027年工作日历（测试通知〔2026〕1号）' }),
      ]);
      const unread = await within((trx) =>
        trx('notice').whereLike('natural_key', 'workCalendar/2027/missing/%').whereNull('read_at'),
      );
      expect(unread).toEqual([]);
      expect((await raiseDailyAlarms(register, NOON)).missingYear).toBeNull();
      expect(await settings().loadCalendarYear(city, year2027())).toMatchObject({
        ok: true,
        value: { isChange: false, moving: 0 },
      });
    });

    it('that is entered anew moves deadlines later silently and earlier ones with a message', async () => {
      const tolds = (caseId: string) =>
        within((trx) =>
          trx('outbox').whereLike('dedupe_key', `signalWorkflow/issuance/${caseId}/calendar/%`),
        );
      const caseId = await open('ISSUANCE_REVIEW', at('12-31T09:00'));
      const monday = {
        date: legalDate('2027-01-04'),
        kind: 'dayOff' as const,
        name: '测试节',
        notice: '本地1号',
      };
      await settings().loadCalendarYear(city, year2027({ regionalDays: [monday] }));
      const later = await within((trx) => trx('deadline').where({ case_id: caseId }).first());
      expect(later.due_date).toBe('2027-01-05');
      expect(await tolds(caseId)).toEqual([]);
      await settings().loadCalendarYear(city, year2027());
      const earlier = await within((trx) => trx('deadline').where({ case_id: caseId }).first());
      expect(earlier.due_date).toBe('2027-01-04');
      expect(earlier.original_due_at).toEqual(new Date('2027-01-05T00:00:00+08:00'));
      expect(earlier.moves).toHaveLength(2);
      expect(await tolds(caseId)).toHaveLength(1);
    });

    it('is refused with words and pointers when it cannot be the notice of a year', async () => {
      const refusal = await settings().loadCalendarYear(city, { ...year2027(), days: [], notice: ' ' });
      expect(refusal).toMatchObject({
        ok: false,
        refusal: {
          code: 'calendarInvalid',
          problems: expect.arrayContaining([expect.objectContaining({ pointer: '/notice' })]),
        },
      });
    });
  });

  describe('responsible persons', () => {
    let first: string;
    let second: string;
    const key = (): Idempotency => ({
      method: 'POST',
      path: '/responsible-persons',
      key: `key-${nextNumber()}-0000000000`,
      bodyDigest: Buffer.alloc(32, nextNumber()),
    });
    const appointment = (personId: string) => ({
      authorityId: here,
      trade: null,
      personId,
      substituteId: null,
      fromOn: legalDate('2026-11-23'),
    });
    beforeAll(async () => {
      await within(async (trx) => {
        [first, second] = [
          await addPerson(trx, { authority_id: here }),
          await addPerson(trx, { authority_id: here }),
        ];
      });
    });

    it('are missed once a day while there is none, by the city and the bureau of the area', async () => {
      expect((await raiseDailyAlarms(register, NOON)).vacantUnits).toBe(2);
      await raiseDailyAlarms(register, NOON);
      const told = await within((trx) =>
        trx('notice')
          .whereLike('natural_key', 'responsiblePerson/vacant/2026-11-23%')
          .orderBy('recipient_role'),
      );
      expect(told.map(({ recipient_role }: { recipient_role: string }) => recipient_role)).toEqual([
        'bannerAdministrator',
        'bannerAdministrator',
        'cityAdministrator',
      ]);
      expect((await persons().vacancies(banner)).map(({ authorityId }) => authorityId)).toEqual([here]);
    });

    it('are appointed with a filing number, once for a key, one at a time, and filed by the city', async () => {
      const idempotency = key();
      const outsider = await within((trx) => addPerson(trx));
      expect(await persons().appoint(banner, appointment(outsider), idempotency)).toMatchObject({
        refusal: { code: 'responsiblePersonUnsuitable' },
      });
      const done = await persons().appoint(banner, appointment(first), idempotency);
      const again = await persons().appoint(banner, appointment(first), idempotency);
      if (!done.ok || !again.ok) throw new Error('refused');
      expect(again.value).toEqual({ person: done.value.person, replayed: true });
      expect(done.value.person.filingNumber).toMatch(/^鄂证专备〔2026〕\d+号$/);
      expect(await persons().appoint(banner, appointment(second), key())).toMatchObject({
        refusal: { code: 'responsiblePersonExists' },
      });
      const { id } = done.value.person;
      expect(await persons().file(banner, id)).toMatchObject({ refusal: { code: 'notPermitted' } });
      expect(await persons().file(city, id)).toMatchObject({ ok: true, value: { state: 'filed' } });
      const filing = await within((trx) => trx('deadline').where({ case_id: id }).first('key', 'state'));
      expect(filing).toEqual({ key: 'DESIGNATION_FILING', state: 'met' });
      expect((await raiseDailyAlarms(register, NOON)).vacantUnits).toBe(1);
    });

    it('hand over on one day without a gap', async () => {
      const [{ id } = { id: '' }] = (await persons().list(banner, { current: true }, PAGE)).items;
      const handover = { personId: second, substituteId: first, fromOn: legalDate('2026-12-01') };
      const tooEarly = await persons().handover(banner, id, { ...handover, fromOn: legalDate('2026-11-01') });
      expect(tooEarly).toMatchObject({ ok: false, refusal: { problems: [{ pointer: '/fromOn' }] } });
      const done = await persons().handover(banner, id, handover);
      expect(done).toMatchObject({ ok: true, value: { personId: second, fromOn: '2026-12-01' } });
      expect(await persons().handover(banner, id, handover)).toMatchObject({
        refusal: { code: 'transitionNotAllowed' },
      });
      const { items } = await persons().list(banner, { authorityId: here, current: false }, PAGE);
      expect(items.map(({ fromOn, untilOn }) => [fromOn, untilOn]).sort()).toEqual([
        ['2026-11-23', '2026-12-01'],
        ['2026-12-01', null],
      ]);
      for (const day of ['11-30T23:59', '12-01T00:00']) {
        expect((await raiseDailyAlarms(register, at(day))).vacantUnits).toBe(1);
      }
    });
  });
});

function countOf(
  board: DeadlineBoard,
  state: (typeof BOARD_STANDINGS)[number] | (typeof ENDED_STANDINGS)[number],
): number {
  if (state === 'met' || state === 'late') {
    return board.onTime.reduce((sum, month) => sum + month[state], 0);
  }
  return board.total[state];
}
