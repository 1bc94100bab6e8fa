import { inflateSync } from 'node:zlib';
import { type FontChain, loadFontChain } from '../../../documents/fonts/font-chain';
import { reportRows } from '../../../documents/report/report-rows';
import { sealReportPdf, writeReportPdf } from '../../../documents/report/write-report-pdf';
import { verifyFile } from '../../../documents/verification/verify-file';
import { buildOfd } from '../../support/ofd-builder';
import { makePdfSigningWorld, type PdfSigningWorld, signedAt } from '../../support/pdf-signing-world';
import { createSealKit, type SealKit } from '../../support/seal-kit';

jest.setTimeout(60_000);

let fonts: FontChain;
let kit: SealKit;
let world: PdfSigningWorld;
beforeAll(async () => {
  [fonts, kit, world] = await Promise.all([loadFontChain(), createSealKit(), makePdfSigningWorld()]);
});

/** All ToUnicode maps of a PDF: which characters it can be searched for. */
function charactersOf(pdf: Uint8Array): Set<string> {
  const found = new Set<string>();
  const bytes = Buffer.from(pdf);
  for (let at = bytes.indexOf('stream\n'); at !== -1; at = bytes.indexOf('stream\n', at + 7)) {
    const end = bytes.indexOf('endstream', at);
    let text = '';
    try {
      text = inflateSync(bytes.subarray(at + 7, end)).toString('latin1');
    } catch {
      continue;
    }
    if (!text.includes('begincmap')) continue;
    for (const [row] of text.matchAll(/\[(?:<[0-9A-F]+>)+\]/g)) {
      for (const [, hex = ''] of row.matchAll(/<([0-9A-F]+)>/g)) {
        found.add(Buffer.from(hex, 'hex').swap16().toString('utf16le'));
      }
    }
  }
  return found;
}

describe('a verification report as PDF', () => {
  it('prints every line of the report', async () => {
    const report = verifyFile(await kit.sign(buildOfd()), kit.options());
    const printed = charactersOf(writeReportPdf(report, fonts));
    const wanted = reportRows(report)
      .map(({ label, value }) => label + value)
      .join('')
      .replaceAll(/\s/g, '');
    expect(Array.from(wanted).filter((character) => !printed.has(character))).toEqual([]);
    expect(wanted).toContain('签章的数字签名通过');
  });

  it('is the same for the same report', async () => {
    const report = verifyFile(await kit.sign(buildOfd()), kit.options());
    expect(Buffer.compare(writeReportPdf(report, fonts), writeReportPdf(report, fonts))).toBe(0);
  });

  it('is printed whatever the judged file says of itself', async () => {
    const report = verifyFile(await kit.sign(buildOfd()), kit.options());
    const hostile = {
      ...report,
      metadata: { 'A\u202eB\u0007': `${'长'.repeat(5000)}`, '\u{2EBF0}': '\ud800\n二', ...manyEntries() },
    };
    const printed = charactersOf(writeReportPdf(hostile, fonts));
    expect(printed).toContain('□');
    expect(printed).toContain('…');
    expect(printed).not.toContain('\u202e');
  });

  it('says of bytes that are no file at all why they are refused', () => {
    const report = verifyFile(Buffer.from('GIF89a'), kit.options());
    expect(charactersOf(writeReportPdf(report, fonts))).toContain('×');
  });

  it('sealed, is valid by itself and closed to every change', async () => {
    const report = verifyFile(await kit.sign(buildOfd()), kit.options());
    const sealed = await sealReportPdf(writeReportPdf(report, fonts), {
      signerCertificate: world.certificate,
      chain: [world.pki.authority],
      signedAt,
      name: '核验服务',
      picture: { content: '0.8 0 0 RG 3 w 5 5 103 103 re S', widthMm: 40, heightMm: 40 },
      sign: world.key.issuerKey.sign,
    });
    expect(world.judge(sealed)).toMatchObject({ overall: 'valid', signatures: [{ outcome: 'valid' }] });
    const again = await world.sign(sealed);
    expect(world.judge(again).overall).toBe('invalid');
  });
});

function manyEntries(): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`项${i}`, `值${i}`]));
}
