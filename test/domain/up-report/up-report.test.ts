import fc from 'fast-check';
import { compareDay, type ReportHere } from '../../../domain/up-report/compare-day';
import {
  applyUpReportTransition,
  UP_REPORT_OPERATIONS,
  type UpReportOperation,
} from '../../../domain/up-report/lifecycle';
import { UP_REPORT_STATES, type UpReportState } from '../../../domain/up-report/up-report-state';

const here = (id: string, overrides: Partial<ReportHere> = {}): ReportHere => ({
  id,
  state: 'reported',
  receipt: `GJ-${id}`,
  ...overrides,
});
const there = (reportId: string, receipt = `GJ-${reportId}`) => ({ reportId, receipt });
const compare = (
  ours: readonly ReportHere[],
  theirs: readonly ReturnType<typeof there>[],
  beside = theirs.slice(0, 0),
) =>
  compareDay({
    here: ours.filter(({ state }) => state === 'reported'),
    there: theirs,
    thereBeside: beside,
    known: new Map(ours.map((report) => [report.id, report])),
  }).map(({ kind, reportId }) => `${kind} ${reportId}`);

describe('a day compared with the region', () => {
  it('agrees when both have the same reports with the same receipts', () => {
    expect(compare([here('a'), here('b')], [there('b'), there('a')])).toEqual([]);
  });

  it('finds both ways what the other has not, other receipts and what came twice', () => {
    expect(
      compare(
        [here('lost'), here('pending', { state: 'pending', receipt: null }), here('other')],
        [there('pending'), there('other', 'GJ-x'), there('stranger'), there('stranger')],
      ),
    ).toEqual([
      'lostThere lost',
      'unconfirmedHere pending',
      'receiptDiffers other',
      'unknownHere stranger',
      'receivedTwice stranger',
    ]);
  });

  it('takes a report that the region put on the day beside it for received', () => {
    expect(compare([here('a')], [], [there('a')])).toEqual([]);
  });

  it('finds nothing in what was sent and received, however it is ordered', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.uuid(), { maxLength: 20 }), (ids) => {
        expect(
          compare(
            ids.map((id) => here(id)),
            [...ids].reverse().map((id) => there(id)),
          ),
        ).toEqual([]);
      }),
    );
  });
});

describe('a report to the region', () => {
  it('is never dropped: from every state it can still become reported', () => {
    const reachable = (from: UpReportState): ReadonlySet<UpReportState> => {
      const seen = new Set<UpReportState>([from]);
      for (const state of seen) {
        for (const operation of UP_REPORT_OPERATIONS) {
          const next = applyUpReportTransition(state, operation);
          if (next.ok) seen.add(next.value);
        }
      }
      return seen;
    };
    for (const state of UP_REPORT_STATES) expect(reachable(state)).toContain('reported');
  });

  it('is sent again by its unit only when it came back, and by the reconciliation only when it had a receipt', () => {
    const allows = (operation: UpReportOperation) =>
      UP_REPORT_STATES.filter((state) => applyUpReportTransition(state, operation).ok);
    expect(allows('retry')).toEqual(['returned', 'quarantined']);
    expect(allows('sendAgain')).toEqual(['reported']);
  });
});
