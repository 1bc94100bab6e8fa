import { halfWidth } from '../shared/text-form';

/** Blanks, and what is invisible between two characters: zero-width space, non-joiner and joiner, word joiner, BOM. */
const BLANKS = /\s|\u200b|\u200c|\u200d|\u2060|\ufeff/g;

/**
 * A code or number as office workers type it, made plain where that changes nothing of what it says: full-width characters,
 * blanks and invisible separators, the apostrophe with which Excel is told that it is text. Letters stay as they are.
 */
export function normaliseNumber(text: string): string {
  return halfWidth(text).replace(BLANKS, '').replace(/^'/, '');
}

/** As {@link normaliseNumber}; codes of holders are written in capitals, so a small x is the X of a citizen number. */
export function normaliseHolderCode(text: string): string {
  return normaliseNumber(text).toUpperCase();
}
