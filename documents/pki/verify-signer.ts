import { timingSafeEqual } from 'node:crypto';
import { readOctetString, readOid, readSequence } from './der-reader';
import { digestBytes } from './digest-bytes';
import { oid } from './object-identifiers';
import type { CmsSignedData, CmsSigner } from './read-signed-data';
import {
  parseSigningCertificate,
  readAlgorithmIdentifier,
  type SigningCertificate,
} from './signing-certificate';
import { type SignatureOutcome, verifySignatureValue } from './verify-signature-value';

/** What a CMS signer proves, each part by itself so that a report can name the one that fails. */
export interface SignerFinding {
  readonly certificate: SigningCertificate | undefined;
  /** The contentType attribute is there and names the content that is signed (RFC 5652 section 11.1). */
  readonly contentTypeRight: boolean;
  readonly digest: SignatureOutcome;
  /** Binding of the certificate into the signature (RFC 5035); without it another certificate could be put in its place. */
  readonly signingCertificate: 'right' | 'wrong' | 'absent';
  readonly signature: SignatureOutcome;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function identifies(signer: CmsSigner, certificate: SigningCertificate): boolean {
  const { identifier } = signer;
  switch (identifier.kind) {
    case 'keyIdentifier':
      return (
        certificate.subjectKeyIdentifier !== undefined &&
        sameBytes(identifier.keyIdentifier, certificate.subjectKeyIdentifier)
      );
    case 'issuerSerial':
      return (
        identifier.serialHex === certificate.serialHex &&
        sameBytes(identifier.issuer.encoded, certificate.issuer.encoded)
      );
  }
}

/** The certificate that the signer names, from those in the structure and those known otherwise. */
function findCertificate(
  signer: CmsSigner,
  encodings: readonly Uint8Array[],
): SigningCertificate | undefined {
  for (const encoded of encodings) {
    try {
      const certificate = parseSigningCertificate(encoded);
      if (identifies(signer, certificate)) return certificate;
    } catch {
      // Unreadable companions are passed over; the signer's own is found or the finding says that it is missing.
    }
  }
  return undefined;
}

function judgeDigest(signer: CmsSigner, content: readonly Uint8Array[]): SignatureOutcome {
  const values = signer.signedAttributes.get(oid.messageDigest);
  if (values?.length !== 1) return 'wrong';
  const outcome = digestBytes(signer.digestAlgorithm, content);
  switch (outcome.kind) {
    case 'weak':
    case 'unsupported':
      return outcome.kind;
    case 'digest':
      return sameBytes(readOctetString(values[0]), outcome.value) ? 'right' : 'wrong';
  }
}

/** ESSCertIDv2: [hashAlgorithm], certHash, [issuerSerial]; the first entry names the signer's certificate. */
function judgeSigningCertificate(
  signer: CmsSigner,
  certificate: SigningCertificate,
): SignerFinding['signingCertificate'] {
  const values = signer.signedAttributes.get(oid.signingCertificateV2);
  // The first version of the attribute hashes with SHA-1, which binds nothing any more.
  if (values === undefined) return 'absent';
  if (values.length !== 1) return 'wrong';
  const [identifiers] = readSequence(values[0], 2);
  const fields = readSequence(readSequence(identifiers, 16)[0], 3);
  const algorithm = fields[0]?.tag === 0x30 ? readAlgorithmIdentifier(fields.shift()).algorithm : oid.sha256;
  const outcome = digestBytes(algorithm, [certificate.encoded]);
  if (outcome.kind !== 'digest') return 'wrong';
  return sameBytes(readOctetString(fields[0]), outcome.value) ? 'right' : 'wrong';
}

const RSA_BY_DIGEST: Readonly<Record<string, string>> = {
  [oid.sha1]: oid.sha1WithRsa,
  [oid.sha256]: oid.sha256WithRsa,
  [oid.sha384]: oid.sha384WithRsa,
  [oid.sha512]: oid.sha512WithRsa,
};

/** CMS may name the bare key algorithm; the digest algorithm then completes it (RFC 3370 section 3.2). */
function completeAlgorithm(signer: CmsSigner): string {
  if (signer.signatureAlgorithm !== oid.rsaEncryption) return signer.signatureAlgorithm;
  return RSA_BY_DIGEST[signer.digestAlgorithm] ?? signer.signatureAlgorithm;
}

/** The digest inside the signature must be the one the signer declares, or the declaration says nothing. */
function digestFits(signer: CmsSigner, algorithm: string): boolean {
  const rsa = Object.entries(RSA_BY_DIGEST).find(([, signature]) => signature === algorithm);
  return rsa === undefined || rsa[0] === signer.digestAlgorithm;
}

/**
 * Verifies one signer over content that is given in parts.
 * @param extraCertificates candidates beside those in the structure.
 * @returns a finding per part; trust in the certificate is judged elsewhere. Throws DerError for malformed attributes.
 */
export function verifySigner(
  signedData: CmsSignedData,
  signer: CmsSigner,
  content: readonly Uint8Array[],
  extraCertificates: readonly Uint8Array[] = [],
): SignerFinding {
  const certificate = findCertificate(signer, [...signedData.certificates, ...extraCertificates]);
  const contentTypes = signer.signedAttributes.get(oid.contentType);
  const contentTypeRight = contentTypes?.length === 1 && readOid(contentTypes[0]) === signedData.contentType;
  const digest = judgeDigest(signer, content);
  if (certificate === undefined || signer.signedBytes === undefined) {
    return { certificate, contentTypeRight, digest, signingCertificate: 'absent', signature: 'wrong' };
  }
  const algorithm = completeAlgorithm(signer);
  const signature = digestFits(signer, algorithm)
    ? verifySignatureValue(certificate.publicKey, algorithm, signer.signedBytes, signer.signature)
    : 'wrong';
  return {
    certificate,
    contentTypeRight,
    digest,
    signingCertificate: judgeSigningCertificate(signer, certificate),
    signature,
  };
}
