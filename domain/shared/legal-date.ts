import type { Branded } from './brand';
import type { Result } from './result';
import { accepted, refused } from './result';

/** A date of the civil calendar as the law counts it (Asia/Shanghai), always written YYYY-MM-DD and existing. */
export type LegalDate = Branded<string, 'LegalDate'>;

export type LegalDateRefusal = {
  readonly code: 'dateIllFormed' | 'dateDoesNotExist';
  readonly expected: string;
};

export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const MINUTES_PER_DAY = 1440;
const MS_PER_DAY = MINUTES_PER_DAY * 60_000;
/** China has had one zone without daylight saving since 1991, so an offset is exact and needs no time zone data. */
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/**
 * Reads a date written YYYY-MM-DD, years 1000 to 9999.
 * Refuses another form (`dateIllFormed`) and a day the calendar lacks such as 2026-02-29 (`dateDoesNotExist`).
 */
export function parseLegalDate(text: string): Result<LegalDate, LegalDateRefusal> {
  const match = /^([1-9]\d{3})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) {
    return refused({ code: 'dateIllFormed', expected: '应为 YYYY-MM-DD 格式的日期，例如 2026-11-23' });
  }
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) {
    return refused({ code: 'dateDoesNotExist', expected: '日历上没有这一天，请核对年月日' });
  }
  return accepted(text as LegalDate);
}

/** A date that the programme itself wrote down; throws when it does not exist, because that is a fault of the source. */
export function legalDate(text: string): LegalDate {
  const parsed = parseLegalDate(text);
  if (!parsed.ok) throw new RangeError(`not a date: ${text}`);
  return parsed.value;
}

/** Days in a month of the Gregorian calendar, month 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Year, month and day of a legal date as numbers. */
export function civilDate(date: LegalDate): CivilDate {
  return { year: Number(date.slice(0, 4)), month: Number(date.slice(5, 7)), day: Number(date.slice(8, 10)) };
}

/** Days since 1970-01-01; whole numbers that may be compared and subtracted. */
export function dayNumber(date: LegalDate): number {
  return Math.round(
    Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, Number(date.slice(8, 10))) / MS_PER_DAY,
  );
}

/** The date that lies so many days after 1970-01-01; the inverse of `dayNumber`. */
export function dateOfDayNumber(days: number): LegalDate {
  return new Date(days * MS_PER_DAY).toISOString().slice(0, 10) as LegalDate;
}

/** The date `days` later, or earlier when negative. */
export function addDays(date: LegalDate, days: number): LegalDate {
  return dateOfDayNumber(dayNumber(date) + days);
}

/** 0 for Sunday to 6 for Saturday. */
export function dayOfWeek(date: LegalDate): number {
  return (((dayNumber(date) + 4) % 7) + 7) % 7;
}

/** The legal date in Asia/Shanghai of an instant given in milliseconds since 1970. */
export function legalDateAt(instantMs: number): LegalDate {
  return dateOfDayNumber(Math.floor((instantMs + SHANGHAI_OFFSET_MS) / MS_PER_DAY));
}

/** The instant, in milliseconds since 1970, at which a legal date begins in Asia/Shanghai; it ends where the next begins. */
export function startOfLegalDateMs(date: LegalDate): number {
  return dayNumber(date) * MS_PER_DAY - SHANGHAI_OFFSET_MS;
}

/** An instant in RFC 3339 with +08:00; milliseconds are written only where there are any. */
export function shanghaiInstant(instantMs: number): string {
  const text = new Date(instantMs + SHANGHAI_OFFSET_MS).toISOString();
  return `${text.endsWith('.000Z') ? text.slice(0, 19) : text.slice(0, 23)}+08:00`;
}

/** As certificates print it: 2026年1月5日, without padding. */
export function chineseDate(date: LegalDate): string {
  const { year, month, day } = civilDate(date);
  return `${year}年${month}月${day}日`;
}
