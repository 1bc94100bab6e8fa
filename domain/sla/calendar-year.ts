import { jsonPointer } from '../shared/json-pointer';
import type { LegalDate } from '../shared/legal-date';
import { addDays, dayOfWeek, legalDate } from '../shared/legal-date';
import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';
import type { CalendarException, WorkCalendar } from './work-calendar';

/** One day of a notice, as somebody enters it. */
export interface AnnouncedDay {
  readonly date: LegalDate;
  readonly kind: CalendarException['kind'];
  readonly name: string;
}

/** What is loaded for one year: the notice of the State Council, and local holidays of the region with theirs. */
export interface CalendarYear {
  readonly year: number;
  readonly notice: string;
  readonly days: readonly AnnouncedDay[];
  readonly regionalDays: readonly (AnnouncedDay & { readonly notice: string })[];
}

export interface CalendarYearProblem {
  readonly pointer: string;
  readonly code:
    | 'calendarYearNotAdjoining'
    | 'calendarNoticeMissing'
    | 'calendarDayOutsideYear'
    | 'calendarDayTwice'
    | 'calendarDayChangesNothing'
    | 'calendarDayNameMissing'
    | 'calendarHolidaysMissing';
  readonly expected: string;
}

/** New Year, Spring Festival, Qingming, Labour Day, Dragon Boat, Mid-Autumn and National Day are 13 days at least. */
const LEGAL_HOLIDAY_DAYS = 13;

/**
 * The calendar with one year more, or with a covered year entered anew; every day of that year comes from what is
 * given and none from what was there. Refuses a year that would leave a gap, a day without a notice, and
 * what cannot be a notice of a whole year: work “made up” on a weekday, fewer days off than the law has.
 * Changes nothing of what it is given.
 */
export function withCalendarYear(
  calendar: WorkCalendar,
  loaded: CalendarYear,
  version: string,
): Result<WorkCalendar, readonly CalendarYearProblem[]> {
  const [first, last] = [legalDate(`${loaded.year}-01-01`), legalDate(`${loaded.year}-12-31`)];
  const problems = checkCalendarYear(loaded);
  if (first > addDays(calendar.coveredTo, 1) || last < addDays(calendar.coveredFrom, -1)) {
    problems.unshift(problem('/year', 'calendarYearNotAdjoining', '应与已加载的年份相连，不得跳过年份'));
  }
  if (problems.length > 0) return refused(problems);
  return accepted({
    version,
    coveredFrom: earlierOf(first, calendar.coveredFrom),
    coveredTo: laterOf(last, calendar.coveredTo),
    days: replaceYear(
      calendar.days,
      loaded.year,
      loaded.days.map((day) => ({ ...day, notice: loaded.notice })),
    ),
    regionalOverlay: replaceYear(calendar.regionalOverlay, loaded.year, loaded.regionalDays),
  });
}

function checkCalendarYear({ year, notice, days, regionalDays }: CalendarYear): CalendarYearProblem[] {
  const problems: CalendarYearProblem[] = [];
  if (notice.trim() === '') problems.push(problem('/notice', 'calendarNoticeMissing', '应填写通知文号'));
  problems.push(...checkDays('days', year, days), ...checkDays('regionalDays', year, regionalDays));
  for (const [index, day] of days.entries()) {
    const isWeekend = dayOfWeek(day.date) === 0 || dayOfWeek(day.date) === 6;
    if (day.kind === 'worked' && !isWeekend) {
      const pointer = jsonPointer('days', index);
      problems.push(problem(pointer, 'calendarDayChangesNothing', '调休上班日应为星期六或星期日'));
    }
  }
  for (const [index, day] of regionalDays.entries()) {
    if (day.notice.trim() === '') {
      const pointer = jsonPointer('regionalDays', index, 'notice');
      problems.push(problem(pointer, 'calendarNoticeMissing', '本地节日应填写依据的文号'));
    }
  }
  const off = days.filter(({ date, kind }) => kind === 'dayOff' && date.startsWith(`${year}-`)).length;
  if (off < LEGAL_HOLIDAY_DAYS) {
    problems.push(
      problem('/days', 'calendarHolidaysMissing', `全年放假应不少于 ${LEGAL_HOLIDAY_DAYS} 天，请核对通知`),
    );
  }
  return problems;
}

function checkDays(
  key: 'days' | 'regionalDays',
  year: number,
  days: readonly AnnouncedDay[],
): CalendarYearProblem[] {
  const problems: CalendarYearProblem[] = [];
  const seen = new Set<string>();
  for (const [index, { date, name }] of days.entries()) {
    const pointer = jsonPointer(key, index);
    if (!isOfYear(date, year)) {
      problems.push(problem(pointer, 'calendarDayOutsideYear', `应为 ${year} 年的日期，或与其相连的假期`));
    }
    if (name.trim() === '')
      problems.push(problem(pointer, 'calendarDayNameMissing', '应填写节日名称或“调休上班”'));
    if (seen.has(date)) problems.push(problem(pointer, 'calendarDayTwice', '同一天只能出现一次'));
    seen.add(date);
  }
  return problems;
}

/** A notice may reach into its neighbours by a few days: the New Year of 2023 began on 2022-12-31. */
function isOfYear(date: LegalDate, year: number): boolean {
  return date >= `${year - 1}-12-25` && date <= `${year + 1}-01-07`;
}

/** The days of other years; what this notice said of them, as it may of New Year’s Eve, is said anew. */
function replaceYear(
  before: Readonly<Record<string, CalendarException>>,
  year: number,
  days: readonly (AnnouncedDay & { readonly notice: string })[],
): Readonly<Record<string, CalendarException>> {
  const notices = new Set(days.map(({ notice }) => notice));
  const others = Object.entries(before).filter(
    ([date, { notice }]) => !date.startsWith(`${year}-`) && !notices.has(notice),
  );
  const added = days.map(({ date, kind, name, notice }): [string, CalendarException] => [
    date,
    { kind, name, notice },
  ]);
  return Object.fromEntries([...others, ...added]);
}

function earlierOf(left: LegalDate, right: LegalDate): LegalDate {
  if (left < right) return left;
  return right;
}

function laterOf(left: LegalDate, right: LegalDate): LegalDate {
  if (left > right) return left;
  return right;
}

function problem(pointer: string, code: CalendarYearProblem['code'], expected: string): CalendarYearProblem {
  return { pointer, code, expected };
}
