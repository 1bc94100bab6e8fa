import { problemOf } from '../support/api-client';
import { anIssuance, type IssuanceBody } from '../support/builders/issuance-body';
import { eventually } from '../support/case-driver';
import { ChangeDriver, type ChangeView, nextVersion } from '../support/change-driver';
import { type EventView, ForceMajeureDriver, freshKey, viewOf } from '../support/force-majeure-driver';
import { STORY_MS, withProduct } from '../support/with-product';

/** What fails by itself while the fault lasts; the rest is marked 无法办理 by the unit, up to 500. */
const FAILING = { issuances: 10, deliveries: 5, changes: 10 } as const;
/** In force before the fault; each is to be inspected or amended, and to be cancelled. */
const CERTIFICATES = 40;
const TOTALS = { issue: 210, collect: 210, update: 40, cancel: 40 } as const;
/** Business numbers that are entered as real cases afterwards; the others are closed with a reason. */
const ENTERED = { issue: 20, collect: 10 } as const;
const AT_ONCE = 8;

interface Certificate {
  readonly id: string;
  readonly number: string;
  readonly body: IssuanceBody;
  readonly verificationUrl: string;
}

/** Does the same for each, so many at a time; out: the answers in the order of what was given. */
async function each<Item, Answer>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    answers.push(
      ...(await Promise.all(
        items.slice(from, from + AT_ONCE).map((item, place) => work(item, from + place)),
      )),
    );
  }
  return answers;
}

function times(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

describe('a force-majeure event with 500 items of four operations', () => {
  const { product } = withProduct();
  const driver = () => new ForceMajeureDriver(product());
  const changes = () => new ChangeDriver(product());

  async function issued(body: IssuanceBody): Promise<Certificate> {
    const { certificate } = await driver().untilState(await driver().submitWithRecord(body), 'issued');
    if (certificate?.verificationUrl == null) throw new Error('issued without a certificate');
    const { id, number, verificationUrl } = certificate;
    return { id, number, body, verificationUrl };
  }

  /** How many rows of a table are not as they should be before the next act. */
  function until(what: string, sql: string): Promise<unknown> {
    return eventually(
      what,
      () => driver().rows<{ left: number }>(`select count(*)::int as left from ${sql}`),
      ([row]) => row?.left === 0,
    );
  }

  function progressOf(view: EventView) {
    return Object.fromEntries(view.progress.map(({ operation, ...counts }) => [operation, counts]));
  }

  /** Marks business numbers that could not be submitted; out: item and number of each. */
  function unsubmitted(eventId: string, operation: 'issue' | 'collect', count: number) {
    return each(times(count), () => driver().markedItem(eventId, { operation }));
  }

  async function fault(mode: 'error500' | 'none', peers: readonly ('agency' | 'portal' | 'upReport')[]) {
    for (const peer of peers) await driver().tellSimulator(peer, 'faults', { mode });
  }

  /** 状态存疑 by certificate number alone: decided on paper, to be cancelled here. */
  async function doubt({ number, verificationUrl }: Certificate, eventId: string): Promise<void> {
    const decision = {
      name: '注销决定书',
      number: '鄂东注〔2026〕9号',
      date: '2026-11-23',
      organ: '东胜区行政审批和政务服务局',
    };
    const set = await product().person('operator1')('POST', '/api/v1/certificates/doubts', {
      headers: { 'idempotency-key': freshKey() },
      body: { action: 'set', certificateNumber: number, plannedOperation: 'cancel', decision },
    });
    expect(set.body).toMatchObject({ state: 'standing', eventId });
    const verified = await product().anonymous('GET', new URL(verificationUrl).pathname, {
      headers: { accept: 'application/json' },
    });
    expect(verified.body).toMatchObject({ verdict: 'cannotTell', reason: 'statusInDoubt' });
  }

  /** What goes wrong by itself: deliveries and reports of what is still issued, then issuances, then changes. */
  async function failing(certificates: readonly Certificate[]): Promise<readonly ChangeView[]> {
    await fault('error500', ['portal', 'upReport']);
    await each(times(FAILING.deliveries), () => issued(anIssuance()));
    const next = certificates.map(({ body }) => nextVersion(body, { face: { 车辆类型: '重型自卸货车' } }));
    const waiting = times(FAILING.issuances).map(() =>
      anIssuance('道路运输证', { decidedAt: driver().now() }),
    );
    for (const body of [...next, ...waiting]) await driver().layDownRecord(body);
    await fault('error500', ['agency']);
    const cases = await each(waiting, (body) => driver().submit(body));
    await each(cases, (id) => driver().untilWaitingFor(id, 'agencyUnavailable'));
    return each(certificates, async ({ id }, index) => changes().change(id, 'amendments', next[index] ?? {}));
  }

  /** Stated by the unit, disputed and settled by the city: the three days are counted anew from the other instant. */
  async function clearedTwice(eventId: string): Promise<void> {
    const tooLate = await driver().clear(eventId, '2026-11-24T12:00:00+08:00');
    expect([tooLate.status, tooLate.text]).toEqual([422, expect.stringContaining('inTheFuture')]);
    const tooEarly = await driver().clear(eventId, '2026-11-20T12:00:00+08:00');
    expect([tooEarly.status, tooEarly.text]).toEqual([422, expect.stringContaining('beforeOccurrence')]);
    const cleared = viewOf(await driver().clear(eventId, '2026-11-24T09:00:00+08:00'), 200);
    expect(cleared).toMatchObject({ state: 'recovering', recoveryDueAt: '2026-11-28T00:00:00+08:00' });
    const disputed = viewOf(await driver().dispute(eventId, '2026-11-23T18:00:00+08:00', 'city'), 200);
    expect(disputed).toMatchObject({
      state: 'clearanceDisputed',
      recoveryDueAt: '2026-11-28T00:00:00+08:00',
    });
    expect(problemOf(await driver().clear(eventId, '2026-11-23T18:00:00+08:00')).status).toBe(403);
    const settled = viewOf(await driver().clear(eventId, '2026-11-23T18:00:00+08:00', 'city'), 200);
    expect(settled).toMatchObject({ state: 'recovering', recoveryDueAt: '2026-11-27T00:00:00+08:00' });
    const clocks = await driver().rows(
      `select original_due_at, moves->0->>'reason' as why from deadline where case_id = $1 and key = 'FORCE_MAJEURE_RECOVERY'`,
      [eventId],
    );
    expect(clocks).toEqual([
      { original_due_at: new Date('2026-11-28T00:00:00+08:00'), why: '消除时间经市级核定' },
    ]);
  }

  it(
    'is recognised, cleared, disputed, cleared again, and finished in time, each item by its own case or with a reason',
    async () => {
      const certificates = await each(times(CERTIFICATES), () => issued(anIssuance()));
      await until('all are delivered', `delivery where state <> 'delivered'`);
      await until('all are reported', `up_report where state <> 'reported'`);
      const [doubted, ...sure] = certificates;
      if (doubted === undefined) throw new Error('no certificate');
      const event = await driver().recognised();
      const amended = certificates.slice(-FAILING.changes);
      const amendments = await failing(amended);
      await doubt(doubted, event.id);

      const byHand = {
        issue: TOTALS.issue - FAILING.issuances - FAILING.deliveries,
        collect: TOTALS.collect - FAILING.deliveries,
      };
      const issues = await unsubmitted(event.id, 'issue', byHand.issue);
      const collects = await unsubmitted(event.id, 'collect', byHand.collect);
      const inspected = certificates.slice(0, -FAILING.changes);
      const markCertificate = (operation: 'update' | 'cancel') => (certificate: Certificate) =>
        driver().markedItem(event.id, {
          operation,
          subjectKind: 'certificateNumber',
          reference: certificate.number,
        });
      await each(inspected, markCertificate('update'));
      await each(sure, markCertificate('cancel'));
      const full = await driver().untilEvent(
        event.id,
        'has 500 items',
        (view) => driver().open(view) === 500,
      );
      expect(full.progress.map(({ operation, total }) => [operation, total])).toEqual(Object.entries(TOTALS));
      const origins = await driver().rows(
        `select subject_kind, origin, count(*)::int as items from force_majeure_item where event_id = $1
         group by 1, 2 order by 1, 2`,
        [event.id],
      );
      expect(origins).toEqual([
        { subject_kind: 'businessNumber', origin: 'marked', items: byHand.issue + byHand.collect },
        { subject_kind: 'certificateChange', origin: 'collected', items: FAILING.changes },
        { subject_kind: 'certificateNumber', origin: 'marked', items: 2 * CERTIFICATES - FAILING.changes },
        { subject_kind: 'delivery', origin: 'collected', items: FAILING.deliveries },
        { subject_kind: 'issuance', origin: 'collected', items: FAILING.issuances },
        { subject_kind: 'upReport', origin: 'collected', items: FAILING.deliveries },
      ]);
      await until(
        'every clock of a case that is held stands still',
        `deadline d join force_majeure_item m on m.subject_id = d.case_id and m.subject_kind = d.case_kind
         where m.state = 'open' and d.closed_at is null and d.state <> 'suspended'`,
      );

      await driver().advanceTo('2026-11-24T09:30:00+08:00');
      await clearedTwice(event.id);

      await fault('none', ['agency', 'portal', 'upReport']);
      await each(amendments, ({ id }) => changes().untilChange(id, 'done'));
      const decision = await changes().decided();
      await each(inspected, ({ id }, index) =>
        changes().change(id, 'periodic-inspections', {
          ...decision,
          businessNumber: `inspected-${index}`,
          inspectedOn: '2026-11-24',
          result: 'passed',
          nextDueOn: '2027-11-24',
        }),
      );
      const half = await driver().untilEvent(
        event.id,
        'shows what is done',
        (view) => progressOf(view)['update']?.open === 0,
      );
      expect(progressOf(half)['cancel']).toEqual({ total: 40, done: 0, excepted: 0, open: 40 });
      expect(problemOf(await driver().act('operator1', event.id, 'close')).code).toBe('itemsStillOpen');

      await each(certificates, ({ id }, index) =>
        changes().change(id, 'cancellations', { ...decision, businessNumber: `cancelled-${index}` }),
      );
      const entered = [...issues.slice(0, ENTERED.issue), ...collects.slice(0, ENTERED.collect)];
      await each(entered, ({ reference }) => issued(anIssuance('道路运输证', { businessNumber: reference })));
      const dropped = [...issues.slice(ENTERED.issue), ...collects.slice(ENTERED.collect)];
      await each(dropped, async ({ id }) => {
        const closed = await driver().closeItem(event.id, id, { kind: 'exception', reason: '申请人已撤回' });
        expect(closed.status).toBe(200);
      });
      await driver().untilEvent(event.id, 'has nothing left', (view) => driver().open(view) === 0);
      const doubts = await driver().rows(`select lift_kind from certificate_doubt where event_id = $1`, [
        event.id,
      ]);
      expect(doubts).toEqual([{ lift_kind: 'entered' }]);

      await driver().advanceTo('2026-11-26T17:00:00+08:00');
      const closed = await driver().acted('operator1', event.id, 'close');
      expect(closed).toMatchObject({
        state: 'closed',
        finalReport: {
          facts: { recoveredInTime: true, clearanceDisputes: 1, doubtsSet: 1, doubtsStanding: 0 },
          text: expect.stringContaining('制发：共 210 件，补办 35 件'),
        },
      });
      expect(progressOf(closed)).toEqual({
        issue: { total: 210, done: 35, excepted: 175, open: 0 },
        collect: { total: 210, done: 15, excepted: 195, open: 0 },
        update: { total: 40, done: 40, excepted: 0, open: 0 },
        cancel: { total: 40, done: 40, excepted: 0, open: 0 },
      });
      await expectProven(event.id);
    },
    3 * STORY_MS,
  );

  /** Each done item names what made it up: an event of the register of its own kind, or the region's receipt; the others a reason. */
  async function expectProven(eventId: string): Promise<void> {
    const kinds = await driver().rows(
      `select m.operation, m.subject_kind, coalesce(v.kind, 'receipt') as proof, count(*)::int as items
       from force_majeure_item m left join event v on v.id = m.proof_event_id
       where m.event_id = $1 and m.state = 'done' and (v.id is not null or m.proof_reference is not null)
       group by 1, 2, 3 order by 1, 2, 3`,
      [eventId],
    );
    expect(kinds).toEqual([
      {
        operation: 'cancel',
        subject_kind: 'certificateNumber',
        proof: 'certificateChange.complete',
        items: 40,
      },
      { operation: 'collect', subject_kind: 'businessNumber', proof: 'issuance.issue', items: 10 },
      { operation: 'collect', subject_kind: 'upReport', proof: 'receipt', items: 5 },
      { operation: 'issue', subject_kind: 'businessNumber', proof: 'issuance.issue', items: 20 },
      { operation: 'issue', subject_kind: 'delivery', proof: 'delivery.deliver', items: 5 },
      { operation: 'issue', subject_kind: 'issuance', proof: 'issuance.issue', items: 10 },
      {
        operation: 'update',
        subject_kind: 'certificateChange',
        proof: 'certificateChange.complete',
        items: 10,
      },
      {
        operation: 'update',
        subject_kind: 'certificateNumber',
        proof: 'certificateChange.complete',
        items: 30,
      },
    ]);
    const unreasoned = await driver().rows(
      `select id from force_majeure_item where event_id = $1 and state = 'excepted' and exception_cipher is null`,
      [eventId],
    );
    expect(unreasoned).toEqual([]);
  }
});
