import type { LegalDate } from '../shared/legal-date';
import { legalDateAt } from '../shared/legal-date';
import type { WorkCalendar } from '../sla/work-calendar';
import { dayKind } from '../sla/work-calendar';
import type { IncrementDayOperation, IncrementDayState } from './lifecycle';

/** What the close of a day is judged by. */
export interface DayAtClose {
  readonly date: LegalDate;
  readonly state: IncrementDayState;
  /** Whether force majeure excuses the day, for the time being or for good. */
  readonly isExcused: boolean;
  /** Null while none was loaded. */
  readonly calendar: WorkCalendar | null;
}

/**
 * What becomes of a day that has ended without increment and without zero report: not required when it is no working day,
 * since a zero report is due on working days only (policy); put off when force majeure excuses it; else missed; and where
 * the calendar does not reach the day nothing is assumed and nobody is alarmed (reading 12). A missed day is put off when an
 * event that covers it is declared afterwards: a fault of the evening may be reported after midnight (reading 7). Null: it
 * stays as it is.
 */
export function closeOfDay({ date, state, isExcused, calendar }: DayAtClose): IncrementDayOperation | null {
  if (state === 'missed') return isExcused ? 'defer' : null;
  if (state !== 'open' && state !== 'awaitingCalendar' && state !== 'deferred') return null;
  const isDue = isZeroReportDue(calendar, date);
  if (isDue === false) return 'excuse';
  if (isExcused) return state === 'deferred' ? null : 'defer';
  if (isDue === null) return state === 'awaitingCalendar' ? null : 'awaitCalendar';
  return 'miss';
}

/** Whether a zero report is due on a day; null where the calendar does not reach it. */
export function isZeroReportDue(calendar: WorkCalendar | null, date: LegalDate): boolean | null {
  const kind = calendar === null ? null : dayKind(calendar, date);
  return kind === null ? null : kind.isWorkingDay;
}

/** Whether what arrived at an instant still belongs to a day: until D 24:00 in Beijing, by the server's clock. */
export function isInTime(date: LegalDate, receivedAtMs: number): boolean {
  return legalDateAt(receivedAtMs) <= date;
}
