import type { ContainerProblem } from '../container/container-problem';
import type { PdfReason } from '../pdf-signature/pdf-reasons';
import type { ChainReason } from '../pki/chain-verdict';
import type { TimestampReason } from '../pki/verify-timestamp';

/** Reasons that OFD verification adds to those of the container, the certificate chain and the timestamp. */
export const OFD_REASONS = [
  'unknownKind',
  'malformedXml',
  'malformedPackage',
  'severalDocuments',
  'missingEntry',
  'noSignature',
  'signatureKindUnsupported',
  'malformedSignature',
  'malformedSeal',
  'digestAlgorithmUnknown',
  'referenceMalformed',
  'referenceRepeated',
  'referenceMissing',
  'referenceDiffers',
  'entryNotCovered',
  'sealFileMissing',
  'sealFileDiffers',
  'dataHashDiffers',
  'propertyInfoDiffers',
  'signatureAlgorithmUnknown',
  'signatureAlgorithmsDiffer',
  'stampSignatureWrong',
  'signerNotInSeal',
  'signersUnreadable',
  'signingTimeUnknown',
  'sealSignatureWrong',
  'sealNotYetValid',
  'sealExpired',
  'signedInFuture',
  'timestampBeforeSigning',
  'internalFault',
] as const;

/** Why a step failed or could not be judged; `valid` where nothing did. */
export type ReasonCode =
  | (typeof OFD_REASONS)[number]
  | ContainerProblem
  | ChainReason
  | TimestampReason
  | PdfReason;

/** What is worth saying although it changes no verdict. */
export type NoticeCode =
  | 'partialCoverage'
  | 'metadataNotCovered'
  | 'metadataRepeated'
  | 'useCopy'
  | 'useCopyExpired'
  | 'signingTimeNotProven'
  | 'existenceRecorded'
  | 'statedTimeDiffers'
  | 'propertyInfoDiffers'
  | 'expiredSince'
  | 'sealExpiredSince'
  | 'revokedLater'
  | 'revokedLaterForKeyCompromise'
  | 'keyUsageAbsent'
  | 'revocationNotJudged'
  | 'directlyTrusted'
  | 'laterSignatures'
  | 'laterValidationData'
  | 'signingCertificateAbsent';
