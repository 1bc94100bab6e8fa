import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { writeContainer } from '../../../documents/container/write-container';
import { readOfd } from '../../../documents/ofd/read-ofd';
import type { OfdReading } from '../../../documents/ofd/reading/ofd-reading';
import { buildOfd, ofdEntries } from '../../support/ofd-builder';
import { createSealKit } from '../../support/seal-kit';

type Readable = Extract<OfdReading, { ok: true }>;

function readable(bytes: Uint8Array): Readable {
  const reading = readOfd(bytes);
  if (!reading.ok) throw new Error(`${reading.problem}: ${reading.detail}`);
  return reading;
}

const sample = (name: string): Uint8Array => readFileSync(join(__dirname, '../../samples/ofd', name));

/** The small file with one of its entries changed or, without a change, left out. */
function altered(name: string, change?: (text: string) => string): Uint8Array {
  const entries = ofdEntries().flatMap((entry) => {
    if (entry.name !== name || !('data' in entry)) return [entry];
    const text = Buffer.from(entry.data).toString('utf8');
    return change === undefined ? [] : [{ name, data: Buffer.from(change(text), 'utf8') }];
  });
  return writeContainer(entries, new Date('2026-06-01T00:00:00Z'));
}

describe('readOfd', () => {
  it('reads text, size, metadata and attachments of a file', () => {
    const reading = readable(buildOfd({ text: '鄂尔多斯' }));
    expect(reading.pages).toEqual([{ id: '1', widthMm: 210, heightMm: 297, text: '鄂尔多斯' }]);
    expect(reading.metadata).toContainEqual({ name: 'ZZBH', value: '150600000001' });
    const [attachment] = reading.attachments;
    expect(attachment).toMatchObject({ name: 'face', format: 'json', path: 'Doc_0/Attachs/face.json' });
    expect(JSON.parse(Buffer.from(attachment?.data ?? []).toString('utf8'))).toEqual({ text: '鄂尔多斯' });
  });

  it('says where the stamps of a sealed file stand', async () => {
    const kit = await createSealKit();
    const sealed = await kit.sign(buildOfd(), {
      boxes: [{ pageIndex: 0, xMm: 120.5, yMm: 200, widthMm: 40, heightMm: 40 }],
    });
    expect(readable(sealed).signatures).toEqual([
      {
        id: '1',
        type: 'Seal',
        path: 'Doc_0/Signs/Sign_0/Signature.xml',
        stamps: [{ pageIndex: 0, xMm: 120.5, yMm: 200, widthMm: 40, heightMm: 40 }],
      },
    ]);
  });

  it.each([
    ['allprotected.ofd', 1, '你好呀'],
    ['999.ofd', 5, '050001700111'],
    ['SESV4SignDoc.ofd', 1, '你好呀'],
    ['n.ofd', 2, '测试'],
  ])('reads the real file %s: %d pages and its text', (name, pages, text) => {
    const reading = readable(sample(name));
    expect(reading.pages).toHaveLength(pages);
    expect(reading.pages.map((page) => page.text).join('\n')).toContain(text);
    expect(reading.signatures).toHaveLength(1);
    expect(reading.signatures[0]?.stamps).toHaveLength(1);
  });

  it('reads the text of templates before that of the page', () => {
    const reading = readable(sample('999.ofd'));
    expect(reading.pages[0]?.text).toContain('购');
  });

  it('names a font that is not in the file, a missing attachment and a malformed page, and goes on', () => {
    expect(readable(buildOfd()).problems).toEqual([{ code: 'fontNotEmbedded', detail: '宋体' }]);
    expect(readable(altered('Doc_0/Attachs/face.json')).problems).toContainEqual({
      code: 'missingAttachment',
      detail: 'Doc_0/Attachs/face.json',
    });
    const broken = readable(
      altered('Doc_0/Pages/Page_0/Content.xml', (text) => text.replace('</ofd:Page>', '')),
    );
    expect(broken.problems).toContainEqual({
      code: 'malformedXml',
      detail: 'Doc_0/Pages/Page_0/Content.xml',
    });
    expect(broken.pages).toHaveLength(1);
  });

  it('names a resource that the package lacks', () => {
    const reading = readable(
      altered('Doc_0/PublicRes.xml', (text) =>
        text.replace(
          'FamilyName="宋体"/>',
          'FamilyName="宋体"><ofd:FontFile>font.ttf</ofd:FontFile></ofd:Font>',
        ),
      ),
    );
    expect(reading.problems).toEqual([{ code: 'missingResource', detail: 'Doc_0/Res/font.ttf' }]);
  });

  it('refuses a file without OFD.xml or without its document', () => {
    expect(readOfd(altered('OFD.xml'))).toMatchObject({ ok: false, problem: 'notAnOfd' });
    expect(readOfd(altered('Doc_0/Document.xml'))).toMatchObject({ ok: false, problem: 'notAnOfd' });
    expect(readOfd(Buffer.from('%PDF-1.7'))).toMatchObject({ ok: false, problem: 'notAContainer' });
  });

  it('throws for no bytes whatever', () => {
    const file = buildOfd();
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Uint8Array.from(file);
        bytes[at] = (bytes[at] ?? 0) ^ change;
        return typeof readOfd(bytes).ok === 'boolean';
      }),
      { numRuns: 300 },
    );
  });
});
