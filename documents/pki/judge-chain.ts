import type { CertificateRevocationList } from './certificate-revocation-list';
import type { ChainNotice, ChainQuestion, ChainVerdict, Judgement } from './chain-verdict';
import { findPaths, type Search } from './find-certificate-paths';
import { judgeRevocation } from './judge-revocation';
import { judgeUsage } from './judge-usage';
import { parseCertificatesOnce, parseListsOnce } from './parse-once';
import { sameBytes } from './same-bytes';
import { parseSigningCertificate, type SigningCertificate } from './signing-certificate';

/** A file can carry many certificates with one name; the work it can cause is bounded. */
const MAX_SIGNATURE_CHECKS = 64;
const MAX_INTERMEDIATES = 64;

const SEVERITY: Readonly<Record<ChainVerdict['outcome'], number>> = { valid: 0, cannotTell: 1, invalid: 2 };

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
  const anchors = parseCertificatesOnce(question.trustAnchors);
  if (anchors.some((anchor) => sameBytes(anchor.encoded, leaf.encoded))) {
    return { judgement: { outcome: 'valid', reason: 'valid' }, notices: ['directlyTrusted'] };
  }
  const search: Search = {
    anchors,
    intermediates: parseCertificatesOnce(question.intermediates.slice(0, MAX_INTERMEDIATES)),
    checksLeft: MAX_SIGNATURE_CHECKS,
    failure: undefined,
  };
  const lists = parseListsOnce(question.revocationLists);
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
 * notice; for a compromised key only where `existedBy` lies before it. Never throws for malformed input.
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
