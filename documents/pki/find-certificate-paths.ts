import type { Judgement } from './chain-verdict';
import { sameBytes } from './same-bytes';
import type { SigningCertificate } from './signing-certificate';
import { type SignatureOutcome, verifySignatureValue } from './verify-signature-value';

const MAX_DEPTH = 8;

function mayHaveIssued(issuer: SigningCertificate, certificate: SigningCertificate): boolean {
  if (!sameBytes(issuer.subject.encoded, certificate.issuer.encoded)) return false;
  const wanted = certificate.authorityKeyIdentifier;
  const own = issuer.subjectKeyIdentifier;
  return wanted === undefined || own === undefined || sameBytes(wanted, own);
}

/** One search for paths, bounded in work. */
export interface Search {
  readonly anchors: readonly SigningCertificate[];
  readonly intermediates: readonly SigningCertificate[];
  checksLeft: number;
  /** The most telling reason why no path was found. */
  failure: Judgement | undefined;
}

/** An office meets the certificates of the same few hundred seals again and again. */
const KEPT_CERTIFICATES = 512;
const issuedBy = new WeakMap<SigningCertificate, Set<string>>();

/**
 * Did the issuer sign the certificate? A right signature over the same octets stays right for ever, so it is remembered
 * (by all octets of the certificate, under an issuer that is itself kept); whether it counts is judged anew each time.
 */
function signatureOf(issuer: SigningCertificate, certificate: SigningCertificate): SignatureOutcome {
  const known = issuedBy.get(issuer) ?? new Set<string>();
  const name = Buffer.from(certificate.encoded).toString('latin1');
  if (known.has(name)) return 'right';
  const { signatureAlgorithm, tbs, signature } = certificate;
  const outcome = verifySignatureValue(issuer.publicKey, signatureAlgorithm, tbs, signature);
  if (outcome !== 'right') return outcome;
  if (known.size >= KEPT_CERTIFICATES) known.clear();
  issuedBy.set(issuer, known.add(name));
  return 'right';
}

/** Paths from the leaf to an anchor, leaf first, signatures right; the first whose judgement is best wins later. */
export function* findPaths(
  search: Search,
  path: readonly SigningCertificate[],
): Generator<readonly SigningCertificate[]> {
  const last = path[path.length - 1];
  if (last === undefined || path.length > MAX_DEPTH) return;
  for (const candidate of [...search.anchors, ...search.intermediates]) {
    if (!mayHaveIssued(candidate, last)) continue;
    if (path.some((member) => sameBytes(member.encoded, candidate.encoded))) continue;
    if (search.checksLeft === 0) return;
    search.checksLeft -= 1;
    const outcome = signatureOf(candidate, last);
    if (outcome === 'right') {
      const longer = [...path, candidate];
      if (search.anchors.includes(candidate)) yield longer;
      else yield* findPaths(search, longer);
      continue;
    }
    search.failure ??= signatureFailure(outcome, last);
  }
}

function signatureFailure(outcome: 'wrong' | 'weak' | 'unsupported', last: SigningCertificate): Judgement {
  const about = last.subject.text;
  switch (outcome) {
    case 'wrong':
      return { outcome: 'invalid', reason: 'badSignature', about };
    case 'weak':
      return { outcome: 'invalid', reason: 'weakAlgorithm', about };
    case 'unsupported':
      return { outcome: 'cannotTell', reason: 'unsupportedAlgorithm', about };
  }
}
