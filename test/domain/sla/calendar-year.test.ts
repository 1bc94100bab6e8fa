import { legalDate } from '../../../domain/shared/legal-date';
import type { AnnouncedDay, CalendarYear } from '../../../domain/sla/calendar-year';
import { withCalendarYear } from '../../../domain/sla/calendar-year';
import { STATE_COUNCIL_CALENDAR } from '../../../domain/sla/state-council-calendar';
import { dayKind } from '../../../domain/sla/work-calendar';
import { workingDaysAfter } from '../../../domain/sla/working-days';

function aDay(date: string, override: Partial<AnnouncedDay> = {}): AnnouncedDay {
  return { date: legalDate(date), kind: 'dayOff', name: '测试假日', ...override };
}

const THIRTEEN_DAYS = Array.from({ length: 13 }, (_, index) =>
  aDay(`2027-10-${String(index + 1).padStart(2, '0')}`),
);

/** Not what the State Council announced, which nobody knows yet: a year made up for the test. */
function aYear(override: Partial<CalendarYear> = {}): CalendarYear {
  return { year: 2027, notice: '测试通知1号', days: THIRTEEN_DAYS, regionalDays: [], ...override };
}

function codesOf(override: Partial<CalendarYear>): string[] {
  const loaded = withCalendarYear(STATE_COUNCIL_CALENDAR, aYear(override), 'next');
  return loaded.ok ? [] : loaded.refusal.map(({ code, pointer }) => `${code} ${pointer}`);
}

describe('loading a year of the calendar', () => {
  it('extends the covered period, so that a deadline that waited can be computed', () => {
    const loaded = withCalendarYear(STATE_COUNCIL_CALENDAR, aYear(), 'next');
    expect(loaded).toMatchObject({
      ok: true,
      value: { version: 'next', coveredTo: '2027-12-31', coveredFrom: '2023-01-01' },
    });
    if (!loaded.ok) return;
    const question = { startAt: '2026-12-29', workingDays: 3 };
    expect(workingDaysAfter({ ...question, calendar: STATE_COUNCIL_CALENDAR }).kind).toBe('awaitingCalendar');
    expect(workingDaysAfter({ ...question, calendar: loaded.value })).toMatchObject({
      kind: 'due',
      dueDate: '2027-01-01',
    });
    expect(dayKind(loaded.value, legalDate('2026-10-01'))).toEqual(
      dayKind(STATE_COUNCIL_CALENDAR, legalDate('2026-10-01')),
    );
  });

  it('again forgets the days that the corrected notice no longer has', () => {
    const once = withCalendarYear(
      STATE_COUNCIL_CALENDAR,
      aYear({ days: [...THIRTEEN_DAYS, aDay('2027-11-01'), aDay('2026-12-31')] }),
      'a',
    );
    const again = once.ok ? withCalendarYear(once.value, aYear(), 'b') : once;
    for (const date of ['2027-11-01', '2026-12-31']) {
      expect(again.ok && dayKind(again.value, legalDate(date))).toMatchObject({ isWorkingDay: true });
    }
  });

  it('takes local holidays with their notice, which win over the national days', () => {
    const regionalDays = [{ ...aDay('2027-11-01', { name: '那达慕' }), notice: '内政办发1号' }];
    const loaded = withCalendarYear(STATE_COUNCIL_CALENDAR, aYear({ regionalDays }), 'next');
    expect(loaded.ok && dayKind(loaded.value, legalDate('2027-11-01'))).toEqual({
      isWorkingDay: false,
      reason: '本地节日(那达慕)',
      notice: '内政办发1号',
    });
  });

  it.each<[string, Partial<CalendarYear>]>([
    ['calendarYearNotAdjoining /year', { year: 2028 }],
    ['calendarYearNotAdjoining /year', { year: 2021 }],
    ['calendarNoticeMissing /notice', { notice: ' ' }],
    [
      'calendarNoticeMissing /regionalDays/0/notice',
      { regionalDays: [{ ...aDay('2027-11-01'), notice: '' }] },
    ],
    ['calendarDayOutsideYear /days/13', { days: [...THIRTEEN_DAYS, aDay('2026-11-01')] }],
    ['calendarDayTwice /days/13', { days: [...THIRTEEN_DAYS, aDay('2027-10-01')] }],
    ['calendarDayNameMissing /days/13', { days: [...THIRTEEN_DAYS, aDay('2027-11-01', { name: '' })] }],
    [
      'calendarDayChangesNothing /days/13',
      { days: [...THIRTEEN_DAYS, aDay('2027-11-01', { kind: 'worked' })] },
    ],
    ['calendarHolidaysMissing /days', { days: [] }],
  ])('refuses with %s', (expected, override) => {
    expect(codesOf(override)).toContain(expected);
  });

  it('accepts work made up on a weekend and a holiday that begins in the year before', () => {
    const days = [
      ...THIRTEEN_DAYS,
      aDay('2027-11-06', { kind: 'worked', name: '调休上班' }),
      aDay('2026-12-31'),
    ];
    expect(codesOf({ days })).toEqual([]);
  });
});
