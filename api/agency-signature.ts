import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** How an agency system proves who it is: scheme by scheme the digest that signs and hashes. */
const DIGESTS = { 'ECERT-HMAC-SHA256': 'sha256', 'ECERT-HMAC-SM3': 'sm3' } as const;
export type SignatureScheme = keyof typeof DIGESTS;

export interface AgencySignature {
  readonly scheme: SignatureScheme;
  readonly keyId: string;
  /** Unix seconds as sent. */
  readonly timestamp: string;
  readonly nonce: string;
  readonly signature: Buffer;
}

export interface SignedRequest {
  readonly method: string;
  /** Path and query exactly as sent. */
  readonly target: string;
  readonly body: Uint8Array;
}

const MAX_HEADER_LENGTH = 1000;
const PARAMETER = /^\s*([A-Za-z]+)="([^"\\]*)"\s*$/;

/** Whether an Authorization header is meant for this scheme at all. */
export function isAgencyAuthorization(header: string): boolean {
  return /^ECERT-HMAC-/i.test(header);
}

/**
 * Reads `ECERT-HMAC-… keyId="…", timestamp="…", nonce="…", signature="…"`; null when a part is missing, given
 * twice, unknown or ill-formed.
 */
export function readAgencySignature(header: string): AgencySignature | null {
  const space = header.indexOf(' ');
  const scheme = header.slice(0, space);
  if (header.length > MAX_HEADER_LENGTH || !isScheme(scheme)) return null;
  const parts = new Map<string, string>();
  for (const part of header.slice(space + 1).split(',')) {
    const match = PARAMETER.exec(part);
    const name = match?.[1] ?? '';
    if (match === null || parts.has(name)) return null;
    parts.set(name, match[2] ?? '');
  }
  const keyId = parts.get('keyId') ?? '';
  const timestamp = parts.get('timestamp') ?? '';
  const nonce = parts.get('nonce') ?? '';
  const signature = parts.get('signature') ?? '';
  const isWell =
    parts.size === 4 &&
    /^[\x21-\x7e]{1,100}$/.test(keyId) &&
    /^\d{9,11}$/.test(timestamp) &&
    /^[\x21-\x7e]{16,128}$/.test(nonce) &&
    /^[A-Za-z0-9+/]{43}=$/.test(signature);
  return isWell ? { scheme, keyId, timestamp, nonce, signature: Buffer.from(signature, 'base64') } : null;
}

/**
 * The signature that the holder of `secret` (UTF-8) puts under a request: scheme, method, path as sent, sorted
 * raw query parts, hex digest of the body, timestamp and nonce, joined by line feeds.
 */
export function signAgencyRequest(
  secret: string,
  { scheme, timestamp, nonce }: Pick<AgencySignature, 'scheme' | 'timestamp' | 'nonce'>,
  { method, target, body }: SignedRequest,
): Buffer {
  const digest = DIGESTS[scheme];
  const question = target.indexOf('?');
  const path = question < 0 ? target : target.slice(0, question);
  const query = question < 0 ? '' : target.slice(question + 1);
  const lines = [
    scheme,
    method,
    path,
    query.split('&').sort().join('&'),
    createHash(digest).update(body).digest('hex'),
    timestamp,
    nonce,
  ];
  return createHmac(digest, Buffer.from(secret, 'utf8')).update(lines.join('\n')).digest();
}

/** Whether the signature is the one that the secret gives; takes the same time wherever they differ. */
export function isSignedBy(secret: string, signature: AgencySignature, request: SignedRequest): boolean {
  const expected = signAgencyRequest(secret, signature, request);
  return signature.signature.length === expected.length && timingSafeEqual(signature.signature, expected);
}

function isScheme(text: string): text is SignatureScheme {
  return Object.hasOwn(DIGESTS, text);
}
