import {
  contextTag,
  DerError,
  type DerNode,
  readBoolean,
  readDer,
  readIntegerHex,
  readOctetString,
  readOid,
  readSequence,
  readSmallInteger,
  readTime,
} from './der-reader';
import { oid } from './object-identifiers';
import { type CmsSignedData, readSignedData } from './read-signed-data';
import { readAlgorithmIdentifier } from './signing-certificate';

export interface MessageImprint {
  readonly algorithm: string;
  readonly digest: Uint8Array;
}

/** What a timestamp says: this imprint existed at that time. */
export interface TimestampInfo {
  readonly policy: string;
  readonly imprint: MessageImprint;
  readonly serialHex: string;
  readonly time: Date;
  readonly nonceHex: string | undefined;
}

/** Reads a MessageImprint. Throws DerError. */
export function readMessageImprint(node: DerNode | undefined): MessageImprint {
  const [algorithm, digest] = readSequence(node, 2);
  return { algorithm: readAlgorithmIdentifier(algorithm).algorithm, digest: readOctetString(digest) };
}

/** Reads a token without judging it. Throws DerError. */
export function readTimestampToken(token: Uint8Array): { info: TimestampInfo; signedData: CmsSignedData } {
  const signedData = readSignedData(token);
  if (signedData.contentType !== oid.tstInfo || signedData.content === undefined)
    throw new DerError('not a timestamp');
  const fields = readSequence(readDer(signedData.content), 10);
  if (readSmallInteger(fields.shift()) !== 1) throw new DerError('timestamp version');
  const policy = readOid(fields.shift());
  const imprint = readMessageImprint(fields.shift());
  const serialHex = readIntegerHex(fields.shift());
  const time = readTime(fields.shift());
  if (fields[0]?.tag === 0x30) fields.shift();
  if (fields[0]?.tag === 0x01) readBoolean(fields.shift());
  const nonceHex = fields[0]?.tag === 0x02 ? readIntegerHex(fields.shift()) : undefined;
  if (fields[0]?.tag === contextTag(0)) fields.shift();
  if (fields.length > 0) throw new DerError('timestamp extension');
  return { info: { policy, imprint, serialHex, time, nonceHex }, signedData };
}
