import {
  childrenOf,
  contextPrimitiveTag,
  contextTag,
  DerError,
  type DerNode,
  expectTag,
  readBitFlags,
  readBitStringOctets,
  readBoolean,
  readDer,
  readIntegerHex,
  readOctetString,
  readOid,
  readSequence,
  readSmallInteger,
  readText,
  readTime,
} from './der-reader';
import { oid } from './object-identifiers';

const MAX_CERTIFICATE_BYTES = 65_536;

/** A distinguished name: `encoded` is what chains are matched by, `text` what people read (CN first). */
export interface DistinguishedName {
  readonly encoded: Uint8Array;
  readonly text: string;
  readonly commonName: string | undefined;
  readonly attributes: readonly { readonly type: string; readonly value: string }[];
}

export type PublicKey =
  | { readonly kind: 'sm2'; readonly point: Uint8Array }
  | { readonly kind: 'rsa'; readonly spki: Uint8Array; readonly modulusBits: number }
  | { readonly kind: 'unsupported'; readonly algorithm: string; readonly spki: Uint8Array };

export type KeyUsageFlag =
  | 'digitalSignature'
  | 'nonRepudiation'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'
  | 'encipherOnly'
  | 'decipherOnly';

const KEY_USAGE_FLAGS: readonly KeyUsageFlag[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
];

/** An X.509 certificate (数字证书) read strictly; `encoded` is a copy that the caller cannot change. */
export interface SigningCertificate {
  readonly encoded: Uint8Array;
  readonly tbs: Uint8Array;
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly serialHex: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicKey: PublicKey;
  readonly subjectPublicKeyInfo: Uint8Array;
  /** undefined: the extension is absent, which RFC 5280 reads as "any use". */
  readonly keyUsage: ReadonlySet<KeyUsageFlag> | undefined;
  readonly extKeyUsage: { readonly purposes: readonly string[]; readonly critical: boolean } | undefined;
  readonly isCa: boolean;
  readonly pathLength: number | undefined;
  readonly subjectKeyIdentifier: Uint8Array | undefined;
  readonly authorityKeyIdentifier: Uint8Array | undefined;
  readonly crlDistributionPoints: readonly string[];
  /** Critical extensions that this reader does not process; RFC 5280 section 4.2 has the path refused for them. */
  readonly unknownCriticalExtensions: readonly string[];
}

const ATTRIBUTE_LABELS: Readonly<Record<string, string>> = {
  [oid.commonName]: 'CN',
  [oid.organizationalUnitName]: 'OU',
  [oid.organizationName]: 'O',
  [oid.localityName]: 'L',
  [oid.stateName]: 'ST',
  [oid.countryName]: 'C',
};

/** Reads a Name; throws DerError. */
export function readDistinguishedName(node: DerNode | undefined): DistinguishedName {
  const attributes = readSequence(node, 64).flatMap((set) =>
    childrenOf(expectTag(set, 0x31), 16).map((attribute) => {
      const [type, value] = readSequence(attribute);
      return { type: readOid(type), value: readText(value) };
    }),
  );
  const label = (type: string): string => ATTRIBUTE_LABELS[type] ?? type;
  return {
    encoded: node === undefined ? new Uint8Array(0) : node.encoded,
    attributes,
    commonName: attributes.find((attribute) => attribute.type === oid.commonName)?.value,
    text: [...attributes]
      .reverse()
      .map(({ type, value }) => `${label(type)}=${value}`)
      .join(', '),
  };
}

/** Algorithm OID of an AlgorithmIdentifier; parameters other than NULL come back in `parameters`. */
export function readAlgorithmIdentifier(node: DerNode | undefined): {
  readonly algorithm: string;
  readonly parameters: DerNode | undefined;
} {
  const [algorithm, parameters] = readSequence(node, 2);
  return { algorithm: readOid(algorithm), parameters };
}

function readPublicKey(node: DerNode | undefined): PublicKey {
  const spki = expectTag(node, 0x30).encoded;
  const [algorithmNode, keyNode] = readSequence(node);
  const { algorithm, parameters } = readAlgorithmIdentifier(algorithmNode);
  const key = readBitStringOctets(keyNode);
  if (algorithm === oid.rsaEncryption) {
    const [modulus, exponent] = readSequence(readDer(key));
    const modulusHex = readIntegerHex(modulus);
    const exponentValue = readSmallInteger(exponent);
    if (exponentValue < 3 || exponentValue % 2 === 0) throw new DerError('RSA exponent');
    const leading = Math.clz32(Number.parseInt(modulusHex.slice(0, 2), 16)) - 24;
    return { kind: 'rsa', spki, modulusBits: modulusHex.length * 4 - leading };
  }
  const isSm2 =
    algorithm === oid.ecPublicKey && parameters?.tag === 0x06 && readOid(parameters) === oid.sm2Curve;
  if (!isSm2) return { kind: 'unsupported', algorithm, spki };
  if (key.length !== 65 || key[0] !== 4) throw new DerError('SM2 point must be uncompressed');
  return { kind: 'sm2', point: key };
}

interface RawExtension {
  readonly critical: boolean;
  readonly value: Uint8Array;
}

/** Extensions by OID, each at most once; throws DerError. */
export function readExtensions(node: DerNode | undefined): ReadonlyMap<string, RawExtension> {
  const extensions = new Map<string, RawExtension>();
  for (const extension of readSequence(node, 200)) {
    const parts = readSequence(extension, 3);
    const id = readOid(parts[0]);
    const critical = parts.length === 3 ? readBoolean(parts[1]) : false;
    if (extensions.has(id)) throw new DerError('extension given twice');
    extensions.set(id, { critical, value: readOctetString(parts[parts.length - 1]) });
  }
  return extensions;
}

function readDistributionPoints(value: Uint8Array): string[] {
  const addresses: string[] = [];
  for (const point of readSequence(readDer(value), 32)) {
    const name = childrenOf(point).find((child) => child.tag === contextTag(0));
    const fullName = name && childrenOf(name).find((child) => child.tag === contextTag(0));
    for (const general of fullName ? childrenOf(fullName, 32) : []) {
      if (general.tag === contextPrimitiveTag(6))
        addresses.push(Buffer.from(general.content).toString('latin1'));
    }
  }
  return addresses;
}

function readBasicConstraints(value: Uint8Array | undefined): {
  isCa: boolean;
  pathLength: number | undefined;
} {
  if (value === undefined) return { isCa: false, pathLength: undefined };
  const parts = readSequence(readDer(value), 2);
  const flag = parts[0]?.tag === 0x01 ? parts.shift() : undefined;
  const isCa = flag === undefined ? false : readBoolean(flag);
  return { isCa, pathLength: parts[0] === undefined ? undefined : readSmallInteger(parts[0]) };
}

/** keyIdentifier [0] of an AuthorityKeyIdentifier extension value. */
export function readAuthorityKeyIdentifier(value: Uint8Array | undefined): Uint8Array | undefined {
  if (value === undefined) return undefined;
  return readSequence(readDer(value)).find((child) => child.tag === contextPrimitiveTag(0))?.content;
}

function readKeyUsage(value: Uint8Array | undefined): ReadonlySet<KeyUsageFlag> | undefined {
  if (value === undefined) return undefined;
  const positions = readBitFlags(readDer(value));
  return new Set(KEY_USAGE_FLAGS.filter((_, position) => positions.has(position)));
}

const PROCESSED_EXTENSIONS: ReadonlySet<string> = new Set([
  oid.keyUsage,
  oid.extKeyUsage,
  oid.basicConstraints,
  oid.subjectKeyIdentifier,
  oid.authorityKeyIdentifier,
  oid.crlDistributionPoints,
  // No policy is required by the caller and no name constraint is processed, so these two restrict nothing here.
  oid.certificatePolicies,
  oid.subjectAltName,
]);

function readCertificateExtensions(extensions: ReadonlyMap<string, RawExtension>) {
  const octetsOf = (id: string): Uint8Array | undefined => extensions.get(id)?.value;
  const purposes = octetsOf(oid.extKeyUsage);
  const keyIdentifier = octetsOf(oid.subjectKeyIdentifier);
  const points = octetsOf(oid.crlDistributionPoints);
  return {
    keyUsage: readKeyUsage(octetsOf(oid.keyUsage)),
    extKeyUsage:
      purposes === undefined
        ? undefined
        : {
            purposes: readSequence(readDer(purposes), 64).map((purpose) => readOid(purpose)),
            critical: extensions.get(oid.extKeyUsage)?.critical === true,
          },
    ...readBasicConstraints(octetsOf(oid.basicConstraints)),
    subjectKeyIdentifier: keyIdentifier === undefined ? undefined : readOctetString(readDer(keyIdentifier)),
    authorityKeyIdentifier: readAuthorityKeyIdentifier(octetsOf(oid.authorityKeyIdentifier)),
    crlDistributionPoints: points === undefined ? [] : readDistributionPoints(points),
    unknownCriticalExtensions: [...extensions]
      .filter(([id, { critical }]) => critical && !PROCESSED_EXTENSIONS.has(id))
      .map(([id]) => id),
  };
}

/**
 * Reads one certificate.
 * @param der exactly one DER certificate of at most 64 KiB.
 * @returns the parsed certificate; nothing about its trust. Throws DerError on anything that is not strict DER of
 * RFC 5280 (unknown versions, differing algorithm fields, duplicate extensions).
 */
export function parseSigningCertificate(der: Uint8Array): SigningCertificate {
  if (der.length > MAX_CERTIFICATE_BYTES) throw new DerError('certificate too large');
  const encoded = new Uint8Array(der);
  const [tbsNode, outerAlgorithm, signature] = readSequence(readDer(encoded), 3);
  const fields = readSequence(tbsNode, 12);
  const hasVersion = fields[0]?.tag === contextTag(0);
  const versionNode = hasVersion ? fields.shift() : undefined;
  const version = versionNode === undefined ? 0 : readSmallInteger(childrenOf(versionNode)[0]);
  if (version > 2) throw new DerError('certificate version');
  const [serial, innerAlgorithm, issuer, validity, subject, key, ...optional] = fields;
  if (
    Buffer.compare(expectTag(innerAlgorithm, 0x30).encoded, expectTag(outerAlgorithm, 0x30).encoded) !== 0
  ) {
    throw new DerError('algorithm inside and outside differ');
  }
  const [notBefore, notAfter] = readSequence(validity, 2);
  const extensionsNode = optional.find((node) => node.tag === contextTag(3));
  if (extensionsNode !== undefined && version !== 2) throw new DerError('extensions need version 3');
  const extensions =
    extensionsNode === undefined
      ? new Map<string, RawExtension>()
      : readExtensions(childrenOf(extensionsNode)[0]);
  return {
    encoded,
    tbs: expectTag(tbsNode, 0x30).encoded,
    signatureAlgorithm: readAlgorithmIdentifier(outerAlgorithm).algorithm,
    signature: readBitStringOctets(signature),
    serialHex: readIntegerHex(serial),
    issuer: readDistinguishedName(issuer),
    subject: readDistinguishedName(subject),
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    publicKey: readPublicKey(key),
    subjectPublicKeyInfo: expectTag(key, 0x30).encoded,
    ...readCertificateExtensions(extensions),
  };
}
