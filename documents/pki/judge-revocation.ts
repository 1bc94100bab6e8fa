import type { CertificateRevocationList } from './certificate-revocation-list';
import type { ChainNotice, ChainQuestion, Judgement } from './chain-verdict';
import { sameBytes } from './same-bytes';
import type { SigningCertificate } from './signing-certificate';
import { verifySignatureValue } from './verify-signature-value';

/** What revocation says of one certificate. */
export interface RevocationFinding {
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

/** keyCompromise, cACompromise and aACompromise of RFC 5280 section 5.3.1: who knows the key can state any time. */
const COMPROMISES: ReadonlySet<number | undefined> = new Set([1, 2, 10]);

function isCompromise(reason: number | undefined): boolean {
  return COMPROMISES.has(reason);
}

/**
 * What the lists say about one certificate at one instant. A list issued after that instant speaks for it too, since
 * entries carry the date from which they count; a list that ran out before it does not.
 */
export function judgeRevocation(
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
    if (!isCompromise(earliest.reason))
      return { judgement: { outcome: 'valid', reason: 'valid', revokedAt }, notice: 'revokedLater' };
    if (question.existedBy === undefined || question.existedBy >= revokedAt)
      return { judgement: { outcome: 'cannotTell', reason: 'keyCompromised', about, revokedAt } };
    return {
      judgement: { outcome: 'valid', reason: 'valid', revokedAt },
      notice: 'revokedLaterForKeyCompromise',
    };
  }
  const speaks = trusted.some((list) => list.nextUpdate === undefined || list.nextUpdate >= question.at);
  if (speaks) return { judgement: undefined };
  if (question.revocation === 'whenAvailable') return { judgement: undefined, notice: 'revocationNotJudged' };
  const reason = trusted.length > 0 ? 'revocationListStale' : 'revocationUnknown';
  return { judgement: { outcome: 'cannotTell', reason, about } };
}
