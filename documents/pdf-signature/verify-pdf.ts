import type { ReasonCode } from '../verification/reason-code';
import { withUseCopy } from '../verification/use-copy-report';
import {
  type SignatureReport,
  type VerificationOptions,
  type VerificationReport,
  worstVerdict,
} from '../verification/verification-report';
import { judgePdfSignature } from './judge-pdf-signature';
import { listSignatureFields, pdfText, type SignatureField } from './list-signature-fields';
import { PdfError } from './reading/pdf-object';
import { type PdfFile, readPdfFile } from './reading/read-pdf-file';

const MAX_SIGNATURES = 32;

/** A report on a file that could not be judged signature by signature. */
function refusal(reason: ReasonCode, options: VerificationOptions): VerificationReport {
  const overall = reason === 'internalFault' || reason === 'pdfEncrypted' ? 'cannotTell' : 'invalid';
  return {
    kind: 'pdf',
    overall,
    reason,
    firstFailedStep: 'format',
    validAtSigning: overall,
    validNow: overall,
    judgedAt: options.at.toISOString(),
    signatures: [],
    notices: [],
    metadata: {},
  };
}

function readMetadata(file: PdfFile): Record<string, string> {
  const information = file.dictionary(file.trailer.entries.get('Info'));
  const pairs = [...(information?.entries ?? [])].flatMap(([key, value]) => {
    const text = pdfText(file.resolve(value));
    return text === undefined ? [] : [[key, text] as const];
  });
  return Object.fromEntries(pairs);
}

/** One signature under two fields is one person's word shown in two places, the second of which nobody signed. */
function isRepeated(field: SignatureField, fields: readonly SignatureField[]): boolean {
  return fields.some(
    (other) =>
      other !== field &&
      (other.name === field.name ||
        (other.signature.source === field.signature.source &&
          other.signature.start === field.signature.start)),
  );
}

function withRepetition(report: SignatureReport): SignatureReport {
  return {
    ...report,
    outcome: 'invalid',
    reason: 'signatureRepeated',
    firstFailedStep: 'format',
    validNow: 'invalid',
    steps: report.steps.map((step) =>
      step.step === 'format' ? { step: 'format', outcome: 'failed', reason: 'signatureRepeated' } : step,
    ),
  };
}

function judgeFile(bytes: Uint8Array, options: VerificationOptions): VerificationReport {
  const file = readPdfFile(bytes);
  const fields = listSignatureFields(file);
  if (fields.length === 0) return refusal('noSignature', options);
  if (fields.length > MAX_SIGNATURES) return refusal('pdfTooComplex', options);
  const signatures = fields.map((field) => {
    const report = judgePdfSignature(file, field, options);
    return isRepeated(field, fields) ? withRepetition(report) : report;
  });
  const overall = worstVerdict(signatures.map(({ outcome }) => outcome));
  const decisive = signatures.find(({ outcome }) => outcome === overall);
  const report: VerificationReport = {
    kind: 'pdf',
    overall,
    reason: decisive?.reason ?? 'internalFault',
    ...(decisive?.firstFailedStep === undefined ? {} : { firstFailedStep: decisive.firstFailedStep }),
    validAtSigning: overall,
    validNow: worstVerdict(signatures.map(({ validNow }) => validNow)),
    judgedAt: options.at.toISOString(),
    signatures,
    notices: [],
    metadata: readMetadata(file),
  };
  return withUseCopy(report, options.at);
}

/**
 * Judges every signature of a PDF: structure, byte range over the whole revision, later changes (signatures, document
 * timestamps and validation data only), digest, signature with its bound certificate, certificate path at signing time,
 * timestamp.
 *
 * In: the file's bytes (at most 50 MB) and what is trusted. Out: a report of plain JSON values; overall is the worst of
 * all signatures. Never throws, whatever the bytes. Follows ISO 32000-1 clause 12.8 and ETSI EN 319 142-1 as read from
 * deployed implementations.
 */
export function verifyPdf(bytes: Uint8Array, options: VerificationOptions): VerificationReport {
  try {
    return judgeFile(bytes, options);
  } catch (error) {
    if (error instanceof PdfError) return refusal(error.problem, options);
    return refusal('internalFault', options);
  }
}
