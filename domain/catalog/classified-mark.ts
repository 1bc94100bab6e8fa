import { jsonPointer } from '../shared/json-pointer';
import { halfWidth } from '../shared/text-form';

/** Where a marked secret was found. What was found is never repeated (art. 3: neither stored nor logged). */
export interface ClassifiedMark {
  /** JSON pointer (RFC 6901) to the value or the key; the empty string for a bare text. */
  readonly pointer: string;
}

const GAP = '[\\s\\u200b\\u2060\\ufeff]*';
const DEGREE = `(?:绝${GAP}密|机${GAP}密|秘${GAP}密)`;
/** The sign of classification as it stands on documents: degree, star, perhaps a period. */
const STARRED = new RegExp(`${DEGREE}${GAP}[★☆✭✮⭐]`, 'u');
/** The form field: 密级：机密, also 保密等级, with or without brackets around the degree. */
const LABELLED = new RegExp(
  `(?:密${GAP}级|保密等级|涉密等级)${GAP}[:：]${GAP}[(\\[【〔《"“]?${GAP}${DEGREE}`,
  'u',
);

/**
 * Finds the first sign of a state secret in any JSON value, in its texts and in its keys, and in file names.
 * 商业秘密 or 保守秘密 in prose is no sign: only the degree before a star, or after 密级：, is. Full-width forms
 * and blanks inside make no difference. A marked key is reported by the pointer of the object that has it.
 * However deep the value is nested, all of it is looked at and the stack does not grow.
 */
export function findClassifiedMark(value: unknown): ClassifiedMark | null {
  const waiting: { readonly value: unknown; readonly pointer: string }[] = [{ value, pointer: '' }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value: current, pointer } = next;
    if (typeof current === 'string' && isMarked(current)) return { pointer };
    if (typeof current !== 'object' || current === null) continue;
    const entries = Array.isArray(current) ? [...current.entries()] : Object.entries(current);
    for (const [key, inner] of entries.reverse()) {
      if (typeof key === 'string' && isMarked(key)) return { pointer };
      waiting.push({ value: inner, pointer: pointer + jsonPointer(key) });
    }
  }
  return null;
}

function isMarked(text: string): boolean {
  if (!text.includes('密')) return false;
  const plain = halfWidth(text);
  return STARRED.test(plain) || LABELLED.test(plain);
}
