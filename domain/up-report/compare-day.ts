import type { UpReportState } from './up-report-state';

/** One report as it stands here. */
export interface ReportHere {
  readonly id: string;
  readonly state: UpReportState;
  readonly receipt: string | null;
}

/** One report as the region says that it received it. */
export interface ReportThere {
  readonly reportId: string;
  readonly receipt: string;
}

export const DIFFERENCE_KINDS = [
  'lostThere',
  'unconfirmedHere',
  'unknownHere',
  'receiptDiffers',
  'receivedTwice',
] as const;
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

export const DIFFERENCE_KIND_NAMES = {
  lostThere: '本市已上报，上级没有收到',
  unconfirmedHere: '上级已收到，本市没有回执',
  unknownHere: '上级已收到，本市没有这一条',
  receiptDiffers: '回执号不一致',
  receivedTwice: '上级重复收到',
} as const satisfies Record<DifferenceKind, string>;

export const DIFFERENCE_HANDLINGS = ['sentAgain', 'takenOver', 'flagged'] as const;
export type DifferenceHandling = (typeof DIFFERENCE_HANDLINGS)[number];

/** What is done about a difference by itself; what nobody can decide from the two lists is flagged for people. */
export const DIFFERENCE_HANDLING = {
  lostThere: 'sentAgain',
  unconfirmedHere: 'takenOver',
  unknownHere: 'flagged',
  receiptDiffers: 'flagged',
  receivedTwice: 'flagged',
} as const satisfies Record<DifferenceKind, DifferenceHandling>;

export interface Difference {
  readonly kind: DifferenceKind;
  readonly reportId: string;
  /** The region's receipt; null for what it has not. */
  readonly receipt: string | null;
}

export interface DayLists {
  /** Reported on the day as it is recorded here. */
  readonly here: readonly ReportHere[];
  /** Received on the day as the region says. */
  readonly there: readonly ReportThere[];
  /** Received on the days beside it: around midnight the two clocks may put one report on two days. */
  readonly thereBeside: readonly ReportThere[];
  /** Every report of ours among those that the region lists for the day, whatever its day here. */
  readonly known: ReadonlyMap<string, ReportHere>;
}

/** Compares a day both ways; each report is in one difference at most, but for one that was also received twice. */
export function compareDay({ here, there, thereBeside, known }: DayLists): readonly Difference[] {
  const receivedAround = new Set([...there, ...thereBeside].map(({ reportId }) => reportId));
  const differences: Difference[] = here
    .filter(({ id, state }) => state === 'reported' && !receivedAround.has(id))
    .map(({ id }) => ({ kind: 'lostThere', reportId: id, receipt: null }));
  const seen = new Set<string>();
  for (const { reportId, receipt } of there) {
    if (seen.has(reportId)) {
      differences.push({ kind: 'receivedTwice', reportId, receipt });
      continue;
    }
    seen.add(reportId);
    const kind = kindOf(known.get(reportId), receipt);
    if (kind !== null) differences.push({ kind, reportId, receipt });
  }
  return differences;
}

function kindOf(ours: ReportHere | undefined, receipt: string): DifferenceKind | null {
  if (ours === undefined) return 'unknownHere';
  if (ours.state !== 'reported') return 'unconfirmedHere';
  return ours.receipt === receipt ? null : 'receiptDiffers';
}
