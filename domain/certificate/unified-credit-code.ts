import type { Branded } from '../shared/brand';
import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';

/** 统一社会信用代码 (GB 32100-2015) with its right check character. */
export type UnifiedCreditCode = Branded<string, 'UnifiedCreditCode'>;

export interface CodeRefusal<Code extends string> {
  readonly code: Code;
  /** Chinese sentence for whoever typed it. */
  readonly expected: string;
  /** What the last character should be; null when the code is ill-formed before it. */
  readonly expectedCheckCharacter: string | null;
}

export type CreditCodeRefusal = CodeRefusal<'creditCodeIllFormed' | 'creditCodeCheckCharacter'>;

/** Digits and capital letters without I, O, S, V, Z. */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const MODULUS = 31;

/**
 * Reads a unified social credit code: registering organ, class, six digits of area, nine characters of
 * organisation, check character over 3^(i-1) mod 31. A refusal names the expected character.
 */
export function parseUnifiedCreditCode(text: string): Result<UnifiedCreditCode, CreditCodeRefusal> {
  if (!/^[0-9A-HJ-NP-RTUWXY]{2}\d{6}[0-9A-HJ-NP-RTUWXY]{10}$/.test(text)) {
    return refused({
      code: 'creditCodeIllFormed',
      expected: '统一社会信用代码为 18 位数字或大写字母(不含 I、O、S、V、Z)，第 3 至 8 位为数字',
      expectedCheckCharacter: null,
    });
  }
  const expectedCheckCharacter = creditCodeCheckCharacter(text.slice(0, 17));
  if (text.charAt(17) === expectedCheckCharacter) return accepted(text as UnifiedCreditCode);
  return refused({
    code: 'creditCodeCheckCharacter',
    expected: `统一社会信用代码校验位不符，按前 17 位计算末位应为 ${expectedCheckCharacter}`,
    expectedCheckCharacter,
  });
}

/** The 18th character for the first 17, which must be of the code's alphabet. */
export function creditCodeCheckCharacter(first17: string): string {
  let sum = 0;
  let weight = 1;
  for (const character of first17) {
    sum += ALPHABET.indexOf(character) * weight;
    weight = (weight * 3) % MODULUS;
  }
  return ALPHABET.charAt((MODULUS - (sum % MODULUS)) % MODULUS);
}
