import type { LegalDate } from '../shared/legal-date';
import { addDays, legalDateAt, startOfLegalDateMs } from '../shared/legal-date';
import type { WorkCalendar } from './work-calendar';
import { dayKind } from './work-calendar';
import type { OfficeHours } from './working-days';

const MS_PER_MINUTE = 60_000;

/**
 * The first instant from `fromMs` on (milliseconds since 1970) at which the office is open. Where the calendar cannot
 * say what a day is, the instant itself: what has to be told is told at night rather than never.
 */
export function nextOnDutyMs(calendar: WorkCalendar, officeHours: OfficeHours, fromMs: number): number {
  let date = legalDateAt(fromMs);
  const { opensMs, closesMs } = hoursOf(date, officeHours);
  const today = dayKind(calendar, date);
  if (today === null) return fromMs;
  if (today.isWorkingDay && fromMs <= closesMs) return Math.max(fromMs, opensMs);
  for (;;) {
    date = addDays(date, 1);
    const kind = dayKind(calendar, date);
    if (kind === null) return fromMs;
    if (kind.isWorkingDay) return hoursOf(date, officeHours).opensMs;
  }
}

/** When the office opens and closes on a day, in milliseconds since 1970, whatever day it is. */
export function hoursOf(
  date: LegalDate,
  { opensAtMinute, closesAtMinute }: OfficeHours,
): { readonly opensMs: number; readonly closesMs: number } {
  const startMs = startOfLegalDateMs(date);
  return {
    opensMs: startMs + opensAtMinute * MS_PER_MINUTE,
    closesMs: startMs + closesAtMinute * MS_PER_MINUTE,
  };
}

/**
 * How much office time lies between two instants, in minutes; 0 when the second is not later. Null where the calendar
 * does not reach the second.
 */
export function officeMinutesBetween(
  calendar: WorkCalendar,
  officeHours: OfficeHours,
  fromMs: number,
  untilMs: number,
): number | null {
  let minutes = 0;
  for (let date = legalDateAt(fromMs); startOfLegalDateMs(date) < untilMs; date = addDays(date, 1)) {
    const kind = dayKind(calendar, date);
    if (kind === null) return null;
    if (!kind.isWorkingDay) continue;
    const { opensMs, closesMs } = hoursOf(date, officeHours);
    minutes += Math.max(0, Math.min(closesMs, untilMs) - Math.max(opensMs, fromMs)) / MS_PER_MINUTE;
  }
  return Math.floor(minutes);
}

/** The day that lies so many working days after another; null where the calendar does not reach it. */
export function workingDayAfter(
  calendar: WorkCalendar,
  date: LegalDate,
  workingDays: number,
): LegalDate | null {
  let left = workingDays;
  for (let day = addDays(date, 1); ; day = addDays(day, 1)) {
    const kind = dayKind(calendar, day);
    if (kind === null) return null;
    if (kind.isWorkingDay) left -= 1;
    if (left === 0) return day;
  }
}
