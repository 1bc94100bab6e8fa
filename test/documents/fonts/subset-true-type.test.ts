import fc from 'fast-check';
import { fontBytesInMemory } from '../../../documents/fonts/font-bytes';
import { defaultFontPaths, type FontChain, loadFontChain } from '../../../documents/fonts/font-chain';
import { subsetTrueType } from '../../../documents/fonts/subset-true-type';
import { parseTrueTypeFont } from '../../../documents/fonts/true-type-font';

let fonts: FontChain;
beforeAll(async () => {
  fonts = await loadFontChain();
});

/** The em of a subset has 125 units where that of the source has 1000. */
const STEP = 8;

const codePoints = fc.uniqueArray(
  fc.oneof(
    fc.integer({ min: 0x4e00, max: 0x9fa5 }),
    fc.integer({ min: 0x21, max: 0x7e }),
    fc.constant(0x2cb4e),
  ),
  { minLength: 1, maxLength: 40 },
);

test('a subset maps exactly its characters, with the widths and outlines of the source', () => {
  const font = fonts.font('NotoSerifSC-Regular');
  fc.assert(
    fc.property(codePoints, (wanted) => {
      const subset = subsetTrueType(font, wanted);
      const read = parseTrueTypeFont(fontBytesInMemory('subset', subset.bytes));
      expect(read.glyphCount).toBe(wanted.length + 1);
      expect(read.metrics.unitsPerEm * STEP).toBe(font.metrics.unitsPerEm);
      expect(read.metrics.ascent).toBe(Math.round(font.metrics.ascent / STEP));
      for (const codePoint of wanted) {
        const glyphId = read.glyphIdOf(codePoint);
        expect(glyphId).toBe(subset.glyphIds.get(codePoint));
        const source = font.glyphIdOf(codePoint);
        expect(subset.advances[glyphId]).toBe(font.advanceOf(source));
        expect(Math.abs(read.advanceOf(glyphId) * STEP - font.advanceOf(source))).toBeLessThanOrEqual(
          STEP / 2,
        );
        const [got, want] = [read.boundsOf(glyphId), font.boundsOf(source)];
        for (const side of ['xMin', 'yMin', 'xMax', 'yMax'] as const) {
          expect(Math.abs((got?.[side] ?? 0) * STEP - (want?.[side] ?? 0))).toBeLessThanOrEqual(STEP / 2);
        }
        expect(read.outlineOf(glyphId).operators).toHaveLength(font.outlineOf(source).operators.length);
      }
      expect(read.glyphIdOf(0x3400)).toBe(0);
    }),
    { numRuns: 25 },
  );
});

test('the same characters in another order give the same bytes', () => {
  const font = fonts.font('NotoSansSC-Regular');
  const [left, right] = [
    subsetTrueType(font, [0x4e00, 0x9102, 0x41]),
    subsetTrueType(font, [0x41, 0x9102, 0x4e00]),
  ];
  expect(Buffer.from(left.bytes).equals(right.bytes)).toBe(true);
});

test('the checksum of the whole file is the one that the format wants', () => {
  const { bytes } = subsetTrueType(fonts.font('NotoSansSC-Regular'), [0x9102]);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 4) sum = (sum + view.getUint32(at)) >>> 0;
  expect(sum).toBe(0xb1b0afba);
});

test('a character that the font lacks cannot be put into a subset', () => {
  expect(() => subsetTrueType(fonts.font('NotoSansSC-Regular'), [0x2ebf0])).toThrow('no glyph for U+2ebf0');
});

test('a fallback font is asked when the font of the role lacks a character', async () => {
  const mongolian = defaultFontPaths().mongolian;
  if (mongolian === null) throw new Error('no Mongolian font');
  const withFallback = await loadFontChain(defaultFontPaths([mongolian]));
  expect(fonts.find('song', 0x1820)).toBeNull();
  expect(withFallback.find('song', 0x1820)?.fontKey).toContain('Mongolian');
  expect(withFallback.find('song', 0x9102)?.fontKey).toBe('NotoSerifSC-Regular');
});

test('a file that is no TrueType font is refused by name', () => {
  expect(() => parseTrueTypeFont(fontBytesInMemory('x.otf', Buffer.from('OTTO'.padEnd(64, '\0'))))).toThrow(
    'x.otf',
  );
});
