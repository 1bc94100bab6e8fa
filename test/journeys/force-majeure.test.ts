import { problemOf } from '../support/api-client';
import { anIssuance } from '../support/builders/issuance-body';
import { eventually } from '../support/case-driver';
import { ChangeDriver } from '../support/change-driver';
import { ForceMajeureDriver, freshKey, viewOf } from '../support/force-majeure-driver';
import { STORY_MS, withProduct } from '../support/with-product';

describe('a force-majeure event', () => {
  const { product } = withProduct();
  const driver = () => new ForceMajeureDriver(product());

  it(
    'is declared once per key, reported with a receipt in the time limit, and recognised by another person',
    async () => {
      const key = freshKey();
      const override = { occurredAt: driver().now(), knownAt: driver().now() };
      const declared = viewOf(await driver().declareAs('operator1', override, key), 201);
      expect(declared.state).toBe('declared');
      expect(Date.parse(declared.reportDueAt ?? '')).toBe(Date.parse(override.knownAt) + 4 * 3_600_000);
      expect(viewOf(await driver().declareAs('operator1', override, key), 200).id).toBe(declared.id);
      expect(problemOf(await driver().act('city', declared.id, 'recognise', { reason: '早' })).code).toBe(
        'transitionNotAllowed',
      );
      const task = await driver().task(declared.id, 'operator1');
      expect(task.kind).toBe('forceMajeureReport');
      const reported = await driver().acted('operator1', declared.id, 'report');
      expect(reported.receiptNumber).toMatch(/^不可抗力收〔2026〕\d+号$/);
      expect((await driver().task(declared.id, 'city')).kind).toBe('forceMajeureRecognition');
      expect(
        problemOf(await driver().act('operator1', declared.id, 'recognise', { reason: '我' })).status,
      ).toBe(403);
      const recognised = await driver().acted('city', declared.id, 'recognise', { reason: '情况属实' });
      expect(recognised.state).toBe('recognised');
      expect(recognised.statements.map(({ kind }) => kind)).toEqual(['recognised']);
      const rows = await driver().rows(`select key, state from deadline where case_id = $1 order by key`, [
        declared.id,
      ]);
      expect(rows).toEqual([
        { key: 'FORCE_MAJEURE_RECOGNITION', state: 'met' },
        { key: 'FORCE_MAJEURE_REPORT', state: 'met' },
      ]);
    },
    STORY_MS,
  );

  it(
    'reported by telephone is entered afterwards by the city, and counts as reported when the call came',
    async () => {
      const knownAt = new Date(product().clock.now().getTime() - 6 * 3_600_000).toISOString();
      const calledAt = new Date(Date.parse(knownAt) + 3_600_000).toISOString();
      const event = viewOf(
        await driver().declareAs('city', {
          occurredAt: knownAt,
          knownAt,
          telephoneReport: { calledAt, caller: '苏日娜', receivedBy: '其木格' },
        }),
        201,
      );
      expect(event).toMatchObject({ state: 'reported' });
      expect(problemOf(await driver().act('city', event.id, 'recognise', { reason: '属实' })).code).toBe(
        'secondPersonRequired',
      );
      const rows = await driver().rows(
        `select state from deadline where case_id = $1 and key = 'FORCE_MAJEURE_REPORT'`,
        [event.id],
      );
      expect(rows).toEqual([{ state: 'met' }]);
      const [stored] = await driver().rows<{ text: string }>(
        `select coalesce(string_agg(facts::text, ' '), '') as text from event where case_id = $1`,
        [event.id],
      );
      expect(stored?.text).not.toContain('苏日娜');
    },
    STORY_MS,
  );

  it(
    'tells the city when it is not reported in four hours, day and night',
    async () => {
      const knownAt = new Date(product().clock.now().getTime() - 5 * 3_600_000).toISOString();
      const { id } = await driver().declare({ occurredAt: knownAt, knownAt });
      await eventually(
        'the city is told',
        async () => {
          await product().conductor.tell('forceMajeureEvent', id);
          return driver().rows(`select title from notice where natural_key = $1`, [
            `forceMajeureEvent/${id}/reportLate/1/cityAdministrator`,
          ]);
        },
        (rows) => rows.length === 1,
      );
    },
    STORY_MS,
  );

  it(
    'with 500 items of four operations, recognised, cleared, disputed, cleared again, finished in time',
    async () => {
      const body = anIssuance();
      const doubted = await driver().submitWithRecord(body);
      const { certificate } = await driver().untilState(doubted, 'issued');
      await eventually(
        'the certificate is delivered before the fault',
        () =>
          driver().rows('select state from delivery where certificate_version_id = $1', [
            certificate?.versionId,
          ]),
        ([row]) => row?.['state'] === 'delivered',
      );
      await driver().tellSimulator('portal', 'faults', { mode: 'error500' });
      const event = await driver().recognised();
      const undelivered = await driver().submitWithRecord(anIssuance());
      await driver().untilState(undelivered, 'issued');
      await driver().tellSimulator('agency', 'faults', { mode: 'error500' });
      const waiting = await driver().submit(anIssuance('道路运输证', { decidedAt: driver().now() }));
      await driver().untilWaitingFor(waiting, 'agencyUnavailable');

      const clones = await driver().failingCases(waiting, 200);
      const updates = await driver().heldChanges(event.id, 'update', 100);
      const cancels = await driver().heldChanges(event.id, 'cancel', 100);
      const numbers = await driver().heldNumbers(event.id, 100);

      const revoked = await product().person('operator1')('POST', '/api/v1/certificates/doubts', {
        headers: { 'idempotency-key': freshKey() },
        body: {
          action: 'set',
          certificateNumber: certificate?.number,
          plannedOperation: 'cancel',
          decision: {
            name: '注销决定书',
            number: '鄂东注〔2026〕9号',
            date: '2026-11-23',
            organ: '东胜区行政审批和政务服务局',
          },
        },
      });
      expect(revoked.body).toMatchObject({ state: 'standing', eventId: event.id });
      const verification = await fetch(
        certificate?.verificationUrl?.replace(/^https?:\/\/[^/]+/, product().origin) ?? '',
        {
          headers: { accept: 'application/json' },
        },
      );
      expect(await verification.json()).toMatchObject({ verdict: 'cannotTell', reason: 'statusInDoubt' });

      const full = await driver().untilEvent(
        event.id,
        'has 503 items',
        (view) => driver().open(view) === 503,
      );
      expect(full.progress.map(({ operation, total }) => [operation, total])).toEqual([
        ['issue', 202],
        ['collect', 100],
        ['update', 100],
        ['cancel', 101],
      ]);
      const items = await driver().items(event.id, '&operation=issue');
      expect(items.length).toBe(100);
      const paused = await driver().rows(
        `select distinct state from deadline where case_kind = 'issuance' and case_id = $1 and closed_at is null`,
        [waiting],
      );
      expect(paused).toEqual([{ state: 'suspended' }]);

      await driver().advanceTo('2026-11-24T09:30:00+08:00');
      const tooLate = await driver().clear(event.id, '2026-11-24T12:00:00+08:00');
      expect([tooLate.status, tooLate.text]).toEqual([422, expect.stringContaining('inTheFuture')]);
      const tooEarly = await driver().clear(event.id, '2026-11-20T12:00:00+08:00');
      expect([tooEarly.status, tooEarly.text]).toEqual([422, expect.stringContaining('beforeOccurrence')]);
      const cleared = viewOf(await driver().clear(event.id, '2026-11-24T09:00:00+08:00'), 200);
      expect(cleared).toMatchObject({ state: 'recovering', recoveryDueAt: '2026-11-28T00:00:00+08:00' });
      const disputed = viewOf(await driver().dispute(event.id, '2026-11-23T18:00:00+08:00', 'city'), 200);
      expect(disputed).toMatchObject({
        state: 'clearanceDisputed',
        recoveryDueAt: '2026-11-28T00:00:00+08:00',
      });
      expect(problemOf(await driver().clear(event.id, '2026-11-23T18:00:00+08:00')).status).toBe(403);
      const settled = viewOf(await driver().clear(event.id, '2026-11-23T18:00:00+08:00', 'city'), 200);
      expect(settled).toMatchObject({ state: 'recovering', recoveryDueAt: '2026-11-27T00:00:00+08:00' });
      const [moved] = await driver().rows<{ original_due_at: Date; moves: readonly object[] }>(
        `select original_due_at, moves from deadline where case_id = $1 and key = 'FORCE_MAJEURE_RECOVERY'`,
        [event.id],
      );
      expect(moved?.original_due_at.toISOString()).toBe('2026-11-27T16:00:00.000Z');
      expect(moved?.moves).toEqual([expect.objectContaining({ reason: '消除时间经市级核定' })]);

      for (const peer of ['agency', 'portal'] as const) {
        await driver().tellSimulator(peer, 'faults', { mode: 'none' });
      }
      await driver().endCases(clones.slice(0, 150));
      const half = await driver().untilEvent(event.id, 'shows what is done', (view) =>
        view.progress.some(({ operation, done }) => operation === 'issue' && done >= 150),
      );
      expect(half.state).toBe('recovering');
      expect(problemOf(await driver().act('operator1', event.id, 'close')).code).toBe('itemsStillOpen');
      await driver().endCases(clones.slice(150));
      await driver().endChanges(certificate?.id ?? '', [...updates, ...cancels]);
      await driver().enterNumbers(waiting, numbers);
      const review = await driver().view(waiting);
      if (review.state !== 'issued')
        await driver()
          .review(waiting, 'approve')
          .catch(() => undefined);
      const left = await driver().untilEvent(
        event.id,
        'has one item left',
        (view) => driver().open(view) === 1,
      );
      expect(left.progress.find(({ operation }) => operation === 'cancel')).toMatchObject({
        open: 1,
        done: 100,
      });

      const changes = new ChangeDriver(product());
      await changes.change(certificate?.id ?? '', 'cancellations', await changes.decided());
      await driver().untilEvent(event.id, 'has nothing left', (view) => driver().open(view) === 0);
      const [doubt] = await driver().rows(`select lift_kind from certificate_doubt where event_id = $1`, [
        event.id,
      ]);
      expect(doubt).toEqual({ lift_kind: 'entered' });

      await driver().advanceTo('2026-11-26T17:00:00+08:00');
      const closed = await driver().acted('operator1', event.id, 'close');
      expect(closed.state).toBe('closed');
      expect(closed.finalReport?.facts).toMatchObject({
        recoveredInTime: true,
        clearanceDisputes: 1,
        doubtsSet: 1,
        doubtsStanding: 0,
      });
      expect(closed.finalReport?.text).toContain('制发：共 202 件，补办 202 件');
      const proven = await driver().rows(
        `select count(*)::int as unproven from force_majeure_item where event_id = $1 and state <> 'done'`,
        [event.id],
      );
      expect(proven).toEqual([{ unproven: 0 }]);
    },
    2 * STORY_MS,
  );
});
