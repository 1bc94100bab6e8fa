import { type FontChain, loadFontChain } from '../../../documents/fonts/font-chain';
import type { LaidOutDocument } from '../../../documents/layout/laid-out-document';
import { layOut } from '../../../documents/layout/lay-out';
import { markUseCopy } from '../../../documents/layout/mark-use-copy';
import { writeOfd } from '../../../documents/ofd/write-ofd';
import { DERIVED_NOTICE, writePdf } from '../../../documents/pdf/write-pdf';
import { BUILT_IN_TEMPLATES } from '../../../documents/templates/built-in-templates';
import { reportPage } from '../../../documents/verification/report-page';
import type { VerificationReport } from '../../../documents/verification/verification-report';
import { verifyFile } from '../../../documents/verification/verify-file';
import { makePdfSigningWorld, type PdfSigningWorld } from '../../support/pdf-signing-world';
import { createSealKit, type SealKit, SIGNED_AT } from '../../support/seal-kit';
import { ordinaryFace } from '../sample-faces';

jest.setTimeout(60_000);

const TITLE = '道路运输证';
const UNTIL = new Date('2026-12-31T15:59:59Z');

let fonts: FontChain;
let kit: SealKit;
let world: PdfSigningWorld;
let copy: LaidOutDocument;
beforeAll(async () => {
  [fonts, kit, world] = await Promise.all([loadFontChain(), createSealKit(), makePdfSigningWorld()]);
  const template = BUILT_IN_TEMPLATES.get(TITLE);
  if (template === undefined) throw new Error('no template');
  const original = layOut({ template, face: ordinaryFace(TITLE), fonts, qrText: 'x', watermark: null });
  if (!original.ok) throw new Error(original.refusal.code);
  const marked = markUseCopy(original.document, {
    purpose: '办理个人住房贷款',
    user: '某某银行鄂尔多斯分行',
    until: UNTIL,
    madeAt: SIGNED_AT,
    madeBy: '阿拉腾其其格',
  });
  if (!marked.ok) throw new Error(marked.refusal.code);
  copy = marked.document;
});

function sealedOfd(): Promise<Uint8Array> {
  const options = {
    docId: '0'.repeat(32),
    title: TITLE,
    createdAt: SIGNED_AT,
    customData: {},
    attachments: [],
  };
  return kit.sign(writeOfd(copy, options), { boxes: copy.sealBoxes });
}

function signedPdf(): Promise<Uint8Array> {
  const options = { title: TITLE, createdAt: SIGNED_AT, metadata: {}, derivedNotice: DERIVED_NOTICE };
  return world.sign(writePdf(copy, options));
}

const SAID = {
  purpose: '办理个人住房贷款',
  user: '某某银行鄂尔多斯分行',
  madeBy: '阿拉腾其其格',
  madeAt: SIGNED_AT.toISOString(),
  until: UNTIL.toISOString(),
};

describe('a sealed use-copy', () => {
  const judged = async (kind: 'ofd' | 'pdf', at?: Date): Promise<VerificationReport> =>
    kind === 'ofd'
      ? verifyFile(await sealedOfd(), kit.options(at === undefined ? {} : { at }))
      : world.judge(await signedPdf(), at === undefined ? {} : { at });

  it.each(['ofd', 'pdf'] as const)('is told as one, with purpose, user and expiry: %s', async (kind) => {
    const report = await judged(kind);
    expect(report).toMatchObject({
      overall: 'valid',
      validNow: 'valid',
      useCopy: { ...SAID, expired: false },
      notices: [{ code: 'useCopy' }],
    });
    const page = reportPage(report);
    expect(page).toContain(
      '仅供某某银行鄂尔多斯分行使用，事由“办理个人住房贷款”，有效期至2026-12-31 23:59:59',
    );
  });

  it.each(['ofd', 'pdf'] as const)('is not valid any more once it ran out: %s', async (kind) => {
    const report = await judged(kind, new Date(UNTIL.getTime() + 1));
    expect(report).toMatchObject({
      validAtSigning: 'valid',
      validNow: 'invalid',
      useCopy: { ...SAID, expired: true },
      notices: [{ code: 'useCopyExpired' }],
    });
    expect(reportPage(report)).toContain('（已过期）');
  });

  it('cannot pass as an original: without its metadata the file is not valid', async () => {
    const sealed = Buffer.from(await sealedOfd());
    for (let at = 30; at < sealed.length; at += 997) {
      const flipped = Buffer.from(sealed);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const report = verifyFile(flipped, kit.options());
      expect(report.overall === 'valid' && report.useCopy === undefined).toBe(false);
    }
  });

  it('is doubtful as to its end where nothing readable states it', async () => {
    const { JZJYXQJZSJ: _, ...metadata } = copy.metadata;
    copy = { ...copy, metadata: { ...metadata, JZJYXQJZSJ: '2026年底' } };
    expect((await judged('ofd')).useCopy).toMatchObject({ expired: true });
  });
});
