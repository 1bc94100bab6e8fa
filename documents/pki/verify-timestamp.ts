import type { ChainNotice, ChainReason } from './chain-verdict';
import { digestBytes } from './digest-bytes';
import { judgeChain } from './judge-chain';
import type { CmsSignedData } from './read-signed-data';
import { readTimestampToken, type TimestampInfo } from './read-timestamp-token';
import type { SigningCertificate } from './signing-certificate';
import { verifySigner } from './verify-signer';

export type TimestampReason =
  | ChainReason
  | 'timestampMalformed'
  | 'timestampImprint'
  | 'timestampSignature'
  | 'timestampCertificate'
  | 'timestampInFuture'
  | 'weakDigest'
  | 'unsupportedDigest';

export interface TimestampVerdict {
  readonly outcome: 'valid' | 'invalid' | 'cannotTell';
  readonly reason: TimestampReason;
  /** The stamped time as soon as the token could be read; proven only when the outcome is `valid`. */
  readonly time?: Date;
  readonly authority?: string;
  readonly notices: readonly ChainNotice[];
}

export interface TimestampTrust {
  readonly trustAnchors: readonly Uint8Array[];
  readonly revocationLists?: readonly Uint8Array[];
  /** Further certificates that may complete the path. */
  readonly intermediates?: readonly Uint8Array[];
  /** When the question is asked: a token from after it is refused. */
  readonly at: Date;
  readonly revocation?: 'required' | 'whenAvailable';
}

type Failure = Pick<TimestampVerdict, 'outcome' | 'reason'>;

function judgeImprint(info: TimestampInfo, imprintOver: Uint8Array): Failure | undefined {
  const outcome = digestBytes(info.imprint.algorithm, [imprintOver]);
  switch (outcome.kind) {
    case 'weak':
      return { outcome: 'invalid', reason: 'weakDigest' };
    case 'unsupported':
      return { outcome: 'cannotTell', reason: 'unsupportedDigest' };
    case 'digest':
      return Buffer.compare(outcome.value, info.imprint.digest) === 0
        ? undefined
        : { outcome: 'invalid', reason: 'timestampImprint' };
  }
}

type SignerJudgement =
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'passed'; readonly certificate: SigningCertificate };

function failedSigner(reason: TimestampReason, outcome: Failure['outcome'] = 'invalid'): SignerJudgement {
  return { kind: 'failed', failure: { outcome, reason } };
}

function judgeSigner(signedData: CmsSignedData, extra: readonly Uint8Array[]): SignerJudgement {
  const [signer, ...others] = signedData.signers;
  // RFC 3161 section 2.4.2: a token carries the signature of the authority and no other.
  if (signer === undefined || others.length > 0 || signedData.content === undefined) {
    return failedSigner('timestampMalformed');
  }
  const finding = verifySigner(signedData, signer, [signedData.content], extra);
  const { certificate } = finding;
  if (certificate === undefined) return failedSigner('timestampCertificate', 'cannotTell');
  if (finding.digest === 'weak' || finding.signature === 'weak') return failedSigner('weakDigest');
  if (finding.digest === 'unsupported' || finding.signature === 'unsupported') {
    return failedSigner('unsupportedAlgorithm', 'cannotTell');
  }
  if (finding.digest !== 'right' || finding.signature !== 'right' || !finding.contentTypeRight) {
    return failedSigner('timestampSignature');
  }
  if (finding.signingCertificate === 'wrong') return failedSigner('timestampCertificate');
  return { kind: 'passed', certificate };
}

/**
 * Judges a timestamp token over bytes.
 * @param imprintOver the bytes that were stamped (for a signature timestamp: the signature value), not their digest.
 * @returns `valid` with the proven time when the imprint, the signature over the signed attributes, the binding of the
 * certificate, its critical timeStamping use and its path at the stamped time are all right. Never throws.
 * Source: RFC 3161 section 2.3 and 2.4.2, RFC 5816; GB/T 20520 for SM2 and SM3 as read from deployed implementations.
 */
export function verifyTimestampToken(
  token: Uint8Array,
  imprintOver: Uint8Array,
  trust: TimestampTrust,
): TimestampVerdict {
  try {
    const { info, signedData } = readTimestampToken(token);
    const known = { time: info.time };
    const imprint = judgeImprint(info, imprintOver);
    if (imprint !== undefined) return { ...imprint, ...known, notices: [] };
    const extra = trust.intermediates ?? [];
    const signer = judgeSigner(signedData, [...extra, ...trust.trustAnchors]);
    if (signer.kind === 'failed') return { ...signer.failure, ...known, notices: [] };
    const authority = signer.certificate.subject.text;
    if (info.time > trust.at) {
      return { outcome: 'invalid', reason: 'timestampInFuture', ...known, authority, notices: [] };
    }
    const chain = judgeChain({
      certificate: signer.certificate.encoded,
      intermediates: [...signedData.certificates, ...extra],
      trustAnchors: trust.trustAnchors,
      revocationLists: [...(trust.revocationLists ?? []), ...signedData.revocationLists],
      at: info.time,
      usage: 'timestamp',
      revocation: trust.revocation ?? 'required',
    });
    return { outcome: chain.outcome, reason: chain.reason, ...known, authority, notices: chain.notices };
  } catch {
    return { outcome: 'invalid', reason: 'timestampMalformed', notices: [] };
  }
}
