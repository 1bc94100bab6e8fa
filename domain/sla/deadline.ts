import type { LegalDate } from '../shared/legal-date';
import { addDays, civilDate, legalDateAt, shanghaiInstant, startOfLegalDateMs } from '../shared/legal-date';
import type { SlaPolicy } from './sla-policy';
import type { WorkCalendar } from './work-calendar';
import type {
  DayExplanation,
  OfficeHours,
  ReceivedOutsideHours,
  Suspension,
  WorkingTimeInstant,
} from './working-days';
import { instantMs, workingDaysAfter, workingTimeFraction } from './working-days';

type Limit = Pick<SlaPolicy, 'key' | 'value' | 'unit' | 'version'>;

interface DeadlineBasis {
  readonly policyKey: string;
  readonly policyVersion: number;
  /** The original start, as given; every recomputation begins here. */
  readonly startAt: string;
  /** Null where the limit does not depend on the calendar. */
  readonly calendarVersion: string | null;
  readonly explanation: readonly DayExplanation[];
}

export type Deadline = DeadlineBasis &
  (
    | { readonly kind: 'due'; readonly dueAt: string; readonly dueDate: LegalDate }
    | {
        readonly kind: 'awaitingCalendar';
        readonly missingYear: number;
        readonly lastKnownDate: LegalDate | null;
        readonly countedSoFar: number;
      }
  );

export interface DeadlineOptions {
  readonly receivedOutsideHours?: ReceivedOutsideHours;
  readonly suspensions?: readonly Suspension[];
}

const MS_PER_MINUTE = 60_000;
const MS_PER_HOUR = 3_600_000;

/**
 * When a limit that started at an instant (or legal date) ends. Working days follow the calendar and may have
 * to await it; hours and minutes are clock time, day and night; calendar days end at 24:00 of the day itself.
 * Suspensions lengthen limits in working days, hours and minutes.
 */
export function computeDeadline(
  policy: Limit,
  startAt: string,
  calendar: WorkCalendar,
  options: DeadlineOptions = {},
): Deadline {
  const basis = { policyKey: policy.key, policyVersion: policy.version, startAt };
  switch (policy.unit) {
    case 'workingDays': {
      const count = workingDaysAfter({ startAt, workingDays: policy.value, calendar, ...options });
      const { calendarVersion, explanation } = count;
      return count.kind === 'due'
        ? { ...basis, kind: 'due', calendarVersion, explanation, dueAt: count.dueAt, dueDate: count.dueDate }
        : {
            ...basis,
            kind: 'awaitingCalendar',
            calendarVersion,
            explanation,
            missingYear: count.missingYear,
            lastKnownDate: count.lastKnownDate,
            countedSoFar: count.countedSoFar,
          };
    }
    case 'hours':
      return clockDeadline(basis, policy.value * MS_PER_HOUR, options.suspensions ?? []);
    case 'minutes':
      return clockDeadline(basis, policy.value * MS_PER_MINUTE, options.suspensions ?? []);
    case 'calendarDay': {
      const dueDate = addDays(legalDateAt(instantMs(startAt)), policy.value - 1);
      const dueAt = shanghaiInstant(startOfLegalDateMs(addDays(dueDate, 1)));
      return { ...basis, kind: 'due', calendarVersion: null, explanation: [], dueAt, dueDate };
    }
  }
}

export interface Recomputation {
  readonly before: Deadline;
  readonly after: Deadline;
  /** Only a deadline that moved earlier has to be told to whoever waits for it at once. */
  readonly moved: 'earlier' | 'later' | 'unchanged' | 'nowKnown' | 'nowUnknown';
  readonly reason: string;
}

/**
 * Computes a deadline again from its original start, for a new calendar or policy; both results are kept with
 * the reason, which people read on the case.
 */
export function recomputeDeadline(
  before: Deadline,
  policy: Limit,
  calendar: WorkCalendar,
  reason: string,
  options: DeadlineOptions = {},
): Recomputation {
  const after = computeDeadline(policy, before.startAt, calendar, options);
  return { before, after, moved: direction(before, after), reason };
}

/**
 * The instant at which a fraction (0 to 1) of a limit has passed: office hours for limits in days, clock time for hours
 * and minutes, in both without the time during which the clock stood still. The rungs of the ladder stand on these.
 */
export function deadlineFraction(
  policy: Limit,
  startAt: string,
  calendar: WorkCalendar,
  fraction: number,
  officeHours: OfficeHours,
  options: DeadlineOptions = {},
): WorkingTimeInstant {
  const share = Math.min(Math.max(fraction, 0), 1);
  const suspensions = options.suspensions ?? [];
  switch (policy.unit) {
    case 'workingDays':
      return workingTimeFraction(
        { startAt, workingDays: policy.value, calendar, ...options },
        share,
        officeHours,
      );
    case 'hours':
      return at(clockEndMs(startAt, policy.value * MS_PER_HOUR * share, suspensions));
    case 'minutes':
      return at(clockEndMs(startAt, policy.value * MS_PER_MINUTE * share, suspensions));
    case 'calendarDay': {
      const passed = Number((share * policy.value).toFixed(9));
      const ordinal = Math.max(Math.ceil(passed), 1);
      const { opensAtMinute, closesAtMinute } = officeHours;
      const minute = opensAtMinute + (passed - (ordinal - 1)) * (closesAtMinute - opensAtMinute);
      const day = addDays(legalDateAt(instantMs(startAt)), ordinal - 1);
      return at(startOfLegalDateMs(day) + minute * MS_PER_MINUTE);
    }
  }
}

function at(ms: number): WorkingTimeInstant {
  return { kind: 'at', at: shanghaiInstant(Math.round(ms)) };
}

/**
 * The early warning of a deadline: closing time of its last day, since nobody decides at 24:00.
 * Null while the due date is unknown, and when the deadline ends at or before that instant anyway.
 */
export function earlyWarningAt(deadline: Deadline, { closesAtMinute }: OfficeHours): string | null {
  if (deadline.kind === 'awaitingCalendar') return null;
  const closing = startOfLegalDateMs(deadline.dueDate) + closesAtMinute * MS_PER_MINUTE;
  return closing < instantMs(deadline.dueAt) ? shanghaiInstant(closing) : null;
}

/**
 * A deadline as people read it: 9月29日24时前, 11月23日14时30分前, with the year where it is not the year of the
 * start; and how far the days are known while the calendar does not reach its end.
 */
export function describeDue(deadline: Deadline): string {
  if (deadline.kind === 'awaitingCalendar') {
    const known = `已计 ${deadline.countedSoFar} 个工作日`;
    return `待 ${deadline.missingYear} 年工作日历发布后确定(${known})`;
  }
  return describeDueAt(deadline.dueAt, deadline.startAt);
}

/** A due instant as people read it, as `describeDue` writes it; in: instants, or a legal date for the start. */
export function describeDueAt(dueAt: string, startAt: string): string {
  const dueMs = instantMs(dueAt);
  const dueDate = legalDateAt(dueMs - 1);
  const { year, month, day } = civilDate(dueDate);
  const startYear = civilDate(legalDateAt(instantMs(startAt))).year;
  const date = `${year === startYear ? '' : `${year}年`}${month}月${day}日`;
  const minute = Math.floor((dueMs - startOfLegalDateMs(dueDate)) / MS_PER_MINUTE);
  const clock = `${Math.floor(minute / 60)}时${minute % 60 === 0 ? '' : `${minute % 60}分`}`;
  return `${date}${clock}前`;
}

function clockDeadline(
  basis: Pick<DeadlineBasis, 'policyKey' | 'policyVersion' | 'startAt'>,
  limitMs: number,
  suspensions: readonly Suspension[],
): Deadline {
  const dueMs = clockEndMs(basis.startAt, limitMs, suspensions);
  return {
    ...basis,
    kind: 'due',
    calendarVersion: null,
    explanation: [],
    dueAt: shanghaiInstant(dueMs),
    dueDate: legalDateAt(dueMs - 1),
  };
}

/** When so much clock time has passed since the start, not counting what was suspended. */
function clockEndMs(startAt: string, limitMs: number, suspensions: readonly Suspension[]): number {
  let endMs = instantMs(startAt) + limitMs;
  for (const { from, until } of [...suspensions].sort((a, b) => instantMs(a.from) - instantMs(b.from))) {
    if (instantMs(from) < endMs) endMs += instantMs(until) - instantMs(from);
  }
  return endMs;
}

function direction(before: Deadline, after: Deadline): Recomputation['moved'] {
  if (before.kind === 'awaitingCalendar') return after.kind === 'due' ? 'nowKnown' : 'unchanged';
  if (after.kind === 'awaitingCalendar') return 'nowUnknown';
  const difference = instantMs(after.dueAt) - instantMs(before.dueAt);
  return difference === 0 ? 'unchanged' : difference < 0 ? 'earlier' : 'later';
}
