import { readCharacterMap } from './character-map';
import type { FontBytes } from './font-bytes';
import { type GlyphOutline, readGlyphOutline } from './glyph-outline';

/** Ink bounds of a glyph in font units, y upwards. */
export interface GlyphBounds {
  readonly xMin: number;
  readonly yMin: number;
  readonly xMax: number;
  readonly yMax: number;
}

export interface FontMetrics {
  readonly unitsPerEm: number;
  readonly ascent: number;
  readonly descent: number;
  readonly capHeight: number;
  readonly bounds: GlyphBounds;
  readonly italicAngle: number;
  readonly weight: number;
}

/** A parsed TrueType font (glyf outlines). Everything about a glyph is read once and kept. */
export interface TrueTypeFont {
  readonly postScriptName: string;
  readonly familyName: string;
  readonly metrics: FontMetrics;
  readonly glyphCount: number;
  /** Glyph of a code point by the font's cmap; 0 when the font has none. */
  glyphIdOf(codePoint: number): number;
  /** Advance width in font units. */
  advanceOf(glyphId: number): number;
  /** The entry of the glyf table; empty for a glyph without ink. */
  glyphData(glyphId: number): Uint8Array;
  boundsOf(glyphId: number): GlyphBounds | null;
  outlineOf(glyphId: number): GlyphOutline;
  /** A whole table, or null when the font lacks it. */
  table(tag: string): Uint8Array | null;
}

interface TableRange {
  readonly offset: number;
  readonly length: number;
}

const EMPTY = new Uint8Array(0);

/**
 * Parses the directory tables of a TrueType font.
 * @throws Error when the file is not TrueType with glyf outlines (a CFF font, a collection, a truncated file).
 */
export function parseTrueTypeFont(bytes: FontBytes): TrueTypeFont {
  const tables = readDirectory(bytes);
  const need = (tag: string): Uint8Array => {
    const found = tables.get(tag);
    if (found === undefined) throw new Error(`font ${bytes.label} has no table ${tag}`);
    return bytes.read(found.offset, found.length);
  };
  const head = viewOf(need('head'));
  const glyphCount = viewOf(need('maxp')).getUint16(4);
  const horizontal = viewOf(need('hhea'));
  const glyf = tables.get('glyf');
  if (glyf === undefined) throw new Error(`font ${bytes.label} has no glyf outlines`);
  const locations = readLocations(viewOf(need('loca')), head.getInt16(50) === 1, glyphCount);
  const advances = readAdvances(viewOf(need('hmtx')), horizontal.getUint16(34), glyphCount);
  const characters = readCharacterMap(need('cmap'), bytes.label);
  const names = readNames(need('name'));

  const data: (Uint8Array | undefined)[] = new Array(glyphCount);
  const outlines = new Map<number, GlyphOutline>();
  const bounds = new Map<number, GlyphBounds | null>();
  const wholeTables = new Map<string, Uint8Array>();

  const glyphData = (glyphId: number): Uint8Array => {
    const known = data[glyphId];
    if (known !== undefined) return known;
    const start = locations[glyphId] ?? 0;
    const end = locations[glyphId + 1] ?? start;
    const read = end > start ? bytes.read(glyf.offset + start, end - start) : EMPTY;
    data[glyphId] = read;
    return read;
  };
  return {
    postScriptName: names.get(6) ?? 'Unnamed',
    familyName: names.get(1) ?? 'Unnamed',
    metrics: readMetrics(head, horizontal, tables.has('OS/2') ? viewOf(need('OS/2')) : null),
    glyphCount,
    glyphIdOf: characters,
    advanceOf: (glyphId) => advances[glyphId] ?? 0,
    glyphData,
    boundsOf(glyphId) {
      const known = bounds.get(glyphId);
      if (known !== undefined) return known;
      const entry = glyphData(glyphId);
      const read = entry.length < 10 ? null : readBounds(viewOf(entry));
      bounds.set(glyphId, read);
      return read;
    },
    outlineOf(glyphId) {
      const known = outlines.get(glyphId);
      if (known !== undefined) return known;
      const read = readGlyphOutline(glyphData, glyphId);
      outlines.set(glyphId, read);
      return read;
    },
    table(tag) {
      if (!tables.has(tag)) return null;
      const known = wholeTables.get(tag);
      if (known !== undefined) return known;
      const read = need(tag);
      wholeTables.set(tag, read);
      return read;
    },
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readDirectory(bytes: FontBytes): Map<string, TableRange> {
  const header = viewOf(bytes.read(0, 12));
  const version = header.getUint32(0);
  if (version !== 0x00010000 && version !== 0x74727565) {
    throw new Error(`font ${bytes.label} is not a TrueType file with glyf outlines`);
  }
  const count = header.getUint16(4);
  const directory = viewOf(bytes.read(12, 16 * count));
  const tables = new Map<string, TableRange>();
  for (let i = 0; i < count; i += 1) {
    const at = 16 * i;
    const tag = String.fromCharCode(
      directory.getUint8(at),
      directory.getUint8(at + 1),
      directory.getUint8(at + 2),
      directory.getUint8(at + 3),
    );
    tables.set(tag, { offset: directory.getUint32(at + 8), length: directory.getUint32(at + 12) });
  }
  return tables;
}

function readLocations(loca: DataView, long: boolean, glyphCount: number): Uint32Array {
  const locations = new Uint32Array(glyphCount + 1);
  for (let i = 0; i <= glyphCount; i += 1) {
    locations[i] = long ? loca.getUint32(4 * i) : 2 * loca.getUint16(2 * i);
  }
  return locations;
}

function readAdvances(hmtx: DataView, metricCount: number, glyphCount: number): Uint16Array {
  const advances = new Uint16Array(glyphCount);
  for (let i = 0; i < glyphCount; i += 1) {
    advances[i] = hmtx.getUint16(4 * Math.min(i, metricCount - 1));
  }
  return advances;
}

function readBounds(glyph: DataView): GlyphBounds {
  return {
    xMin: glyph.getInt16(2),
    yMin: glyph.getInt16(4),
    xMax: glyph.getInt16(6),
    yMax: glyph.getInt16(8),
  };
}

function readMetrics(head: DataView, hhea: DataView, os2: DataView | null): FontMetrics {
  const ascent = hhea.getInt16(4);
  const hasCapHeight = os2 !== null && os2.getUint16(0) >= 2 && os2.byteLength >= 90;
  return {
    unitsPerEm: head.getUint16(18),
    ascent,
    descent: hhea.getInt16(6),
    capHeight: hasCapHeight ? os2.getInt16(88) : Math.round(ascent * 0.7),
    bounds: {
      xMin: head.getInt16(36),
      yMin: head.getInt16(38),
      xMax: head.getInt16(40),
      yMax: head.getInt16(42),
    },
    italicAngle: 0,
    weight: os2 === null ? 400 : os2.getUint16(4),
  };
}

/** Names in English from the Windows platform: 1 family, 6 PostScript name. */
function readNames(name: Uint8Array): Map<number, string> {
  const view = viewOf(name);
  const names = new Map<number, string>();
  const strings = view.getUint16(4);
  for (let i = 0; i < view.getUint16(2); i += 1) {
    const at = 6 + 12 * i;
    if (view.getUint16(at) !== 3 || view.getUint16(at + 4) !== 0x409) continue;
    const start = strings + view.getUint16(at + 10);
    let text = '';
    for (let j = 0; j < view.getUint16(at + 8); j += 2)
      text += String.fromCharCode(view.getUint16(start + j));
    names.set(view.getUint16(at + 6), text);
  }
  return names;
}
