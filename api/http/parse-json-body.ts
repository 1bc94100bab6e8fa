import type { Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';
import { accepted, refused } from '../../domain/shared/result';
import { findUnstorableText, unstorableText } from './unstorable-text';

/** Deeper than any request of ours; the search for secrecy marks looks deeper than this. */
const MAX_DEPTH = 32;

/**
 * Reads UTF-8 JSON. Refuses anything else (`malformedJson`), what is nested deeper than 32 levels, and text that no UTF-8
 * column can hold, at its place.
 */
export function parseJsonBody(raw: Uint8Array): Result<unknown, Refusal> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw));
  } catch {
    return refused({ code: 'malformedJson' });
  }
  if (exceedsDepth(value)) {
    return refused({
      code: 'malformedRequest',
      problems: [{ pointer: '', code: 'tooDeep', expected: `嵌套不超过 ${MAX_DEPTH} 层` }],
    });
  }
  const unstorable = findUnstorableText(value);
  return unstorable === null ? accepted(value) : refused(unstorableText(unstorable));
}

function exceedsDepth(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; depth <= MAX_DEPTH; depth += 1) {
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
    if (level.length === 0) return false;
  }
  return true;
}

/** Whether a Content-Type names JSON. */
export function isJsonMediaType(contentType: string | undefined): boolean {
  return /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(contentType ?? '');
}
