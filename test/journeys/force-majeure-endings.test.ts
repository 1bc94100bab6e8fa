import { openCases } from '../../adapters/postgres/case/open-cases';
import { workflowId } from '../../adapters/temporal/temporal-conductor';
import { problemOf } from '../support/api-client';
import { anIssuance } from '../support/builders/issuance-body';
import { eventually } from '../support/case-driver';
import { ForceMajeureDriver, viewOf } from '../support/force-majeure-driver';
import { STORY_MS, withProduct } from '../support/with-product';

const PAGE = 50;

describe('how a force-majeure event ends', () => {
  const { product } = withProduct();
  const driver = () => new ForceMajeureDriver(product());
  afterEach(() => driver().tellSimulator('agency', 'faults', { mode: 'none' }));

  it(
    'not recognised: its items have their original clocks back, and go on',
    async () => {
      const { id } = await driver().declare();
      await driver().acted('operator1', id, 'report');
      await driver().tellSimulator('agency', 'faults', { mode: 'error500' });
      const waiting = await driver().submit(anIssuance('道路运输证', { decidedAt: driver().now() }));
      await driver().untilWaitingFor(waiting, 'agencyUnavailable');
      const clocks = () =>
        driver().rows<{ state: string; due_at: Date | null; original_due_at: Date | null }>(
          `select state, due_at, original_due_at from deadline where case_kind = 'issuance' and case_id = $1 order by key`,
          [waiting],
        );
      await driver().untilEvent(id, 'holds the case', (view) => driver().open(view) === 1);
      for (const clock of await clocks()) expect(clock.state).toBe('suspended');
      expect(problemOf(await driver().act('dongsheng', id, 'reject', { reason: '非不可抗力' })).status).toBe(
        403,
      );
      const rejected = await driver().acted('city', id, 'reject', { reason: '系计划内升级，可以预见' });
      expect(rejected).toMatchObject({ state: 'rejected', availableActions: [] });
      await eventually(
        'the clocks are given back',
        clocks,
        (rows) =>
          rows.length > 0 && rows.every((row) => row.due_at?.getTime() === row.original_due_at?.getTime()),
      );
      expect((await driver().items(id)).map(({ state }) => state)).toEqual(['released']);
      const running = await driver().rows(
        `select key from deadline where case_id = $1 and closed_at is null`,
        [id],
      );
      expect(running).toEqual([]);
    },
    STORY_MS,
  );

  it(
    'comes back: the items stay open, the first recovery was not needed, and a later clearance begins another',
    async () => {
      const { id } = await driver().recognised();
      const item = await driver().markedItem(id);
      const clearedAt = driver().now();
      const first = viewOf(await driver().clear(id, clearedAt), 200);
      expect(first.state).toBe('recovering');
      expect(
        problemOf(await driver().recur(id, new Date(Date.parse(clearedAt) - 1).toISOString())).status,
      ).toBe(422);
      const recurred = viewOf(await driver().recur(id, driver().now()), 200);
      expect(recurred).toMatchObject({ state: 'recognised', round: 2, clearedAt: null, recoveryDueAt: null });
      expect(driver().open(recurred)).toBe(1);
      const again = viewOf(await driver().clear(id, driver().now()), 200);
      expect(again).toMatchObject({ state: 'recovering', round: 2 });
      const deadlines = await driver().rows(
        `select round, state from deadline where case_id = $1 and key = 'FORCE_MAJEURE_RECOVERY' order by round`,
        [id],
      );
      expect(deadlines).toEqual([
        { round: 1, state: 'closed' },
        { round: 2, state: 'running' },
      ]);
      const excepted = await driver().closeItem(id, item.id, { kind: 'exception', reason: '申请人已撤回' });
      expect(excepted.body).toMatchObject({ state: 'excepted', availableActions: [] });
      expect(problemOf(await driver().closeItem(id, item.id, { kind: 'exception', reason: '再' })).code).toBe(
        'transitionNotAllowed',
      );
      const closed = await driver().acted('operator1', id, 'close');
      expect(closed.finalReport?.facts).toMatchObject({ recurrences: 1, recoveredInTime: true });
    },
    STORY_MS,
  );

  it(
    'cleared before the city answered: three working days begin at once, the recognition leads into the recovery',
    async () => {
      const { id } = await driver().declare();
      const noted = viewOf(await driver().clear(id, driver().now()), 200);
      expect(noted).toMatchObject({ state: 'declared' });
      expect(noted.recoveryDueAt).not.toBeNull();
      await driver().acted('operator1', id, 'report');
      const recognised = await driver().acted('city', id, 'recognise', { reason: '属实' });
      expect(recognised).toMatchObject({ state: 'recovering', recoveryDueAt: noted.recoveryDueAt });
      expect((await driver().acted('city', id, 'close')).state).toBe('closed');
    },
    STORY_MS,
  );

  it(
    'is marked, extended and seen only by those whom it concerns',
    async () => {
      const { id } = await driver().recognised({ operations: ['issue'] });
      const outside = await driver().mark(id, { operation: 'cancel', subjectKind: 'certificateNumber' });
      expect([outside.status, outside.text]).toEqual([422, expect.stringContaining('outsideScope')]);
      const ownTypes = {
        authorityIds: [await driver().authorityId()],
        catalogCodes: ['11100000000019713D013'],
        operations: ['cancel'],
        reason: '注销同受影响',
      };
      expect(problemOf(await driver().act('operator1', id, 'extend-scope', ownTypes)).status).toBe(403);
      await driver().acted('city', id, 'extend-scope', ownTypes);
      const item = await driver().markedItem(id);
      const twice = await driver().mark(id, { reference: item.reference });
      expect(problemOf(twice).code).toBe('itemAlreadyHeld');
      expect((await driver().event(id, 'city')).availableActions).toContain('extendScope');
      const stranger = await product().person('dept-housing')('GET', `/api/v1/force-majeure-events/${id}`);
      expect(stranger.status).toBe(404);
      expect((await driver().event(id, 'dongsheng')).availableActions).toContain('clear');
      expect((await driver().event(id, 'reviewer1')).availableActions).toEqual([]);
    },
    STORY_MS,
  );

  it(
    'goes on from its row at every state when Temporal has lost it',
    async () => {
      const lost: string[] = [];
      const lose = async (id: string): Promise<void> => {
        await eventually(
          'the event is conducted',
          () => product().conductor.tell('forceMajeureEvent', id),
          (told) => told === 'told',
        );
        await product().temporal.workflow.getHandle(workflowId('forceMajeureEvent', id)).terminate('lost');
        lost.push(id);
      };
      const declared = await driver().declare();
      await lose(declared.id);
      const reported = await driver().declare();
      await driver().acted('operator1', reported.id, 'report');
      await lose(reported.id);
      const recognised = await driver().recognised();
      await driver().markedItem(recognised.id);
      await lose(recognised.id);
      const recovering = await driver().recognised();
      await driver().clear(recovering.id, driver().now());
      await lose(recovering.id);
      const disputed = await driver().recognised();
      const clearedAt = Date.parse(driver().now());
      await driver().clear(disputed.id, new Date(clearedAt).toISOString());
      await driver().dispute(disputed.id, driver().now(), 'operator1');
      await lose(disputed.id);
      const rejected = await driver().declare();
      const item = await driver().markedItem(rejected.id);
      await driver().acted('operator1', rejected.id, 'report');
      product().gates.close('settleForceMajeureEvent');
      await driver().acted('city', rejected.id, 'reject', { reason: '不属实' });
      await lose(rejected.id);
      const before = await driver().rows(
        `select case_id, key, due_at from deadline where case_id = any ($1) order by id`,
        [lost],
      );
      const open = new Set<string>();
      for await (const page of openCases(product().foundation.register, PAGE)) {
        for (const { kind, id } of page) if (kind === 'forceMajeureEvent') open.add(id);
        await Promise.all(page.map(({ kind, id }) => product().conductor.startAgain(kind, id)));
      }
      product().gates.open();
      for (const id of lost) expect(open).toContain(id);
      await eventually(
        'what is not recognised is given back',
        () => driver().items(rejected.id),
        (items) => items.every(({ state }) => state === 'released'),
      );
      expect(item.state).toBe('open');
      for (const id of lost.slice(0, 5)) {
        expect(await product().conductor.tell('forceMajeureEvent', id)).toBe('told');
      }
      const after = await driver().rows(
        `select case_id, key, due_at from deadline where case_id = any ($1) order by id`,
        [lost],
      );
      expect(after).toEqual(before);
    },
    2 * STORY_MS,
  );

  it(
    'overdue is told to the city, and closed late says so',
    async () => {
      const { id, number } = await driver().recognised();
      const item = await driver().markedItem(id);
      await driver().clear(id, driver().now());
      await driver().advanceTo('2026-11-27T00:00:01+08:00');
      const overdue = await driver().untilEvent(id, 'is overdue', (view) => view.overdueAt !== null);
      expect(overdue.state).toBe('recovering');
      const notices = await driver().rows(
        `select recipient_role from notice where natural_key like $1 order by recipient_role`,
        [`forceMajeureEvent/${id}/overdue/%`],
      );
      expect(notices).toEqual([
        { recipient_role: 'bannerAdministrator' },
        { recipient_role: 'cityAdministrator' },
        { recipient_role: 'supervisor' },
      ]);
      const inbox = await product().person('city')('GET', '/api/v1/notices?limit=100');
      expect(inbox.text).toContain(`${number}：故障消除后三个工作日内未完成补办`);
      await driver().closeItem(id, item.id, { kind: 'exception', reason: '业务已被申请人撤回' });
      const closed = await driver().acted('operator1', id, 'close');
      expect(closed.finalReport?.facts).toMatchObject({ recoveredInTime: false });
      const [deadline] = await driver().rows(
        `select state from deadline where case_id = $1 and key = 'FORCE_MAJEURE_RECOVERY'`,
        [id],
      );
      expect(deadline).toEqual({ state: 'missed' });
    },
    STORY_MS,
  );
});

describe('a force-majeure event whose recovery ends beyond the calendar', () => {
  const { product } = withProduct({ startAt: new Date('2026-12-30T10:00:00+08:00') });
  const driver = () => new ForceMajeureDriver(product());

  it(
    'is cleared and closed all the same, and says that the date awaits the calendar',
    async () => {
      const { id } = await driver().recognised();
      const cleared = viewOf(await driver().clear(id, driver().now()), 200);
      expect(cleared).toMatchObject({ state: 'recovering', recoveryDueAt: null, awaitingCalendar: true });
      const closed = await driver().acted('operator1', id, 'close');
      expect(closed.finalReport?.facts).toMatchObject({ recoveryDueAt: null, recoveredInTime: true });
    },
    STORY_MS,
  );
});
