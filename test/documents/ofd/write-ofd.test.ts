import { XMLParser } from 'fast-xml-parser';
import { strFromU8, unzipSync } from 'fflate';
import { fontBytesInMemory } from '../../../documents/fonts/font-bytes';
import { type FontChain, loadFontChain } from '../../../documents/fonts/font-chain';
import { parseTrueTypeFont } from '../../../documents/fonts/true-type-font';
import type { FaceValue } from '../../../documents/layout/face-content';
import { layOut } from '../../../documents/layout/lay-out';
import { markUseCopy } from '../../../documents/layout/mark-use-copy';
import { type OfdOptions, writeOfd } from '../../../documents/ofd/write-ofd';
import { BUILT_IN_TEMPLATES } from '../../../documents/templates/built-in-templates';
import { ordinaryFace } from '../sample-faces';

let fonts: FontChain;
beforeAll(async () => {
  fonts = await loadFontChain();
});

const OPTIONS: OfdOptions = {
  docId: '0123456789abcdef0123456789abcdef',
  title: '道路运输证 & <件>',
  createdAt: new Date('2026-11-22T17:00:00Z'),
  customData: { ZZMC: '道路运输证', ZZBH: '鄂"1"' },
  attachments: [{ name: 'face.json', format: 'json', data: Buffer.from('{"车辆号牌":"蒙K·T1234"}') }],
};

function written(type: string, changes: Readonly<Record<string, FaceValue>> = {}, options = OPTIONS) {
  const template = BUILT_IN_TEMPLATES.get(type);
  if (template === undefined) throw new Error('no template');
  const face = ordinaryFace(type, changes);
  const outcome = layOut({ template, face, qrText: 'https://ecert.example/v/1', watermark: null, fonts });
  if (!outcome.ok) throw new Error(outcome.refusal.code);
  return { document: outcome.document, bytes: writeOfd(outcome.document, options) };
}

function entriesOf(bytes: Uint8Array): Record<string, string> {
  return Object.fromEntries(Object.entries(unzipSync(bytes)).map(([name, data]) => [name, strFromU8(data)]));
}

test('every entry of the package is well-formed XML, a font or an attachment, and everything referred to is there', () => {
  const entries = unzipSync(written('建筑施工特种作业操作资格证书').bytes);
  const names = Object.keys(entries);
  const parser = new XMLParser({ ignoreAttributes: false });
  for (const [name, data] of Object.entries(entries)) {
    if (name.endsWith('.xml')) expect(() => parser.parse(strFromU8(data), true)).not.toThrow();
    if (name.endsWith('.ttf')) expect(() => parseTrueTypeFont(fontBytesInMemory(name, data))).not.toThrow();
  }
  expect(names).toContain('Doc_0/Res/image_500.png');
  const xml = Object.entries(entriesOf(written('建筑施工特种作业操作资格证书').bytes));
  for (const [, content] of xml) {
    for (const [, file] of content.matchAll(/<ofd:(?:FontFile|MediaFile)>([^<]+)</g)) {
      expect(names).toContain(`Doc_0/Res/${file}`);
    }
    for (const [, location] of content.matchAll(/BaseLoc="((?:Pages|Tpls)[^"]+)"/g)) {
      expect(names).toContain(`Doc_0/${location}`);
    }
  }
});

test('OFD.xml carries title, date in Shanghai, metadata and the place of the signatures before any seal is made', () => {
  const entries = entriesOf(written('道路运输证').bytes);
  const root = entries['OFD.xml'] ?? '';
  expect(root).toContain('<ofd:Title>道路运输证 &amp; &lt;件&gt;</ofd:Title>');
  expect(root).toContain('<ofd:CreationDate>2026-11-23</ofd:CreationDate>');
  expect(root).toContain('<ofd:CustomData Name="ZZBH">鄂&quot;1&quot;</ofd:CustomData>');
  expect(root).toContain('<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures>');
  expect(entries['Doc_0/Signs/Signatures.xml']).toContain('<ofd:MaxSignId>0</ofd:MaxSignId>');
  expect(entries['Doc_0/Attachs/face.json']).toBe('{"车辆号牌":"蒙K·T1234"}');
});

test('the text of every element can be found, and a character beyond the first plane names its glyph', () => {
  const entries = entriesOf(written('道路运输证', { 业户名称: '张𬭎运输队' }).bytes);
  const page = entries['Doc_0/Pages/Page_0/Content.xml'] ?? '';
  const texts = [...page.matchAll(/<ofd:TextCode[^>]*>([^<]*)</g)].map(([, text]) => text);
  expect(texts).toContain('蒙K·T1234');
  expect(texts.join('')).toContain('张𬭎运输队');
  expect(page).toMatch(/CodeCount="2" GlyphCount="1"><ofd:Glyphs>\d+<[^𬭎]*>𬭎</u);
});

test('no identifier is used twice and none is greater than MaxUnitID', () => {
  const entries = entriesOf(written('不动产权证书').bytes);
  const ids = Object.values(entries).flatMap((content) =>
    [...content.matchAll(/ ID="(\d+)"/g)].map(([, id]) => Number(id)),
  );
  expect(new Set(ids).size).toBe(ids.length);
  const maximum = /<ofd:MaxUnitID>(\d+)</.exec(entries['Doc_0/Document.xml'] ?? '')?.[1];
  expect(Math.max(...ids)).toBeLessThanOrEqual(Number(maximum));
});

test('the same document gives the same bytes', () => {
  const [left, right] = [written('道路运输证').bytes, written('道路运输证').bytes];
  expect(Buffer.from(left).equals(right)).toBe(true);
});

test('a use-copy carries its metadata and prints purpose and user across the page', () => {
  const { document } = written('道路运输证');
  const copy = {
    purpose: '办理公积金贷款',
    user: '住房公积金中心',
    until: new Date('2026-12-23T08:00:00Z'),
    madeAt: new Date('2026-11-23T08:00:00Z'),
    madeBy: '阿拉腾其其格',
  };
  const marked = markUseCopy(document, copy);
  if (!marked.ok) throw new Error(marked.refusal.code);
  const entries = entriesOf(writeOfd(marked.document, OPTIONS));
  expect(entries['OFD.xml']).toContain('<ofd:CustomData Name="JZJZZSY">办理公积金贷款</ofd:CustomData>');
  expect(entries['OFD.xml']).toContain('<ofd:CustomData Name="JZJYXQJZSJ">20261223160000</ofd:CustomData>');
  expect(entries['Doc_0/Tpls/Tpl_0/Content.xml']).toContain('仅供住房公积金中心');
  expect(markUseCopy(document, { ...copy, purpose: '贷\u202e款' })).toMatchObject({
    ok: false,
    refusal: { code: 'forbiddenCharacter', position: 1 },
  });
});

test('an attachment with a path in its name is a fault of the caller', () => {
  const attachments = [{ name: '../x.json', format: 'json', data: new Uint8Array(0) }];
  expect(() => written('道路运输证', {}, { ...OPTIONS, attachments })).toThrow('plain file name');
});

test('an ordinary certificate without photo stays below 40 kB', () => {
  expect(written('道路运输证').bytes.length).toBeLessThan(40_960);
});
