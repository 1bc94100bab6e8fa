import type { LegalDate } from '../shared/legal-date';
import { dayOfWeek } from '../shared/legal-date';

/** A day that is not what its weekday says. */
export interface CalendarException {
  /** `dayOff`: holiday or day in lieu; `worked`: a Saturday or Sunday on which work is made up (调休上班). */
  readonly kind: 'dayOff' | 'worked';
  /** 国庆节, 调休上班, or the name of the local holiday. */
  readonly name: string;
  /** Number of the notice that ordered it. */
  readonly notice: string;
}

/**
 * The calendar by which working days are counted: what the State Council announced, with what the region
 * added on top. It knows nothing outside its covered period, and nothing is assumed there.
 */
export interface WorkCalendar {
  readonly version: string;
  readonly coveredFrom: LegalDate;
  /** Last covered day, included. */
  readonly coveredTo: LegalDate;
  /** By date YYYY-MM-DD. */
  readonly days: Readonly<Record<string, CalendarException>>;
  /** Local holidays of the autonomous region; they win over the national days. */
  readonly regionalOverlay: Readonly<Record<string, CalendarException>>;
}

export interface DayKind {
  readonly isWorkingDay: boolean;
  /** Why: 工作日, 周末, 调休上班, 国庆节 …, 本地节日(那达慕). */
  readonly reason: string;
  readonly notice: string | null;
}

/** What a day is by the calendar, or null outside the covered period, where nobody can say. */
export function dayKind(calendar: WorkCalendar, date: LegalDate): DayKind | null {
  if (date < calendar.coveredFrom || date > calendar.coveredTo) return null;
  const local = calendar.regionalOverlay[date];
  if (local !== undefined) {
    return { isWorkingDay: local.kind === 'worked', reason: `本地节日(${local.name})`, notice: local.notice };
  }
  const national = calendar.days[date];
  if (national !== undefined) {
    return { isWorkingDay: national.kind === 'worked', reason: national.name, notice: national.notice };
  }
  const weekday = dayOfWeek(date);
  const isWeekend = weekday === 0 || weekday === 6;
  return { isWorkingDay: !isWeekend, reason: isWeekend ? '周末' : '工作日', notice: null };
}

/** Whether the city has to be warned on a day that next year's calendar is not loaded: from 1 November on. */
export function isNextYearMissing(calendar: WorkCalendar, today: LegalDate): boolean {
  const year = Number(today.slice(0, 4));
  return today.slice(5) >= '11-01'
    ? calendar.coveredTo < `${year + 1}-12-31`
    : calendar.coveredTo < `${year}-12-31`;
}
