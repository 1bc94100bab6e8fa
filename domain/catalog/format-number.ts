import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';

export interface NumberParts {
  readonly year: number;
  /** Counted by the register per authority, type and year, from 1, without gaps. */
  readonly sequence: number;
  /** Name of the area as the number writes it, such as 东胜区. */
  readonly area: string;
}

export interface NumberRefusal {
  readonly code: 'numberPatternIllFormed' | 'numberSequenceExhausted' | 'numberPartIllFormed';
  readonly expected: string;
}

const PLACEHOLDER = /\{([^{}]*)\}/g;

/**
 * Writes a certificate number by its pattern: `{year}` four digits, `{area}` the name of the area,
 * `{sequence:7}` the sequence padded to seven digits (exactly one of these must occur).
 * Refuses a pattern it does not understand and a sequence that no longer fits: a longer number would break
 * the readers of the number, so the office has to widen the pattern first.
 */
export function formatNumber(pattern: string, parts: NumberParts): Result<string, NumberRefusal> {
  const width = sequenceWidth(pattern);
  if (width === null)
    return refused({ code: 'numberPatternIllFormed', expected: NUMBER_PATTERN_EXPECTATION });
  if (!Number.isSafeInteger(parts.sequence) || parts.sequence < 1 || !/^\d{4}$/.test(String(parts.year))) {
    return refused({ code: 'numberPartIllFormed', expected: '顺序号应为正整数，年份应为四位' });
  }
  if (pattern.includes('{area}') && parts.area === '') {
    return refused({ code: 'numberPartIllFormed', expected: '发证授权中缺少编号用的区域名称' });
  }
  const sequence = String(parts.sequence).padStart(width, '0');
  if (sequence.length > width) {
    return refused({ code: 'numberSequenceExhausted', expected: `顺序号超过 ${width} 位，请先修订编号规则` });
  }
  const number = pattern.replace(PLACEHOLDER, (_, name: string) =>
    name === 'year' ? String(parts.year) : name === 'area' ? parts.area : sequence,
  );
  return accepted(number);
}

export const NUMBER_PATTERN_EXPECTATION =
  '编号规则由文字、{year}、{area} 和恰好一个 {sequence:位数}(3 至 12 位)组成，不超过 60 字';

/** Whether a pattern can be used by `formatNumber`. */
export function isNumberPattern(pattern: string): boolean {
  return sequenceWidth(pattern) !== null;
}

/** Digits of the sequence in a well-formed pattern, null in any other. */
function sequenceWidth(pattern: string): number | null {
  if (pattern.length > 60) return null;
  const names = [...pattern.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');
  const sequences = names.filter((name) => /^sequence:(?:[3-9]|1[0-2])$/.test(name));
  const known = names.every((name) => name === 'year' || name === 'area' || sequences.includes(name));
  const stray = /[{}]/.test(pattern.replace(PLACEHOLDER, ''));
  const [sequence] = sequences;
  if (!known || stray || sequence === undefined || sequences.length !== 1) return null;
  return Number(sequence.slice('sequence:'.length));
}
