import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { verifySm2 } from '../sm/sm2';
import { oid } from './object-identifiers';
import type { PublicKey } from './signing-certificate';

/** `weak`: the algorithm no longer proves anything (MD5, SHA-1, RSA below 2048 bits), so it is not even computed. */
export type SignatureOutcome = 'right' | 'wrong' | 'weak' | 'unsupported';

const RSA_DIGESTS: Readonly<Record<string, string>> = {
  [oid.sha256WithRsa]: 'sha256',
  [oid.sha384WithRsa]: 'sha384',
  [oid.sha512WithRsa]: 'sha512',
};
const WEAK_ALGORITHMS: ReadonlySet<string> = new Set([
  oid.sha1WithRsa,
  '1.2.840.113549.1.1.4',
  '1.2.840.113549.1.1.2',
]);
const MIN_RSA_BITS = 2048;

const importedKeys = new WeakMap<Uint8Array, KeyObject>();

function rsaKey(spki: Uint8Array): KeyObject {
  const known = importedKeys.get(spki);
  if (known !== undefined) return known;
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
  importedKeys.set(spki, key);
  return key;
}

/**
 * Checks one signature with the native engine.
 * @param algorithm OID of the signature algorithm (sha256WithRSA …, SM2 with SM3).
 * @param message the bytes that were signed, not their digest.
 * @returns never throws for a malformed signature: that is `wrong`.
 */
export function verifySignatureValue(
  publicKey: PublicKey,
  algorithm: string,
  message: Uint8Array,
  signature: Uint8Array,
): SignatureOutcome {
  if (WEAK_ALGORITHMS.has(algorithm)) return 'weak';
  switch (publicKey.kind) {
    case 'unsupported':
      return 'unsupported';
    case 'sm2':
      if (algorithm !== oid.sm2WithSm3 && algorithm !== oid.sm2Signature) return 'unsupported';
      return verifySm2(publicKey.point, message, signature) ? 'right' : 'wrong';
    case 'rsa': {
      const digest = RSA_DIGESTS[algorithm];
      if (digest === undefined) return 'unsupported';
      if (publicKey.modulusBits < MIN_RSA_BITS) return 'weak';
      return verify(digest, message, rsaKey(publicKey.spki), signature) ? 'right' : 'wrong';
    }
  }
}
