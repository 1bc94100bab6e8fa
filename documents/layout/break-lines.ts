import type { FoundGlyph } from '../fonts/font-chain';

/** A character with its glyph and its width as a fraction of the size. */
export interface MeasuredCharacter {
  readonly codePoint: number;
  readonly glyph: FoundGlyph;
  readonly advanceEm: number;
}

/** 行首避头: must not start a line (GB/T 15834-2011, 5.1 and common typesetting practice). */
const NEVER_FIRST = codePointsOf('，。、；：？！）》〉」』】〕］｝”’…—～·％‰℃°,.;:?!)]}%／');
/** 行末避尾: must not end a line. */
const NEVER_LAST = codePointsOf('（《〈「『【〔［｛“‘￥＄([{¥$№');

function codePointsOf(text: string): ReadonlySet<number> {
  return new Set(Array.from(text, (character) => character.codePointAt(0) ?? 0));
}

/**
 * Breaks one paragraph into lines. Words of Latin letters and digits stay whole while they fit on a line; Chinese breaks
 * anywhere but where 避头尾 forbids it; spaces at a break vanish.
 * @param widthEm width of a line as a multiple of the size.
 */
export function breakLines(paragraph: readonly MeasuredCharacter[], widthEm: number): MeasuredCharacter[][] {
  const lines: MeasuredCharacter[][] = [];
  let start = 0;
  while (start < paragraph.length) {
    const end = endOfLine(paragraph, start, widthEm);
    lines.push(withoutTrailingSpaces(paragraph.slice(start, end)));
    start = end;
    while (start < paragraph.length && paragraph[start]?.codePoint === 0x20) start += 1;
  }
  return lines.length === 0 ? [[]] : lines;
}

/** Width of a line as a multiple of its size. */
export function widthOf(line: readonly MeasuredCharacter[]): number {
  let width = 0;
  for (const character of line) width += character.advanceEm;
  return width;
}

/** Index after the last character that belongs on the line starting at `start`; at least one character is taken. */
function endOfLine(paragraph: readonly MeasuredCharacter[], start: number, widthEm: number): number {
  let width = 0;
  let end = start;
  while (end < paragraph.length) {
    width += paragraph[end]?.advanceEm ?? 0;
    if (width > widthEm + 1e-6 && end > start) break;
    end += 1;
  }
  if (end >= paragraph.length) return paragraph.length;
  for (let candidate = end; candidate > start; candidate -= 1) {
    if (mayBreakBefore(paragraph, candidate)) return candidate;
  }
  return end;
}

function mayBreakBefore(paragraph: readonly MeasuredCharacter[], index: number): boolean {
  const before = paragraph[index - 1]?.codePoint ?? 0;
  const after = paragraph[index]?.codePoint ?? 0;
  if (before === 0x20) return true;
  if (after === 0x20) return true;
  if (NEVER_FIRST.has(after) || NEVER_LAST.has(before)) return false;
  return !(isWordCharacter(before) && isWordCharacter(after));
}

function isWordCharacter(codePoint: number): boolean {
  return (
    (codePoint >= 0x30 && codePoint <= 0x39) ||
    (codePoint >= 0x41 && codePoint <= 0x5a) ||
    (codePoint >= 0x61 && codePoint <= 0x7a) ||
    (codePoint >= 0xc0 && codePoint <= 0x24f) ||
    codePoint === 0x2d ||
    codePoint === 0x2e ||
    codePoint === 0x2f ||
    codePoint === 0x5f ||
    codePoint === 0x40
  );
}

function withoutTrailingSpaces(line: MeasuredCharacter[]): MeasuredCharacter[] {
  let length = line.length;
  while (length > 0 && line[length - 1]?.codePoint === 0x20) length -= 1;
  return line.slice(0, length);
}
