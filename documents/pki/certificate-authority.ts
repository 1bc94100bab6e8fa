import { createHash } from 'node:crypto';
import {
  derBitFlags,
  derBitString,
  derBoolean,
  derContext,
  derContextPrimitive,
  derEnumerated,
  derGeneralizedTime,
  derInteger,
  derIntegerFromHex,
  derNull,
  derOctetString,
  derOid,
  derPrintableString,
  derSequence,
  derSetOf,
  derUtf8String,
  derX509Time,
} from './der-writer';
import { oid } from './object-identifiers';

export type KeyAlgorithm = 'sm2' | 'rsa';

/** Who signs: the key stays behind `sign`, which takes the message itself and answers DER{r,s} or PKCS #1 v1.5. */
export interface IssuerKey {
  readonly algorithm: KeyAlgorithm;
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Public half of a subject: the 65-octet SM2 point, or the SubjectPublicKeyInfo of an RSA key. */
export type SubjectKey =
  | { readonly kind: 'sm2'; readonly point: Uint8Array }
  | { readonly kind: 'rsa'; readonly spki: Uint8Array };

export interface SubjectName {
  readonly commonName: string;
  readonly organization?: string;
  readonly organizationalUnit?: string;
  /** Two letters; CN by default. */
  readonly country?: string;
}

export type CertificateProfile = 'authority' | 'sealSigner' | 'sealMaker' | 'documentSigner' | 'timestamp';

export interface CertificateOrder {
  readonly profile: CertificateProfile;
  readonly subject: SubjectName;
  readonly subjectKey: SubjectKey;
  readonly issuer: SubjectName;
  readonly issuerKey: IssuerKey;
  /** The issuer's public key, for the authority key identifier; the subject's own for a root. */
  readonly issuerPublicKey: SubjectKey;
  /** Hex magnitude, at most 20 octets; passed in so that the same order gives the same certificate. */
  readonly serialHex: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** For authorities: how many authorities may follow below. */
  readonly pathLength?: number;
  readonly crlAddress?: string;
}

/** DER Name in the order C, O, OU, CN. */
export function encodeName(name: SubjectName): Uint8Array {
  const attribute = (type: string, value: Uint8Array): Uint8Array =>
    derSetOf([derSequence(derOid(type), value)]);
  const optional = (type: string, value: string | undefined): Uint8Array[] =>
    value === undefined ? [] : [attribute(type, derUtf8String(value))];
  return derSequence(
    attribute(oid.countryName, derPrintableString(name.country ?? 'CN')),
    ...optional(oid.organizationName, name.organization),
    ...optional(oid.organizationalUnitName, name.organizationalUnit),
    attribute(oid.commonName, derUtf8String(name.commonName)),
  );
}

/** AlgorithmIdentifier of the signatures that this authority makes: SM2 with SM3, or RSA with SHA-256. */
export function encodeSignatureAlgorithm(algorithm: KeyAlgorithm): Uint8Array {
  switch (algorithm) {
    case 'sm2':
      return derSequence(derOid(oid.sm2WithSm3));
    case 'rsa':
      return derSequence(derOid(oid.sha256WithRsa), derNull());
  }
}

function encodePublicKey(key: SubjectKey): Uint8Array {
  switch (key.kind) {
    case 'sm2':
      return derSequence(derSequence(derOid(oid.ecPublicKey), derOid(oid.sm2Curve)), derBitString(key.point));
    case 'rsa':
      return key.spki;
  }
}

/** A label for the key, not a proof (RFC 5280 section 4.2.1.2 leaves the method open). */
function keyIdentifier(key: SubjectKey): Uint8Array {
  return createHash('sha256').update(encodePublicKey(key)).digest().subarray(0, 20);
}

function extension(id: string, critical: boolean, value: Uint8Array): Uint8Array {
  return derSequence(derOid(id), ...(critical ? [derBoolean(true)] : []), derOctetString(value));
}

function profileExtensions(order: CertificateOrder): Uint8Array[] {
  const signing = extension(oid.keyUsage, true, derBitFlags([0, 1]));
  const purpose = (id: string, critical: boolean): Uint8Array =>
    extension(oid.extKeyUsage, critical, derSequence(derOid(id)));
  switch (order.profile) {
    case 'authority':
      return [
        extension(
          oid.basicConstraints,
          true,
          derSequence(
            derBoolean(true),
            ...(order.pathLength === undefined ? [] : [derInteger(order.pathLength)]),
          ),
        ),
        extension(oid.keyUsage, true, derBitFlags([5, 6])),
      ];
    case 'sealSigner':
    case 'sealMaker':
      return [signing];
    case 'documentSigner':
      return [signing, purpose(oid.documentSigning, false)];
    case 'timestamp':
      return [signing, purpose(oid.timeStamping, true)];
  }
}

function crlAddressExtension(address: string): Uint8Array {
  const uri = derContextPrimitive(6, Buffer.from(address, 'latin1'));
  return extension(
    oid.crlDistributionPoints,
    false,
    derSequence(derSequence(derContext(0, derContext(0, uri)))),
  );
}

async function signStructure(tbs: Uint8Array, key: IssuerKey): Promise<Uint8Array> {
  return derSequence(tbs, encodeSignatureAlgorithm(key.algorithm), derBitString(await key.sign(tbs)));
}

/**
 * Makes a certificate.
 * @returns DER; the same order with a deterministic signer gives the same bytes. Rejects with what `sign` rejects with.
 * Source: RFC 5280 section 4; SM2 keys and signatures as GB/T 20518 is read in deployed certificates.
 */
export function issueSigningCertificate(order: CertificateOrder): Promise<Uint8Array> {
  const extensions = [
    ...profileExtensions(order),
    extension(oid.subjectKeyIdentifier, false, derOctetString(keyIdentifier(order.subjectKey))),
    extension(
      oid.authorityKeyIdentifier,
      false,
      derSequence(derContextPrimitive(0, keyIdentifier(order.issuerPublicKey))),
    ),
    ...(order.crlAddress === undefined ? [] : [crlAddressExtension(order.crlAddress)]),
  ];
  const tbs = derSequence(
    derContext(0, derInteger(2)),
    derIntegerFromHex(order.serialHex),
    encodeSignatureAlgorithm(order.issuerKey.algorithm),
    encodeName(order.issuer),
    derSequence(derX509Time(order.notBefore), derX509Time(order.notAfter)),
    encodeName(order.subject),
    encodePublicKey(order.subjectKey),
    derContext(3, derSequence(...extensions)),
  );
  return signStructure(tbs, order.issuerKey);
}

export interface RevocationListOrder {
  readonly issuer: SubjectName;
  readonly issuerKey: IssuerKey;
  readonly issuerPublicKey: SubjectKey;
  readonly listNumber: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly revoked: readonly {
    readonly serialHex: string;
    readonly revokedAt: Date;
    /** CRLReason: 1 keyCompromise, 4 superseded, 5 cessationOfOperation; absent when unspecified. */
    readonly reason?: number;
    readonly invalidityDate?: Date;
  }[];
}

function encodeRevoked(entry: RevocationListOrder['revoked'][number]): Uint8Array {
  const extensions = [
    ...(entry.reason === undefined ? [] : [extension(oid.reasonCode, false, derEnumerated(entry.reason))]),
    ...(entry.invalidityDate === undefined
      ? []
      : [extension(oid.invalidityDate, false, derGeneralizedTime(entry.invalidityDate))]),
  ];
  return derSequence(
    derIntegerFromHex(entry.serialHex),
    derX509Time(entry.revokedAt),
    ...(extensions.length === 0 ? [] : [derSequence(...extensions)]),
  );
}

/** Makes a complete revocation list (RFC 5280 section 5), DER. */
export function issueRevocationList(order: RevocationListOrder): Promise<Uint8Array> {
  const tbs = derSequence(
    derInteger(1),
    encodeSignatureAlgorithm(order.issuerKey.algorithm),
    encodeName(order.issuer),
    derX509Time(order.thisUpdate),
    derX509Time(order.nextUpdate),
    ...(order.revoked.length === 0 ? [] : [derSequence(...order.revoked.map(encodeRevoked))]),
    derContext(
      0,
      derSequence(
        extension(
          oid.authorityKeyIdentifier,
          false,
          derSequence(derContextPrimitive(0, keyIdentifier(order.issuerPublicKey))),
        ),
        extension(oid.crlNumber, false, derInteger(order.listNumber)),
      ),
    ),
  );
  return signStructure(tbs, order.issuerKey);
}
