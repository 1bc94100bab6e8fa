import type { ContainerEntry } from '../container/read-container';
import { readSealSignature, type SealSignatureReading } from '../ses-reading/read-seal-signature';
import {
  collectNotices,
  describeSeal,
  type Judged,
  judgeNow,
  namesItself,
  type ReadSignature,
} from './describe-signature';
import { type EntryDigests, judgeReferences, uncoveredBy } from './judge-references';
import {
  certificateOrNone,
  describeSigner,
  judgeCertificate,
  judgeMembership,
  judgePeriod,
  judgeSeal,
  judgeStamp,
} from './judge-seal-signature';
import { existedBy, judgeSealTimestamp, judgeTimestamp } from './judge-timestamp';
import { OfdProblem, type SignatureDescription, type SignatureListing } from './ofd-signatures';
import {
  type SignatureReport,
  type StepReport,
  VERIFICATION_STEPS,
  type VerificationOptions,
} from './verification-report';

/** A signature of the package with its description, or with the problem that kept it from being read. */
export interface DescribedSignature {
  readonly listing: SignatureListing;
  readonly description: SignatureDescription | OfdProblem;
}

/** What one signature is judged against. */
export interface SignatureContext {
  readonly entries: ReadonlyMap<string, ContainerEntry>;
  readonly digests: EntryDigests;
  readonly stray: readonly string[];
  readonly options: VerificationOptions;
}

const SM2_METHODS: ReadonlySet<string> = new Set([
  '1.2.156.10197.1.501',
  'SM3WITHSM2',
  'SM2WITHSM3',
  'SM2-WITH-SM3',
]);

/** Steps that could not be reached are said to be skipped, in their places. */
function completed(steps: readonly StepReport[]): StepReport[] {
  return VERIFICATION_STEPS.map(
    (step) => steps.find((report) => report.step === step) ?? { step, outcome: 'skipped' },
  );
}

function conclude(
  steps: readonly StepReport[],
): Pick<SignatureReport, 'outcome' | 'reason' | 'firstFailedStep'> {
  const decisive =
    steps.find(({ outcome }) => outcome === 'failed') ??
    steps.find(({ outcome }) => outcome === 'cannotTell');
  if (decisive === undefined) return { outcome: 'valid', reason: 'valid' };
  return {
    outcome: decisive.outcome === 'failed' ? 'invalid' : 'cannotTell',
    reason: decisive.reason ?? 'internalFault',
    firstFailedStep: decisive.step,
  };
}

function unreadable(listing: SignatureListing, steps: readonly StepReport[]): SignatureReport {
  const verdict = conclude(steps);
  return {
    location: listing.path,
    ...verdict,
    steps: completed(steps),
    coverage: { uncovered: [] },
    notices: [],
    validNow: verdict.outcome,
  };
}

function judgeSealFile(
  description: SignatureDescription,
  reading: SealSignatureReading,
  entries: SignatureContext['entries'],
): StepReport {
  const step = 'seal_file';
  if (description.sealPath === undefined) return { step, outcome: 'skipped' };
  const file = entries.get(description.sealPath);
  if (file === undefined)
    return { step, outcome: 'failed', reason: 'sealFileMissing', detail: description.sealPath };
  return Buffer.compare(file.data, reading.seal.encoded) === 0
    ? { step, outcome: 'passed' }
    : { step, outcome: 'failed', reason: 'sealFileDiffers', detail: description.sealPath };
}

function judgeDataHash(signed: ReadSignature, context: SignatureContext): StepReport {
  const step = 'dataHash';
  const { reading, listing, description } = signed;
  const actual = context.digests.of(listing.path);
  if (actual === undefined || Buffer.compare(actual, reading.dataHash) !== 0) {
    return { step, outcome: 'failed', reason: 'dataHashDiffers', detail: listing.path };
  }
  // A description that was moved would give its relative references another meaning.
  const absolute = description.references.every(({ fileRef }) => fileRef.startsWith('/'));
  if (!absolute && !namesItself(signed)) {
    return { step, outcome: 'failed', reason: 'propertyInfoDiffers', detail: reading.propertyInfo };
  }
  return { step, outcome: 'passed' };
}

function judgeStampStep(signed: ReadSignature): StepReport {
  const { signatureMethod } = signed.description;
  if (
    signatureMethod !== undefined &&
    signed.signer?.publicKey.kind === 'sm2' &&
    !SM2_METHODS.has(signatureMethod.toUpperCase())
  ) {
    return {
      step: 'stamp_signature',
      outcome: 'failed',
      reason: 'signatureAlgorithmsDiffer',
      detail: signatureMethod,
    };
  }
  return judgeStamp(signed.reading, signed.signer);
}

function judgeSteps(signed: ReadSignature, references: StepReport, context: SignatureContext): Judged {
  const { reading } = signed;
  const { options } = context;
  const timestamp = judgeTimestamp(reading, options);
  const proof = { existedBy: existedBy(timestamp, options) };
  const { signerCertificate, seal } = reading;
  const stampTimes = { at: reading.signedAt, ...proof };
  const signerCert = judgeCertificate('signer_cert', signerCertificate, stampTimes, options);
  const sealTimes = { at: seal.createdAt, ...proof };
  const makerCert = judgeCertificate('maker_cert', seal.makerCertificate, sealTimes, options);
  return {
    steps: [
      { step: 'format', outcome: 'passed' },
      references,
      judgeSealFile(signed.description, reading, context.entries),
      judgeDataHash(signed, context),
      judgeStampStep(signed),
      judgeMembership(reading),
      signerCert.report,
      judgeSealTimestamp(reading.seal, judgeSeal(reading.seal, signed.maker), options),
      makerCert.report,
      judgePeriod(reading.seal, reading.signedAt),
      timestamp.report,
    ],
    signerChain: signerCert.chain,
    makerChain: makerCert.chain,
    timestamp,
  };
}

function readSigned(
  listing: SignatureListing,
  description: SignatureDescription,
  entries: SignatureContext['entries'],
): ReadSignature | StepReport {
  const value = entries.get(description.signedValuePath);
  const detail = description.signedValuePath;
  if (value === undefined) return { step: 'format', outcome: 'failed', reason: 'missingEntry', detail };
  try {
    const reading = readSealSignature(value.data);
    return {
      listing,
      description,
      reading,
      signer: certificateOrNone(reading.signerCertificate),
      maker: certificateOrNone(reading.seal.makerCertificate),
    };
  } catch {
    return { step: 'format', outcome: 'failed', reason: 'malformedSeal', detail };
  }
}

function judgeCoverage(description: SignatureDescription, context: SignatureContext): StepReport {
  const references = judgeReferences(description, context.digests);
  if (references.outcome !== 'passed' || context.stray.length === 0) return references;
  return {
    step: 'references',
    outcome: 'failed',
    reason: 'entryNotCovered',
    detail: context.stray.join(', '),
  };
}

/**
 * Judges one signature of a package in the order of GB/T 38540-2020; later steps are judged even where an earlier one
 * failed, as far as there is something to judge. Certificates are judged at the stated signing time (the maker's at the
 * making of the seal), so that an expiry or revocation after it is a notice (GM/T 0031-2025). Never throws for bad input.
 */
export function judgeOfdSignature(signature: DescribedSignature, context: SignatureContext): SignatureReport {
  const { listing, description } = signature;
  if (description instanceof OfdProblem) {
    const { reason, message } = description;
    return unreadable(listing, [{ step: 'format', outcome: 'failed', reason, detail: message }]);
  }
  const references = judgeCoverage(description, context);
  if (listing.kind === 'Sign') {
    const reason = 'signatureKindUnsupported';
    return unreadable(listing, [{ step: 'format', outcome: 'cannotTell', reason }, references]);
  }
  const signed = readSigned(listing, description, context.entries);
  if ('step' in signed) return unreadable(listing, [signed, references]);
  const judged = judgeSteps(signed, references, context);
  const verdict = conclude(judged.steps);
  const uncovered = uncoveredBy(description, listing.path, context.entries);
  const { provenAt } = judged.timestamp;
  return {
    location: listing.path,
    ...verdict,
    steps: judged.steps,
    ...(signed.signer === undefined ? {} : { signer: describeSigner(signed.signer) }),
    seal: describeSeal(signed),
    ...(signed.reading.signedAt === undefined ? {} : { signedAt: signed.reading.signedAt.toISOString() }),
    ...(provenAt === undefined ? {} : { timestampAt: provenAt.toISOString() }),
    coverage: { uncovered },
    notices: collectNotices(signed, judged, uncovered, context.options),
    validNow: judgeNow(verdict.outcome, signed, judged, context.options.at),
  };
}
