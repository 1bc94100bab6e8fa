import { type ContainerEntry, DEFAULT_CONTAINER_LIMITS, readContainer } from '../container/read-container';
import { type DescribedSignature, judgeOfdSignature } from './judge-ofd-signature';
import { createEntryDigests, strayEntries } from './judge-references';
import {
  OfdProblem,
  type OfdSkeleton,
  readSignatureDescription,
  readSkeleton,
  type SignatureDescription,
  type SignatureListing,
} from './ofd-signatures';
import type { ReasonCode } from './reason-code';
import { withUseCopy } from './use-copy-report';
import {
  type Notice,
  type SignatureReport,
  type VerificationOptions,
  type VerificationReport,
  worstVerdict,
} from './verification-report';

type Entries = ReadonlyMap<string, ContainerEntry>;

/** A report on bytes that could not be judged signature by signature. */
function refusal(reason: ReasonCode, options: VerificationOptions, detail?: string): VerificationReport {
  const overall = reason === 'internalFault' ? 'cannotTell' : 'invalid';
  return {
    kind: 'ofd',
    overall,
    reason,
    firstFailedStep: 'format',
    validAtSigning: overall,
    validNow: overall,
    judgedAt: options.at.toISOString(),
    signatures: [],
    notices: [],
    metadata: {},
    ...(detail === undefined ? {} : { detail }),
  };
}

function describe(listing: SignatureListing, entries: Entries): DescribedSignature {
  try {
    return { listing, description: readSignatureDescription(entries, listing.path) };
  } catch (error) {
    if (error instanceof OfdProblem) return { listing, description: error };
    throw error;
  }
}

interface Readable {
  readonly path: string;
  readonly description: SignatureDescription;
}

function readableOnes(described: readonly DescribedSignature[]): Readable[] {
  return described.flatMap(({ listing, description }) =>
    description instanceof OfdProblem ? [] : [{ path: listing.path, description }],
  );
}

function metadataNotices(skeleton: OfdSkeleton, signatures: readonly SignatureReport[]): Notice[] {
  const notices: Notice[] = [];
  if (skeleton.metadata.length === 0) return notices;
  if (signatures.every(({ coverage }) => coverage.uncovered.includes('OFD.xml'))) {
    notices.push({ code: 'metadataNotCovered' });
  }
  const names = skeleton.metadata.map(({ name }) => name);
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  if (repeated.length > 0)
    notices.push({ code: 'metadataRepeated', detail: [...new Set(repeated)].join(', ') });
  return notices;
}

function judgePackage(entries: Entries, options: VerificationOptions): VerificationReport {
  const skeleton = readSkeleton(entries);
  if (skeleton.signatures.length === 0) return refusal('noSignature', options);
  const described = skeleton.signatures.map((listing) => describe(listing, entries));
  const stray = strayEntries(skeleton, readableOnes(described), entries);
  const context = { entries, digests: createEntryDigests(entries), stray, options };
  const signatures = described.map((signature) => judgeOfdSignature(signature, context));
  const overall = worstVerdict(signatures.map(({ outcome }) => outcome));
  const decisive = signatures.find(({ outcome }) => outcome === overall);
  const failedStep = overall === 'valid' ? undefined : decisive?.firstFailedStep;
  // Object.fromEntries defines own properties, so a name such as __proto__ is harmless; the first of equal names wins.
  const metadata = Object.fromEntries(skeleton.metadata.toReversed().map(({ name, value }) => [name, value]));
  const report: VerificationReport = {
    kind: 'ofd',
    overall,
    reason: decisive?.reason ?? 'internalFault',
    ...(failedStep === undefined ? {} : { firstFailedStep: failedStep }),
    validAtSigning: overall,
    validNow: worstVerdict(signatures.map(({ validNow }) => validNow)),
    judgedAt: options.at.toISOString(),
    signatures,
    notices: metadataNotices(skeleton, signatures),
    metadata,
  };
  return withUseCopy(report, options.at);
}

/**
 * Judges every signature of an OFD file: container, references and their coverage, seal file, dataHash, stamp
 * signature, membership in the seal, certificates at signing time, the seal's own signature and period, timestamp.
 *
 * In: the file's bytes and what is trusted. Out: a report of plain JSON values. Overall is `valid` only when every
 * signature is and every file of the package but OFD.xml and Signatures.xml is covered by one; `cannotTell` where only
 * trust or revocation is unknown; `invalid` otherwise. Files that a signature leaves open are named in a notice.
 * Never throws, whatever the bytes. Follows GB/T 33190-2016 and GB/T 38540-2020 as read from deployed implementations.
 */
export function verifyOfd(bytes: Uint8Array, options: VerificationOptions): VerificationReport {
  try {
    const reading = readContainer(bytes, { ...DEFAULT_CONTAINER_LIMITS, ...options.limits });
    if (!reading.ok) return refusal(reading.problem, options, reading.detail);
    return judgePackage(reading.entries, options);
  } catch (error) {
    if (error instanceof OfdProblem) return refusal(error.reason, options, error.message);
    return refusal('internalFault', options);
  }
}
