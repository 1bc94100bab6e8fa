import { addDays, dayNumber, legalDate } from '../../domain/shared/legal-date';
import { CITY_STAFF } from '../../main/demonstration/city/city-staff';
import { DONGSHENG_BUREAU } from '../../main/demonstration/demonstration-units';
import { addAccounts } from '../../main/demonstration/seed-accounts';
import { unitId } from '../../main/demonstration/seed-units';
import { CONDUCTED_KINDS } from '../../ports/conductor';
import { problemOf } from '../support/api-client';
import { demonstrationDeps } from '../support/demonstration-template';
import { ForceMajeureDriver } from '../support/force-majeure-driver';
import { aPaper, freshKey, IncrementDriver, tableOf, uploadOf } from '../support/increment-driver';
import { csvGb18030, csvUtf8, xlsx } from '../support/increment-files';
import { STORY_MS, withProduct } from '../support/with-product';

const NEIGHBOUR = 'transport-150622';
const NEIGHBOUR_OPERATOR = `${NEIGHBOUR}-operator`;
const EXCEL_ZERO = dayNumber(legalDate('1899-12-30'));
const CATCH_UP = 'incrementCatchUp';

/**
 * October 2026, told in chapters that follow one another. By the State Council's notice the 1st to the 7th are off and
 * Saturday the 10th is worked.
 */
describe('a month of a unit that cannot issue synchronously', () => {
  const { product } = withProduct({ startAt: new Date('2026-09-30T10:00:00+08:00') });
  let known: IncrementDriver | null = null;
  const driver = (): IncrementDriver => {
    known ??= new IncrementDriver(product());
    return known;
  };

  beforeAll(async () => {
    const { foundation, clock } = product();
    await addAccounts(
      demonstrationDeps(foundation, clock, null),
      CITY_STAFF.filter(({ username }) => username === NEIGHBOUR_OPERATOR),
    );
  });

  /** From one midnight to the next, as the workers live it; out: nothing. `work` is done at half past ten at night. */
  async function live(date: string, work: (date: string) => Promise<unknown>): Promise<void> {
    driver().advanceTo(`${date}T22:30:00+08:00`);
    await work(date);
    await midnightAfter(date);
  }

  async function midnightAfter(date: string): Promise<void> {
    driver().advanceTo(`${addDays(legalDate(date), 1)}T00:00:30+08:00`);
    await driver().schedules();
  }

  const nothing = async (): Promise<void> => undefined;
  const onePaper = async (date: string) => uploadOf(await driver().sendRows([aPaper(date, 1)]));

  const alarms = (date: string) =>
    driver().rows<{ recipient_role: string }>(
      `select recipient_role from notice where title = '增量归集漏报' and body like $1 order by recipient_role`,
      [`东胜区%${date}%`],
    );
  const clocks = (date: string) =>
    driver().rows<{ state: string }>(
      `select l.state from deadline l join increment_day d on d.id = l.case_id
       where d.date = $1 and d.authority_id = $2 and l.key = 'DAILY_INCREMENT' order by l.round`,
      [date, unitId(DONGSHENG_BUREAU)],
    );
  const catchUpTasks = (date: string) =>
    driver().rows<{ state: string }>(
      `select t.state from task t join increment_day d on d.id = t.case_id
       where t.kind = $1 and d.date = $2 and d.authority_id = $3`,
      [CATCH_UP, date, unitId(DONGSHENG_BUREAU)],
    );
  async function dayOf(date: string) {
    const { days } = await driver().month(date.slice(0, 7));
    const day = days.find((candidate) => candidate.date === date);
    if (day === undefined) throw new Error(`${date} is not in the month`);
    return day;
  }

  it(
    'begins with the finding that the city records; days are delivered by system, by file in three forms, or by a zero report',
    async () => {
      await driver().owesIncrements(DONGSHENG_BUREAU, '2026-11-01');
      await driver().owesIncrements(NEIGHBOUR, '2026-11-01');
      await driver().schedules();
      expect(await driver().heatMap('2026-09')).toEqual({ '09-30': 'open' });
      await onePaper('2026-09-30');
      await midnightAfter('2026-09-30');
      for (let date = legalDate('2026-10-01'); date <= '2026-10-07'; date = addDays(date, 1)) {
        await live(date, nothing);
      }
      await live('2026-10-08', onePaper);
      await live('2026-10-09', async (date) => {
        const table = tableOf([aPaper(date, 1), aPaper(date, 2, { 发证日期: '2026年10月9日' })]);
        const upload = uploadOf(await driver().sendFile('operator1', '当日增量.csv', csvUtf8(table)));
        expect(upload).toMatchObject({ format: 'csvUtf8', acceptedCount: 2, lateCount: 0, rejectedCount: 0 });
        expect(upload.receipt).toMatch(/^ZL20261009-[0-9A-F]{12}$/);
      });
      await live('2026-10-10', async (date) => {
        const upload = uploadOf(await driver().reportZero('window1', date));
        expect(upload).toMatchObject({ state: 'zeroReported', zeroReportFor: date });
      });
      await live('2026-10-11', nothing);
      await live('2026-10-12', onePaper);
      await live('2026-10-13', async (date) => {
        const table = csvGb18030(tableOf([aPaper(date, 1)]));
        const upload = uploadOf(await driver().sendFile('operator1', '当日增量.csv', table));
        expect(upload).toMatchObject({ format: 'csvGb18030', acceptedCount: 1, rejectedCount: 0 });
        const [row] = await driver().uploadRows(upload.id);
        expect(row?.record?.maskedFace['车辆类型']).toBe('重型半挂牵引车');
      });
      await live('2026-10-14', async (date) => {
        const serial = `#${dayNumber(legalDate(date)) - EXCEL_ZERO}`;
        const table = xlsx(tableOf([aPaper(date, 1, { 发证日期: serial, 有效期起: serial })]));
        const upload = uploadOf(await driver().sendFile('operator1', '当日增量.xlsx', table));
        expect(upload).toMatchObject({ format: 'xlsx', acceptedCount: 1, rejectedCount: 0 });
      });
      expect(Object.entries(await driver().heatMap('2026-10'))).toEqual([
        ...['10-01', '10-02', '10-03', '10-04', '10-05', '10-06', '10-07'].map((day) => [day, 'notRequired']),
        ['10-08', 'delivered'],
        ['10-09', 'delivered'],
        ['10-10', 'zeroReported'],
        ['10-11', 'notRequired'],
        ['10-12', 'delivered'],
        ['10-13', 'delivered'],
        ['10-14', 'delivered'],
        ['10-15', 'open'],
      ]);
      expect(await clocks('2026-10-08')).toEqual([{ state: 'met' }]);
      expect(await clocks('2026-10-03')).toEqual([]);
    },
    STORY_MS,
  );

  it(
    'alarms at 24:00 for a working day without increment, once, and a late row marked 补报 closes the day it belongs to',
    async () => {
      driver().advanceTo('2026-10-15T23:59:00+08:00');
      await driver().schedules();
      expect(await dayOf('2026-10-15')).toMatchObject({
        state: 'open',
        availableActions: ['upload', 'reportZero'],
      });
      expect(await alarms('2026-10-15')).toEqual([]);
      await midnightAfter('2026-10-15');
      await driver().schedules();
      expect(await dayOf('2026-10-15')).toMatchObject({ state: 'missed', stateName: '漏报' });
      expect(await alarms('2026-10-15')).toEqual([
        { recipient_role: 'bannerAdministrator' },
        { recipient_role: 'cityAdministrator' },
      ]);
      expect(await clocks('2026-10-15')).toEqual([{ state: 'missed' }]);
      // The neighbour has missed all eight working days so far.
      expect(await driver().gauges()).toMatchObject({
        'ecert_increment_days missed': 9,
        'ecert_increment_days open': 2,
        'ecert_up_reports returned': 0,
      });
      const { id } = await dayOf('2026-10-15');
      driver().as('operator1');
      const task = await driver().task(id, 'operator1');
      expect(task.kind).toBe(CATCH_UP);

      await live('2026-10-16', async () => {
        const both = [aPaper('2026-10-15', 1), aPaper('2026-10-16', 1)];
        const upload = uploadOf(await driver().sendRows(both));
        expect(upload).toMatchObject({ acceptedCount: 2, lateCount: 1, rejectedCount: 0 });
        const rows = await driver().uploadRows(upload.id);
        expect(rows.map(({ record }) => [record?.recordedOn, record?.isLate])).toEqual([
          ['2026-10-15', true],
          ['2026-10-16', false],
        ]);
      });
      expect(await dayOf('2026-10-15')).toMatchObject({ state: 'caughtUp', inTimeCount: 0, lateCount: 1 });
      expect(await dayOf('2026-10-16')).toMatchObject({ state: 'delivered', inTimeCount: 1, lateCount: 0 });
      expect((await catchUpTasks('2026-10-15')).filter(({ state }) => state === 'open')).toEqual([]);
      expect(await clocks('2026-10-15')).toEqual([{ state: 'missed' }]);
    },
    STORY_MS,
  );

  it(
    'lets a missed day be caught up by a zero report, and no day be reported empty that has rows or was not owed',
    async () => {
      await live('2026-10-17', onePaper);
      await live('2026-10-18', nothing);
      await live('2026-10-19', onePaper);
      await live('2026-10-20', nothing);
      await live('2026-10-21', onePaper);
      expect(await dayOf('2026-10-20')).toMatchObject({ state: 'missed' });
      await live('2026-10-22', async (date) => {
        await onePaper(date);
        expect(uploadOf(await driver().reportZero('operator1', '2026-10-20')).zeroReportFor).toBe(
          '2026-10-20',
        );
        for (const [day, code] of [
          ['2026-10-21', 'incrementDayNotEmpty'],
          ['2026-10-20', 'transitionNotAllowed'],
          ['2026-10-18', 'transitionNotAllowed'],
          ['2026-10-23', 'incrementDayNotOwed'],
          ['2026-09-01', 'incrementDayNotOwed'],
        ] as const) {
          expect([day, problemOf(await driver().reportZero('operator1', day)).code]).toEqual([day, code]);
        }
      });
      expect(await dayOf('2026-10-20')).toMatchObject({
        state: 'caughtUp',
        lateCount: 0,
        zeroReportedAt: expect.stringMatching(/^2026-10-22T22:30/),
        availableActions: ['upload'],
      });
      expect((await catchUpTasks('2026-10-20')).filter(({ state }) => state === 'open')).toEqual([]);
    },
    STORY_MS,
  );

  it(
    'goes by the server’s clock at midnight, and days on which no worker ran are opened and closed by the next one',
    async () => {
      driver().advanceTo('2026-10-23T23:59:30+08:00');
      await onePaper('2026-10-23');
      driver().advanceTo('2026-10-24T00:00:10+08:00');
      const late = uploadOf(await driver().sendRows([aPaper('2026-10-23', 2)]));
      expect(late).toMatchObject({ acceptedCount: 1, lateCount: 1 });
      expect(await dayOf('2026-10-23')).toMatchObject({ state: 'delivered', inTimeCount: 1, lateCount: 1 });

      // No worker runs; nothing of this is in Temporal, so nothing of it is lost with Temporal's data either.
      expect(CONDUCTED_KINDS).not.toContain('incrementDay');
      driver().advanceTo('2026-10-26T22:30:00+08:00');
      await onePaper('2026-10-26');
      await midnightAfter('2026-10-26');
      const month = await driver().heatMap('2026-10');
      expect(['10-23', '10-24', '10-25', '10-26', '10-27'].map((day) => month[day])).toEqual([
        'delivered',
        'notRequired',
        'notRequired',
        'delivered',
        'open',
      ]);
      expect(await clocks('2026-10-26')).toEqual([{ state: 'met' }]);
    },
    STORY_MS,
  );

  it(
    'is put off by force majeure without an alarm, and missed after all once the city does not recognise it',
    async () => {
      driver().advanceTo('2026-10-27T09:00:00+08:00');
      driver().as('operator1');
      const office = new ForceMajeureDriver(product());
      const event = await office.declare();
      await office.acted('operator1', event.id, 'report');
      await midnightAfter('2026-10-27');
      expect(await dayOf('2026-10-27')).toMatchObject({ state: 'deferred', forceMajeureEventId: event.id });
      expect(await alarms('2026-10-27')).toEqual([]);

      driver().advanceTo('2026-10-28T10:00:00+08:00');
      driver().as('city');
      await office.acted('city', event.id, 'reject', { reason: '线路当日已有备用' });
      await driver().schedules();
      expect(await dayOf('2026-10-27')).toMatchObject({ state: 'missed' });
      expect(await alarms('2026-10-27')).toHaveLength(2);
      await live('2026-10-28', async (date) => {
        const upload = uploadOf(await driver().sendRows([aPaper('2026-10-27', 1), aPaper(date, 1)]));
        expect(upload).toMatchObject({ acceptedCount: 2, lateCount: 1 });
      });
      expect(await dayOf('2026-10-27')).toMatchObject({ state: 'caughtUp', forceMajeureEventId: event.id });
    },
    STORY_MS,
  );

  it(
    'is invisible to another unit and to another trade, and seen by the city',
    async () => {
      const { uploads } = await driver().month('2026-10');
      const [upload] = uploads;
      const own = await dayOf('2026-10-15');
      for (const username of [NEIGHBOUR_OPERATOR, 'dept-housing']) {
        const seen = await driver().monthSeenBy(username, '2026-10');
        expect([...seen.days, ...seen.uploads].map(({ authorityId }) => authorityId)).not.toContain(
          unitId(DONGSHENG_BUREAU),
        );
        for (const path of [`${upload?.id}`, `${upload?.id}/rows`, `days/${own.id}`]) {
          const answered = await driver().as(username)('GET', `/api/v1/increments/${path}`);
          expect([path, answered.status]).toEqual([path, 404]);
        }
      }
      // The neighbour's own month: every working day was missed, and nobody of 东胜 sees that.
      driver().advanceTo('2026-10-29T22:30:00+08:00');
      const foreign = await driver().sendFile(
        NEIGHBOUR_OPERATOR,
        '当日增量.csv',
        csvUtf8(tableOf([aPaper('2026-10-29', 1)])),
        { retryOf: upload?.id ?? '' },
      );
      expect(problemOf(foreign)).toMatchObject({ code: 'contentInvalid', pointers: ['/retryOf'] });
      expect((await driver().reportZero(NEIGHBOUR_OPERATOR, '2026-10-29')).status).toBe(201);
      const neighbours = await driver().monthSeenBy(NEIGHBOUR_OPERATOR, '2026-10');
      expect(neighbours.days.filter(({ state }) => state === 'missed')).toHaveLength(16);
      const city = await driver().monthSeenBy('city', '2026-10');
      expect(new Set(city.days.map(({ authorityId }) => authorityId))).toEqual(
        new Set([unitId(DONGSHENG_BUREAU), unitId(NEIGHBOUR)]),
      );
      expect(city.days.flatMap(({ availableActions }) => availableActions)).toEqual([]);
    },
    STORY_MS,
  );

  it(
    'is put off afterwards when the fault of the evening is declared after midnight, and is made up as such',
    async () => {
      await onePaper('2026-10-29');
      await midnightAfter('2026-10-29');
      await midnightAfter('2026-10-30');
      expect(await dayOf('2026-10-30')).toMatchObject({ state: 'missed' });
      driver().advanceTo('2026-10-31T00:40:00+08:00');
      driver().as('operator1');
      const office = new ForceMajeureDriver(product());
      const event = await office.declare({
        occurredAt: '2026-10-30T20:00:00+08:00',
        knownAt: '2026-10-30T23:30:00+08:00',
      });
      await driver().schedules();
      expect(await dayOf('2026-10-30')).toMatchObject({ state: 'deferred', forceMajeureEventId: event.id });
      await office.acted('operator1', event.id, 'report');
      driver().as('city');
      await office.acted('city', event.id, 'recognise', { reason: '情况属实' });
      const postponed = async () =>
        (await office.items(event.id)).map(({ subjectKind, reference, state }) => [
          subjectKind,
          reference,
          state,
        ]);
      await office.untilEvent(event.id, 'has the day', (view) => office.open(view) === 1);
      expect(await postponed()).toEqual([['incrementDay', '2026-10-30', 'open']]);
      await onePaper('2026-10-30');
      expect(await dayOf('2026-10-30')).toMatchObject({ state: 'caughtUp', forceMajeureEventId: event.id });
      await office.untilEvent(event.id, 'has made it up', (view) => office.open(view) === 0);
      expect(await postponed()).toEqual([['incrementDay', '2026-10-30', 'done']]);
      expect((await catchUpTasks('2026-10-30')).filter(({ state }) => state === 'open')).toEqual([]);
    },
    STORY_MS,
  );

  it(
    'ends with the finding: whoever owes nothing any more is told, and the month stands as it was',
    async () => {
      // No worker runs for three days: what was owed until the finding ran out is closed, what was not owed is not opened.
      await midnightAfter('2026-11-02');
      const month = await driver().heatMap('2026-10');
      const days = (state: string) => Object.keys(month).filter((day) => month[day] === state);
      expect(days('caughtUp')).toEqual(['10-15', '10-20', '10-27', '10-30']);
      expect(days('notRequired')).toEqual([
        '10-01',
        '10-02',
        '10-03',
        '10-04',
        '10-05',
        '10-06',
        '10-07',
        '10-11',
        '10-18',
        '10-24',
        '10-25',
        '10-31',
      ]);
      expect(days('zeroReported')).toEqual(['10-10']);
      expect(days('delivered')).toHaveLength(14);
      expect(await driver().heatMap('2026-11')).toEqual({});
      const told = await driver().rows(
        `select recipient_role from notice where title = '免予同步制发的技术认定已到期' and body like '东胜区%' order by 1`,
      );
      expect(told).toEqual([{ recipient_role: 'cityAdministrator' }, { recipient_role: 'operator' }]);
    },
    STORY_MS,
  );

  it(
    'is reconciled with the unit’s own count: the gap is listed by number and closed by a late row or an exemption',
    async () => {
      const registered = await driver().rows<{ business_number: string }>(
        `select business_number from ingested_record where authority_id = $1 and recorded_on between '2026-10-01' and '2026-10-31'`,
        [unitId(DONGSHENG_BUREAU)],
      );
      const here = registered.map(({ business_number: number }) => number);
      expect(here).toHaveLength(19);
      const [paper, unreadable] = [aPaper('2026-10-30', 7), '150602-2026-纸-3'];
      const listed = [...here.slice(1), paper['业务编号'] ?? '', unreadable];
      const gap = await driver().counted('2026-10-01', '2026-10-31', listed);
      expect(gap).toMatchObject({
        state: 'gap',
        registered: 19,
        counted: 20,
        exempted: 0,
        ratePercent: 90,
        missing: 2,
        missingHere: [paper['业务编号'], unreadable],
        unknownThere: [here[0]],
      });

      expect(uploadOf(await driver().sendRows([paper])).lateCount).toBe(1);
      const exempted = await driver().as('operator1')('POST', '/api/v1/collection-exemptions', {
        headers: { 'idempotency-key': freshKey() },
        body: {
          catalogCode: gap.catalogCode,
          businessNumber: unreadable,
          recordedOn: '2026-10-30',
          ground: 'paperUnreadable',
          basis: '档案水损，无法辨认',
        },
      });
      expect(exempted.status).toBe(201);
      const gaps = await driver().as('city')('GET', '/api/v1/collection-counts?month=2026-10');
      expect(gaps.body).toMatchObject({
        items: [{ state: 'complete', ratePercent: 100, missing: 0, missingHere: [], exempted: 1 }],
      });
      const foreign = await driver().as(NEIGHBOUR_OPERATOR)('GET', '/api/v1/collection-counts?month=2026-10');
      expect(foreign.body).toMatchObject({ items: [] });
    },
    STORY_MS,
  );
});
