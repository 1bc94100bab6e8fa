import fc from 'fast-check';
import { addDays, dayOfWeek, legalDate } from '../../../domain/shared/legal-date';
import { ANNOUNCED_YEARS, STATE_COUNCIL_CALENDAR } from '../../../domain/sla/state-council-calendar';
import type { WorkCalendar } from '../../../domain/sla/work-calendar';
import { dayKind, isNextYearMissing } from '../../../domain/sla/work-calendar';
import type { WorkingDayQuestion } from '../../../domain/sla/working-days';
import { instantMs, workingDaysAfter, workingTimeFraction } from '../../../domain/sla/working-days';

const OFFICE_HOURS = { opensAtMinute: 510, closesAtMinute: 1050 };

function count(startAt: string, workingDays = 3, override: Partial<WorkingDayQuestion> = {}) {
  return workingDaysAfter({ startAt, workingDays, calendar: STATE_COUNCIL_CALENDAR, ...override });
}

function explained(startAt: string, override: Partial<WorkingDayQuestion> = {}): string[] {
  return count(startAt, 3, override).explanation.map(
    ({ date, ordinal, reason }) => `${date} ${ordinal ?? '-'} ${reason}`,
  );
}

describe('three working days', () => {
  it.each([
    ['2026-11-19', '2026-11-24'],
    ['2026-02-13', '2026-02-25'],
    ['2026-09-30', '2026-10-10'],
    ['2026-05-08', '2026-05-12'],
    ['2026-01-02', '2026-01-06'],
    ['2025-09-30', '2025-10-11'],
    ['2026-02-14', '2026-02-26'],
  ])('after %s end on %s at 24:00 Beijing time', (start, due) => {
    const dueAt = `${addDays(legalDate(due), 1)}T00:00:00+08:00`;
    expect(count(start)).toMatchObject({ kind: 'due', dueDate: due, dueAt });
    expect(count(`${start}T00:00:00+08:00`)).toMatchObject({ dueDate: due });
    expect(count(`${start}T23:59:59.999+08:00`)).toMatchObject({ dueDate: due });
  });

  it('await the calendar of the next year and tell the days known so far', () => {
    expect(count('2026-12-29')).toMatchObject({
      kind: 'awaitingCalendar',
      reason: 'calendarYearNotLoaded',
      missingYear: 2027,
      lastKnownDate: '2026-12-31',
      countedSoFar: 2,
    });
    expect(explained('2026-12-29')).toEqual([
      '2026-12-29 - 起算当日不计入',
      '2026-12-30 1 工作日',
      '2026-12-31 2 工作日',
    ]);
  });

  it('are not guessed before the first covered day either', () => {
    expect(count('2019-05-01')).toMatchObject({
      kind: 'awaitingCalendar',
      lastKnownDate: null,
      countedSoFar: 0,
    });
  });

  it('know nothing at all by a calendar that ends long before', () => {
    const calendar = { ...STATE_COUNCIL_CALENDAR, coveredTo: legalDate('2023-01-01') };
    expect(count('2026-11-19', 3, { calendar })).toMatchObject({
      kind: 'awaitingCalendar',
      lastKnownDate: null,
      missingYear: 2026,
    });
  });

  it('start on the Beijing date of the instant, not on the date in UTC', () => {
    expect(count('2026-11-18T17:00:00Z')).toMatchObject({ dueDate: '2026-11-24' });
    expect(count('2026-11-18T15:59:59Z')).toMatchObject({ dueDate: '2026-11-23' });
  });

  it('explain every day from the start to the end', () => {
    expect(explained('2026-09-30')).toEqual([
      '2026-09-30 - 起算当日不计入',
      '2026-10-01 - 国庆节',
      '2026-10-02 - 国庆节',
      '2026-10-03 - 国庆节',
      '2026-10-04 - 国庆节',
      '2026-10-05 - 国庆节',
      '2026-10-06 - 国庆节',
      '2026-10-07 - 国庆节',
      '2026-10-08 1 工作日',
      '2026-10-09 2 工作日',
      '2026-10-10 3 调休上班',
    ]);
    expect(explained('2026-11-19')).toEqual([
      '2026-11-19 - 起算当日不计入',
      '2026-11-20 1 工作日',
      '2026-11-21 - 周末',
      '2026-11-22 - 周末',
      '2026-11-23 2 工作日',
      '2026-11-24 3 工作日',
    ]);
  });

  it('skip a local holiday of the regional overlay and name it', () => {
    const calendar: WorkCalendar = {
      ...STATE_COUNCIL_CALENDAR,
      regionalOverlay: { '2026-11-23': { kind: 'dayOff', name: '那达慕', notice: '内政办发〔2026〕1号' } },
    };
    expect(count('2026-11-19', 3, { calendar })).toMatchObject({ dueDate: '2026-11-25' });
    expect(explained('2026-11-19', { calendar })).toContain('2026-11-23 - 本地节日(那达慕)');
  });

  it('count from the next working day when the policy says so for what comes at night or on a holiday', () => {
    const receivedOutsideHours = { policy: 'nextWorkingDay', officeHours: OFFICE_HOURS } as const;
    expect(count('2026-11-20T17:29:00+08:00', 1, { receivedOutsideHours })).toMatchObject({
      dueDate: '2026-11-23',
    });
    expect(count('2026-11-20T17:30:00+08:00', 1, { receivedOutsideHours })).toMatchObject({
      dueDate: '2026-11-24',
    });
    expect(count('2026-11-21T10:00:00+08:00', 1, { receivedOutsideHours })).toMatchObject({
      dueDate: '2026-11-24',
    });
    expect(count('2026-11-21T10:00:00+08:00', 1)).toMatchObject({ dueDate: '2026-11-23' });
    expect(count('2026-12-31T20:00:00+08:00', 1, { receivedOutsideHours })).toMatchObject({
      kind: 'awaitingCalendar',
    });
  });

  it('stand still while the objector has the matter', () => {
    const suspensions = [{ from: '2026-11-20T15:00:00+08:00', until: '2026-11-25T09:00:00+08:00' }];
    expect(count('2026-11-19', 3, { suspensions })).toMatchObject({ dueDate: '2026-11-27' });
    expect(explained('2026-11-19', { suspensions })).toContain('2026-11-24 - 中止计时');
  });

  it.each([0, -1, 1.5, 1001, Number.NaN])('refuse to count %p days', (workingDays) => {
    expect(() => count('2026-11-19', workingDays)).toThrow(RangeError);
  });

  it.each([
    '2026-02-30',
    '2026-11-19T10:00:00',
    'tomorrow',
    '2026-11-19T25:00:00+08:00',
    '2026-02-30T10:00:00+08:00',
    '2026-11-19T24:00:00+08:00',
  ])('refuse the start %s', (start) => {
    expect(() => count(start)).toThrow(RangeError);
  });
});

describe('counting working days', () => {
  const someDay = fc.integer({ min: 0, max: 1200 }).map((days) => addDays(legalDate('2023-01-01'), days));
  const someDays = fc.integer({ min: 1, max: 60 });

  it('has as many counted days as the limit, ends on a working day and explains without a gap', () => {
    fc.assert(
      fc.property(someDay, someDays, (start, days) => {
        const result = count(start, days);
        const counted = result.explanation.filter((day) => day.counted);
        result.explanation.forEach((day, index) => {
          expect(day.date).toBe(addDays(start, index));
        });
        expect(counted.map(({ ordinal }) => ordinal)).toEqual(counted.map((_, index) => index + 1));
        for (const day of counted) expect(dayKind(STATE_COUNCIL_CALENDAR, day.date)?.isWorkingDay).toBe(true);
        if (result.kind !== 'due') return;
        expect(counted).toHaveLength(days);
        expect(result.explanation.at(-1)?.date).toBe(result.dueDate);
        expect(instantMs(result.dueAt)).toBe(instantMs(addDays(result.dueDate, 1)));
      }),
    );
  });

  it('never ends earlier for a later start or a longer limit', () => {
    fc.assert(
      fc.property(someDay, someDays, (start, days) => {
        const [base, later, longer] = [
          count(start, days),
          count(addDays(start, 1), days),
          count(start, days + 1),
        ];
        if (base.kind !== 'due') return;
        if (later.kind === 'due') expect(later.dueDate >= base.dueDate).toBe(true);
        if (longer.kind === 'due') expect(longer.dueDate > base.dueDate).toBe(true);
      }),
    );
  });

  it('never ends earlier when a day off is added to the calendar', () => {
    fc.assert(
      fc.property(someDay, someDays, fc.nat(30), (start, days, offset) => {
        const added = addDays(start, offset);
        const regionalOverlay = { [added]: { kind: 'dayOff', name: '本地', notice: '1' } } as const;
        const [before, after] = [
          count(start, days),
          count(start, days, { calendar: { ...STATE_COUNCIL_CALENDAR, regionalOverlay } }),
        ];
        if (before.kind === 'due' && after.kind === 'due') expect(after.dueDate >= before.dueDate).toBe(true);
      }),
    );
  });
});

describe('the fraction of a limit that has passed', () => {
  const at = (startAt: string, workingDays: number, fraction: number) =>
    workingTimeFraction({ startAt, workingDays, calendar: STATE_COUNCIL_CALENDAR }, fraction, OFFICE_HOURS);

  it('counts office hours of working days, not calendar time', () => {
    expect(at('2026-11-19', 3, 0.5)).toEqual({ kind: 'at', at: '2026-11-23T13:00:00+08:00' });
    expect(at('2026-11-19', 3, 1)).toEqual({ kind: 'at', at: '2026-11-24T17:30:00+08:00' });
    expect(at('2026-11-19', 2, 0.5)).toEqual({ kind: 'at', at: '2026-11-20T17:30:00+08:00' });
    expect(at('2026-11-19', 1, 0.8)).toEqual({ kind: 'at', at: '2026-11-20T15:42:00+08:00' });
    expect(at('2026-09-30', 10, 0.8)).toEqual({ kind: 'at', at: '2026-10-16T17:30:00+08:00' });
  });

  it('is told from the days known while the end awaits the calendar', () => {
    expect(at('2026-12-29', 3, 0.5)).toEqual({ kind: 'at', at: '2026-12-31T13:00:00+08:00' });
    expect(at('2026-12-29', 3, 0.8)).toEqual({ kind: 'awaitingCalendar' });
  });
});

describe('calendar of the State Council', () => {
  it('works only on Saturdays and Sundays that are no holidays, and every year once', () => {
    for (const { holidays, workedWeekends } of ANNOUNCED_YEARS) {
      for (const date of workedWeekends) {
        expect([0, 6]).toContain(dayOfWeek(legalDate(date)));
        expect(holidays.some(([, first, last]) => first <= date && date <= last)).toBe(false);
      }
    }
    expect(ANNOUNCED_YEARS.map(({ year }) => year)).toEqual([2023, 2024, 2025, 2026]);
  });

  it.each([
    [2023, 249],
    [2024, 251],
    [2025, 248],
    [2026, 248],
  ])('has the working days of %i that follow from the notices', (year, expected) => {
    let working = 0;
    for (let date = legalDate(`${year}-01-01`); date <= `${year}-12-31`; date = addDays(date, 1)) {
      if (dayKind(STATE_COUNCIL_CALENDAR, date)?.isWorkingDay === true) working += 1;
    }
    expect(working).toBe(expected);
  });

  it('says nothing of a day that was not announced', () => {
    expect(dayKind(STATE_COUNCIL_CALENDAR, legalDate('2027-01-04'))).toBeNull();
    expect(dayKind(STATE_COUNCIL_CALENDAR, legalDate('2022-12-30'))).toBeNull();
  });

  it('warns from 1 November on while next year is missing, and at once when this year is', () => {
    expect(isNextYearMissing(STATE_COUNCIL_CALENDAR, legalDate('2026-10-31'))).toBe(false);
    expect(isNextYearMissing(STATE_COUNCIL_CALENDAR, legalDate('2026-11-01'))).toBe(true);
    expect(isNextYearMissing(STATE_COUNCIL_CALENDAR, legalDate('2027-03-01'))).toBe(true);
    expect(isNextYearMissing(STATE_COUNCIL_CALENDAR, legalDate('2025-11-01'))).toBe(false);
  });
});
