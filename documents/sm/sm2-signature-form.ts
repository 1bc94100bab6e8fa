import {
  DerError,
  type DerNode,
  readDer,
  readIntegerBytes,
  readOctetString,
  readSequence,
} from '../pki/der-reader';
import { derInteger, derSequence } from '../pki/der-writer';

function padded(octets: Uint8Array): Uint8Array {
  const significant = octets[0] === 0 ? octets.subarray(1) : octets;
  if (significant.length > 32) throw new DerError('an SM2 signature has two numbers of 32 octets');
  const out = new Uint8Array(32);
  out.set(significant, 32 - significant.length);
  return out;
}

function positive(node: DerNode | undefined): Uint8Array {
  const octets = readIntegerBytes(node);
  if ((octets[0] ?? 0) >= 0x80) throw new DerError('r and s are not negative');
  return octets;
}

/** r‖s (64 octets) of a strict DER SEQUENCE{r, s}; undefined when the bytes are anything else. */
export function sm2SignatureParts(der: Uint8Array): Uint8Array | undefined {
  try {
    const [r, s, ...more] = readSequence(readDer(der), 2);
    if (more.length > 0) return undefined;
    return Buffer.concat([padded(positive(r)), padded(positive(s))]);
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

/**
 * The DER form (GM/T 0009, clause 7.3) of an SM2 signature that a device gave as DER or as r‖s of 64 octets.
 * Answers undefined for anything else.
 */
export function sm2SignatureDer(value: Uint8Array): Uint8Array | undefined {
  if (sm2SignatureParts(value) !== undefined) return value;
  if (value.length !== 64) return undefined;
  return derSequence(derInteger(value.subarray(0, 32)), derInteger(value.subarray(32)));
}

/** Private number (32 octets) in a PKCS#8 document of an elliptic-curve key (RFC 5208, RFC 5915). Throws DerError. */
export function privateScalar(pkcs8: Uint8Array): Uint8Array {
  const [, , wrapped] = readSequence(readDer(pkcs8));
  const [, scalar] = readSequence(readDer(readOctetString(wrapped)));
  return padded(readOctetString(scalar));
}
