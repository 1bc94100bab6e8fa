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
import { derSequence } from '../pki/der-writer';
import { readTaggedBitString } from './read-tagged-bit-string';

/** Who may sign with a seal: whole certificates (type 1), their digests (type 2), or something this reader cannot use. */
export type SealSigners =
  | { readonly kind: 'certificates'; readonly certificates: readonly Uint8Array[] }
  | {
      readonly kind: 'digests';
      readonly digests: readonly { readonly type: string; readonly value: Uint8Array }[];
    }
  | { readonly kind: 'unreadable' };

/** An electronic seal (电子印章) as GB/T 38540-2020 (4), GM/T 0031-2025 (5) or GM/T 0031-2014 (1) lays it out. */
export interface ElectronicSealReading {
  readonly version: 1 | 4 | 5;
  readonly vendorId: string;
  readonly id: string;
  readonly type: number;
  readonly name: string;
  readonly signers: SealSigners;
  readonly createdAt: Date;
  readonly validFrom: Date;
  readonly validUntil: Date;
  readonly picture: {
    readonly type: string;
    readonly data: Uint8Array;
    readonly widthMm: number;
    readonly heightMm: number;
  };
  readonly makerCertificate: Uint8Array;
  readonly signatureAlgorithm: string;
  /** What the maker signed: the information alone (4, 5), or SEQUENCE{information, certificate, algorithm} (1). */
  readonly signedBytes: Uint8Array;
  readonly signature: Uint8Array;
  readonly timestamp: Uint8Array | undefined;
  readonly encoded: Uint8Array;
}

const MAX_SIGNERS = 256;

function sealVersion(value: number): 1 | 4 | 5 {
  if (value === 1 || value === 4 || value === 5) return value;
  throw new DerError(`seal version ${value}`);
}

function readHeader(node: DerNode | undefined): { version: 1 | 4 | 5; vendorId: string } {
  const [id, version, vendor, ...more] = readSequence(node, 8);
  if (readText(id) !== 'ES' || more.length > 0) throw new DerError('seal header');
  return { version: sealVersion(readSmallInteger(version)), vendorId: readText(vendor) };
}

function readCertificates(members: readonly DerNode[]): SealSigners {
  if (members.length === 0 || members.some((member) => member.tag !== derTag.octetString))
    return { kind: 'unreadable' };
  return { kind: 'certificates', certificates: members.map((member) => readOctetString(member)) };
}

function readDigests(members: readonly DerNode[]): SealSigners {
  const digests = members.map((member) => {
    const [type, value, ...more] = readSequence(member, 4);
    if (more.length > 0) throw new DerError('certificate digest');
    return { type: readText(type), value: readOctetString(value) };
  });
  return digests.length === 0 ? { kind: 'unreadable' } : { kind: 'digests', digests };
}

function readProperty(node: DerNode | undefined, version: 1 | 4 | 5) {
  const members = readSequence(node, 8);
  const [type, name, ...rest] = members;
  const listType = version === 1 ? 1 : readSmallInteger(rest.shift());
  const [list, createdAt, validFrom, validUntil, ...more] = rest;
  if (more.length > 0) throw new DerError('seal property');
  const signers = readSequence(list, MAX_SIGNERS);
  return {
    type: readSmallInteger(type),
    name: readText(name),
    signers:
      listType === 1
        ? readCertificates(signers)
        : listType === 2
          ? readDigests(signers)
          : ({ kind: 'unreadable' } as const),
    createdAt: readTime(createdAt),
    validFrom: readTime(validFrom),
    validUntil: readTime(validUntil),
  };
}

function readPicture(node: DerNode | undefined): ElectronicSealReading['picture'] {
  const [type, data, width, height, ...more] = readSequence(node, 8);
  if (more.length > 0) throw new DerError('seal picture');
  return {
    type: readText(type),
    data: readOctetString(data),
    widthMm: readSmallInteger(width),
    heightMm: readSmallInteger(height),
  };
}

function readInformation(node: DerNode | undefined) {
  const [header, id, property, picture, extensions, ...more] = readSequence(node, 8);
  if (more.length > 0) throw new DerError('seal information');
  const { version, vendorId } = readHeader(header);
  // Extensions carry makers' own data; they are covered by the signature and must be well-formed, no more.
  if (extensions !== undefined && extensions.tag !== contextTag(0)) readSequence(extensions);
  return {
    version,
    vendorId,
    id: readText(id),
    ...readProperty(property, version),
    picture: readPicture(picture),
  };
}

function readFirstSigning(signing: DerNode | undefined, information: DerNode) {
  const [certificate, algorithm, signature, ...more] = readSequence(signing, 4);
  if (more.length > 0) throw new DerError('seal signature of version 1');
  return {
    makerCertificate: readOctetString(certificate),
    signatureAlgorithm: readOid(algorithm),
    signature: readBitStringOctets(signature),
    timestamp: undefined,
    signedBytes: derSequence(
      information.encoded,
      expectTag(certificate, derTag.octetString).encoded,
      expectTag(algorithm, derTag.oid).encoded,
    ),
  };
}

function readLaterSigning(members: readonly DerNode[], information: DerNode) {
  const [certificate, algorithm, signature, timestamp, ...more] = members;
  if (more.length > 0) throw new DerError('seal');
  return {
    makerCertificate: readOctetString(certificate),
    signatureAlgorithm: readOid(algorithm),
    signature: readBitStringOctets(signature),
    timestamp: readTaggedBitString(timestamp),
    signedBytes: information.encoded,
  };
}

/** Reads the node of an SESeal; the version decides its shape. Throws DerError for anything that is not such a seal. */
export function readSealNode(node: DerNode | undefined): ElectronicSealReading {
  const [informationNode, ...signing] = readSequence(node, 8);
  const information = expectTag(informationNode, derTag.sequence);
  const facts = readInformation(information);
  if (facts.version === 1 && signing.length !== 1) throw new DerError('seal of version 1');
  const signed =
    facts.version === 1 ? readFirstSigning(signing[0], information) : readLaterSigning(signing, information);
  return { ...facts, ...signed, encoded: expectTag(node, derTag.sequence).encoded };
}

/** Reads an electronic seal (the content of a Seal.esl): strict DER, versions 1, 4 and 5. Throws DerError. */
export function readElectronicSeal(der: Uint8Array): ElectronicSealReading {
  return readSealNode(readDer(der));
}
