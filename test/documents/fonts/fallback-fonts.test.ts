import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultFontPaths, type FontChain, loadFontChain } from '../../../documents/fonts/font-chain';
import { subsetTrueType } from '../../../documents/fonts/subset-true-type';
import { layOut } from '../../../documents/layout/lay-out';
import type { LayoutOutcome } from '../../../documents/layout/layout-outcome';
import { readOfd } from '../../../documents/ofd/read-ofd';
import { writeOfd } from '../../../documents/ofd/write-ofd';
import { BUILT_IN_TEMPLATES } from '../../../documents/templates/built-in-templates';
import { ordinaryFace } from '../sample-faces';

const TYPE = '道路运输证';
const [ROLE_CHARACTERS, FALLBACK_ONLY] = ['道', '䶮'];

let folder: string;
let fonts: FontChain;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ecert-fonts-'));
  const whole = await loadFontChain();
  const cut = (name: string, key: string, characters: string): string => {
    const path = join(folder, name);
    const codePoints = Array.from(characters).map((character) => character.codePointAt(0) ?? 0);
    writeFileSync(path, subsetTrueType(whole.font(key), codePoints).bytes);
    return path;
  };
  const template = BUILT_IN_TEMPLATES.get(TYPE);
  const printed = JSON.stringify([template, ordinaryFace(TYPE)]).replaceAll(/[\p{Cc}\s]/gu, '');
  const common = Array.from(new Set(`${printed}${ROLE_CHARACTERS} 页第共`)).join('');
  const role = cut('role.ttf', 'NotoSerifSC-Regular', common);
  const first = cut('first-fallback.ttf', 'NotoSansSC-Regular', '鄂');
  const second = cut('second-fallback.ttf', 'NotoSansSC-Bold', `鄂${FALLBACK_ONLY}`);
  const one = [role];
  fonts = await loadFontChain({
    ...defaultFontPaths([first, second]),
    song: one,
    songBold: one,
    hei: one,
    heiBold: one,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function print(name: string): LayoutOutcome {
  const template = BUILT_IN_TEMPLATES.get(TYPE);
  if (template === undefined) throw new Error('no template');
  const face = ordinaryFace(TYPE, { 业户名称: name });
  return layOut({ template, face, fonts, qrText: null, watermark: null });
}

test('a character that only the last fallback has is printed from it, with that font in the file', () => {
  const outcome = print(`鄂尔多斯${FALLBACK_ONLY}`);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal));
  const { document } = outcome;
  const keys = new Map(
    document.content.pages
      .flat()
      .flatMap((drawing) => (drawing.kind === 'glyphs' ? [[drawing.text, drawing.fontKey]] : [])),
  );
  expect(keys.get(FALLBACK_ONLY)).toBe(fonts.find('song', FALLBACK_ONLY?.codePointAt(0) ?? 0)?.fontKey);
  expect(keys.get(FALLBACK_ONLY)).toContain('NotoSansSC-Bold');
  const ofd = writeOfd(document, {
    docId: '0'.repeat(32),
    title: TYPE,
    createdAt: new Date('2026-11-23T08:00:00Z'),
    customData: {},
    attachments: [],
  });
  expect(JSON.stringify(readOfd(ofd))).toContain(FALLBACK_ONLY);
});

test('a character in none of the fonts stops the page and is told by name and position', () => {
  expect(print('鄂尔多斯𠮷公司')).toEqual({
    ok: false,
    refusal: {
      code: 'missingGlyph',
      character: '𠮷',
      codePoint: 'U+20BB7',
      field: '业户名称',
      row: null,
      column: null,
      position: 4,
    },
  });
});
