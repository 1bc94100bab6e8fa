import { generateKeyPairSync } from 'node:crypto';
import { sm2 } from 'sm-crypto-v2';
import { privateKeyInfo } from './sm2-curve';
import type { Sm2Engine, Sm2PrivateKey } from './sm2-engine';
import { fallbackSm2 } from './sm2-fallback';
import { nativeSm2 } from './sm2-native';

export type { Sm2PrivateKey } from './sm2-engine';

/** The worked example of GB/T 32918.5-2017, annex A.2, under the standard's user id. */
const KNOWN_ANSWER = {
  scalar: '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8',
  point:
    '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020' +
    'ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
  signature:
    '3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3' +
    '022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
  message: 'message digest',
} as const;

const fromHex = (text: string): Uint8Array => Buffer.from(text, 'hex');

function passesKnownAnswer(engine: Sm2Engine, judge: Sm2Engine): boolean {
  const point = fromHex(KNOWN_ANSWER.point);
  const message = Buffer.from(KNOWN_ANSWER.message, 'latin1');
  const signature = fromHex(KNOWN_ANSWER.signature);
  try {
    const key = engine.importPrivateKey(privateKeyInfo(fromHex(KNOWN_ANSWER.scalar), point));
    return (
      engine.verify(point, message, signature) &&
      !engine.verify(point, Buffer.from('message digesT', 'latin1'), signature) &&
      Buffer.from(key.publicPoint).equals(point) &&
      judge.verify(point, message, key.sign(message))
    );
  } catch {
    return false;
  }
}

/**
 * Proves both ways of computing SM2 against the worked example of GB/T 32918.5: each must verify its signature,
 * refuse it for another message, and make one that the *other* way accepts (the JavaScript way judges itself when the
 * native one is broken).
 */
export function sm2SelfTest(): { native: boolean; fallback: boolean } {
  const native = passesKnownAnswer(nativeSm2, fallbackSm2);
  const fallback = passesKnownAnswer(fallbackSm2, native ? nativeSm2 : fallbackSm2);
  return { native, fallback };
}

let chosen: Sm2Engine | undefined;

/** The engine of this process, chosen by the self test at first use. Throws when neither way passes it. */
export function sm2Engine(): Sm2Engine {
  if (chosen !== undefined) return chosen;
  const { native, fallback } = sm2SelfTest();
  if (!native && !fallback) throw new Error('no SM2 engine passes the known answer of GB/T 32918.5');
  chosen = native ? nativeSm2 : fallbackSm2;
  return chosen;
}

/** Takes in an SM2 key (PKCS#8, DER) so that many messages can be signed without parsing it again. Throws for other keys. */
export function importSm2PrivateKey(pkcs8Der: Uint8Array): Sm2PrivateKey {
  return sm2Engine().importPrivateKey(pkcs8Der);
}

/**
 * SM2 signature (GB/T 32918.2 with SM3 and the user id 1234567812345678) of the message: DER SEQUENCE{r, s}.
 * The key is PKCS#8 in DER or, far cheaper for more than one message, what {@link importSm2PrivateKey} gave.
 */
export function signSm2(privateKey: Uint8Array | Sm2PrivateKey, message: Uint8Array): Uint8Array {
  const key = privateKey instanceof Uint8Array ? importSm2PrivateKey(privateKey) : privateKey;
  return key.sign(message);
}

/** True when the strict DER signature is this point's (65 octets, uncompressed) over this message. Never throws. */
export function verifySm2(publicPoint65: Uint8Array, message: Uint8Array, derSignature: Uint8Array): boolean {
  return sm2Engine().verify(publicPoint65, message, derSignature);
}

/** A fresh key pair: PKCS#8 in DER and the uncompressed point of 65 octets. */
export function generateSm2KeyPair(): { privateKeyPkcs8: Uint8Array; publicPoint: Uint8Array } {
  if (sm2Engine().name === 'native') {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'SM2' });
    return {
      privateKeyPkcs8: privateKey.export({ type: 'pkcs8', format: 'der' }),
      publicPoint: publicKey.export({ type: 'spki', format: 'der' }).subarray(-65),
    };
  }
  const pair = sm2.generateKeyPairHex();
  const publicPoint = fromHex(pair.publicKey);
  return { privateKeyPkcs8: privateKeyInfo(fromHex(pair.privateKey), publicPoint), publicPoint };
}
