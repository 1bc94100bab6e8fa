import type { Branded } from '../shared/brand';
import type { LegalDate } from '../shared/legal-date';
import { legalDate, parseLegalDate } from '../shared/legal-date';
import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';
import type { CodeRefusal } from './unified-credit-code';

/** 公民身份号码 (GB 11643) with an existing date of birth and its right check character. */
export type CitizenNumber = Branded<string, 'CitizenNumber'>;

export type CitizenNumberRefusal = CodeRefusal<
  'citizenNumberIllFormed' | 'citizenNumberArea' | 'citizenNumberBirthDate' | 'citizenNumberCheckCharacter'
>;

/** First two digits in use; 81, 82 and 83 stand on the residence permits of people from 港澳台. */
const PROVINCES: ReadonlySet<string> = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83'.split(
    ' ',
  ),
);
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECK_CHARACTERS = '10X98765432';

/**
 * Reads an 18-character citizen number. The area is judged by its province only, because areas are merged
 * and renamed while numbers stay. A small x is taken for X. A refusal names the expected check character.
 */
export function parseCitizenNumber(text: string): Result<CitizenNumber, CitizenNumberRefusal> {
  const number = text.length === 18 && text.endsWith('x') ? `${text.slice(0, 17)}X` : text;
  if (!/^[1-9]\d{16}[\dX]$/.test(number)) {
    return refuse('citizenNumberIllFormed', '公民身份号码为 18 位，前 17 位为数字，末位为数字或 X');
  }
  if (!PROVINCES.has(number.slice(0, 2))) {
    return refuse('citizenNumberArea', '公民身份号码前两位不是已使用的地区代码');
  }
  if (!parseLegalDate(birthDateText(number)).ok) {
    return refuse('citizenNumberBirthDate', '公民身份号码第 7 至 14 位不是存在的日期');
  }
  const check = citizenNumberCheckCharacter(number.slice(0, 17));
  return number.endsWith(check)
    ? accepted(number as CitizenNumber)
    : refuse('citizenNumberCheckCharacter', `公民身份号码校验位不符，按前 17 位计算末位应为 ${check}`, check);
}

/** The 18th character for 17 digits (mod 11-2). */
export function citizenNumberCheckCharacter(first17: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(first17.charAt(index)), 0);
  return CHECK_CHARACTERS.charAt(sum % 11);
}

/** The date of birth that a citizen number carries. */
export function birthDateOf(number: CitizenNumber): LegalDate {
  return legalDate(birthDateText(number));
}

function birthDateText(number: string): string {
  return `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
}

function refuse(
  code: CitizenNumberRefusal['code'],
  expected: string,
  expectedCheckCharacter: string | null = null,
): Result<CitizenNumber, CitizenNumberRefusal> {
  return refused({ code, expected, expectedCheckCharacter });
}
