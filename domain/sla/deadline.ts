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
 * The instant at which a fraction (0 to 1) of a limit has passed: working time for limits in working days,
 * clock time for all others. The rungs of the escalation ladder stand on these.
 */
export function deadlineFraction(
  policy: Limit,
  startAt: string,
  calendar: WorkCalendar,
  fraction: number,
  officeHours: OfficeHours,
  options: DeadlineOptions = {},
): WorkingTimeInstant {
  if (policy.unit === 'workingDays') {
    return workingTimeFraction(
      { startAt, workingDays: policy.value, calendar, ...options },
      fraction,
      officeHours,
    );
  }
  const deadline = computeDeadline(policy, startAt, calendar, options);
  if (deadline.kind === 'awaitingCalendar') return { kind: 'awaitingCalendar' };
  const start = instantMs(startAt);
  const passed = (instantMs(deadline.dueAt) - start) * Math.min(Math.max(fraction, 0), 1);
  return { kind: 'at', at: shanghaiInstant(Math.round(start + passed)) };
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
  const startYear = civilDate(legalDateAt(instantMs(deadline.startAt))).year;
  if (deadline.kind === 'awaitingCalendar') {
    const known = `已计 ${deadline.countedSoFar} 个工作日`;
    return `待 ${deadline.missingYear} 年工作日历发布后确定(${known})`;
  }
  const { year, month, day } = civilDate(deadline.dueDate);
  const date = `${year === startYear ? '' : `${year}年`}${month}月${day}日`;
  const minute = Math.floor(
    (instantMs(deadline.dueAt) - startOfLegalDateMs(deadline.dueDate)) / MS_PER_MINUTE,
  );
  const clock = `${Math.floor(minute / 60)}时${minute % 60 === 0 ? '' : `${minute % 60}分`}`;
  return `${date}${clock}前`;
}

function clockDeadline(
  basis: Pick<DeadlineBasis, 'policyKey' | 'policyVersion' | 'startAt'>,
  limitMs: number,
  suspensions: readonly Suspension[],
): Deadline {
  let dueMs = instantMs(basis.startAt) + limitMs;
  for (const { from, until } of [...suspensions].sort((a, b) => instantMs(a.from) - instantMs(b.from))) {
    if (instantMs(from) < dueMs) dueMs += instantMs(until) - instantMs(from);
  }
  const dueDate = legalDateAt(dueMs - 1);
  return {
    ...basis,
    kind: 'due',
    calendarVersion: null,
    explanation: [],
    dueAt: shanghaiInstant(dueMs),
    dueDate,
  };
}

function direction(before: Deadline, after: Deadline): Recomputation['moved'] {
  if (before.kind === 'awaitingCalendar') return after.kind === 'due' ? 'nowKnown' : 'unchanged';
  if (after.kind === 'awaitingCalendar') return 'nowUnknown';
  const difference = instantMs(after.dueAt) - instantMs(before.dueAt);
  return difference === 0 ? 'unchanged' : difference < 0 ? 'earlier' : 'later';
}
