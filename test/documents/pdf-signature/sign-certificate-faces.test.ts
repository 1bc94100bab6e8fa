import { loadFontChain } from '../../../documents/fonts/font-chain';
import { layOut } from '../../../documents/layout/lay-out';
import { DERIVED_NOTICE, writePdf } from '../../../documents/pdf/write-pdf';
import { drawSealPicture, sealPictureAsPdfContent } from '../../../documents/picture/seal-picture';
import { BUILT_IN_TEMPLATES } from '../../../documents/templates/built-in-templates';
import { makePdfSigningWorld, type PdfSigningWorld, signedAt } from '../../support/pdf-signing-world';
import { ordinaryFace } from '../sample-faces';

// Making RSA keys takes seconds on a busy machine.
jest.setTimeout(60_000);

describe('the PDF of every built-in type', () => {
  let world: PdfSigningWorld;
  let sealContent: string;
  let fonts: Awaited<ReturnType<typeof loadFontChain>>;

  beforeAll(async () => {
    world = await makePdfSigningWorld();
    fonts = await loadFontChain();
    const picture = drawSealPicture(
      { ringText: '鄂尔多斯市交通运输局', centreText: null, shape: 'round', diameterMm: 40 },
      fonts,
    );
    if (!picture.ok) throw new Error('no seal picture');
    sealContent = sealPictureAsPdfContent(picture.picture);
  });

  it.each([...BUILT_IN_TEMPLATES.keys()])('is valid after two authorities sealed it: %s', async (code) => {
    const template = BUILT_IN_TEMPLATES.get(code);
    if (template === undefined) throw new Error('no template');
    const laidOut = layOut({
      template,
      face: ordinaryFace(code),
      fonts,
      qrText: 'https://example.org/v/1',
      watermark: null,
    });
    if (!laidOut.ok) throw new Error(JSON.stringify(laidOut.refusal));
    const pdf = writePdf(laidOut.document, {
      title: code,
      createdAt: signedAt,
      metadata: { ZZMC: code },
      derivedNotice: DERIVED_NOTICE,
    });
    const place = { pageIndex: 0, xMm: 130, yMm: 150, widthMm: 40, heightMm: 40, content: sealContent };
    const one = await world.sign(pdf, { appearance: place });
    const two = await world.sign(one, { fieldName: 'Signature2', appearance: { ...place, xMm: 60 } });
    const report = world.judge(two);
    expect(report).toMatchObject({ overall: 'valid', metadata: { ZZMC: code } });
    expect(report.signatures).toHaveLength(2);
  });
});
