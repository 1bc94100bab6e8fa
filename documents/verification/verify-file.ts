import { verifyPdf } from '../pdf-signature/verify-pdf';
import type { VerificationOptions, VerificationReport } from './verification-report';
import { verifyOfd } from './verify-ofd';

const PDF_MARK = Buffer.from('%PDF-', 'latin1');
const ZIP_MARK = Buffer.from('PK\u0003\u0004', 'latin1');

function startsWith(bytes: Uint8Array, mark: Uint8Array): boolean {
  return Buffer.compare(bytes.subarray(0, mark.length), mark) === 0;
}

/**
 * Judges a file by what it is, never by its name: an OFD begins as a ZIP container, a PDF with its mark in the very
 * first octets (what stands before it would be covered by nothing). Anything else is `invalid`, reason `unknownKind`.
 * Never throws, whatever the bytes.
 */
export function verifyFile(bytes: Uint8Array, options: VerificationOptions): VerificationReport {
  if (startsWith(bytes, ZIP_MARK)) return verifyOfd(bytes, options);
  if (startsWith(bytes, PDF_MARK)) return verifyPdf(bytes, options);
  return {
    kind: 'unknown',
    overall: 'invalid',
    reason: 'unknownKind',
    firstFailedStep: 'format',
    validAtSigning: 'invalid',
    validNow: 'invalid',
    judgedAt: options.at.toISOString(),
    signatures: [],
    notices: [],
    metadata: {},
  };
}
