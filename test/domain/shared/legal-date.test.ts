import fc from 'fast-check';
import {
  addDays,
  chineseDate,
  civilDate,
  dateOfDayNumber,
  dayNumber,
  dayOfWeek,
  legalDate,
  legalDateAt,
  parseLegalDate,
  shanghaiInstant,
  startOfLegalDateMs,
} from '../../../domain/shared/legal-date';

const anyDate = fc.integer({ min: -300_000, max: 2_900_000 }).map(dateOfDayNumber);

describe('a legal date', () => {
  it.each(['2026-02-29', '2100-02-29', '2026-04-31', '2026-00-10', '2026-13-01', '2026-01-00', '2026-12-32'])(
    '%s does not exist',
    (text) => {
      expect(parseLegalDate(text)).toMatchObject({ ok: false, refusal: { code: 'dateDoesNotExist' } });
      expect(() => legalDate(text)).toThrow(RangeError);
    },
  );

  it.each([
    '2026-1-1',
    '20260101',
    '2026/01/01',
    '0999-01-01',
    '２０２６-01-01',
    ' 2026-01-01',
    '2026-01-01T00:00:00',
    '',
  ])('%p is ill-formed', (text) => {
    expect(parseLegalDate(text)).toMatchObject({ ok: false, refusal: { code: 'dateIllFormed' } });
  });

  it.each(['2024-02-29', '2000-02-29', '1949-10-01', '9999-12-31'])('%s exists', (text) => {
    expect(parseLegalDate(text)).toEqual({ ok: true, value: text });
  });

  it('is counted without a gap: the day after is one more, and the weekday follows', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: -400, max: 400 }), (date, days) => {
        const later = addDays(date, days);
        expect(dayNumber(later)).toBe(dayNumber(date) + days);
        expect(parseLegalDate(later)).toEqual({ ok: true, value: later });
        expect(dayOfWeek(addDays(date, 1))).toBe((dayOfWeek(date) + 1) % 7);
        expect(later < date).toBe(days < 0);
      }),
    );
    expect(dayOfWeek(legalDate('2026-11-23'))).toBe(1);
    expect(dayOfWeek(legalDate('1969-12-28'))).toBe(0);
  });

  it('begins at 00:00 in Beijing and ends where the next begins', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: 0, max: 86_399_999 }), (date, milliseconds) => {
        const start = startOfLegalDateMs(date);
        expect(legalDateAt(start + milliseconds)).toBe(date);
        expect(legalDateAt(start - 1)).toBe(addDays(date, -1));
        expect(start + 86_400_000).toBe(startOfLegalDateMs(addDays(date, 1)));
        expect(Date.parse(shanghaiInstant(start + milliseconds))).toBe(start + milliseconds);
      }),
    );
    expect(shanghaiInstant(startOfLegalDateMs(legalDate('2026-09-30')))).toBe('2026-09-30T00:00:00+08:00');
    expect(shanghaiInstant(Date.parse('2026-09-29T16:00:00.250Z'))).toBe('2026-09-30T00:00:00.250+08:00');
  });

  it('is printed as certificates print it', () => {
    expect(chineseDate(legalDate('2026-01-05'))).toBe('2026年1月5日');
    expect(civilDate(legalDate('2026-11-23'))).toEqual({ year: 2026, month: 11, day: 23 });
  });
});
