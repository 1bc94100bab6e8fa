import fc from 'fast-check';
import { type FontChain, loadFontChain } from '../../../documents/fonts/font-chain';
import { breakLines, type MeasuredCharacter, widthOf } from '../../../documents/layout/break-lines';
import { measureText } from '../../../documents/layout/set-text';

let fonts: FontChain;
beforeAll(async () => {
  fonts = await loadFontChain();
});

function paragraph(text: string): readonly MeasuredCharacter[] {
  const measured = measureText(fonts, 'song', text);
  if (!measured.ok) throw new Error('no glyph');
  return measured.paragraphs[0] ?? [];
}

function lines(text: string, widthEm: number): string[] {
  return breakLines(paragraph(text), widthEm).map((line) =>
    String.fromCodePoint(...line.map((character) => character.codePoint)),
  );
}

test('no line starts with a closing mark or ends with an opening one', () => {
  expect(lines('鄂尔多斯市，东胜区', 5)).toEqual(['鄂尔多斯', '市，东胜区']);
  expect(lines('鄂尔多斯（东胜）', 5)).toEqual(['鄂尔多斯', '（东胜）']);
});

test('numbers and words stay whole while they fit', () => {
  expect(lines('共12386.20平方米', 6)).toEqual(['共12386.20', '平方米']);
  expect(lines('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 5).length).toBeGreaterThan(2);
});

test('nothing but spaces is lost, and no line is wider than allowed', () => {
  const text = fc.stringMatching(/^[鄂尔多斯市，。（）A-Z0-9 ]{0,60}$/);
  fc.assert(
    fc.property(text, fc.integer({ min: 3, max: 20 }), (value, widthEm) => {
      const broken = breakLines(paragraph(value), widthEm);
      const joined = broken.flat().map((character) => String.fromCodePoint(character.codePoint));
      expect(joined.join('').replaceAll(' ', '')).toBe(value.replaceAll(' ', ''));
      for (const line of broken) expect(widthOf(line)).toBeLessThanOrEqual(widthEm + 1e-6);
    }),
    { numRuns: 200 },
  );
});
