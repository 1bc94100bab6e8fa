import { scaleFields } from './scale-fields';
import type { TrueTypeFont } from './true-type-font';

interface CharacterRange {
  readonly first: number;
  last: number;
  readonly glyphId: number;
}

/** Runs of neighbouring code points; their glyphs are neighbours too because both are numbered in order. */
function rangesOf(entries: Iterable<[number, number]>): CharacterRange[] {
  const ranges: CharacterRange[] = [];
  for (const [codePoint, glyphId] of entries) {
    const open = ranges.at(-1);
    if (open !== undefined && open.last + 1 === codePoint) open.last = codePoint;
    else ranges.push({ first: codePoint, last: codePoint, glyphId });
  }
  return ranges;
}

/** Format 4 alone while all characters lie in the first plane, format 12 beside it otherwise. */
export function cmapTable(glyphIds: ReadonlyMap<number, number>): Uint8Array {
  const all = rangesOf(glyphIds);
  const firstPlane = rangesOf([...glyphIds].filter(([codePoint]) => codePoint < 0xffff));
  const wide = all.some((range) => range.last > 0xffff);
  const start = wide ? 20 : 12;
  const format4Length = 16 + 8 * (firstPlane.length + 1);
  const bytes = new Uint8Array(start + format4Length + (wide ? 16 + 12 * all.length : 0));
  const view = new DataView(bytes.buffer);
  view.setUint16(2, wide ? 2 : 1);
  view.setUint16(4, 3);
  view.setUint16(6, 1);
  view.setUint32(8, start);
  writeFormat4(view, start, firstPlane);
  if (!wide) return bytes;
  view.setUint16(12, 3);
  view.setUint16(14, 10);
  view.setUint32(16, start + format4Length);
  writeFormat12(view, start + format4Length, all);
  return bytes;
}

function writeFormat12(view: DataView, start: number, ranges: readonly CharacterRange[]): void {
  view.setUint16(start, 12);
  view.setUint32(start + 4, 16 + 12 * ranges.length);
  view.setUint32(start + 12, ranges.length);
  ranges.forEach((range, i) => {
    view.setUint32(start + 16 + 12 * i, range.first);
    view.setUint32(start + 20 + 12 * i, range.last);
    view.setUint32(start + 24 + 12 * i, range.glyphId);
  });
}

function writeFormat4(view: DataView, start: number, ranges: readonly CharacterRange[]): void {
  const segments = ranges.length + 1;
  const power = 2 ** Math.floor(Math.log2(segments));
  view.setUint16(start, 4);
  view.setUint16(start + 2, 16 + 8 * segments);
  view.setUint16(start + 6, 2 * segments);
  view.setUint16(start + 8, 2 * power);
  view.setUint16(start + 10, Math.log2(power));
  view.setUint16(start + 12, 2 * (segments - power));
  const ends = start + 14;
  const starts = ends + 2 * segments + 2;
  const deltas = starts + 2 * segments;
  ranges.forEach((range, i) => {
    view.setUint16(ends + 2 * i, range.last);
    view.setUint16(starts + 2 * i, range.first);
    view.setUint16(deltas + 2 * i, (range.glyphId - range.first) & 0xffff);
  });
  view.setUint16(ends + 2 * ranges.length, 0xffff);
  view.setUint16(starts + 2 * ranges.length, 0xffff);
  view.setUint16(deltas + 2 * ranges.length, 1);
}

/** Names 1 (family), 2 (style), 4 (full), 6 (PostScript): desktop readers refuse a font without them. */
export function nameTable(font: TrueTypeFont): Uint8Array {
  const names: [number, string][] = [
    [1, font.familyName],
    [2, 'Regular'],
    [4, font.postScriptName],
    [6, font.postScriptName],
  ];
  const storage = names.reduce((sum, [, text]) => sum + 2 * text.length, 0);
  const bytes = new Uint8Array(6 + 12 * names.length + storage);
  const view = new DataView(bytes.buffer);
  view.setUint16(2, names.length);
  view.setUint16(4, 6 + 12 * names.length);
  let offset = 0;
  names.forEach(([id, text], i) => {
    const at = 6 + 12 * i;
    view.setUint16(at, 3);
    view.setUint16(at + 2, 1);
    view.setUint16(at + 4, 0x409);
    view.setUint16(at + 6, id);
    view.setUint16(at + 8, 2 * text.length);
    view.setUint16(at + 10, offset);
    for (let j = 0; j < text.length; j += 1) {
      view.setUint16(6 + 12 * names.length + offset + 2 * j, text.charCodeAt(j));
    }
    offset += 2 * text.length;
  });
  return bytes;
}

/** Average width, sub- and superscripts, strikeout, typographic and Windows heights, heights of x and capitals. */
const OS2_LENGTHS = [2, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 68, 70, 72, 74, 76, 86, 88];

/**
 * Metrics for desktop programs: the source's in version 4 (96 bytes), on the grid of the subset (see `compact-glyph.ts`),
 * with the range of its characters.
 */
export function os2Table(font: TrueTypeFont, codePoints: readonly number[], step: number): Uint8Array {
  const source = font.table('OS/2');
  const bytes = new Uint8Array(96);
  if (source !== null) bytes.set(source.subarray(0, 96));
  const view = new DataView(bytes.buffer);
  const { metrics } = font;
  if (source === null) {
    view.setUint16(4, metrics.weight);
    view.setInt16(68, metrics.ascent);
    view.setInt16(70, metrics.descent);
    view.setUint16(74, metrics.ascent);
    view.setUint16(76, -metrics.descent);
  }
  view.setUint16(0, 4);
  view.setUint16(8, 0);
  view.setInt16(88, metrics.capHeight);
  scaleFields(view, OS2_LENGTHS, step);
  view.setUint16(64, Math.min(codePoints[0] ?? 0, 0xffff));
  view.setUint16(66, Math.min(codePoints.at(-1) ?? 0, 0xffff));
  return bytes;
}
