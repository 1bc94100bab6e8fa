import { createPrivateKey, createPublicKey, createSign, createVerify, type KeyObject } from 'node:crypto';
import { subjectPublicKeyInfo, userDigest } from './sm2-curve';
import type { Sm2Engine, Sm2PrivateKey } from './sm2-engine';
import { sm2SignatureParts } from './sm2-signature-form';

interface VerificationKey {
  readonly key: KeyObject;
  readonly za: Uint8Array;
}

/** Importing a point costs a quarter of a verification; an office meets the same few hundred again and again. */
const KEPT_POINTS = 512;
const keptPoints = new Map<string, VerificationKey>();

function verificationKey(publicPoint: Uint8Array): VerificationKey {
  const name = Buffer.from(publicPoint).toString('latin1');
  const kept = keptPoints.get(name);
  if (kept !== undefined) return kept;
  const key = createPublicKey({
    key: Buffer.from(subjectPublicKeyInfo(publicPoint)),
    type: 'spki',
    format: 'der',
  });
  const made = { key, za: userDigest(publicPoint) };
  if (keptPoints.size >= KEPT_POINTS) {
    for (const oldest of keptPoints.keys()) {
      keptPoints.delete(oldest);
      break;
    }
  }
  keptPoints.set(name, made);
  return made;
}

function importPrivateKey(pkcs8Der: Uint8Array): Sm2PrivateKey {
  const key = createPrivateKey({ key: Buffer.from(pkcs8Der), type: 'pkcs8', format: 'der' });
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const publicPoint = spki.subarray(-65);
  // Node tells no curve name for SM2 keys, so the algorithm of the exported key decides.
  if (!spki.equals(subjectPublicKeyInfo(publicPoint))) throw new TypeError('the key is not on the SM2 curve');
  const za = userDigest(publicPoint);
  return {
    engine: 'native',
    publicPoint,
    sign: (message) => createSign('sm3').update(za).update(message).sign(key),
  };
}

function verify(publicPoint: Uint8Array, message: Uint8Array, derSignature: Uint8Array): boolean {
  if (publicPoint.length !== 65 || publicPoint[0] !== 4) return false;
  if (sm2SignatureParts(derSignature) === undefined) return false;
  try {
    const { key, za } = verificationKey(publicPoint);
    return createVerify('sm3').update(za).update(message).verify(key, derSignature);
  } catch {
    return false;
  }
}

/**
 * SM2 by the OpenSSL inside Node. Works only with keys that were *imported* and with ZA put in front by hand:
 * a key straight from generateKeyPairSync makes ECDSA, and one-shot crypto.sign uses an empty user id.
 * Undocumented, therefore never used before {@link ./sm2.sm2SelfTest} has passed.
 */
export const nativeSm2: Sm2Engine = { name: 'native', importPrivateKey, verify };
