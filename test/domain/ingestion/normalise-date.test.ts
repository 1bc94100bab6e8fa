import fc from 'fast-check';
import { normaliseHolderCode, normaliseNumber } from '../../../domain/ingestion/normalise-code';
import { dateOfSerial, normaliseDate } from '../../../domain/ingestion/normalise-date';
import { addDays, civilDate, dateOfDayNumber, dayNumber, legalDate } from '../../../domain/shared/legal-date';

const value = (text: string) => {
  const date = normaliseDate(text);
  return date.ok ? date.value : date.refusal.code;
};
const dates = fc
  .integer({ min: dayNumber(legalDate('1950-01-01')), max: dayNumber(legalDate('2099-12-31')) })
  .map(dateOfDayNumber);

describe('a date in a cell', () => {
  it.each([
    '2026-03-01',
    '2026-3-1',
    '2026/3/1',
    '2026.3.1',
    '2026/03/01 00:00:00',
    '2026年3月1日',
    '2026 年 3 月 1 日',
    '２０２６年３月１日',
    '20260301',
    ' 2026-03-01　',
    '46082',
    '46082.0',
  ])('has one meaning as %s', (text) => {
    expect(value(text)).toBe('2026-03-01');
  });

  it.each([
    '3/1/2026',
    '01/03/2026',
    '26-3-1',
    '26.03.01',
    '2026-3',
    '2026年3月',
    '2026-03/01',
    '202631',
    '2026031',
    '三月一日',
    '二〇二六年三月一日',
    '长期',
    '',
    '12345678901',
    '1',
    '99999',
    '-1',
  ])('is refused as %j, which has none or several', (text) => {
    expect(value(text)).toBe('dateIllFormed');
  });

  it('that does not exist is refused as such', () => {
    expect(value('2026年2月29日')).toBe('dateDoesNotExist');
    expect(value('20261301')).toBe('dateDoesNotExist');
  });

  it('is read back from every form in which it is written', () => {
    fc.assert(
      fc.property(dates, (date) => {
        const { year, month, day } = civilDate(date);
        const forms = [
          date,
          `${year}/${month}/${day}`,
          `${year}年${month}月${day}日`,
          date.replaceAll('-', ''),
          String(dayNumber(date) - dayNumber(legalDate('1899-12-30'))),
        ];
        for (const form of forms) expect(value(form)).toBe(date);
      }),
    );
  });

  it('never throws, and what it answers is a date that exists', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const date = normaliseDate(text);
        if (date.ok) expect(addDays(date.value, 0)).toBe(date.value);
      }),
    );
  });

  it('is no serial outside of the years in which certificates are dated', () => {
    for (const serial of [0, 59, 60, 61, Number.NaN, Number.POSITIVE_INFINITY, 1e9]) {
      expect(dateOfSerial(serial).ok).toBe(false);
    }
  });
});

describe('a code in a cell', () => {
  it('loses blanks, width and the apostrophe of a spreadsheet, and nothing else', () => {
    expect(normaliseHolderCode("'１５０６９９ 19900101 123x\u200b")).toBe('15069919900101123X');
    expect(normaliseNumber('150602-2026-000123')).toBe('150602-2026-000123');
    expect(normaliseNumber('鄂东交〔2026〕12号')).toBe('鄂东交〔2026〕12号');
  });

  it('stays as it is when it is plain already', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9A-Za-z-]{0,40}$/), (text) => {
        expect(normaliseNumber(text)).toBe(text);
        expect(normaliseNumber(normaliseNumber(text))).toBe(text);
      }),
    );
  });
});
