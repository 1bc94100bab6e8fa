import type { KeyAlgorithm } from './certificate-authority';
import {
  childrenOf,
  DerError,
  readBitFlags,
  readBoolean,
  readDer,
  readIntegerHex,
  readOid,
  readSequence,
  readSmallInteger,
  readText,
} from './der-reader';
import {
  derBitFlags,
  derBoolean,
  derGeneralizedTime,
  derInteger,
  derIntegerFromHex,
  derNull,
  derOctetString,
  derOid,
  derSequence,
  derUtf8String,
} from './der-writer';
import { oid } from './object-identifiers';
import { type MessageImprint, readMessageImprint, readTimestampToken } from './read-timestamp-token';
import { digestFor, encodeSignedAttributes, encodeSignedData } from './write-signed-data';

export type ImprintAlgorithm = 'sha256' | 'sm3';

const IMPRINT_OIDS: Readonly<Record<ImprintAlgorithm, string>> = { sha256: oid.sha256, sm3: oid.sm3 };

export interface TimestampRequest {
  readonly imprint: MessageImprint;
  readonly policy: string | undefined;
  readonly nonceHex: string | undefined;
  readonly certificateRequested: boolean;
}

function encodeImprint(imprint: MessageImprint): Uint8Array {
  const parameters = imprint.algorithm === oid.sm3 ? [] : [derNull()];
  return derSequence(derSequence(derOid(imprint.algorithm), ...parameters), derOctetString(imprint.digest));
}

/** Imprint of the bytes to be stamped, which never leave the house themselves. */
export function imprintOf(algorithm: ImprintAlgorithm, bytes: Uint8Array): MessageImprint {
  return {
    algorithm: IMPRINT_OIDS[algorithm],
    digest: digestFor(algorithm === 'sm3' ? 'sm2' : 'rsa', bytes),
  };
}

/** TimeStampReq (RFC 3161 section 2.4.1) that asks for the certificate in the token; the nonce is passed in. */
export function makeTimestampRequest(imprint: MessageImprint, nonceHex: string): Uint8Array {
  return derSequence(derInteger(1), encodeImprint(imprint), derIntegerFromHex(nonceHex), derBoolean(true));
}

/** Reads a TimeStampReq. Throws DerError; unknown extensions are refused, as RFC 3161 demands. */
export function readTimestampRequest(der: Uint8Array): TimestampRequest {
  const fields = readSequence(readDer(der), 6);
  if (readSmallInteger(fields.shift()) !== 1) throw new DerError('request version');
  const imprint = readMessageImprint(fields.shift());
  const policy = fields[0]?.tag === 0x06 ? readOid(fields.shift()) : undefined;
  const nonceHex = fields[0]?.tag === 0x02 ? readIntegerHex(fields.shift()) : undefined;
  const certificateRequested = fields[0]?.tag === 0x01 ? readBoolean(fields.shift()) : false;
  if (fields.length > 0) throw new DerError('request extension');
  return { imprint, policy, nonceHex, certificateRequested };
}

export interface TimestampOrder {
  readonly algorithm: KeyAlgorithm;
  readonly certificate: Uint8Array;
  readonly chain: readonly Uint8Array[];
  readonly sign: (bytes: Uint8Array) => Promise<Uint8Array>;
  readonly policy: string;
  readonly imprint: MessageImprint;
  readonly serialHex: string;
  readonly time: Date;
  readonly nonceHex?: string;
}

/** Makes a TimeStampToken (RFC 3161 section 2.4.2; with SM2 and SM3 as GB/T 20520 is read), DER. */
export async function makeTimestampToken(order: TimestampOrder): Promise<Uint8Array> {
  const content = derSequence(
    derInteger(1),
    derOid(order.policy),
    encodeImprint(order.imprint),
    derIntegerFromHex(order.serialHex),
    derGeneralizedTime(order.time),
    ...(order.nonceHex === undefined ? [] : [derIntegerFromHex(order.nonceHex)]),
  );
  const signedAttributes = encodeSignedAttributes({
    algorithm: order.algorithm,
    contentType: oid.tstInfo,
    contentDigest: digestFor(order.algorithm, content),
    signerCertificate: order.certificate,
  });
  return encodeSignedData({
    algorithm: order.algorithm,
    contentType: oid.tstInfo,
    content,
    signerCertificate: order.certificate,
    chain: order.chain,
    signedAttributes,
    signature: await order.sign(signedAttributes),
  });
}

/** PKIFailureInfo bits (RFC 3161 section 2.4.2). */
export const timestampFailure = {
  badAlgorithm: 0,
  badRequest: 2,
  badDataFormat: 5,
  timeNotAvailable: 14,
  unacceptedPolicy: 15,
  unacceptedExtension: 16,
  systemFailure: 25,
} as const;

/** TimeStampResp that grants a token. */
export function makeTimestampResponse(token: Uint8Array): Uint8Array {
  return derSequence(derSequence(derInteger(0)), token);
}

/** TimeStampResp that refuses, with the reason as text and as a failure bit. */
export function makeTimestampRefusal(text: string, failure: keyof typeof timestampFailure): Uint8Array {
  return derSequence(
    derSequence(derInteger(2), derSequence(derUtf8String(text)), derBitFlags([timestampFailure[failure]])),
  );
}

export type TimestampResponse =
  | { readonly kind: 'granted'; readonly token: Uint8Array }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly text: string;
      readonly failureBits: readonly number[];
    };

/** Reads a TimeStampResp. Throws DerError. */
export function readTimestampResponse(der: Uint8Array): TimestampResponse {
  const [statusNode, token] = readSequence(readDer(der), 2);
  const [statusNumber, ...details] = readSequence(statusNode, 3);
  const status = readSmallInteger(statusNumber);
  if ((status === 0 || status === 1) && token !== undefined) return { kind: 'granted', token: token.encoded };
  const text = details.find((node) => node.tag === 0x30);
  const bits = details.find((node) => node.tag === 0x03);
  return {
    kind: 'refused',
    status,
    text: text === undefined ? '' : childrenOf(text, 16).map(readText).join(' '),
    failureBits: bits === undefined ? [] : [...readBitFlags(bits)],
  };
}

/**
 * Does the token answer this request?
 * @returns true when imprint and nonce are those of the request; the signature is judged by `verifyTimestampToken`.
 */
export function answersRequest(token: Uint8Array, request: Uint8Array): boolean {
  try {
    const asked = readTimestampRequest(request);
    const { info } = readTimestampToken(token);
    return (
      info.nonceHex === asked.nonceHex &&
      info.imprint.algorithm === asked.imprint.algorithm &&
      Buffer.compare(info.imprint.digest, asked.imprint.digest) === 0
    );
  } catch {
    return false;
  }
}
