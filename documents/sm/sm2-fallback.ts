import { sm2 } from 'sm-crypto-v2';
import { privateKeyInfo } from './sm2-curve';
import type { Sm2Engine, Sm2PrivateKey } from './sm2-engine';
import { privateScalar, sm2SignatureParts } from './sm2-signature-form';

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function importPrivateKey(pkcs8Der: Uint8Array): Sm2PrivateKey {
  const scalar = privateScalar(pkcs8Der);
  const scalarHex = toHex(scalar);
  const publicKey = sm2.getPublicKeyFromPrivateKey(scalarHex);
  const publicPoint = Buffer.from(publicKey, 'hex');
  if (!Buffer.from(pkcs8Der).equals(Buffer.from(privateKeyInfo(scalar, publicPoint)))) {
    throw new TypeError('the key is not a PKCS#8 key on the SM2 curve');
  }
  return {
    engine: 'fallback',
    publicPoint,
    sign: (message) =>
      Buffer.from(sm2.doSignature(message, scalarHex, { der: true, hash: true, publicKey }), 'hex'),
  };
}

function verify(publicPoint: Uint8Array, message: Uint8Array, derSignature: Uint8Array): boolean {
  if (publicPoint.length !== 65 || publicPoint[0] !== 4) return false;
  const parts = sm2SignatureParts(derSignature);
  if (parts === undefined) return false;
  try {
    const point = toHex(publicPoint);
    return sm2.verifyPublicKey(point) && sm2.doVerifySignature(message, toHex(parts), point, { hash: true });
  } catch {
    return false;
  }
}

/** SM2 in JavaScript (sm-crypto-v2), for a Node whose OpenSSL does not pass the self test. */
export const fallbackSm2: Sm2Engine = { name: 'fallback', importPrivateKey, verify };
