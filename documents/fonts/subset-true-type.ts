import { compactGlyph, gridStep } from './compact-glyph';
import { cmapTable, nameTable, os2Table } from './lookup-tables';
import { scaleFields } from './scale-fields';
import type { TrueTypeFont } from './true-type-font';

/** A small TrueType font that holds only what one document needs. */
export interface SubsetFont {
  readonly bytes: Uint8Array;
  /** Glyph of each code point in the subset; every code point has a glyph of its own, so text can be read back. */
  readonly glyphIds: ReadonlyMap<number, number>;
  /** Advance by glyph id of the subset, in units of the source font. */
  readonly advances: readonly number[];
}

/**
 * `whole` is a font that any program can load. `glyphs` leaves out cmap, name, OS/2 and post: enough for PDF, which names glyphs
 * by number (ISO 32000-1, 9.9).
 */
export type SubsetTables = 'whole' | 'glyphs';

const GLYPH_TABLES = new Set(['glyf', 'head', 'hhea', 'hmtx', 'loca', 'maxp']);

interface SubsetGlyph {
  readonly sourceId: number;
  readonly data: Uint8Array;
}

const MORE_COMPONENTS = 0x20;
const HAS_INSTRUCTIONS = 0x100;

/**
 * Cuts a font down to the given characters: glyf with components, loca, hmtx, cmap (formats 4 and 12), head, hhea, maxp,
 * name, OS/2, post. Hinting is dropped and outlines lie on a coarser grid (see `compact-glyph.ts`). Same input, same bytes.
 * @param codePoints characters that the font has; throws for one that it lacks, because a box must never be printed.
 */
export function subsetTrueType(
  font: TrueTypeFont,
  codePoints: Iterable<number>,
  tables: SubsetTables = 'whole',
): SubsetFont {
  const sorted = [...new Set(codePoints)].sort((left, right) => left - right);
  const glyphs: SubsetGlyph[] = [{ sourceId: 0, data: new Uint8Array(0) }];
  const glyphIds = new Map<number, number>();
  for (const codePoint of sorted) {
    const sourceId = font.glyphIdOf(codePoint);
    if (sourceId === 0)
      throw new Error(`font ${font.postScriptName} has no glyph for U+${codePoint.toString(16)}`);
    glyphIds.set(codePoint, glyphs.length);
    glyphs.push({ sourceId, data: font.glyphData(sourceId) });
  }
  const outlines = glyphs.map((glyph) => glyph.data);
  const components = new Map<number, number>();
  for (let i = 0; i < glyphs.length; i += 1) {
    const glyph = glyphs[i];
    if (glyph === undefined) continue;
    outlines[i] = prepareGlyph(font, glyph, (sourceId) => {
      const known = components.get(sourceId);
      if (known !== undefined) return known;
      const added = glyphs.length;
      components.set(sourceId, added);
      glyphs.push({ sourceId, data: font.glyphData(sourceId) });
      return added;
    });
  }
  const advances = glyphs.map((glyph) => font.advanceOf(glyph.sourceId));
  const bytes = assemble(font, outlines, advances, glyphIds, tables);
  return { bytes, glyphIds, advances };
}

const compacted = new WeakMap<TrueTypeFont, Map<number, Uint8Array>>();

/** The glyph without its hinting program, kept per font; components are renumbered for each subset. */
function prepareGlyph(
  font: TrueTypeFont,
  glyph: SubsetGlyph,
  renumber: (sourceId: number) => number,
): Uint8Array {
  const { data, sourceId } = glyph;
  if (data.length < 10) return data;
  const step = gridStep(font.metrics.unitsPerEm);
  if ((data[0] ?? 0) >= 0x80) return rewriteComponents(data, step, renumber);
  const ofFont = compacted.get(font) ?? new Map<number, Uint8Array>();
  compacted.set(font, ofFont);
  const known = ofFont.get(sourceId);
  if (known !== undefined) return known;
  const compact = compactGlyph(data, step);
  ofFont.set(sourceId, compact);
  return compact;
}

const ARGUMENTS_ARE_WORDS = 0x01;
const ARGUMENTS_ARE_OFFSETS = 0x02;
const BOUNDS = [2, 4, 6, 8];

/** Components get the numbers of the subset, their offsets and the bounds its grid. */
function rewriteComponents(
  data: Uint8Array,
  step: number,
  renumber: (sourceId: number) => number,
): Uint8Array {
  const copy = data.slice();
  const view = new DataView(copy.buffer);
  scaleFields(view, BOUNDS, step);
  let at = 10;
  let flags = MORE_COMPONENTS;
  while ((flags & MORE_COMPONENTS) !== 0) {
    flags = view.getUint16(at);
    view.setUint16(at, flags & ~HAS_INSTRUCTIONS);
    view.setUint16(at + 2, renumber(view.getUint16(at + 2)));
    const [words, offsets] = [(flags & ARGUMENTS_ARE_WORDS) !== 0, (flags & ARGUMENTS_ARE_OFFSETS) !== 0];
    if (offsets && words) scaleFields(view, [at + 4, at + 6], step);
    else if (offsets) {
      for (const byte of [at + 4, at + 5]) view.setInt8(byte, Math.round(view.getInt8(byte) / step));
    }
    at += 4 + (words ? 4 : 2);
    if ((flags & 0x08) !== 0) at += 2;
    else if ((flags & 0x40) !== 0) at += 4;
    else if ((flags & 0x80) !== 0) at += 8;
  }
  return copy.subarray(0, at);
}

/** Where head and hhea (OpenType 1.9) keep lengths in font units. */
const HEAD_LENGTHS = [18, 36, 38, 40, 42];
const HHEA_LENGTHS = [4, 6, 8, 10, 12, 14, 16];

function assemble(
  font: TrueTypeFont,
  outlines: readonly Uint8Array[],
  advances: readonly number[],
  glyphIds: ReadonlyMap<number, number>,
  kind: SubsetTables,
): Uint8Array {
  const codePoints = [...glyphIds.keys()];
  const count = outlines.length;
  const step = gridStep(font.metrics.unitsPerEm);
  const head = copyOf(font, 'head');
  scaleFields(new DataView(head.buffer), HEAD_LENGTHS, step);
  const hhea = copyOf(font, 'hhea');
  scaleFields(new DataView(hhea.buffer), HHEA_LENGTHS, step);
  const maxp = copyOf(font, 'maxp');
  new DataView(head.buffer).setUint32(8, 0);
  const shortLocations = outlines.reduce((sum, outline) => sum + align2(outline.length), 0) <= 0x1fffe;
  new DataView(head.buffer).setInt16(50, shortLocations ? 0 : 1);
  new DataView(hhea.buffer).setUint16(34, count);
  new DataView(maxp.buffer).setUint16(4, count);
  if (maxp.length >= 32) new DataView(maxp.buffer).setUint16(26, 0);
  const post = new Uint8Array(32);
  new DataView(post.buffer).setUint32(0, 0x00030000);
  const tables: [string, Uint8Array][] = [
    ['OS/2', os2Table(font, codePoints, step)],
    ['cmap', cmapTable(glyphIds)],
    ['glyf', new Uint8Array(0)],
    ['head', head],
    ['hhea', hhea],
    ['hmtx', hmtxTable(outlines, advances, step)],
    ['loca', new Uint8Array(0)],
    ['maxp', maxp],
    ['name', nameTable(font)],
    ['post', post],
  ];
  const kept = kind === 'whole' ? tables : tables.filter(([tag]) => GLYPH_TABLES.has(tag));
  return joinTables(kept, outlines, shortLocations ? 2 : 4);
}

function copyOf(font: TrueTypeFont, tag: string): Uint8Array<ArrayBuffer> {
  const table = font.table(tag);
  if (table === null) throw new Error(`font ${font.postScriptName} has no table ${tag}`);
  return Uint8Array.from(table);
}

/** Lays the tables one after the other, fills glyf and loca in place, and sets the checksums. */
function joinTables(
  tables: readonly [string, Uint8Array][],
  outlines: readonly Uint8Array[],
  locationBytes: 2 | 4,
): Uint8Array {
  const glyfLength = outlines.reduce((sum, outline) => sum + align2(outline.length), 0);
  const lengths = tables.map(([tag, bytes]) => {
    if (tag === 'glyf') return Math.max(glyfLength, 4);
    return tag === 'loca' ? locationBytes * (outlines.length + 1) : bytes.length;
  });
  const headerLength = 12 + 16 * tables.length;
  const total = lengths.reduce((sum, length) => sum + align4(length), headerLength);
  const file = new Uint8Array(total);
  const view = new DataView(file.buffer);
  writeHeader(view, tables.length);
  let offset = headerLength;
  const places = new Map<string, number>();
  tables.forEach(([tag, bytes], i) => {
    places.set(tag, offset);
    file.set(bytes, offset);
    offset += align4(lengths[i] ?? 0);
  });
  let glyphOffset = 0;
  const locate = (index: number): void => {
    if (locationBytes === 4) view.setUint32(loca + 4 * index, glyphOffset);
    else view.setUint16(loca + 2 * index, glyphOffset / 2);
  };
  const glyf = places.get('glyf') ?? 0;
  const loca = places.get('loca') ?? 0;
  outlines.forEach((outline, i) => {
    locate(i);
    file.set(outline, glyf + glyphOffset);
    glyphOffset += align2(outline.length);
  });
  locate(outlines.length);
  tables.forEach(([tag], i) => {
    const at = 12 + 16 * i;
    const start = places.get(tag) ?? 0;
    const length = lengths[i] ?? 0;
    for (let j = 0; j < 4; j += 1) file[at + j] = tag.charCodeAt(j);
    view.setUint32(at + 4, checksum(view, start, align4(length)));
    view.setUint32(at + 8, start);
    view.setUint32(at + 12, length);
  });
  view.setUint32((places.get('head') ?? 0) + 8, (0xb1b0afba - checksum(view, 0, total)) >>> 0);
  return file;
}

function writeHeader(view: DataView, tableCount: number): void {
  const power = 2 ** Math.floor(Math.log2(tableCount));
  view.setUint32(0, 0x00010000);
  view.setUint16(4, tableCount);
  view.setUint16(6, 16 * power);
  view.setUint16(8, Math.log2(power));
  view.setUint16(10, 16 * (tableCount - power));
}

function checksum(view: DataView, start: number, length: number): number {
  let sum = 0;
  for (let at = start; at < start + length; at += 4) sum = (sum + view.getUint32(at)) | 0;
  return sum >>> 0;
}

function align2(length: number): number {
  return (length + 1) & ~1;
}

function align4(length: number): number {
  return (length + 3) & ~3;
}

function hmtxTable(outlines: readonly Uint8Array[], advances: readonly number[], step: number): Uint8Array {
  const bytes = new Uint8Array(4 * advances.length);
  const view = new DataView(bytes.buffer);
  advances.forEach((advance, i) => {
    view.setUint16(4 * i, Math.round(advance / step));
    view.setInt16(4 * i + 2, leftBearing(outlines[i]));
  });
  return bytes;
}

function leftBearing(outline: Uint8Array | undefined): number {
  if (outline === undefined || outline.length < 10) return 0;
  return new DataView(outline.buffer, outline.byteOffset, outline.byteLength).getInt16(2);
}
