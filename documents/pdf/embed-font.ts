import { deflateSync } from 'node:zlib';
import type { GroupFont } from '../layout/group-fonts';
import type { PdfFile } from './pdf-file';

interface WrittenParts {
  readonly baseFont: string;
  readonly descriptor: string;
  readonly widths: string;
  readonly toUnicode: Uint8Array;
}

const written = new WeakMap<GroupFont, WrittenParts>();

/**
 * Embeds a subset as Type 0 font with identity encoding (ISO 32000-1, 9.7) and a ToUnicode map, so that text can be searched
 * and copied. Answers the number of the font object.
 */
export function embedFont(file: PdfFile, font: GroupFont): number {
  const parts = partsOf(font);
  const fontFile = file.addStream(`/Filter/FlateDecode/Length1 ${font.file.size}`, font.file.zlib);
  const toUnicode = file.addStream('/Filter/FlateDecode', parts.toUnicode);
  const descriptor = file.add(`<<${parts.descriptor}/FontFile2 ${fontFile} 0 R>>`);
  const descendant = file.add(
    `<</Type/Font/Subtype/CIDFontType2/BaseFont/${parts.baseFont}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)` +
      `/Supplement 0>>/FontDescriptor ${descriptor} 0 R/DW 1000${parts.widths}/CIDToGIDMap/Identity>>`,
  );
  return file.add(
    `<</Type/Font/Subtype/Type0/BaseFont/${parts.baseFont}/Encoding/Identity-H/DescendantFonts[${descendant} 0 R]` +
      `/ToUnicode ${toUnicode} 0 R>>`,
  );
}

function partsOf(font: GroupFont): WrittenParts {
  const known = written.get(font);
  if (known !== undefined) return known;
  const baseFont = `${subsetTag(font.file.crc32)}+${font.postScriptName}`;
  const { metrics } = font;
  const scaled = (units: number): number => Math.round((units * 1000) / metrics.unitsPerEm);
  const { bounds } = metrics;
  const box = [bounds.xMin, bounds.yMin, bounds.xMax, bounds.yMax].map(scaled).join(' ');
  const descriptor =
    `/Type/FontDescriptor/FontName/${baseFont}/Flags 4/FontBBox[${box}]/ItalicAngle 0/Ascent ${scaled(metrics.ascent)}` +
    `/Descent ${scaled(metrics.descent)}/CapHeight ${scaled(metrics.capHeight)}/StemV ${metrics.weight > 500 ? 140 : 80}`;
  const widths = font.advances
    .map((advance, glyphId) => ({ glyphId, width: scaled(advance) }))
    .filter(({ width }) => width !== 1000)
    .map(({ glyphId, width }) => `${glyphId}[${width}]`)
    .join('');
  const parts = {
    baseFont,
    descriptor,
    widths: widths === '' ? '' : `/W[${widths}]`,
    toUnicode: deflateSync(Buffer.from(writeToUnicode(font.glyphIds), 'latin1'), { level: 3 }),
  };
  written.set(font, parts);
  return parts;
}

/** Six capital letters, by custom unique to the subset (9.6.4). */
function subsetTag(seed: number): string {
  let rest = seed;
  let tag = '';
  for (let i = 0; i < 6; i += 1) {
    tag += String.fromCharCode(65 + (rest % 26));
    rest = Math.floor(rest / 26);
  }
  return tag;
}

/** Glyphs are numbered without gaps; a range must stay within one value of the high byte (Adobe TN 5411, 1.4.2). */
const RANGES_PER_BLOCK = 100;

function writeToUnicode(glyphIds: ReadonlyMap<number, number>): string {
  const rows = new Map<number, { first: number; last: number; values: string }>();
  for (const [codePoint, glyphId] of glyphIds) {
    const row = rows.get(glyphId >> 8) ?? { first: glyphId, last: glyphId, values: '' };
    row.last = glyphId;
    row.values += `<${utf16Hex(codePoint)}>`;
    rows.set(glyphId >> 8, row);
  }
  const lines = [...rows.values()].map(
    ({ first, last, values }) => `<${hex4(first)}><${hex4(last)}>[${values}]\n`,
  );
  let blocks = '';
  for (let i = 0; i < lines.length; i += RANGES_PER_BLOCK) {
    const block = lines.slice(i, i + RANGES_PER_BLOCK);
    blocks += `${block.length} beginbfrange\n${block.join('')}endbfrange\n`;
  }
  return (
    '/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)' +
    '/Supplement 0>>def\n/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000><FFFF>\n' +
    `endcodespacerange\n${blocks}endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n`
  );
}

export function hex4(value: number): string {
  return value.toString(16).toUpperCase().padStart(4, '0');
}

function utf16Hex(codePoint: number): string {
  if (codePoint <= 0xffff) return hex4(codePoint);
  const rest = codePoint - 0x10000;
  return hex4(0xd800 + (rest >> 10)) + hex4(0xdc00 + (rest & 0x3ff));
}
