import { jsonPointer } from '../../domain/shared/json-pointer';
import type { Refusal } from '../../domain/shared/refusals';

/**
 * In: a value parsed from JSON or a query, not nested without end. Out: the pointer of the first text, or name of a member,
 * that holds NUL or half a surrogate pair; null when there is none. JSON can write both, UTF-8 and PostgreSQL neither.
 */
export function findUnstorableText(value: unknown, pointer = ''): string | null {
  if (typeof value === 'string') return isUnstorable(value) ? pointer : null;
  if (typeof value !== 'object' || value === null) return null;
  for (const [name, inner] of Object.entries(value)) {
    if (isUnstorable(name)) return pointer;
    const found = findUnstorableText(inner, pointer + jsonPointer(name));
    if (found !== null) return found;
  }
  return null;
}

/** The refusal of such a text at its place. */
export function unstorableText(pointer: string): Refusal {
  const problem = {
    pointer,
    code: 'unstorableCharacter',
    expected: '不得含有空字符(U+0000)或不成对的代理码位',
  };
  return { code: 'malformedRequest', problems: [problem] };
}

function isUnstorable(text: string): boolean {
  return text.includes('\0') || /\p{Surrogate}/u.test(text);
}
