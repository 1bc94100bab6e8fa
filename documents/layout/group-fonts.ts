import { crc32, deflateSync } from 'node:zlib';
import type { FontChain } from '../fonts/font-chain';
import { type SubsetTables, subsetTrueType } from '../fonts/subset-true-type';
import type { FontMetrics } from '../fonts/true-type-font';
import type { DrawingGroup } from './laid-out-document';

/** The subset of one font that a group of drawings needs, compressed once for both file formats. */
export interface GroupFont {
  readonly fontKey: string;
  readonly postScriptName: string;
  readonly familyName: string;
  readonly metrics: FontMetrics;
  /** Glyph of each code point in the subset. */
  readonly glyphIds: ReadonlyMap<number, number>;
  /** Advance by glyph id of the subset, in font units. */
  readonly advances: readonly number[];
  readonly file: CompressedBytes;
}

/** Bytes in the zlib format of PDF; without its first two and last four bytes it is the deflate stream of ZIP. */
export interface CompressedBytes {
  readonly zlib: Uint8Array;
  readonly rawDeflate: Uint8Array;
  readonly size: number;
  readonly crc32: number;
}

/** Below this, setting up large tables costs more than compressing. */
const SMALL_BYTES = 8192;

/** Compresses bytes for both containers. */
export function compressBytes(bytes: Uint8Array, level: number): CompressedBytes {
  const memory =
    bytes.length < SMALL_BYTES ? { windowBits: 13, memLevel: 6 } : { windowBits: 15, memLevel: 9 };
  const zlib = deflateSync(bytes, { level, ...memory });
  return { zlib, rawDeflate: zlib.subarray(2, -4), size: bytes.length, crc32: crc32(bytes) };
}

const known: Record<SubsetTables, WeakMap<DrawingGroup, readonly GroupFont[]>> = {
  whole: new WeakMap(),
  glyphs: new WeakMap(),
};

/**
 * Font subsets of a group in the order of first use; computed once per group object.
 * @param level of deflate: low for what one document needs, high for a form that thousands share.
 */
export function fontsOfGroup(
  group: DrawingGroup,
  fonts: FontChain,
  level: number,
  tables: SubsetTables = 'whole',
): readonly GroupFont[] {
  const cached = known[tables].get(group);
  if (cached !== undefined) return cached;
  const used = new Map<string, Set<number>>();
  for (const page of group.pages) {
    for (const drawing of page) {
      if (drawing.kind !== 'glyphs') continue;
      let characters = used.get(drawing.fontKey);
      if (characters === undefined) {
        characters = new Set();
        used.set(drawing.fontKey, characters);
      }
      for (const codePoint of drawing.codePoints) characters.add(codePoint);
    }
  }
  const computed = [...used].map(([fontKey, characters]): GroupFont => {
    const font = fonts.font(fontKey);
    const subset = subsetTrueType(font, characters, tables);
    return {
      fontKey,
      postScriptName: font.postScriptName,
      familyName: font.familyName,
      metrics: font.metrics,
      glyphIds: subset.glyphIds,
      advances: subset.advances,
      file: compressBytes(subset.bytes, level),
    };
  });
  known[tables].set(group, computed);
  return computed;
}

export const LEVEL_OF_FORMS = 9;
export const LEVEL_OF_CONTENT = 5;
