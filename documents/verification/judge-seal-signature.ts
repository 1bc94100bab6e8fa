import { createHash } from 'node:crypto';
import type { ChainVerdict } from '../pki/chain-verdict';
import { judgeChain } from '../pki/judge-chain';
import type { CertificateUsage } from '../pki/judge-usage';
import { parseSigningCertificate, type SigningCertificate } from '../pki/signing-certificate';
import { verifySignatureValue } from '../pki/verify-signature-value';
import type { ElectronicSealReading } from '../ses-reading/read-electronic-seal';
import type { SealSignatureReading } from '../ses-reading/read-seal-signature';
import type { ReasonCode } from './reason-code';
import type { SignerReport, StepReport, VerificationOptions, VerificationStep } from './verification-report';

/** The certificate in the bytes; undefined when they are none. */
export function certificateOrNone(der: Uint8Array): SigningCertificate | undefined {
  try {
    return parseSigningCertificate(der);
  } catch {
    return undefined;
  }
}

/** What a report tells of a certificate. */
export function describeSigner(certificate: SigningCertificate): SignerReport {
  return {
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    serialHex: certificate.serialHex,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
  };
}

interface SignatureQuestion {
  readonly step: VerificationStep;
  readonly certificate: SigningCertificate | undefined;
  readonly algorithm: string;
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly wrong: ReasonCode;
}

function judgeSignature(question: SignatureQuestion): StepReport {
  const { step, certificate, algorithm } = question;
  if (certificate === undefined) return { step, outcome: 'failed', reason: 'malformedCertificate' };
  const { publicKey } = certificate;
  switch (verifySignatureValue(publicKey, algorithm, question.signedBytes, question.signature)) {
    case 'right':
      return { step, outcome: 'passed' };
    case 'wrong':
      return { step, outcome: 'failed', reason: question.wrong };
    case 'weak':
      return { step, outcome: 'failed', reason: 'weakAlgorithm', detail: algorithm };
    case 'unsupported':
      return { step, outcome: 'failed', reason: 'signatureAlgorithmUnknown', detail: algorithm };
  }
}

/** Step `stamp_signature`: the signer's signature over DER(TBS_Sign). */
export function judgeStamp(
  reading: SealSignatureReading,
  signer: SigningCertificate | undefined,
): StepReport {
  return judgeSignature({
    step: 'stamp_signature',
    certificate: signer,
    algorithm: reading.signatureAlgorithm,
    signedBytes: reading.signedBytes,
    signature: reading.signature,
    wrong: 'stampSignatureWrong',
  });
}

/** Step `seal_signature`: the maker's signature over the seal's information. */
export function judgeSeal(seal: ElectronicSealReading, maker: SigningCertificate | undefined): StepReport {
  return judgeSignature({
    step: 'seal_signature',
    certificate: maker,
    algorithm: seal.signatureAlgorithm,
    signedBytes: seal.signedBytes,
    signature: seal.signature,
    wrong: 'sealSignatureWrong',
  });
}

function digestMatches(type: string, value: Uint8Array, certificate: Uint8Array): boolean {
  const wanted = type.trim().toUpperCase();
  const name =
    wanted === 'SM3' || wanted === '1.2.156.10197.1.401'
      ? 'sm3'
      : wanted === 'SHA256' || wanted === 'SHA-256'
        ? 'sha256'
        : undefined;
  return name !== undefined && createHash(name).update(certificate).digest().equals(value);
}

/** Step `signer_in_seal`: the seal names the certificate that signed (GB/T 38540, 7.3 d). */
export function judgeMembership(reading: SealSignatureReading): StepReport {
  const step = 'signer_in_seal';
  const { signers } = reading.seal;
  const { signerCertificate } = reading;
  switch (signers.kind) {
    case 'unreadable':
      return { step, outcome: 'failed', reason: 'signersUnreadable' };
    case 'certificates': {
      const member = signers.certificates.some((one) => Buffer.compare(one, signerCertificate) === 0);
      return member ? { step, outcome: 'passed' } : { step, outcome: 'failed', reason: 'signerNotInSeal' };
    }
    case 'digests': {
      const member = signers.digests.some(({ type, value }) => digestMatches(type, value, signerCertificate));
      return member ? { step, outcome: 'passed' } : { step, outcome: 'failed', reason: 'signerNotInSeal' };
    }
  }
}

/** A step about a certificate, with what the chain said beyond its outcome. */
export interface CertificateFinding {
  readonly report: StepReport;
  readonly chain: ChainVerdict | undefined;
}

/**
 * Steps `signer_cert` and `maker_cert`: path, period, revocation and use at the instant that counts. What is proven to have
 * existed by then decides where a key was compromised later.
 */
export function judgeCertificate(
  step: 'signer_cert' | 'maker_cert',
  certificate: Uint8Array,
  times: { readonly at: Date | undefined; readonly existedBy: Date | undefined },
  options: VerificationOptions,
): CertificateFinding {
  const { at, existedBy } = times;
  if (at === undefined) {
    return { report: { step, outcome: 'cannotTell', reason: 'signingTimeUnknown' }, chain: undefined };
  }
  const usage: CertificateUsage = step === 'signer_cert' ? 'sealSigner' : 'sealMaker';
  const chain = judgeChain({
    certificate,
    intermediates: options.intermediates ?? [],
    trustAnchors: options.trustAnchors,
    revocationLists: options.revocationLists,
    at,
    usage,
    revocation: options.revocation ?? 'required',
    existedBy,
  });
  const about = chain.about === undefined ? {} : { detail: chain.about };
  switch (chain.outcome) {
    case 'valid':
      return { report: { step, outcome: 'passed' }, chain };
    case 'invalid':
      return { report: { step, outcome: 'failed', reason: chain.reason, ...about }, chain };
    case 'cannotTell':
      return { report: { step, outcome: 'cannotTell', reason: chain.reason, ...about }, chain };
  }
}

/** Step `seal_period`: the seal was in its period when it was used (half-open towards neither end: both ends count). */
export function judgePeriod(seal: ElectronicSealReading, signedAt: Date | undefined): StepReport {
  const step = 'seal_period';
  if (signedAt === undefined) return { step, outcome: 'cannotTell', reason: 'signingTimeUnknown' };
  if (signedAt < seal.validFrom) return { step, outcome: 'failed', reason: 'sealNotYetValid' };
  if (signedAt > seal.validUntil) return { step, outcome: 'failed', reason: 'sealExpired' };
  return { step, outcome: 'passed' };
}
