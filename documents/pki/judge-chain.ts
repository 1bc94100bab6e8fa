import {
  type CertificateRevocationList,
  parseCertificateRevocationList,
} from './certificate-revocation-list';
import { type CertificateUsage, judgeUsage } from './judge-usage';
import { parseSigningCertificate, type SigningCertificate } from './signing-certificate';
import { type SignatureOutcome, verifySignatureValue } from './verify-signature-value';

const MAX_DEPTH = 8;
/** A file can carry many certificates with one name; the work it can cause is bounded. */
const MAX_SIGNATURE_CHECKS = 64;
const MAX_INTERMEDIATES = 64;

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
  | 'revocationListStale';

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
}

type Judgement = Omit<ChainVerdict, 'notices'>;

const SEVERITY: Readonly<Record<ChainVerdict['outcome'], number>> = { valid: 0, cannotTell: 1, invalid: 2 };

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/**
 * What is trusted is asked about again and again: a certificate and a list are parsed once per array object, and what was
 * parsed is forgotten with it.
 */
const parsedCertificates = new WeakMap<Uint8Array, readonly SigningCertificate[]>();
const parsedLists = new WeakMap<Uint8Array, readonly CertificateRevocationList[]>();

function parseOrNone<Parsed>(parse: (encoded: Uint8Array) => Parsed, encoded: Uint8Array): readonly Parsed[] {
  try {
    return [parse(encoded)];
  } catch {
    // The unreadable proves nothing and harms nothing; the path is built without it.
    return [];
  }
}

function parseKept<Parsed>(
  kept: WeakMap<Uint8Array, readonly Parsed[]>,
  parse: (encoded: Uint8Array) => Parsed,
  encodings: readonly Uint8Array[],
): Parsed[] {
  return encodings.flatMap((encoded) => {
    const known = kept.get(encoded);
    if (known !== undefined) return known;
    const parsed = parseOrNone(parse, encoded);
    kept.set(encoded, parsed);
    return parsed;
  });
}

function judgePeriod(certificate: SigningCertificate, at: Date): Judgement | undefined {
  const about = certificate.subject.text;
  if (at < certificate.notBefore) return { outcome: 'invalid', reason: 'notYetValid', about };
  if (at > certificate.notAfter) return { outcome: 'invalid', reason: 'expired', about };
  return undefined;
}

/** RFC 5280 section 6.1.4 (k) to (n): what a certificate needs before it may sign another. */
function judgeIssuer(issuer: SigningCertificate, caBelow: number): Judgement | undefined {
  const about = issuer.subject.text;
  if (!issuer.isCa) return { outcome: 'invalid', reason: 'basicConstraints', about };
  if (issuer.pathLength !== undefined && caBelow > issuer.pathLength) {
    return { outcome: 'invalid', reason: 'pathLength', about };
  }
  if (issuer.keyUsage !== undefined && !issuer.keyUsage.has('keyCertSign')) {
    return { outcome: 'invalid', reason: 'keyUsage', about };
  }
  return undefined;
}

function mayHaveIssued(issuer: SigningCertificate, certificate: SigningCertificate): boolean {
  if (!sameBytes(issuer.subject.encoded, certificate.issuer.encoded)) return false;
  const wanted = certificate.authorityKeyIdentifier;
  const own = issuer.subjectKeyIdentifier;
  return wanted === undefined || own === undefined || sameBytes(wanted, own);
}

interface RevocationFinding {
  readonly judgement: Judgement | undefined;
  readonly notice?: ChainNotice;
}

/** Who was found to have signed a list; both objects are copies that nobody can change. */
const signersOfLists = new WeakMap<CertificateRevocationList, WeakMap<SigningCertificate, boolean>>();

function isSignedBy(list: CertificateRevocationList, issuer: SigningCertificate): boolean {
  const known = signersOfLists.get(list) ?? new WeakMap<SigningCertificate, boolean>();
  const answer = known.get(issuer) ?? checkListSignature(list, issuer);
  signersOfLists.set(list, known.set(issuer, answer));
  return answer;
}

function checkListSignature(list: CertificateRevocationList, issuer: SigningCertificate): boolean {
  if (!sameBytes(list.issuer.encoded, issuer.subject.encoded)) return false;
  if (issuer.keyUsage !== undefined && !issuer.keyUsage.has('cRLSign')) return false;
  return (
    verifySignatureValue(issuer.publicKey, list.signatureAlgorithm, list.tbs, list.signature) === 'right'
  );
}

/**
 * What the lists say about one certificate at one instant. A list issued after that instant speaks for it too, since
 * entries carry the date from which they count; a list that ran out before it does not.
 */
function judgeRevocation(
  certificate: SigningCertificate,
  issuer: SigningCertificate,
  lists: readonly CertificateRevocationList[],
  question: ChainQuestion,
): RevocationFinding {
  const about = certificate.subject.text;
  const trusted = lists.filter((list) => !list.partial && isSignedBy(list, issuer));
  const entries = trusted.flatMap((list) => list.findSerial(certificate.serialHex) ?? []);
  const earliest = entries.sort((a, b) => a.revokedAt.getTime() - b.revokedAt.getTime())[0];
  if (earliest !== undefined) {
    const revokedAt = earliest.revokedAt;
    if (revokedAt <= question.at)
      return { judgement: { outcome: 'invalid', reason: 'revoked', about, revokedAt } };
    const notice = earliest.reason === 1 ? 'revokedLaterForKeyCompromise' : 'revokedLater';
    return { judgement: { outcome: 'valid', reason: 'valid', revokedAt }, notice };
  }
  const speaks = trusted.some((list) => list.nextUpdate === undefined || list.nextUpdate >= question.at);
  if (speaks) return { judgement: undefined };
  if (question.revocation === 'whenAvailable') return { judgement: undefined, notice: 'revocationNotJudged' };
  const reason = trusted.length > 0 ? 'revocationListStale' : 'revocationUnknown';
  return { judgement: { outcome: 'cannotTell', reason, about } };
}

interface Search {
  readonly question: ChainQuestion;
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
function* findPaths(
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

/** The first failing property of a certificate in its place in the path. */
function judgeMember(path: readonly SigningCertificate[], index: number, at: Date): Judgement | undefined {
  const member = path[index];
  if (member === undefined) return undefined;
  const period = judgePeriod(member, at);
  if (period !== undefined) return period;
  if (member.unknownCriticalExtensions.length > 0) {
    return { outcome: 'invalid', reason: 'criticalExtension', about: member.subject.text };
  }
  // Self-issued certificates (key rollover) do not count against the path length: RFC 5280 section 6.1.4 (l).
  const caBelow = path
    .slice(1, index)
    .filter((ca) => !sameBytes(ca.subject.encoded, ca.issuer.encoded)).length;
  return index === 0 ? undefined : judgeIssuer(member, caBelow);
}

function judgePath(
  path: readonly SigningCertificate[],
  lists: readonly CertificateRevocationList[],
  question: ChainQuestion,
): { judgement: Judgement; notices: ChainNotice[] } {
  const notices: ChainNotice[] = [];
  let worst: Judgement = { outcome: 'valid', reason: 'valid' };
  const consider = (judgement: Judgement | undefined): void => {
    if (judgement === undefined) return;
    if (SEVERITY[judgement.outcome] > SEVERITY[worst.outcome]) worst = judgement;
    else if (worst.outcome === 'valid' && judgement.revokedAt !== undefined) worst = judgement;
  };
  path.forEach((_, index) => {
    consider(judgeMember(path, index, question.at));
  });
  path.slice(0, -1).forEach((certificate, index) => {
    const issuer = path[index + 1];
    if (issuer === undefined) return;
    const finding = judgeRevocation(certificate, issuer, lists, question);
    consider(finding.judgement);
    if (finding.notice !== undefined) notices.push(finding.notice);
  });
  return { judgement: worst, notices };
}

function judgeLeafAlone(leaf: SigningCertificate, at: Date): Judgement | undefined {
  const period = judgePeriod(leaf, at);
  if (period !== undefined) return period;
  if (leaf.unknownCriticalExtensions.length === 0) return undefined;
  return { outcome: 'invalid', reason: 'criticalExtension', about: leaf.subject.text };
}

function judgeWithAnchors(
  leaf: SigningCertificate,
  question: ChainQuestion,
): { judgement: Judgement; notices: ChainNotice[] } {
  const anchors = parseKept(parsedCertificates, parseSigningCertificate, question.trustAnchors);
  if (anchors.some((anchor) => sameBytes(anchor.encoded, leaf.encoded))) {
    return { judgement: { outcome: 'valid', reason: 'valid' }, notices: ['directlyTrusted'] };
  }
  const search: Search = {
    question,
    anchors,
    intermediates: parseKept(
      parsedCertificates,
      parseSigningCertificate,
      question.intermediates.slice(0, MAX_INTERMEDIATES),
    ),
    checksLeft: MAX_SIGNATURE_CHECKS,
    failure: undefined,
  };
  const lists = parseKept(parsedLists, parseCertificateRevocationList, question.revocationLists);
  let best: { judgement: Judgement; notices: ChainNotice[] } | undefined;
  for (const path of findPaths(search, [leaf])) {
    const judged = judgePath(path, lists, question);
    if (judged.judgement.outcome === 'valid') return judged;
    if (best === undefined || SEVERITY[judged.judgement.outcome] < SEVERITY[best.judgement.outcome])
      best = judged;
  }
  if (best !== undefined) return best;
  const about = leaf.issuer.text;
  const unknown: Judgement =
    anchors.length === 0
      ? { outcome: 'cannotTell', reason: 'chainNotJudged', about }
      : { outcome: 'cannotTell', reason: 'untrustedIssuer', about };
  return { judgement: search.failure ?? unknown, notices: [] };
}

/**
 * Judges a certificate for one use at one instant, which is the signing time, not the time of asking.
 * @returns `valid`, `invalid` with the first reason, or `cannotTell` where trust or revocation cannot be known (no
 * anchor: `chainNotJudged`; anchors but no path to one: `untrustedIssuer`). Own defects of the certificate (period,
 * usage, unknown critical extension) are `invalid` even where no anchor is known. A revocation dated after `at` is a
 * notice. Never throws for malformed input.
 * Source: RFC 5280 section 6; GM/T 0031-2025 for "revoked or expired after signing is a notice", as read from
 * deployed implementations.
 */
export function judgeChain(question: ChainQuestion): ChainVerdict {
  let leaf: SigningCertificate;
  try {
    leaf = parseSigningCertificate(question.certificate);
  } catch {
    return { outcome: 'invalid', reason: 'malformedCertificate', notices: [] };
  }
  const notices: ChainNotice[] = leaf.keyUsage === undefined ? ['keyUsageAbsent'] : [];
  const own = judgeLeafAlone(leaf, question.at);
  if (own !== undefined) return { ...own, notices };
  if (!judgeUsage(leaf, question.usage)) {
    return { outcome: 'invalid', reason: 'keyUsage', about: leaf.subject.text, notices };
  }
  const { judgement, notices: found } = judgeWithAnchors(leaf, question);
  return { ...judgement, notices: [...new Set([...notices, ...found])] };
}
