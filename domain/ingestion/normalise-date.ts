import type { LegalDate } from '../shared/legal-date';
import { dateOfDayNumber, dayNumber, legalDate, parseLegalDate } from '../shared/legal-date';
import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';
import { halfWidth } from '../shared/text-form';

export interface CellProblem {
  readonly code: string;
  /** What was expected, as a Chinese sentence; never what was written. */
  readonly expected: string;
}

const EXPECTED = '应为年月日齐全的日期，例如 2026-03-01、2026/3/1、2026年3月1日或 20260301';
/** Excel counts from here, and believes that 1900 was a leap year; serials below 61 would be off by one. */
const SERIAL_ZERO = dayNumber(legalDate('1899-12-30'));
const FIRST_SERIAL = dayNumber(legalDate('1949-10-01')) - SERIAL_ZERO;
const LAST_SERIAL = dayNumber(legalDate('2099-12-31')) - SERIAL_ZERO;
/** Year first, one and the same separator, with or without a time of day, which a legal date does not have. */
const WITH_SEPARATOR = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?$/;
const CHINESE = /^(\d{4})年(\d{1,2})月(\d{1,2})[日号]?$/;
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const MAX_LENGTH = 40;

/**
 * Reads a date as office workers and their systems write it, and only where it has one meaning: the year first and of four
 * digits (2026-3-1, 2026/3/1, 2026.3.1, 2026年3月1日, 20260301), full-width digits and blanks aside, or an Excel serial.
 * 3/1/2026, 26-3-1 and 2026-3 have several and are refused with what was expected. Never throws.
 */
export function normaliseDate(text: string): Result<LegalDate, CellProblem> {
  if (text.length > MAX_LENGTH) return refused({ code: 'dateIllFormed', expected: EXPECTED });
  const plain = halfWidth(text)
    .trim()
    .replace(/\s*([-/.年月日号])\s*/g, '$1')
    .replace(/\s+/g, ' ');
  const parts =
    matched(WITH_SEPARATOR, plain, 1, 3, 4) ??
    matched(CHINESE, plain, 1, 2, 3) ??
    matched(COMPACT, plain, 1, 2, 3);
  if (parts !== null) return existing(parts);
  return /^\d{5}(?:\.0+)?$/.test(plain)
    ? dateOfSerial(Number(plain))
    : refused({ code: 'dateIllFormed', expected: EXPECTED });
}

/** The date of an Excel serial of the 1900 system; refused outside 1949 to 2099, where no certificate is dated. */
export function dateOfSerial(serial: number): Result<LegalDate, CellProblem> {
  const whole = Math.floor(serial);
  return Number.isFinite(serial) && whole >= FIRST_SERIAL && whole <= LAST_SERIAL
    ? accepted(dateOfDayNumber(SERIAL_ZERO + whole))
    : refused({ code: 'dateIllFormed', expected: EXPECTED });
}

function matched(
  form: RegExp,
  text: string,
  ...groups: readonly [number, number, number]
): readonly [string, string, string] | null {
  const match = form.exec(text);
  if (match === null) return null;
  const [year, month, day] = groups.map((group) => match[group] ?? '');
  return [year ?? '', month ?? '', day ?? ''];
}

function existing([year, month, day]: readonly [string, string, string]): Result<LegalDate, CellProblem> {
  const date = parseLegalDate(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
  return date.ok ? date : refused({ code: date.refusal.code, expected: date.refusal.expected });
}
