import type { LegalDate } from '../shared/legal-date';
import {
  addDays,
  legalDateAt,
  parseLegalDate,
  shanghaiInstant,
  startOfLegalDateMs,
} from '../shared/legal-date';
import type { WorkCalendar } from './work-calendar';
import { dayKind } from './work-calendar';

/** One day between start and end, counted or not, and why: what the screen answers to “why the 10th?”. */
export interface DayExplanation {
  readonly date: LegalDate;
  readonly counted: boolean;
  /** Which working day of the limit it is, from 1; null when it is not counted. */
  readonly ordinal: number | null;
  readonly reason: string;
  readonly notice: string | null;
}

export type WorkingDayCount =
  | {
      readonly kind: 'due';
      /** The last day; it ends at 24:00. */
      readonly dueDate: LegalDate;
      /** The instant at which the last day has ended, RFC 3339 with +08:00. */
      readonly dueAt: string;
      readonly calendarVersion: string;
      readonly explanation: readonly DayExplanation[];
    }
  | {
      readonly kind: 'awaitingCalendar';
      readonly reason: 'calendarYearNotLoaded';
      readonly missingYear: number;
      /** Last day the calendar knows; null when it does not reach the first day to be counted. */
      readonly lastKnownDate: LegalDate | null;
      readonly countedSoFar: number;
      readonly calendarVersion: string;
      readonly explanation: readonly DayExplanation[];
    };

/** Office hours in minutes after midnight, such as 510 (8:30) to 1050 (17:30). */
export interface OfficeHours {
  readonly opensAtMinute: number;
  readonly closesAtMinute: number;
}

/** When something counts as received that comes at night or on a day off. */
export type ReceivedOutsideHours =
  | { readonly policy: 'asFiled' }
  | { readonly policy: 'nextWorkingDay'; readonly officeHours: OfficeHours };

/**
 * A time during which a clock stood still, such as a send-back to the objector, from instant to instant. One that
 * is still open has no end to be computed with: its deadline is computed when the clock goes on.
 */
export interface Suspension {
  readonly from: string;
  readonly until: string;
}

export interface WorkingDayQuestion {
  /** RFC 3339 instant or legal date YYYY-MM-DD. */
  readonly startAt: string;
  readonly workingDays: number;
  readonly calendar: WorkCalendar;
  readonly receivedOutsideHours?: ReceivedOutsideHours;
  readonly suspensions?: readonly Suspension[];
}

const MAX_WORKING_DAYS = 1000;
const MS_PER_MINUTE = 60_000;

/**
 * Counts working days (民法典 201–204, 行政许可法 82): the day of the start is not counted, days off and
 * weekends are not counted, make-up days are, and the last counted day ends at 24:00 in Asia/Shanghai.
 * Past the covered period it answers `awaitingCalendar` with the days known so far and never assumes anything.
 * Throws a RangeError for a start that is neither an instant nor a date, or a count outside 1 to 1000.
 */
export function workingDaysAfter(question: WorkingDayQuestion): WorkingDayCount {
  const { workingDays, calendar } = question;
  if (!Number.isInteger(workingDays) || workingDays < 1 || workingDays > MAX_WORKING_DAYS) {
    throw new RangeError('workingDays must be a whole number from 1 to 1000');
  }
  const explanation: DayExplanation[] = [];
  let counted = 0;
  for (let date = firstCandidate(question, explanation); ; date = addDays(date, 1)) {
    const kind = dayKind(calendar, date);
    if (kind === null) return awaiting(calendar, date, counted, explanation);
    const stopped = isSuspendedOn(question.suspensions ?? [], date);
    const isCounted = kind.isWorkingDay && !stopped;
    if (isCounted) counted += 1;
    explanation.push({
      date,
      counted: isCounted,
      ordinal: isCounted ? counted : null,
      reason: stopped ? '中止计时' : kind.reason,
      notice: kind.notice,
    });
    if (counted === workingDays) {
      return {
        kind: 'due',
        dueDate: date,
        dueAt: shanghaiInstant(startOfLegalDateMs(addDays(date, 1))),
        calendarVersion: calendar.version,
        explanation,
      };
    }
  }
}

/** Milliseconds since 1970 of an RFC 3339 instant, or of 00:00 in Asia/Shanghai of a legal date. Throws a RangeError otherwise. */
export function instantMs(startAt: string): number {
  const date = parseLegalDate(startAt);
  if (date.ok) return startOfLegalDateMs(date.value);
  const isInstant = /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/.test(
    startAt,
  );
  const dayExists = parseLegalDate(startAt.slice(0, 10)).ok;
  const instant = isInstant && dayExists ? Date.parse(startAt) : Number.NaN;
  if (Number.isNaN(instant)) throw new RangeError(`neither an instant with offset nor a date: ${startAt}`);
  return instant;
}

export type WorkingTimeInstant =
  | { readonly kind: 'at'; readonly at: string }
  | { readonly kind: 'awaitingCalendar' };

/**
 * The instant at which a fraction (0 to 1) of a limit in working days has passed, counted in office hours of
 * the counted days: of 3 days, 50 % is the middle of the second day's hours. A rung that can be told from the
 * days known is told even while the end is not.
 */
export function workingTimeFraction(
  question: WorkingDayQuestion,
  fraction: number,
  { opensAtMinute, closesAtMinute }: OfficeHours,
): WorkingTimeInstant {
  const count = workingDaysAfter(question);
  const passed = Number((Math.min(Math.max(fraction, 0), 1) * question.workingDays).toFixed(9));
  const ordinal = Math.max(Math.ceil(passed), 1);
  const day = count.explanation.find((candidate) => candidate.ordinal === ordinal);
  if (day === undefined) return { kind: 'awaitingCalendar' };
  const minute = opensAtMinute + (passed - (ordinal - 1)) * (closesAtMinute - opensAtMinute);
  return {
    kind: 'at',
    at: shanghaiInstant(startOfLegalDateMs(day.date) + Math.round(minute * MS_PER_MINUTE)),
  };
}

/** The first day that may count; what lies before it, the day of the start included, is explained as not counted. */
function firstCandidate(question: WorkingDayQuestion, explanation: DayExplanation[]): LegalDate {
  const { calendar, startAt, receivedOutsideHours } = question;
  const instant = instantMs(startAt);
  const filedOn = legalDateAt(instant);
  let date = filedOn;
  if (receivedOutsideHours?.policy === 'nextWorkingDay') {
    const minute = (instant - startOfLegalDateMs(filedOn)) / MS_PER_MINUTE;
    if (minute >= receivedOutsideHours.officeHours.closesAtMinute) {
      explanation.push(uncounted(filedOn, '下班后收到，视为次一工作日收到'));
      date = addDays(filedOn, 1);
    }
    for (let kind = dayKind(calendar, date); kind?.isWorkingDay === false; kind = dayKind(calendar, date)) {
      explanation.push({ ...uncounted(date, `${kind.reason}，视为次一工作日收到`), notice: kind.notice });
      date = addDays(date, 1);
    }
    if (dayKind(calendar, date) === null) return date;
  }
  explanation.push(uncounted(date, '起算当日不计入'));
  return addDays(date, 1);
}

function uncounted(date: LegalDate, reason: string): DayExplanation {
  return { date, counted: false, ordinal: null, reason, notice: null };
}

/** The day on which a clock stops still counts; the day on which it goes on is like a first day and does not. */
function isSuspendedOn(suspensions: readonly Suspension[], date: LegalDate): boolean {
  return suspensions.some(
    ({ from, until }) => date > legalDateAt(instantMs(from)) && date <= legalDateAt(instantMs(until)),
  );
}

function awaiting(
  calendar: WorkCalendar,
  date: LegalDate,
  countedSoFar: number,
  explanation: readonly DayExplanation[],
): WorkingDayCount {
  return {
    kind: 'awaitingCalendar',
    reason: 'calendarYearNotLoaded',
    missingYear: Number(date.slice(0, 4)),
    lastKnownDate: dayKind(calendar, addDays(date, -1)) === null ? null : addDays(date, -1),
    countedSoFar,
    calendarVersion: calendar.version,
    explanation,
  };
}
