import type { PdfStep } from '../pdf-signature/pdf-reasons';
import type { NoticeCode, ReasonCode } from './reason-code';
import type { UseCopyReport } from './use-copy-report';

/** In the order in which they are judged (GB/T 38540-2020 clause 7.3 with the digests of GB/T 33190 in front). */
export const VERIFICATION_STEPS = [
  'format',
  'references',
  'seal_file',
  'dataHash',
  'stamp_signature',
  'signer_in_seal',
  'signer_cert',
  'seal_signature',
  'maker_cert',
  'seal_period',
  'timestamp',
] as const;

/** Steps of an OFD seal, and those of a PDF signature. */
export type VerificationStep = (typeof VERIFICATION_STEPS)[number] | PdfStep;
export type Verdict = 'valid' | 'invalid' | 'cannotTell';

export interface StepReport {
  readonly step: VerificationStep;
  readonly outcome: 'passed' | 'failed' | 'cannotTell' | 'skipped';
  readonly reason?: ReasonCode;
  /** What the reason is about (an entry's name, a subject); for people and logs, in no fixed form. */
  readonly detail?: string;
}

export interface Notice {
  readonly code: NoticeCode;
  readonly detail?: string;
}

/** A signing certificate as far as a report tells it; instants in ISO 8601, UTC. */
export interface SignerReport {
  readonly subject: string;
  readonly issuer: string;
  readonly serialHex: string;
  readonly notBefore: string;
  readonly notAfter: string;
}

export interface SealReport {
  readonly version: number;
  readonly id: string;
  readonly name: string;
  readonly type: number;
  readonly vendorId: string;
  readonly maker?: SignerReport;
  readonly createdAt: string;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly picture: { readonly type: string; readonly widthMm: number; readonly heightMm: number };
}

export interface SignatureReport {
  /** Where it stands: the path of Signature.xml in an OFD, the field name in a PDF. */
  readonly location: string;
  readonly outcome: Verdict;
  readonly reason: ReasonCode;
  readonly firstFailedStep?: VerificationStep;
  readonly steps: readonly StepReport[];
  readonly signer?: SignerReport;
  readonly seal?: SealReport;
  /** What the signer states; proven only by `timestampAt`. */
  readonly signedAt?: string;
  readonly timestampAt?: string;
  /** Files of the package that this signature does not cover, without its own Signature.xml and SignedValue.dat. */
  readonly coverage: { readonly uncovered: readonly string[] };
  readonly notices: readonly Notice[];
  readonly validNow: Verdict;
}

/** Plain JSON values throughout: what is stored, sent and read again is the same. */
export interface VerificationReport {
  readonly kind: 'ofd' | 'pdf' | 'unknown';
  readonly overall: Verdict;
  readonly reason: ReasonCode;
  readonly firstFailedStep?: VerificationStep;
  /** What the reason is about where no signature could be judged; in no fixed form. */
  readonly detail?: string;
  readonly validAtSigning: Verdict;
  readonly validNow: Verdict;
  readonly judgedAt: string;
  readonly signatures: readonly SignatureReport[];
  readonly notices: readonly Notice[];
  /** Present where the metadata say that the file is a copy for one use. */
  readonly useCopy?: UseCopyReport;
  /** CustomDatas of an OFD, or the document information of a PDF, by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** What a verdict needs to know from outside; nothing is fetched. */
export interface VerificationOptions {
  /** DER certificates trusted as they are. */
  readonly trustAnchors: readonly Uint8Array[];
  readonly revocationLists: readonly Uint8Array[];
  /** DER certificates that may complete a path. */
  readonly intermediates?: readonly Uint8Array[];
  /** When the question is asked. */
  readonly at: Date;
  /** Without a revocation list that speaks: `required` answers cannotTell, `whenAvailable` gives a notice. */
  readonly revocation?: 'required' | 'whenAvailable';
  /** RFC 3161 tokens kept beside the file; each is tried on every signature value. */
  readonly detachedTimestamps?: readonly Uint8Array[];
  /**
   * By when exactly these bytes are known to have existed, e.g. from the log of the office that issued them. Counts like a
   * timestamp where a key was compromised later.
   */
  readonly existedBy?: Date | undefined;
  readonly limits?: {
    readonly maxContainerBytes?: number;
    readonly maxEntries?: number;
    readonly maxInflatedBytes?: number;
    readonly maxRatio?: number;
  };
}

/** The worse of verdicts: one invalid makes all invalid, one doubt leaves all in doubt. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('invalid')) return 'invalid';
  return verdicts.includes('cannotTell') ? 'cannotTell' : 'valid';
}
