import { createHash } from 'node:crypto';
import { encodeSignatureAlgorithm, type KeyAlgorithm } from './certificate-authority';
import { readDer, readSequence } from './der-reader';
import {
  concatBytes,
  derContext,
  derInteger,
  derNull,
  derOctetString,
  derOid,
  derSequence,
  derSetOf,
  derValue,
} from './der-writer';
import { oid } from './object-identifiers';

/** Issuer and serial number of a certificate as they stand in it, byte for byte. */
function issuerAndSerial(certificate: Uint8Array): { issuer: Uint8Array; serial: Uint8Array } {
  const fields = readSequence(readSequence(readDer(certificate))[0]);
  const offset = fields[0]?.tag === 0xa0 ? 1 : 0;
  const serial = fields[offset]?.encoded;
  const issuer = fields[offset + 2]?.encoded;
  if (serial === undefined || issuer === undefined)
    throw new Error('signer certificate is not a certificate');
  return { issuer, serial };
}

/** AlgorithmIdentifier of the digest that goes with the key: SM3 or SHA-256. */
export function encodeDigestAlgorithm(algorithm: KeyAlgorithm): Uint8Array {
  switch (algorithm) {
    case 'sm2':
      return derSequence(derOid(oid.sm3));
    case 'rsa':
      return derSequence(derOid(oid.sha256), derNull());
  }
}

/** SM3 for SM2 keys, SHA-256 for RSA keys. */
export function digestFor(algorithm: KeyAlgorithm, bytes: Uint8Array): Uint8Array {
  return createHash(algorithm === 'sm2' ? 'sm3' : 'sha256')
    .update(bytes)
    .digest();
}

function attribute(type: string, value: Uint8Array): Uint8Array {
  return derSequence(derOid(type), derSetOf([value]));
}

function signingCertificateValue(algorithm: KeyAlgorithm, certificate: Uint8Array): Uint8Array {
  const { issuer, serial } = issuerAndSerial(certificate);
  // SHA-256 is the attribute's default, which DER leaves out (RFC 5035 section 4).
  const hashAlgorithm = algorithm === 'sm2' ? [encodeDigestAlgorithm(algorithm)] : [];
  const identifier = derSequence(
    ...hashAlgorithm,
    derOctetString(digestFor(algorithm, certificate)),
    derSequence(derSequence(derContext(4, issuer)), serial),
  );
  return derSequence(derSequence(identifier));
}

/**
 * The signed attributes of CAdES and PAdES baseline: contentType, messageDigest, signingCertificateV2.
 * @returns the DER SET OF, which is exactly what the key signs (RFC 5652 section 5.4). No signing-time: PAdES leaves the
 * claimed time to the /M entry (ETSI EN 319 142-1 table 1).
 */
export function encodeSignedAttributes(input: {
  readonly algorithm: KeyAlgorithm;
  readonly contentType: string;
  readonly contentDigest: Uint8Array;
  readonly signerCertificate: Uint8Array;
}): Uint8Array {
  return derSetOf([
    attribute(oid.contentType, derOid(input.contentType)),
    attribute(oid.messageDigest, derOctetString(input.contentDigest)),
    attribute(oid.signingCertificateV2, signingCertificateValue(input.algorithm, input.signerCertificate)),
  ]);
}

export interface SignedDataOrder {
  readonly algorithm: KeyAlgorithm;
  readonly contentType: string;
  /** Absent for a detached signature. */
  readonly content?: Uint8Array;
  readonly signerCertificate: Uint8Array;
  /** Further certificates of the path. */
  readonly chain: readonly Uint8Array[];
  /** What `encodeSignedAttributes` gave. */
  readonly signedAttributes: Uint8Array;
  readonly signature: Uint8Array;
  /** RFC 3161 token over the signature value, as the unsigned attribute signatureTimeStampToken. */
  readonly timestampToken?: Uint8Array;
}

/** Builds the ContentInfo with SignedData and one signer, DER. */
export function encodeSignedData(order: SignedDataOrder): Uint8Array {
  const { issuer, serial } = issuerAndSerial(order.signerCertificate);
  const signatureAlgorithm =
    order.algorithm === 'rsa'
      ? derSequence(derOid(oid.rsaEncryption), derNull())
      : encodeSignatureAlgorithm(order.algorithm);
  const signedAttributes = derValue(0xa0, readDer(order.signedAttributes).content);
  const unsigned =
    order.timestampToken === undefined
      ? []
      : [derContext(1, attribute(oid.timeStampTokenAttribute, order.timestampToken))];
  const signer = derSequence(
    derInteger(1),
    derSequence(issuer, serial),
    encodeDigestAlgorithm(order.algorithm),
    signedAttributes,
    signatureAlgorithm,
    derOctetString(order.signature),
    ...unsigned,
  );
  const content =
    order.content === undefined
      ? derSequence(derOid(order.contentType))
      : derSequence(derOid(order.contentType), derContext(0, derOctetString(order.content)));
  const certificates = [order.signerCertificate, ...order.chain].sort((a, b) => Buffer.compare(a, b));
  const signedData = derSequence(
    // Version 3 once the content is not plain data (RFC 5652 section 5.1).
    derInteger(order.contentType === oid.data ? 1 : 3),
    derSetOf([encodeDigestAlgorithm(order.algorithm)]),
    content,
    derValue(0xa0, concatBytes(certificates)),
    derSetOf([signer]),
  );
  return derSequence(derOid(oid.signedData), derContext(0, signedData));
}
