import { inflateSync } from 'node:zlib';
import { type FontChain, loadFontChain } from '../../../documents/fonts/font-chain';
import type { FaceValue } from '../../../documents/layout/face-content';
import { layOut } from '../../../documents/layout/lay-out';
import { DERIVED_NOTICE, writePdf } from '../../../documents/pdf/write-pdf';
import { BUILT_IN_TEMPLATES } from '../../../documents/templates/built-in-templates';
import { ordinaryFace, photoPng } from '../sample-faces';

let fonts: FontChain;
beforeAll(async () => {
  fonts = await loadFontChain();
});

function written(type: string, changes: Readonly<Record<string, FaceValue>> = {}): string {
  const template = BUILT_IN_TEMPLATES.get(type);
  if (template === undefined) throw new Error('no template');
  const outcome = layOut({
    template,
    face: ordinaryFace(type, changes),
    qrText: null,
    watermark: null,
    fonts,
  });
  if (!outcome.ok) throw new Error(outcome.refusal.code);
  const pdf = writePdf(outcome.document, {
    title: type,
    createdAt: new Date('2026-11-22T17:00:00Z'),
    metadata: { ZZBH: '鄂(1)\\号\u0a0d' },
    derivedNotice: DERIVED_NOTICE,
  });
  return Buffer.from(pdf).toString('latin1');
}

test('the cross-reference table leads to every object', () => {
  const pdf = written('不动产权证书');
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(pdf)?.[1]);
  const entries = [...pdf.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)];
  expect(entries.length).toBeGreaterThan(20);
  entries.forEach(([, offset], i) => {
    expect(pdf.slice(Number(offset)).startsWith(`${i + 1} 0 obj\n`)).toBe(true);
  });
});

test('every stream has the length that it says and can be inflated', () => {
  const pdf = written('建筑施工特种作业操作资格证书', { 照片: { kind: 'image', data: photoPng(6) } });
  const streams = [...pdf.matchAll(/\/Length (\d+)>>\nstream\n/g)];
  for (const match of streams) {
    const start = match.index + match[0].length;
    const end = start + Number(match[1]);
    expect(pdf.slice(end, end + 11)).toBe('\nendstream\n');
    expect(() => inflateSync(Buffer.from(pdf.slice(start, end), 'latin1'))).not.toThrow();
  }
  expect(pdf).toContain('/SMask');
});

/** Text of the file by its own ToUnicode maps: what a reader finds when it searches. */
function unicodeValues(pdf: string): string {
  const streams = [...pdf.matchAll(/<<\/Filter\/FlateDecode\/Length (\d+)>>\nstream\n/g)].map((match) => {
    const start = match.index + match[0].length;
    return inflateSync(Buffer.from(pdf.slice(start, start + Number(match[1])), 'latin1')).toString('latin1');
  });
  return streams
    .filter((stream) => stream.includes('beginbfrange'))
    .flatMap((stream) => [...stream.matchAll(/\[((?:<[0-9A-F]+>)+)\]/g)].map(([, values]) => values ?? ''))
    .join('')
    .replace(/<([0-9A-F]+)>/g, (_, hex: string) => Buffer.from(hex, 'hex').swap16().toString('utf16le'));
}

test('text can be searched, characters beyond the first plane included, and the page says that it is derived', () => {
  const found = unicodeValues(written('道路运输证', { 业户名称: '张𬭎䶮㛃' }));
  for (const character of '张𬭎䶮㛃派生件以为准') expect(found).toContain(character);
});

test('metadata survives parentheses, backslashes and bytes that look like line ends', () => {
  const pdf = written('道路运输证');
  expect(pdf).toContain(
    `/ZZBH(\u00fe\u00ff\u0091\u0002\u0000\\(\u00001\u0000\\)\u0000\\\\\u0053\u00f7\\n\\r)`,
  );
  expect(pdf).toContain("/CreationDate(D:20261123010000+08'00')");
});

test('the same document gives the same bytes', () => {
  expect(written('道路运输证')).toBe(written('道路运输证'));
});
