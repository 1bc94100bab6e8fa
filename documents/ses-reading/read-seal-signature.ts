import {
  contextTag,
  DerError,
  type DerNode,
  derTag,
  expectTag,
  readBitStringOctets,
  readDer,
  readOctetString,
  readOid,
  readSequence,
  readSmallInteger,
  readText,
  readTime,
} from '../pki/der-reader';
import { type ElectronicSealReading, readSealNode } from './read-electronic-seal';
import { readTaggedBitString } from './read-tagged-bit-string';

/** The electronic seal's signature over a document (电子签章数据, SignedValue.dat). */
export interface SealSignatureReading {
  readonly version: 1 | 4 | 5;
  readonly seal: ElectronicSealReading;
  /** Undefined where version 1 holds a timestamp token or something else instead of a time. */
  readonly signedAt: Date | undefined;
  readonly dataHash: Uint8Array;
  readonly propertyInfo: string;
  readonly signerCertificate: Uint8Array;
  readonly signatureAlgorithm: string;
  /** DER(TBS_Sign), over which the signature is made. */
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly timestamp: Uint8Array | undefined;
}

/** Version 1 keeps its time in a BIT STRING; makers wrote a GeneralizedTime's text or ISO 8601 into it. */
function readFirstTime(octets: Uint8Array): Date | undefined {
  const text = Buffer.from(octets).toString('latin1');
  const content = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)
    ? Buffer.from(text.replaceAll(/[-:T]/g, ''))
    : octets;
  try {
    return readTime({ tag: derTag.generalizedTime, content, encoded: content });
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

function readFirst(
  members: readonly DerNode[],
  tbs: DerNode,
  fields: readonly DerNode[],
): SealSignatureReading {
  const [, seal, time, hash, property, certificate, algorithm, ...more] = fields;
  if (members.length !== 2 || more.length > 0) throw new DerError('seal signature of version 1');
  return {
    version: 1,
    seal: readSealNode(seal),
    signedAt: readFirstTime(readBitStringOctets(time)),
    dataHash: readBitStringOctets(hash),
    propertyInfo: readText(property),
    signerCertificate: readOctetString(certificate),
    signatureAlgorithm: readOid(algorithm),
    signedBytes: tbs.encoded,
    signature: readBitStringOctets(members[1]),
    timestamp: undefined,
  };
}

function readLater(
  version: 4 | 5,
  members: readonly DerNode[],
  tbs: DerNode,
  fields: readonly DerNode[],
): SealSignatureReading {
  const [, certificate, algorithm, signature, timestamp, ...moreMembers] = members;
  const [, seal, time, hash, property, extensions, ...moreFields] = fields;
  if (moreMembers.length > 0 || moreFields.length > 0) throw new DerError('seal signature');
  if (extensions !== undefined) expectTag(extensions, contextTag(0));
  return {
    version,
    seal: readSealNode(seal),
    signedAt: readTime(expectTag(time, derTag.generalizedTime)),
    dataHash: readBitStringOctets(hash),
    propertyInfo: readText(property),
    signerCertificate: readOctetString(certificate),
    signatureAlgorithm: readOid(algorithm),
    signedBytes: tbs.encoded,
    signature: readBitStringOctets(signature),
    timestamp: readTaggedBitString(timestamp),
  };
}

/**
 * Reads an SES_Signature: strict DER, versions 1 (GM/T 0031-2014), 4 (GB/T 38540-2020) and 5 (GM/T 0031-2025). The
 * version inside the seal must be the same. Throws DerError for anything else; judges no signature.
 */
export function readSealSignature(der: Uint8Array): SealSignatureReading {
  const members = readSequence(readDer(der), 8);
  const tbs = expectTag(members[0], derTag.sequence);
  const fields = readSequence(tbs, 8);
  const version = readSmallInteger(fields[0]);
  if (version !== 1 && version !== 4 && version !== 5)
    throw new DerError(`seal signature version ${version}`);
  const reading = version === 1 ? readFirst(members, tbs, fields) : readLater(version, members, tbs, fields);
  if (reading.seal.version !== version) throw new DerError('seal and signature are of different versions');
  return reading;
}
