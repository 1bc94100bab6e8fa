import {
  childrenOf,
  contextTag,
  DerError,
  type DerNode,
  expectTag,
  readBitStringOctets,
  readDer,
  readIntegerHex,
  readSequence,
  readSmallInteger,
  readTime,
} from './der-reader';
import { oid } from './object-identifiers';
import {
  type DistinguishedName,
  readAlgorithmIdentifier,
  readAuthorityKeyIdentifier,
  readDistinguishedName,
  readExtensions,
} from './signing-certificate';

const MAX_LIST_BYTES = 32 * 1024 * 1024;
const MAX_ENTRIES = 1_000_000;

export interface RevokedEntry {
  readonly serialHex: string;
  /** The earlier of the revocation date and, where given, the invalidity date: from then on nothing is proven. */
  readonly revokedAt: Date;
  /** CRLReason number, 0 when unspecified; 1 is keyCompromise. */
  readonly reason: number;
}

/** A revocation list (证书撤销列表) read strictly; entries by serial number. */
export interface CertificateRevocationList {
  readonly tbs: Uint8Array;
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
  readonly issuer: DistinguishedName;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
  readonly authorityKeyIdentifier: Uint8Array | undefined;
  /** Delta, indirect or partial lists cannot prove that a certificate is good; `judgeChain` passes over them. */
  readonly partial: boolean;
  findSerial(serialHex: string): RevokedEntry | undefined;
}

function readEntry(node: DerNode): RevokedEntry {
  const [serial, date, extensionsNode] = readSequence(node, 3);
  const extensions = extensionsNode === undefined ? undefined : readExtensions(extensionsNode);
  const reason = extensions?.get(oid.reasonCode);
  const invalidity = extensions?.get(oid.invalidityDate);
  const revokedAt = readTime(date);
  const invalidFrom = invalidity === undefined ? revokedAt : readTime(readDer(invalidity.value));
  return {
    serialHex: readIntegerHex(serial),
    revokedAt: new Date(Math.min(invalidFrom.getTime(), revokedAt.getTime())),
    reason: reason === undefined ? 0 : (expectTag(readDer(reason.value), 0x0a).content[0] ?? 0),
  };
}

function isPartial(extensions: ReturnType<typeof readExtensions>): boolean {
  for (const [id, { critical, value }] of extensions) {
    if (id === oid.issuingDistributionPoint) {
      // Only a bare distribution point name leaves the list complete; every flag narrows it (RFC 5280 section 5.2.5).
      if (readSequence(readDer(value)).some((part) => part.tag !== contextTag(0))) return true;
    } else if (critical) return true;
  }
  return false;
}

/**
 * Reads a CertificateList of at most 32 MiB.
 * @returns the list with a search by serial; its signature is not checked here. Throws DerError.
 * Source: RFC 5280 section 5.
 */
export function parseCertificateRevocationList(der: Uint8Array): CertificateRevocationList {
  if (der.length > MAX_LIST_BYTES) throw new DerError('revocation list too large');
  const encoded = new Uint8Array(der);
  const [tbsNode, outerAlgorithm, signature] = readSequence(readDer(encoded), 3);
  const fields = readSequence(tbsNode, 8);
  if (fields[0]?.tag === 0x02 && readSmallInteger(fields.shift()) !== 1) throw new DerError('list version');
  const [innerAlgorithm, issuer, thisUpdate, ...optional] = fields;
  if (
    Buffer.compare(expectTag(innerAlgorithm, 0x30).encoded, expectTag(outerAlgorithm, 0x30).encoded) !== 0
  ) {
    throw new DerError('algorithm inside and outside differ');
  }
  const nextUpdate = optional[0]?.tag === 0x17 || optional[0]?.tag === 0x18 ? optional.shift() : undefined;
  const entriesNode = optional[0]?.tag === 0x30 ? optional.shift() : undefined;
  const extensionsNode = optional.find((node) => node.tag === contextTag(0));
  const extensions = extensionsNode && readExtensions(childrenOf(extensionsNode)[0]);
  const entries = new Map<string, RevokedEntry>();
  for (const node of entriesNode === undefined ? [] : childrenOf(entriesNode, MAX_ENTRIES)) {
    const entry = readEntry(node);
    entries.set(entry.serialHex, entry);
  }
  return {
    tbs: expectTag(tbsNode, 0x30).encoded,
    signatureAlgorithm: readAlgorithmIdentifier(outerAlgorithm).algorithm,
    signature: readBitStringOctets(signature),
    issuer: readDistinguishedName(issuer),
    thisUpdate: readTime(thisUpdate),
    nextUpdate: nextUpdate === undefined ? undefined : readTime(nextUpdate),
    authorityKeyIdentifier: readAuthorityKeyIdentifier(extensions?.get(oid.authorityKeyIdentifier)?.value),
    partial: extensions === undefined ? false : isPartial(extensions),
    findSerial: (serialHex) => entries.get(serialHex),
  };
}
