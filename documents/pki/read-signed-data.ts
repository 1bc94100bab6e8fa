import {
  childrenOf,
  contextPrimitiveTag,
  contextTag,
  DerError,
  type DerNode,
  expectTag,
  readDer,
  readIntegerHex,
  readOctetString,
  readOid,
  readSequence,
  readSmallInteger,
} from './der-reader';
import { oid } from './object-identifiers';
import {
  type DistinguishedName,
  readAlgorithmIdentifier,
  readDistinguishedName,
} from './signing-certificate';

const MAX_SIGNERS = 8;
const MAX_CERTIFICATES = 64;

export type SignerIdentifier =
  | { readonly kind: 'issuerSerial'; readonly issuer: DistinguishedName; readonly serialHex: string }
  | { readonly kind: 'keyIdentifier'; readonly keyIdentifier: Uint8Array };

/** Attribute values by attribute OID; an attribute given twice is refused while reading. */
export type Attributes = ReadonlyMap<string, readonly DerNode[]>;

export interface CmsSigner {
  readonly identifier: SignerIdentifier;
  readonly digestAlgorithm: string;
  /** The attributes as the SET OF that the signature covers (RFC 5652 section 5.4); undefined when there are none. */
  readonly signedBytes: Uint8Array | undefined;
  readonly signedAttributes: Attributes;
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
  readonly unsignedAttributes: Attributes;
}

/** A CMS SignedData; nothing in it is judged yet. */
export interface CmsSignedData {
  readonly contentType: string;
  readonly content: Uint8Array | undefined;
  readonly certificates: readonly Uint8Array[];
  readonly revocationLists: readonly Uint8Array[];
  readonly signers: readonly CmsSigner[];
}

function readAttributes(node: DerNode | undefined): Attributes {
  const attributes = new Map<string, readonly DerNode[]>();
  for (const attribute of node === undefined ? [] : childrenOf(node, 64)) {
    const [type, values] = readSequence(attribute, 2);
    const id = readOid(type);
    if (attributes.has(id)) throw new DerError('attribute given twice');
    attributes.set(id, childrenOf(expectTag(values, 0x31), 64));
  }
  return attributes;
}

function readIdentifier(node: DerNode | undefined): SignerIdentifier {
  if (node?.tag === contextPrimitiveTag(0)) return { kind: 'keyIdentifier', keyIdentifier: node.content };
  const [issuer, serial] = readSequence(node, 2);
  return { kind: 'issuerSerial', issuer: readDistinguishedName(issuer), serialHex: readIntegerHex(serial) };
}

/** Parameters that are absent or NULL; anything else would be matter that no signature covers and nobody looks at. */
function readPlainAlgorithm(node: DerNode | undefined): string {
  const { algorithm, parameters } = readAlgorithmIdentifier(node);
  const empty = parameters === undefined || (parameters.tag === 0x05 && parameters.content.length === 0);
  // RSASSA-PSS has parameters of its own; it is read so that it can be said to be unsupported.
  if (!empty && algorithm !== oid.rsaPss) throw new DerError('algorithm parameters');
  return algorithm;
}

function readVersion(node: DerNode | undefined, known: readonly number[]): void {
  if (!known.includes(readSmallInteger(node))) throw new DerError('unknown version');
}

function readSigner(node: DerNode): CmsSigner {
  const fields = readSequence(node, 7);
  readVersion(fields.shift(), [1, 3]);
  const identifier = readIdentifier(fields.shift());
  const digestAlgorithm = readPlainAlgorithm(fields.shift());
  const signed = fields[0]?.tag === contextTag(0) ? fields.shift() : undefined;
  const signatureAlgorithm = readPlainAlgorithm(fields.shift());
  const signature = readOctetString(fields.shift());
  const unsigned = fields.shift();
  if (fields.length > 0) throw new DerError('signer information has more fields than it should');
  let signedBytes: Uint8Array | undefined;
  if (signed !== undefined) {
    signedBytes = Uint8Array.from(signed.encoded);
    signedBytes[0] = 0x31;
  }
  return {
    identifier,
    digestAlgorithm,
    signedBytes,
    signedAttributes: readAttributes(signed),
    signatureAlgorithm,
    signature,
    unsignedAttributes: readAttributes(
      unsigned === undefined ? undefined : expectTag(unsigned, contextTag(1)),
    ),
  };
}

/**
 * Reads a ContentInfo with SignedData (PKCS #7 or GM/T 0010 identifier), strict DER, nothing after it.
 * @returns its parts; `content` is undefined for a detached signature. Throws DerError.
 * Source: RFC 5652 section 5.
 */
export function readSignedData(der: Uint8Array): CmsSignedData {
  const [typeNode, wrapper] = readSequence(readDer(der), 2);
  const type = readOid(typeNode);
  if (type !== oid.signedData && type !== oid.gmSignedData) throw new DerError('not signed data');
  const fields = readSequence(childrenOf(expectTag(wrapper, contextTag(0)), 1)[0], 6);
  readVersion(fields.shift(), [1, 3, 4, 5]);
  const digestAlgorithms = childrenOf(expectTag(fields.shift(), 0x31), 16).map(readPlainAlgorithm);
  const [contentTypeNode, contentWrapper] = readSequence(fields.shift(), 2);
  const contentNode = contentWrapper && childrenOf(expectTag(contentWrapper, contextTag(0)), 1)[0];
  const certificates = fields[0]?.tag === contextTag(0) ? fields.shift() : undefined;
  const lists = fields[0]?.tag === contextTag(1) ? fields.shift() : undefined;
  const signers = childrenOf(expectTag(fields.shift(), 0x31), MAX_SIGNERS);
  if (fields.length > 0) throw new DerError('signed data has more fields than it should');
  const read = signers.map(readSigner);
  // RFC 5652 section 5.1: a verifier may refuse a signer whose digest is not announced; we do.
  if (read.some(({ digestAlgorithm }) => !digestAlgorithms.includes(digestAlgorithm))) {
    throw new DerError('digest algorithm not announced');
  }
  const encodings = (node: DerNode | undefined): Uint8Array[] =>
    node === undefined ? [] : childrenOf(node, MAX_CERTIFICATES).map((child) => child.encoded);
  return {
    contentType: readOid(contentTypeNode),
    content: contentNode === undefined ? undefined : readOctetString(contentNode),
    certificates: encodings(certificates),
    revocationLists: encodings(lists),
    signers: read,
  };
}
