import type { z } from 'zod';
import type { upReportReconciliationSchema, upReportSchema } from '../../api/contract/up-report';
import { CONDUCTED_KINDS } from '../../ports/conductor';
import { problemOf } from '../support/api-client';
import { anIssuance } from '../support/builders/issuance-body';
import { eventually } from '../support/case-driver';
import { ChangeDriver } from '../support/change-driver';
import { IncrementDriver } from '../support/increment-driver';
import { STORY_MS, withProduct } from '../support/with-product';

type Report = z.output<typeof upReportSchema>;
type Reconciliation = z.output<typeof upReportReconciliationSchema>;

const ROAD_TRANSPORT = '11100000000019713D013';
const RECEIPT = /^GJ[0-9A-F]{20}$/;

describe('what is reported to the region', () => {
  const { product } = withProduct();
  const changes = () => new ChangeDriver(product());
  const office = () => new IncrementDriver(product());

  /** The reports of a certificate in the order of their events. */
  async function reportsOf(certificateId: string): Promise<readonly Report[]> {
    const rows = await changes().rows<{ id: string }>(
      `select r.id from up_report r join certificate_version v on v.id = r.certificate_version_id
       where v.certificate_id = $1 order by r.created_at, r.id`,
      [certificateId],
    );
    return Promise.all(rows.map(({ id }) => office().read<Report>(`/up-reports/${id}`)));
  }

  async function untilReports(certificateId: string, states: readonly string[]): Promise<readonly Report[]> {
    return eventually(
      `reports of ${certificateId} are ${states}`,
      () => reportsOf(certificateId),
      (reports) => reports.map(({ state }) => state).join() === states.join(),
    );
  }

  async function onlyReport(certificateId: string, state: string): Promise<Report> {
    const [report] = await untilReports(certificateId, [state]);
    if (report === undefined) throw new Error('nothing was reported');
    return report;
  }

  const retry = (username: string, id: string) =>
    product().person(username)('POST', `/api/v1/up-reports/${id}/retry`, {
      body: { mended: '国家目录名称已核对' },
    });

  /** What stands at the region's under a report's id. */
  async function atTheRegion(reportId: string): Promise<readonly object[]> {
    const answer = await fetch(`${product().simulators.upReport.baseUrl}/control/reports`);
    const { items } = (await answer.json()) as { items: readonly { reportId: string }[] };
    return items.filter((item) => item.reportId === reportId);
  }

  async function reconciled(date: string): Promise<Reconciliation> {
    const answered = await product().person('city')('GET', '/api/v1/up-report-reconciliations');
    const { items }: { items: readonly Reconciliation[] } = JSON.parse(answered.text);
    const found = items.find((item) => item.date === date);
    if (found === undefined) throw new Error(`${date} was not reconciled`);
    return found;
  }

  it(
    'is each issue and each ending, once, with its receipt, in the order in which they happened',
    async () => {
      const id = await changes().issued(anIssuance());
      const issue = await onlyReport(id, 'reported');
      expect(issue).toMatchObject({
        round: 1,
        reason: null,
        stateName: '已上报',
        receipt: expect.stringMatching(RECEIPT),
      });
      await changes().change(id, 'cancellations', await changes().decided());
      const [first, ending] = await untilReports(id, ['reported', 'reported']);
      expect(first?.receipt).toBe(issue.receipt);
      expect(ending?.operationCode).not.toBe(issue.operationCode);
      expect(await atTheRegion(issue.id)).toHaveLength(1);
      expect(await atTheRegion(ending?.id ?? '')).toHaveLength(1);
    },
    STORY_MS,
  );

  it(
    'is quarantined for a name that differs by one character, is mended by the unit, and goes on; what came after it waits so long',
    async () => {
      await changes().tellSimulator('upReport', `catalogue/${ROAD_TRANSPORT}`, { name: '道路运输证書' });
      const id = await changes().issued(anIssuance());
      const report = await onlyReport(id, 'quarantined');
      expect(report).toMatchObject({
        stateName: '隔离',
        receipt: null,
        reason: expect.stringContaining('国家目录'),
      });
      const task = await changes().task(report.id, 'operator1');
      expect(task.kind).toBe('upReportMending');
      await changes().change(id, 'cancellations', await changes().decided());
      await untilReports(id, ['quarantined', 'pending']);

      expect(problemOf(await retry('dept-housing', report.id)).status).toBe(403);
      expect((await retry('operator1', report.id)).status).toBe(200);
      const again = await eventually(
        'quarantined again',
        () => onlyFirst(id),
        ({ state, round }) => state === 'quarantined' && round === 2,
      );
      expect(again.mended).toBe('国家目录名称已核对');
      expect((await changes().task(report.id, 'operator1')).id).not.toBe(task.id);

      await changes().tellSimulator('upReport', `catalogue/${ROAD_TRANSPORT}`, { name: '道路运输证' });
      expect((await retry('operator1', report.id)).status).toBe(200);
      const [sent] = await untilReports(id, ['reported', 'reported']);
      expect(sent).toMatchObject({ round: 3, attempts: 3, reason: null, availableActions: [] });
      expect(problemOf(await retry('operator1', report.id)).code).toBe('transitionNotAllowed');
      const open = await changes().rows(
        `select id from task where case_id = $1 and state in ('open', 'claimed')`,
        [report.id],
      );
      expect(open).toEqual([]);
    },
    STORY_MS,
  );

  async function onlyFirst(certificateId: string): Promise<Report> {
    const [report] = await reportsOf(certificateId);
    if (report === undefined) throw new Error('nothing was reported');
    return report;
  }

  it(
    'is returned with the region’s reason and accepted after mending, and waits while the region is down',
    async () => {
      await changes().tellSimulator('upReport', `answers/${ROAD_TRANSPORT}`, {
        kind: 'returned',
        reason: '颁发机构未在上级备案',
      });
      const id = await changes().issued(anIssuance());
      const report = await onlyReport(id, 'returned');
      expect(report).toMatchObject({ reason: '颁发机构未在上级备案', availableActions: [] });
      const seen = await product().person('operator1')('GET', `/api/v1/up-reports/${report.id}`);
      expect(seen.body).toMatchObject({ availableActions: ['retry'] });
      await changes().tellSimulator('upReport', `answers/${ROAD_TRANSPORT}`, { kind: 'accepted' });
      await changes().tellSimulator('upReport', 'faults', { mode: 'down' });
      expect((await retry('operator1', report.id)).status).toBe(200);
      await eventually(
        'tried in vain',
        () =>
          changes().rows<{ attempts: number }>(
            `select attempts from outbox where topic = 'upReport' and payload->>'upReportId' = $1 and done_at is null`,
            [report.id],
          ),
        ([item]) => (item?.attempts ?? 0) > 0,
      );
      expect(await onlyReport(id, 'pending')).toMatchObject({ receipt: null });
      await changes().tellSimulator('upReport', 'faults', { mode: 'none' });
      product().clock.advance(60_000);
      expect((await onlyReport(id, 'reported')).receipt).toMatch(RECEIPT);
    },
    STORY_MS,
  );

  it(
    'is kept in rows and not in Temporal: a report whose sending was lost is sent by the schedule, once',
    async () => {
      expect(CONDUCTED_KINDS).not.toContain('upReport');
      await changes().tellSimulator('upReport', 'faults', { mode: 'down' });
      const id = await changes().issued(anIssuance());
      const report = await onlyReport(id, 'pending');
      await changes().rows(`delete from outbox where topic = 'upReport' and payload->>'upReportId' = $1`, [
        report.id,
      ]);
      // A try that was under way has failed by then.
      await onlyReport(id, 'pending');
      await changes().tellSimulator('upReport', 'faults', { mode: 'none' });
      await office().schedules();
      expect(await onlyReport(id, 'pending')).toMatchObject({ attempts: 0 });
      product().clock.advance(301_000);
      await office().schedules();
      await office().schedules();
      expect(await onlyReport(id, 'reported')).toMatchObject({ attempts: 1, round: 1 });
      expect(await atTheRegion(report.id)).toHaveLength(1);
    },
    STORY_MS,
  );

  it(
    'is reconciled day by day both ways: what the region lost is sent again, a lost receipt taken over, the rest told to the city',
    async () => {
      const ids = await Promise.all([1, 2, 3, 4].map(() => changes().issued(anIssuance())));
      const [lost, unconfirmed, twice, other] = await Promise.all(
        ids.map((id) => onlyReport(id, 'reported')),
      );
      if (lost === undefined || unconfirmed === undefined || twice === undefined || other === undefined) {
        throw new Error('four were issued');
      }
      await changes().tellSimulator('upReport', `losses/${lost.id}`, {});
      await changes().tellSimulator('upReport', `duplicates/${twice.id}`, {});
      await changes().tellSimulator('upReport', `receipts/${other.id}`, { receipt: 'GJ-ANOTHER' });
      await changes().tellSimulator('upReport', 'receipts/0192f000-0000-7000-8000-00000000abcd', {});
      // The region said no at first and took the report in afterwards; its receipt arrived nowhere.
      await changes().rows(
        `update up_report set state = 'returned', reason = '平台繁忙', receipt = null, reported_at = null where id = $1`,
        [unconfirmed.id],
      );

      office().advanceTo('2026-11-23T23:59:00+08:00');
      await office().schedules();
      expect((await changes().rows(`select date from up_report_reconciliation`)).length).toBe(0);
      office().advanceTo('2026-11-24T00:10:00+08:00');
      await office().schedules();
      product().signInAgain('city');
      const day = await reconciled('2026-11-23');
      expect(day).toMatchObject({ state: 'different', differenceCount: 5 });
      expect(
        day.differences.map(({ kind, handling, upReportId }) => [kind, handling, upReportId]).sort(),
      ).toEqual(
        [
          ['lostThere', 'sentAgain', lost.id],
          ['receiptDiffers', 'flagged', other.id],
          ['receivedTwice', 'flagged', twice.id],
          ['unconfirmedHere', 'takenOver', unconfirmed.id],
          ['unknownHere', 'flagged', null],
        ].sort(),
      );
      const told = await changes().rows<{ body: string }>(
        `select body from notice where natural_key = 'upReportReconciliation/2026-11-23'`,
      );
      expect(told).toEqual([{ body: expect.stringContaining('本市已上报，上级没有收到 1 条') }]);

      expect(await onlyReport(ids[1] ?? '', 'reported')).toMatchObject({
        receipt: unconfirmed.receipt,
        reason: null,
      });
      const again = await eventually(
        'sent again',
        () => onlyFirst(ids[0] ?? ''),
        ({ state, round }) => state === 'reported' && round === 2,
      );
      expect(again.receipt).toMatch(RECEIPT);
      await office().schedules();
      expect((await reconciled('2026-11-23')).comparedAt).toBe(day.comparedAt);

      office().advanceTo('2026-11-25T00:10:00+08:00');
      await office().schedules();
      product().signInAgain('city');
      expect(await reconciled('2026-11-24')).toMatchObject({
        state: 'agreed',
        reportedCount: 2,
        differenceCount: 0,
      });
    },
    STORY_MS,
  );
});
