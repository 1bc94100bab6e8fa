import { sweepClocks } from '../../adapters/postgres/sla/sweep-clocks';
import { problemOf } from '../support/api-client';
import { anIssuance } from '../support/builders/issuance-body';
import { eventually } from '../support/case-driver';
import { STORY_MS, withProduct } from '../support/with-product';

interface DeadlineOfList {
  readonly id: string;
  readonly caseId: string;
  readonly dueAt: string | null;
  readonly standing: string;
}

interface DetailOfDeadline extends DeadlineOfList {
  readonly state: string;
  readonly originalDueAt: string | null;
  readonly moves: readonly { readonly reason: string }[];
  readonly rings: readonly { readonly rung: string; readonly told: readonly string[] }[];
  readonly nextRingAt: string | null;
}

/** 2027 as this story assumes it; nobody has announced it. */
const CALENDAR_2027 = {
  notice: '测试通知〔2026〕1号',
  days: [
    { date: '2027-01-01', kind: 'dayOff', name: '元旦' },
    ...Array.from({ length: 13 }, (_, index) => ({
      date: `2027-02-${String(index + 1).padStart(2, '0')}`,
      kind: 'dayOff',
      name: '测试假期',
    })),
  ],
};

/** What a request for the year 2026 says, read from what is loaded, with local holidays of the story. */
function calendarBody(loaded: unknown, regionalDays: readonly object[]): object {
  const { days } = loaded as {
    days: readonly { date: string; kind: string; name: string; notice: string }[];
  };
  const notice = days[0]?.notice ?? '';
  return { notice, days: days.map(({ date, kind, name }) => ({ date, kind, name })), regionalDays };
}

describe('deadlines of cases that people work on', () => {
  const { product, driver } = withProduct();

  async function underReview(): Promise<string> {
    const body = anIssuance();
    const id = await driver().submitWithRecord(body, {
      ...body,
      face: { ...body.face, 车辆类型: '重型普通货车' },
    });
    await driver().untilState(id, 'underReview');
    return id;
  }

  async function reviewDeadline(caseId: string): Promise<DetailOfDeadline> {
    const city = product().person('city');
    const listed = await city('GET', '/api/v1/deadlines?key=ISSUANCE_REVIEW&limit=100');
    const { items }: { items: readonly DeadlineOfList[] } = JSON.parse(listed.text);
    const id = items.find((deadline) => deadline.caseId === caseId)?.id;
    return JSON.parse((await city('GET', `/api/v1/deadlines/${id}`)).text);
  }

  /** Puts the product's clock forward; whoever was signed in has been away for too long. */
  function putClockTo(ms: number): void {
    product().clock.advance(ms - product().clock.now().getTime());
    for (const username of ['city', 'reviewer1', 'dongsheng']) product().signInAgain(username);
  }

  /** Puts the clock to the instant; the case hears that it should look, as a timer would say. */
  async function comeTo(instant: string, caseId: string): Promise<void> {
    putClockTo(Date.parse(instant));
    await product().conductor.tell('issuance', caseId);
  }

  const rungsOf = async (caseId: string): Promise<readonly string[]> =>
    (await reviewDeadline(caseId)).rings.map(({ rung }) => rung);

  it(
    'are rung by their own case rung by rung, up the line, and shown on the board that opens their list',
    async () => {
      const id = await underReview();
      const { dueAt, nextRingAt } = await reviewDeadline(id);
      if (dueAt === null || nextRingAt === null) throw new Error('the review has no clock');
      const dueDay = new Date(Date.parse(dueAt) + 8 * 3_600_000 - 1).toISOString().slice(0, 10);
      await comeTo(nextRingAt, id);
      await eventually(
        'half',
        () => rungsOf(id),
        (rungs) => rungs.includes('half'),
      );
      const notices = await product().person('reviewer1')('GET', '/api/v1/notices?limit=100');
      expect(notices.text).toContain('时限提醒：签发审核已用去50%的办理时间');
      await comeTo(`${dueDay}T17:30:00+08:00`, id);
      await eventually(
        'closing',
        () => rungsOf(id),
        (rungs) => rungs.includes('closing'),
      );
      const next = (await reviewDeadline(id)).nextRingAt;
      await comeTo(next ?? '', id);
      await eventually(
        'missed',
        () => reviewDeadline(id),
        ({ state }) => state === 'missed',
      );
      await comeTo((await reviewDeadline(id)).nextRingAt ?? '', id);
      await eventually(
        'due',
        () => rungsOf(id),
        (rungs) => rungs.includes('due'),
      );
      const told = await product().person('dongsheng')('GET', '/api/v1/notices?limit=100');
      expect(told.text).toContain('时限已到：签发审核已超期');
      const city = product().person('city');
      const board = JSON.parse((await city('GET', '/api/v1/deadlines/board')).text);
      const lifecycle = board.lifecycles.find(
        ({ caseKind }: { caseKind: string }) => caseKind === 'issuance',
      );
      const list = await city('GET', '/api/v1/deadlines?state=overdue&caseKind=issuance&limit=100');
      const { items }: { items: readonly DeadlineOfList[] } = JSON.parse(list.text);
      expect(items).toHaveLength(lifecycle.overdue);
      expect(items.map(({ caseId }) => caseId)).toContain(id);
      await driver().review(id, 'approve');
      await driver().untilState(id, 'issued');
      expect((await driver().deadlines(id)).find(({ key }) => key === 'ISSUANCE_REVIEW')?.state).toBe(
        'missed',
      );
    },
    STORY_MS,
  );

  it(
    'follow a changed calendar from their original start, keep both dates, and fire at the new one',
    async () => {
      const id = await underReview();
      const city = product().person('city');
      const before = await reviewDeadline(id);
      const dueDay = new Date(Date.parse(before.dueAt ?? '') + 8 * 3_600_000 - 1).toISOString().slice(0, 10);
      const loaded = await city('GET', '/api/v1/work-calendar/2026');
      const local = { date: dueDay, kind: 'dayOff', name: '测试节', notice: '鄂政发〔2026〕1号' };
      const body = calendarBody(loaded.body, [local]);
      const preview = await city('PUT', '/api/v1/work-calendar/2026?preview=true', { body });
      expect(preview.body).toMatchObject({ state: 'previewed', isChange: true });
      expect(preview.text).toContain(before.id);
      expect((await reviewDeadline(id)).dueAt).toBe(before.dueAt);
      expect((await city('PUT', '/api/v1/work-calendar/2026', { body })).status).toBe(200);
      const moved = await reviewDeadline(id);
      expect(Date.parse(moved.dueAt ?? '')).toBeGreaterThan(Date.parse(before.dueAt ?? ''));
      expect(moved.originalDueAt).toBe(before.dueAt);
      expect(moved.moves.map(({ reason }) => reason)).toEqual([expect.stringContaining('2026年工作日历')]);
      const { register, clock } = product().foundation;
      putClockTo(Date.parse(before.dueAt ?? '') + 61_000);
      await sweepClocks(register, clock.now());
      expect(await reviewDeadline(id)).toMatchObject({ state: 'running', dueAt: moved.dueAt });
      expect(await rungsOf(id)).not.toContain('due');
      await comeTo(moved.dueAt ?? '', id);
      await eventually(
        'missed',
        () => reviewDeadline(id),
        ({ state }) => state === 'missed',
      );

      const second = await underReview();
      const far = await reviewDeadline(second);
      const back = await city('PUT', '/api/v1/work-calendar/2026', { body: calendarBody(loaded.body, []) });
      expect(back.status).toBe(200);
      expect((await reviewDeadline(second)).dueAt).toBe(far.dueAt);
      expect(
        problemOf(await product().person('reviewer1')('PUT', '/api/v1/work-calendar/2026', { body })).status,
      ).toBe(403);
    },
    STORY_MS,
  );

  it(
    'whose timer was lost are found by the sweeper, rung once, and their case goes on',
    async () => {
      const id = await underReview();
      const { nextRingAt } = await reviewDeadline(id);
      await product().temporal.workflow.getHandle(`issuance/${id}`).terminate('lost with its worker');
      putClockTo(Date.parse(nextRingAt ?? '') + 61_000);
      const { register, clock } = product().foundation;
      await sweepClocks(register, clock.now());
      const rang = await rungsOf(id);
      expect(rang).toContain('half');
      await sweepClocks(register, clock.now());
      expect(await rungsOf(id)).toEqual(rang);
      await product().conductor.startAgain('issuance', id);
      await driver().review(id, 'approve');
      await driver().untilState(id, 'issued');
    },
    STORY_MS,
  );
});

describe('deadlines at the end of a year whose successor is announced late', () => {
  const { product, driver } = withProduct({ startAt: new Date('2026-12-31T09:00:00+08:00') });

  it(
    'await the calendar, hold nothing up, and are computed from their start once the year is loaded',
    async () => {
      const body = anIssuance('道路运输证', { decidedAt: '2026-12-31T08:30:00+08:00' });
      const id = await driver().submitWithRecord(body, {
        ...body,
        face: { ...body.face, 车辆类型: '重型普通货车' },
      });
      await driver().untilState(id, 'underReview');
      const city = product().person('city');
      const waiting = await city('GET', '/api/v1/deadlines?state=awaitingCalendar');
      const { items }: { items: readonly DeadlineOfList[] } = JSON.parse(waiting.text);
      const deadline = items.find(({ caseId }) => caseId === id);
      expect(deadline?.dueAt).toBeNull();
      const loaded = await city('PUT', '/api/v1/work-calendar/2027', { body: CALENDAR_2027 });
      expect(loaded.body).toMatchObject({ state: 'loaded' });
      const known = await city('GET', `/api/v1/deadlines/${deadline?.id}`);
      expect(known.body).toMatchObject({
        state: 'running',
        dueText: '2027年1月4日24时前',
        originalDueAt: '2027-01-05T00:00:00+08:00',
      });
      const task = await driver().task(id);
      expect(task.dueAt).toBe('2027-01-05T00:00:00+08:00');
      const later = Date.parse('2027-01-05T00:00:00+08:00') - product().clock.now().getTime();
      product().clock.advance(later);
      product().signInAgain('city');
      await product().conductor.tell('issuance', id);
      await eventually(
        'missed at its new date',
        async () => (await driver().deadlines(id)).find(({ key }) => key === 'ISSUANCE_REVIEW')?.state,
        (state) => state === 'missed',
      );
    },
    STORY_MS,
  );
});
