import type { CertificateUsage } from './judge-usage';

export type ChainReason =
  | 'valid'
  | 'chainNotJudged'
  | 'malformedCertificate'
  | 'untrustedIssuer'
  | 'badSignature'
  | 'weakAlgorithm'
  | 'unsupportedAlgorithm'
  | 'notYetValid'
  | 'expired'
  | 'basicConstraints'
  | 'pathLength'
  | 'keyUsage'
  | 'criticalExtension'
  | 'revoked'
  | 'revocationUnknown'
  | 'revocationListStale'
  | 'keyCompromised';

export type ChainNotice =
  | 'revokedLater'
  | 'revokedLaterForKeyCompromise'
  | 'keyUsageAbsent'
  | 'revocationNotJudged'
  | 'directlyTrusted';

export interface ChainVerdict {
  readonly outcome: 'valid' | 'invalid' | 'cannotTell';
  readonly reason: ChainReason;
  /** Subject of the certificate that the reason is about. */
  readonly about?: string;
  readonly revokedAt?: Date;
  readonly notices: readonly ChainNotice[];
}

export interface ChainQuestion {
  readonly certificate: Uint8Array;
  readonly intermediates: readonly Uint8Array[];
  /**
   * Certificates that are trusted as they are: roots, or (for files of others) a signer's certificate itself. These arrays
   * and those of intermediates and lists are parsed once each: whoever replaces trust hands in other arrays.
   */
  readonly trustAnchors: readonly Uint8Array[];
  readonly revocationLists: readonly Uint8Array[];
  readonly at: Date;
  readonly usage: CertificateUsage;
  /**
   * `required` (default): without a list that speaks for `at` the answer is `cannotTell`. `whenAvailable`: it is a
   * notice, for offices whose authority publishes no lists.
   */
  readonly revocation?: 'required' | 'whenAvailable';
  /**
   * By when what was signed is proven to have existed (a timestamp, a log), whatever the signer states. Only that helps
   * where a key was later known to others: without it the answer is then `cannotTell`.
   */
  readonly existedBy?: Date | undefined;
}

/** What one certificate or one property of a path says. */
export type Judgement = Omit<ChainVerdict, 'notices'>;
