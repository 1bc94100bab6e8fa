import { findForbiddenCharacter } from '../shared/forbidden-character';
import { parseLegalDate } from '../shared/legal-date';
import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';
import { characterCount, comparableText, halfWidth } from '../shared/text-form';
import type { DateRule, EnumerationRule, ImageRule, NumberRule, ScalarRule, TextRule } from './face-schema';
import { LONG_TERM } from './face-schema';

export const FACE_PROBLEM_CODES = [
  'faceNotAnObject',
  'tooManyElements',
  'unknownElement',
  'givenTwice',
  'missing',
  'assignedByRegister',
  'wrongType',
  'tooLong',
  'patternMismatch',
  'forbiddenCharacter',
  'dateIllFormed',
  'dateDoesNotExist',
  'numberIllFormed',
  'numberOutOfRange',
  'tooManyDecimals',
  'notInEnumeration',
  'imageIllFormed',
  'imageTooBig',
  'tooFewRows',
  'tooManyRows',
  'disagreesWithMetadata',
] as const;
export type FaceProblemCode = (typeof FACE_PROBLEM_CODES)[number];

/** What is wrong with one value, with what was expected as a Chinese sentence; never the value itself. */
export interface ValueProblem {
  readonly code: FaceProblemCode;
  readonly expected: string;
}

type ParsedValue = Result<string, ValueProblem>;

/** White space at the ends carries no meaning on a certificate and is dropped before anything is judged. */
const OUTER_SPACE = /^[\s\u3000]+|[\s\u3000]+$/g;
const MAX_NUMBER_LENGTH = 32;

/**
 * Reads one value of text, date, number or enumeration by its rule and answers its canonical text.
 * Lengths are judged before patterns, so what a stranger sends costs little.
 */
export function parseScalar(rule: ScalarRule, input: unknown): ParsedValue {
  switch (rule.kind) {
    case 'text':
      return parseText(rule, input);
    case 'date':
      return parseDate(rule, input);
    case 'number':
      return parseNumber(rule, input);
    case 'enumeration':
      return parseEnumeration(rule, input);
  }
}

function parseText(rule: TextRule, input: unknown): ParsedValue {
  if (typeof input !== 'string') return problem('wrongType', '应为文本');
  const tooLong = problem('tooLong', `不超过 ${rule.maxLength} 个字`);
  if (input.length > rule.maxLength * 4 + 16) return tooLong;
  const multiline = rule.multiline === true;
  const text = (multiline ? input.replace(/\r\n?/g, '\n') : input).replace(OUTER_SPACE, '');
  if (characterCount(text) > rule.maxLength) return tooLong;
  const forbidden = findForbiddenCharacter(text, multiline);
  if (forbidden !== null) {
    return problem(
      'forbiddenCharacter',
      `第 ${forbidden.position} 个字符(U+${hex(forbidden.codePoint)})不能出现在证照上`,
    );
  }
  if (rule.pattern !== undefined && !new RegExp(`^(?:${rule.pattern})$`, 'u').test(text)) {
    return problem('patternMismatch', rule.patternMessage ?? '格式不符');
  }
  return accepted(text);
}

function parseDate(rule: DateRule, input: unknown): ParsedValue {
  const expected =
    rule.allowsLongTerm === true ? '应为 YYYY-MM-DD 格式的日期或“长期”' : '应为 YYYY-MM-DD 格式的日期';
  if (typeof input !== 'string') return problem('wrongType', expected);
  if (rule.allowsLongTerm === true && input === LONG_TERM) return accepted(LONG_TERM);
  const date = parseLegalDate(input);
  if (date.ok) return accepted(date.value);
  return problem(date.refusal.code, date.refusal.code === 'dateIllFormed' ? expected : date.refusal.expected);
}

function parseNumber(rule: NumberRule, input: unknown): ParsedValue {
  const isText = typeof input === 'string';
  if (!isText && typeof input !== 'number') return problem('wrongType', '应为数字');
  const text = isText ? input : String(input);
  const match = text.length > MAX_NUMBER_LENGTH ? null : /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return problem('numberIllFormed', '应为十进制数字，不带千分位和单位');
  const whole = (match[2] ?? '').replace(/^0+(?=\d)/, '');
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > rule.decimals) {
    return problem('tooManyDecimals', rule.decimals === 0 ? '应为整数' : `小数不超过 ${rule.decimals} 位`);
  }
  const magnitude = fraction === '' ? whole : `${whole}.${fraction}`;
  const canonical = match[1] === '-' && magnitude !== '0' ? `-${magnitude}` : magnitude;
  const value = Number(canonical);
  if (value < (rule.minimum ?? -Infinity) || value > (rule.maximum ?? Infinity)) {
    return problem('numberOutOfRange', rangeSentence(rule));
  }
  return accepted(canonical);
}

function rangeSentence({ minimum, maximum }: NumberRule): string {
  if (minimum === undefined) return `不大于 ${maximum}`;
  return maximum === undefined ? `不小于 ${minimum}` : `应在 ${minimum} 至 ${maximum} 之间`;
}

function parseEnumeration(rule: EnumerationRule, input: unknown): ParsedValue {
  const values = rule.values.join('、');
  if (typeof input !== 'string') return problem('wrongType', `应为以下之一：${values}`);
  const found = rule.values.find((value) => value === input);
  return found === undefined ? problem('notInEnumeration', `应为以下之一：${values}`) : accepted(found);
}

/** Reads a picture sent as base64: JPEG or PNG by its first bytes, at most the size of the rule. */
export function parseImage(rule: ImageRule, input: unknown): ParsedValue {
  const expected = `应为 base64 编码的 JPEG 或 PNG 图片，不超过 ${Math.floor(rule.maxBytes / 1024)} KB`;
  if (typeof input !== 'string') return problem('wrongType', expected);
  if (base64Bytes(input) > rule.maxBytes) return problem('imageTooBig', expected);
  const isBase64 = input.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(input);
  const isPicture = input.startsWith('/9j/') || input.startsWith('iVBORw0KGgo');
  return isBase64 && isPicture ? accepted(input) : problem('imageIllFormed', expected);
}

function base64Bytes(text: string): number {
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return Math.floor((text.length * 3) / 4) - padding;
}

/** Whether two values say the same where white space and width of characters make no difference. */
export function saysTheSame(left: string, right: string): boolean {
  return comparableText(left) === comparableText(right);
}

/** Whether a value counts as not given: absent, null, or nothing but white space. */
export function isBlank(input: unknown): boolean {
  return (
    input === undefined || input === null || (typeof input === 'string' && halfWidth(input).trim() === '')
  );
}

function hex(codePoint: number): string {
  return codePoint.toString(16).toUpperCase().padStart(4, '0');
}

function problem(code: FaceProblemCode, expected: string): ParsedValue {
  return refused({ code, expected });
}
