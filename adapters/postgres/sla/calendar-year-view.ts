import type { LegalDate } from '../../../domain/shared/legal-date';
import type { CalendarException, WorkCalendar } from '../../../domain/sla/work-calendar';
import type { CalendarYearView } from '../../../ports/clock-settings';

/** Two calendars say the same when their texts do. */
export function textOf({ coveredFrom, coveredTo, days, regionalOverlay }: WorkCalendar): string {
  const sorted = (exceptions: Readonly<Record<string, CalendarException>>) =>
    Object.entries(exceptions)
      .map(([date, { kind, name, notice }]) => [date, kind, name, notice])
      .sort();
  return JSON.stringify([coveredFrom, coveredTo, sorted(days), sorted(regionalOverlay)]);
}

/** One year of a calendar as people read it, or that it is missing. */
export function calendarYearView(calendar: WorkCalendar | null, year: number): CalendarYearView {
  const isLoaded =
    calendar !== null && calendar.coveredFrom <= `${year}-01-01` && calendar.coveredTo >= `${year}-12-31`;
  const daysOf = (exceptions: Readonly<Record<string, CalendarException>>) =>
    Object.entries(exceptions)
      .filter(([date]) => date.startsWith(`${year}-`))
      .map(([date, day]) => ({ date: date as LegalDate, ...day }))
      .sort((left, right) => (left.date < right.date ? -1 : 1));
  return {
    year,
    state: isLoaded ? 'loaded' : 'missing',
    days: daysOf(calendar?.days ?? {}),
    regionalDays: daysOf(calendar?.regionalOverlay ?? {}),
    coveredFrom: calendar?.coveredFrom ?? null,
    coveredTo: calendar?.coveredTo ?? null,
    version: calendar === null ? 0 : Number(calendar.version),
  };
}
