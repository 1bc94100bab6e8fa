import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machineReadableFace } from '../../adapters/production/certificate-producer';
import { defaultFontPaths, type FontChain, loadFontChain } from '../../documents/fonts/font-chain';
import type { FaceContent } from '../../documents/layout/face-content';
import type { LaidOutDocument, PlacedBox } from '../../documents/layout/laid-out-document';
import { layOut } from '../../documents/layout/lay-out';
import { markUseCopy } from '../../documents/layout/mark-use-copy';
import { placeSeals } from '../../documents/layout/place-seals';
import { writeOfd } from '../../documents/ofd/write-ofd';
import { DERIVED_NOTICE, writePdf } from '../../documents/pdf/write-pdf';
import { BUILT_IN_TEMPLATES } from '../../documents/templates/built-in-templates';
import { BUILT_IN_DEFINITIONS } from '../../domain/catalog/built-in/built-in-definitions';
import { type CertificateFacts, certificateMetadata } from '../../domain/certificate/metadata';
import { legalDate } from '../../domain/shared/legal-date';
import { type DrawnSeal, drawDemonstrationSeal } from '../../main/demonstration/draw-demonstration-seal';
import { ordinaryFace } from '../../test/documents/sample-faces';
import { makePdfSigningWorld, type PdfSigningWorld } from '../../test/support/pdf-signing-world';
import { createSealKit, type Holder, type SealKit, SIGNED_AT } from '../../test/support/seal-kit';
import { drawSealedPage } from './draw-sealed-page';
import { judgedFaces } from './judged-faces';

const PUBLIC_URL = 'https://dzzz.example.org/api/v1/public/verify/';
const VERIFICATION_CODE = '7Q2MZK4T9XW3R8VBNE5HJD6C';
const USED_BY = '中国某某银行股份有限公司鄂尔多斯分行';

/** A seal that the workshop can set: its picture and the holder of its key. */
interface Seal {
  readonly drawn: DrawnSeal;
  readonly electronicSeal: Uint8Array;
  readonly holder: Holder;
}

interface Workshop {
  readonly folder: string;
  readonly kit: SealKit;
  readonly pdf: PdfSigningWorld;
  readonly fonts: FontChain;
  readonly seals: readonly Seal[];
  readonly texts: Map<string, readonly string[]>;
  readonly documents: Map<string, LaidOutDocument>;
}

const SEALS = [
  { ringText: '鄂尔多斯市东胜区自然资源局', centreText: '不动产登记专用章' },
  { ringText: '鄂尔多斯市行政审批和政务服务局', centreText: null },
  { ringText: '内蒙古自治区住房和城乡建设厅', centreText: '行政许可专用章' },
];

async function makeSeals(kit: SealKit, fonts: FontChain): Promise<Seal[]> {
  return Promise.all(
    SEALS.map(async (design, i) => {
      const drawn = await drawDemonstrationSeal(design, async () => fonts);
      const holder = await kit.issue('sealSigner', { commonName: design.ringText });
      const electronicSeal = await kit.seal({
        version: i === 2 ? 5 : 4,
        name: design.ringText,
        signerCertificates: [holder.certificate],
        picture: { type: 'png', data: drawn.png, widthMm: drawn.widthMm, heightMm: drawn.heightMm },
      });
      return { drawn, electronicSeal, holder };
    }),
  );
}

function definitionOf(type: string): CertificateFacts['definition'] {
  const definition = BUILT_IN_DEFINITIONS.find(({ name }) => name === type);
  if (definition === undefined) throw new Error(`no definition ${type}`);
  return definition;
}

function factsOf(type: string): CertificateFacts {
  return {
    definition: definitionOf(type),
    authority: { name: '鄂尔多斯市行政审批和政务服务局', creditCode: '11150600MB1234567X' },
    number: '蒙(2026)东胜区不动产权第0000123号',
    identifier: '1.2.156.3005.2.11150600MB1234567X.11100000MB03271699001.2026000123.001.A',
    version: '001',
    holders: [
      {
        kind: 'person',
        name: '阿拉腾其其格',
        codeType: '111',
        code: '150699199203044527',
        share: null,
      },
    ],
    validFrom: legalDate('2026-11-23'),
    validUntil: legalDate('2030-11-22'),
    issuedOn: legalDate('2026-11-23'),
    createdAt: '20261123100000',
  };
}

function layOutFace(type: string, face: FaceContent, fonts: FontChain): LaidOutDocument {
  const template = BUILT_IN_TEMPLATES.get(type);
  if (template === undefined) throw new Error(`no template ${type}`);
  const qrText = `${PUBLIC_URL}${VERIFICATION_CODE}`;
  const laidOut = layOut({ template, face, fonts, qrText, watermark: null });
  if (!laidOut.ok) throw new Error(`${type}: ${JSON.stringify(laidOut.refusal)}`);
  return laidOut.document;
}

function compose(type: string, face: FaceContent, document: LaidOutDocument) {
  const facts = factsOf(type);
  const metadata = certificateMetadata(facts);
  const data = machineReadableFace(facts, plainFace(face));
  const ofd = writeOfd(document, {
    docId: '0123456789abcdef0123456789abcdef',
    title: type,
    createdAt: SIGNED_AT,
    customData: metadata,
    attachments: [{ name: 'face.json', format: 'json', data }],
  });
  const pdf = writePdf(document, {
    title: type,
    createdAt: SIGNED_AT,
    metadata,
    derivedNotice: DERIVED_NOTICE,
  });
  return { ofd, pdf };
}

/** The face as the register keeps it, without pictures: sizes are stated without them. */
function plainFace(face: FaceContent): Record<string, string> {
  return Object.fromEntries(
    face.flatMap(({ name, value }) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

/** What is printed, value by value; a reader that finds them found the text. */
function textsOf(face: FaceContent): string[] {
  return face.flatMap(({ value }) => {
    if (typeof value === 'string') return value.split('\n').filter((line) => line !== '');
    if (value.kind !== 'rows') return [];
    return value.rows.flatMap((row) => Object.values(row)).filter((cell) => cell !== '');
  });
}

function centred(place: PlacedBox, { drawn }: Seal): PlacedBox {
  return {
    pageIndex: place.pageIndex,
    xMm: place.xMm + (place.widthMm - drawn.widthMm) / 2,
    yMm: place.yMm + (place.heightMm - drawn.heightMm) / 2,
    widthMm: drawn.widthMm,
    heightMm: drawn.heightMm,
  };
}

/** Seals one document with so many seals, writes both files and our picture of each page. */
async function writeSealed(
  workshop: Workshop,
  name: string,
  sealCount: number,
  made: { type: string; face: FaceContent; document: LaidOutDocument },
  firstSeal = 0,
): Promise<void> {
  const { kit, pdf: world, folder } = workshop;
  let { ofd, pdf } = compose(made.type, made.face, made.document);
  const places = placeSeals(made.document, sealCount);
  const set: { readonly box: PlacedBox; readonly seal: Seal }[] = [];
  for (let i = 0; i < sealCount; i += 1) {
    const [seal, place] = [workshop.seals[firstSeal + i], places[i]];
    if (seal === undefined || place === undefined) throw new Error(`${name}: no seal or place ${i + 1}`);
    const box = centred(place, seal);
    const { electronicSeal, holder } = seal;
    ofd = await kit.sign(ofd, { boxes: [box], electronicSeal, lock: i === sealCount - 1 }, holder);
    const appearance = { ...box, content: seal.drawn.pdfContent };
    pdf = await world.sign(pdf, { fieldName: `Seal${i + 1}`, appearance });
    set.push({ box, seal });
  }
  writeFileSync(join(folder, `${name}.ofd`), ofd);
  writeFileSync(join(folder, `${name}.pdf`), pdf);
  const pictures = set.map(({ box, seal }) => ({ box, png: seal.drawn.png }));
  made.document.pages.forEach((_, page) => {
    const png = drawSealedPage(made.document, page, pictures);
    writeFileSync(join(folder, `${name}-${page}.ours.png`), png);
  });
  workshop.documents.set(name, made.document);
  for (const kind of ['ofd', 'pdf']) workshop.texts.set(`${name}.${kind}`, textsOf(made.face));
}

async function writeAll(workshop: Workshop, hasFallbacks: boolean): Promise<void> {
  const { fonts } = workshop;
  for (const { type, kind, face } of judgedFaces(hasFallbacks)) {
    const document = layOutFace(type, face, fonts);
    await writeSealed(workshop, `${type}-${kind}`, 1, { type, face, document });
  }
  const one = (type: string) => {
    const face = ordinaryFace(type);
    return { type, face, document: layOutFace(type, face, fonts) };
  };
  const original = one('营业执照');
  const copy = markUseCopy(original.document, {
    purpose: '办理个人住房贷款',
    user: USED_BY,
    until: new Date('2026-12-31T15:59:59Z'),
    madeAt: SIGNED_AT,
    madeBy: '阿拉腾其其格',
  });
  if (!copy.ok) throw new Error(JSON.stringify(copy.refusal));
  await writeSealed(workshop, 'use-copy', 1, { ...original, document: copy.document });
  await writeSealed(workshop, 'version-5-seal', 1, one('道路运输证'), 2);
  await writeSealed(workshop, 'joint-two-seals', 2, one('建筑工程施工许可证'));
  await writeSealed(workshop, 'joint-three-seals', 3, one('公共场所卫生许可证'));
  await writeSealed(workshop, 'joint-three-seals-wide', 3, one('不动产权证书'));
}

function pem(certificate: Uint8Array): string {
  const base64 = Buffer.from(certificate).toString('base64').replaceAll(/.{64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${base64.trimEnd()}\n-----END CERTIFICATE-----\n`;
}

/** What the judges need beside the files. */
export interface WrittenFiles {
  /** Path of the anchor of the PDF signatures, in PEM. */
  readonly anchor: string;
  /** What a reader must find, by file name. */
  readonly texts: ReadonlyMap<string, readonly string[]>;
  /** What was laid out, by the name of the files without their ending. */
  readonly documents: ReadonlyMap<string, LaidOutDocument>;
}

/**
 * Writes really sealed OFD and PDF files for the judges: every built-in certificate type with its faces (see
 * judged-faces.ts), a use-copy, joint issues with two and three seals, and a seal of version 5. Keys are made on the
 * spot; seals are drawn as the demonstration's, the PDF is signed with RSA-3072.
 * @param fallbacks fonts for characters that the common fonts lack; with them there is one more face.
 * Effect: the folder holds `<name>.ofd`, `<name>.pdf`, and our own picture with the seals, `<name>-<page>.ours.png`.
 */
export async function writeSealedFiles(folder: string, fallbacks: readonly string[]): Promise<WrittenFiles> {
  mkdirSync(folder, { recursive: true });
  const fonts = await loadFontChain(defaultFontPaths(fallbacks));
  const [kit, pdf] = [await createSealKit(), await makePdfSigningWorld()];
  const texts = new Map<string, readonly string[]>();
  const documents = new Map<string, LaidOutDocument>();
  const workshop = { folder, kit, pdf, fonts, seals: await makeSeals(kit, fonts), texts, documents };
  await writeAll(workshop, fallbacks.length > 0);
  const anchor = join(folder, 'trust.pem');
  writeFileSync(anchor, pem(pdf.pki.root));
  return { anchor, texts, documents };
}
