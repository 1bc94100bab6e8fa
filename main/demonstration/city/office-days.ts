import { addDays, type LegalDate, startOfLegalDateMs } from '../../../domain/shared/legal-date';
import { STATE_COUNCIL_CALENDAR } from '../../../domain/sla/state-council-calendar';
import { dayKind } from '../../../domain/sla/work-calendar';

/** Whether the office works on a day; beyond what was announced, Monday to Friday stand in. */
export function isWorkingDay(date: LegalDate): boolean {
  const kind = dayKind(STATE_COUNCIL_CALENDAR, date);
  if (kind !== null) return kind.isWorkingDay;
  const weekday = new Date(startOfLegalDateMs(date) + 12 * 3_600_000).getUTCDay();
  return weekday !== 0 && weekday !== 6;
}

/** The day itself when the office works on it, else the last working day before it. */
export function lastWorkingDay(date: LegalDate): LegalDate {
  let day = date;
  while (!isWorkingDay(day)) day = addDays(day, -1);
  return day;
}

/** The n-th working day before a date (n ≥ 1). */
export function workingDaysBefore(date: LegalDate, count: number): LegalDate {
  let day = date;
  for (let left = count; left > 0; left -= 1) day = lastWorkingDay(addDays(day, -1));
  return day;
}

/** The instant of a Beijing time of day, such as 9.5 for 9:30, on a date. */
export function atHour(date: LegalDate, hour: number): Date {
  return new Date(startOfLegalDateMs(date) + Math.round(hour * 3_600_000));
}

/** The last day of so many years that begin on a date. */
export function lastDayOfYears(from: LegalDate, years: number): LegalDate {
  const later = `${Number(from.slice(0, 4)) + years}${from.slice(4)}`;
  return addDays(
    later.endsWith('-02-29') ? (`${later.slice(0, 8)}28` as LegalDate) : (later as LegalDate),
    -1,
  );
}
