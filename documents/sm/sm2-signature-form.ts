import { DER_TAG, DerError, derContent, derInteger, derSequence, readDer } from '../der/read-der';
import { writeSequence, writeUnsignedInteger } from '../der/write-der';

function padded(octets: Uint8Array): Uint8Array {
  const significant = octets[0] === 0 ? octets.subarray(1) : octets;
  if (significant.length > 32) throw new DerError('an SM2 signature has two numbers of 32 octets');
  const out = new Uint8Array(32);
  out.set(significant, 32 - significant.length);
  return out;
}

/** r‖s (64 octets) of a strict DER SEQUENCE{r, s}; undefined when the bytes are anything else. */
export function sm2SignatureParts(der: Uint8Array): Uint8Array | undefined {
  try {
    const [r, s, ...more] = derSequence(readDer(der));
    if (more.length > 0) return undefined;
    return Buffer.concat([padded(derInteger(r)), padded(derInteger(s))]);
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
  return writeSequence(writeUnsignedInteger(value.subarray(0, 32)), writeUnsignedInteger(value.subarray(32)));
}

/** Private number (32 octets) in a PKCS#8 document of an elliptic-curve key (RFC 5208, RFC 5915). Throws DerError. */
export function privateScalar(pkcs8: Uint8Array): Uint8Array {
  const [, , wrapped] = derSequence(readDer(pkcs8));
  const [, scalar] = derSequence(readDer(derContent(wrapped, DER_TAG.octetString)));
  return padded(derContent(scalar, DER_TAG.octetString));
}
