import type { FontChain } from '../fonts/font-chain';
import { findForbiddenCharacter } from '../layout/forbidden-characters';
import { layOut } from '../layout/lay-out';
import { writePdf } from '../pdf/write-pdf';
import { finishPdfSignature } from '../pdf-signature/finish-pdf-signature';
import type { PdfSignatureOrder } from '../pdf-signature/pdf-signature-order';
import { preparePdfSignature } from '../pdf-signature/prepare-pdf-signature';
import { REASON_WORDING, VERDICT_WORDING } from '../verification/reason-wording';
import type { Verdict, VerificationReport } from '../verification/verification-report';
import { type ReportRow, reportRows } from './report-rows';
import { REPORT_TEMPLATE } from './report-template';

/** A mark beside the word: colour is never the only sign. */
const MARKS: Readonly<Record<Verdict, string>> = { valid: '√', invalid: '×', cannotTell: '？' };
/** What a stranger's file says is cut, so that no report is longer than people read. */
const MAXIMUM_VALUE = 400;
const MAXIMUM_LABEL = 40;
const MAXIMUM_ROWS = 600;
const UNPRINTABLE = '□';
const ENDING = '……';

/** What whoever keeps a register of the judged files adds: the conclusion of both together, and what the register says. */
export interface RegisterFinding {
  readonly verdict: Verdict;
  readonly sentence: string;
  readonly rows: readonly ReportRow[];
}

/**
 * The report as a PDF for people, A4, as many pages as it needs. What comes from the judged file is printed as far as it can
 * be: characters that are invisible, bidirectional or in no font become □, very long values are cut.
 * A finding of a register goes first, for a sound file may be of a certificate that has ended.
 * @returns an unsigned PDF; see {@link sealReportPdf}. Same input, same bytes.
 * @throws Error when the fonts lack what the form itself prints.
 */
export function writeReportPdf(
  report: VerificationReport,
  fonts: FontChain,
  register?: RegisterFinding,
): Uint8Array {
  const verdict = register?.verdict ?? report.overall;
  const sentence = register?.sentence ?? REASON_WORDING[report.reason];
  const conclusion = `${MARKS[verdict]} ${VERDICT_WORDING[verdict]}：${sentence}`;
  const rows = printableRows([...(register?.rows ?? []), ...reportRows(report)], fonts);
  const laidOut = layOut({
    template: REPORT_TEMPLATE,
    face: [
      { name: '结论', value: conclusion },
      { name: '核验记录', value: { kind: 'rows', rows } },
    ],
    qrText: null,
    watermark: null,
    fonts,
  });
  if (!laidOut.ok) throw new Error(`a report could not be printed: ${JSON.stringify(laidOut.refusal)}`);
  return writePdf(laidOut.document, {
    title: REPORT_TEMPLATE.name,
    createdAt: new Date(report.judgedAt),
    metadata: {},
    derivedNotice: null,
  });
}

function printableRows(rows: readonly ReportRow[], fonts: FontChain) {
  return rows.slice(0, MAXIMUM_ROWS).map(({ label, value }) => ({
    项目: printable(label, MAXIMUM_LABEL, fonts),
    内容: printable(value, MAXIMUM_VALUE, fonts),
  }));
}

function printable(text: string, maximum: number, fonts: FontChain): string {
  const characters = Array.from(text, (character) => {
    const codePoint = character.codePointAt(0) ?? 0;
    if (character === '\n') return ' ';
    const shown = findForbiddenCharacter(character, 'zh') === null && fonts.find('song', codePoint) !== null;
    return shown ? character : UNPRINTABLE;
  });
  if (characters.length <= maximum) return characters.join('');
  return `${characters.slice(0, maximum - ENDING.length).join('')}${ENDING}`;
}

/** Who seals a report, and how the seal looks on its first page. */
export interface ReportSeal {
  readonly signerCertificate: Uint8Array;
  readonly chain: readonly Uint8Array[];
  readonly signedAt: Date;
  readonly name: string;
  /** Content stream operators for a box of that size, e.g. of `sealPictureAsPdfContent`; null shows nothing. */
  readonly picture: { readonly content: string; readonly widthMm: number; readonly heightMm: number } | null;
  /** RSA, PKCS #1 v1.5 with SHA-256. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Seals a written report: from then on it is provable who judged, what came out, and that nobody changed it. */
export async function sealReportPdf(pdf: Uint8Array, seal: ReportSeal): Promise<Uint8Array> {
  const [place] = REPORT_TEMPLATE.seals;
  const appearance: PdfSignatureOrder['appearance'] =
    seal.picture === null || place === undefined
      ? undefined
      : {
          ...seal.picture,
          pageIndex: 0,
          xMm: place.xMm + (place.widthMm - seal.picture.widthMm) / 2,
          yMm: place.yMm + (place.heightMm - seal.picture.heightMm) / 2,
        };
  const { signerCertificate, chain, signedAt, name } = seal;
  const prepared = preparePdfSignature(pdf, {
    signerCertificate,
    chain,
    signedAt,
    name,
    reason: REPORT_TEMPLATE.name,
    fieldName: 'Report',
    docMdp: 1,
    ...(appearance === undefined ? {} : { appearance }),
  });
  return finishPdfSignature(prepared, await seal.sign(prepared.toBeSigned));
}
