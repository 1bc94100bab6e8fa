import type { PdfProblem } from './reading/pdf-object';

/** Steps of a PDF signature in the order in which they are judged. */
export const PDF_STEPS = [
  'format',
  'byte_range',
  'later_changes',
  'digest',
  'signature',
  'signer_cert',
  'timestamp',
] as const;

export type PdfStep = (typeof PDF_STEPS)[number];

/** Reasons that PDF verification adds to those of the certificate chain and the timestamp. */
export const PDF_REASONS = [
  'signatureFieldMalformed',
  'signatureRepeated',
  'subFilterUnsupported',
  'byteRangeMalformed',
  'byteRangeStart',
  'byteRangeGap',
  'byteRangeBeyondFile',
  'byteRangeNotRevision',
  'contentsPadding',
  'cmsMalformed',
  'laterContentChange',
  'laterChangeForbidden',
  'laterFieldNotSigned',
  'digestDiffers',
  'contentTypeDiffers',
  'signatureWrong',
  'signerCertificateMissing',
  'signingCertificateDiffers',
  'signingCertificateMissing',
] as const;

export type PdfReason = (typeof PDF_REASONS)[number] | PdfProblem;
