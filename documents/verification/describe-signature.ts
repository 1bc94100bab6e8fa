import { resolveLocation } from '../container/resolve-location';
import type { ChainVerdict } from '../pki/chain-verdict';
import type { SigningCertificate } from '../pki/signing-certificate';
import type { SealSignatureReading } from '../ses-reading/read-seal-signature';
import { describeSigner } from './judge-seal-signature';
import { type TimestampFinding, timeNotices } from './judge-timestamp';
import type { SignatureDescription, SignatureListing } from './ofd-signatures';
import { statedTimeAgrees } from './stated-time';
import {
  type Notice,
  type SealReport,
  type StepReport,
  type Verdict,
  type VerificationOptions,
  worstVerdict,
} from './verification-report';

/** A signature whose description, value and certificates could be read. */
export interface ReadSignature {
  readonly listing: SignatureListing;
  readonly description: SignatureDescription;
  readonly reading: SealSignatureReading;
  readonly signer: SigningCertificate | undefined;
  readonly maker: SigningCertificate | undefined;
}

/** Its steps, and what they found beyond their outcomes. */
export interface Judged {
  readonly steps: readonly StepReport[];
  readonly signerChain: ChainVerdict | undefined;
  readonly makerChain: ChainVerdict | undefined;
  readonly timestamp: TimestampFinding;
}

/** Does the signed path name the description in which it stands? */
export function namesItself({ reading, listing }: ReadSignature): boolean {
  return resolveLocation(`/${reading.propertyInfo}`, '') === listing.path;
}

function chainNotices(chain: ChainVerdict | undefined): Notice[] {
  return (chain?.notices ?? []).map((code) =>
    chain?.revokedAt === undefined ? { code } : { code, detail: chain.revokedAt.toISOString() },
  );
}

/** What is worth saying of a signature although it changes no verdict; nothing is said twice. */
export function collectNotices(
  signed: ReadSignature,
  judged: Judged,
  uncovered: readonly string[],
  options: VerificationOptions,
): Notice[] {
  const { at } = options;
  const { reading, signer, description } = signed;
  const notices: Notice[] = [];
  if (uncovered.length > 0) notices.push({ code: 'partialCoverage', detail: uncovered.join(', ') });
  notices.push(...timeNotices(judged.timestamp, options));
  if (!namesItself(signed)) notices.push({ code: 'propertyInfoDiffers', detail: reading.propertyInfo });
  if (description.signedAtText !== undefined && reading.signedAt !== undefined) {
    if (statedTimeAgrees(description.signedAtText, reading.signedAt) === false) {
      notices.push({ code: 'statedTimeDiffers', detail: description.signedAtText });
    }
  }
  if (signer !== undefined && at > signer.notAfter) {
    notices.push({ code: 'expiredSince', detail: signer.notAfter.toISOString() });
  }
  if (at > reading.seal.validUntil) {
    notices.push({ code: 'sealExpiredSince', detail: reading.seal.validUntil.toISOString() });
  }
  notices.push(...chainNotices(judged.signerChain), ...chainNotices(judged.makerChain));
  const known = new Set<string>();
  return notices.filter((notice) => {
    const name = JSON.stringify(notice);
    return known.has(name) ? false : known.add(name);
  });
}

/** Would a seal of today with the same certificate and seal stand? Only asked where it stood when it was made. */
export function judgeNow(outcome: Verdict, signed: ReadSignature, judged: Judged, at: Date): Verdict {
  const { seal } = signed.reading;
  const over =
    (signed.signer !== undefined && at > signed.signer.notAfter) ||
    at > seal.validUntil ||
    (judged.signerChain?.revokedAt !== undefined && judged.signerChain.revokedAt <= at);
  return worstVerdict([outcome, over ? 'invalid' : 'valid']);
}

/** What a report tells of the seal. */
export function describeSeal(signed: ReadSignature): SealReport {
  const { seal } = signed.reading;
  return {
    version: seal.version,
    id: seal.id,
    name: seal.name,
    type: seal.type,
    vendorId: seal.vendorId,
    ...(signed.maker === undefined ? {} : { maker: describeSigner(signed.maker) }),
    createdAt: seal.createdAt.toISOString(),
    validFrom: seal.validFrom.toISOString(),
    validUntil: seal.validUntil.toISOString(),
    picture: { type: seal.picture.type, widthMm: seal.picture.widthMm, heightMm: seal.picture.heightMm },
  };
}
