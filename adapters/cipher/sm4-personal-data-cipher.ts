import { createCipheriv, createDecipheriv, randomBytes, timingSafeEqual } from 'node:crypto';
import { hmacSm3 } from '../../documents/sm/sm3';
import type { CipherPlace, PersonalDataCipher } from '../../ports/personal-data-cipher';
import { checkDataKeys, type DataKey, type DataKeys } from './data-keys';
import { lengthPrefixed } from './length-prefixed';

const FORMAT = 1;
const IV_BYTES = 16;
const MAC_BYTES = 32;
const PURPOSE = 'ecert-personal-data/1';

interface Envelope {
  readonly keyId: string;
  readonly iv: Uint8Array;
  readonly body: Uint8Array;
  readonly mac: Uint8Array;
}

/**
 * Personal fields by SM4-CTR (GB/T 32907, native) with HMAC-SM3 over key id, column, row and ciphertext, encrypt then
 * MAC, since OpenSSL has no SM4-GCM here. Stored form: format byte, length and text of the key id, 16 bytes of counter
 * block, ciphertext, 32 bytes of MAC. A ciphertext that was changed, moved to another row or column, or whose key is
 * gone, throws.
 */
export class Sm4PersonalDataCipher implements PersonalDataCipher {
  readonly #keys: ReadonlyMap<string, DataKey>;
  readonly #currentKeyId: string;
  readonly #current: DataKey;

  constructor(keys: DataKeys) {
    this.#current = checkDataKeys(keys);
    this.#currentKeyId = keys.currentKeyId;
    this.#keys = new Map(keys.keys);
  }

  encrypt(plaintext: string, place: CipherPlace): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('sm4-ctr', this.#current.encryptionKey, iv);
    const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
    const keyId = Buffer.from(this.#currentKeyId, 'utf8');
    const mac = macOf(this.#current, { keyId: this.#currentKeyId, iv, body }, place);
    return Buffer.concat([Buffer.from([FORMAT, keyId.length]), keyId, iv, body, mac]);
  }

  decrypt(ciphertext: Uint8Array, place: CipherPlace): string {
    const envelope = openEnvelope(ciphertext);
    const key = this.#keys.get(envelope.keyId);
    if (key === undefined) throw new Error(`${place.column}: no data key "${envelope.keyId}"`);
    if (!timingSafeEqual(macOf(key, envelope, place), envelope.mac)) {
      throw new Error(`${place.column} of ${place.rowId}: the ciphertext was changed or moved`);
    }
    const decipher = createDecipheriv('sm4-ctr', key.encryptionKey, envelope.iv);
    return Buffer.concat([decipher.update(envelope.body), decipher.final()]).toString('utf8');
  }

  lookup(kind: 'holderCode' | 'holderName' | 'uniqueness' | 'verificationCode', value: string): Buffer {
    return Buffer.from(hmacSm3(this.#current.lookupKey, lengthPrefixed([PURPOSE, kind, value])));
  }

  /** Whether a stored ciphertext still rests on a key other than the current one. */
  needsRotation(ciphertext: Uint8Array): boolean {
    return openEnvelope(ciphertext).keyId !== this.#currentKeyId;
  }
}

function macOf(key: DataKey, envelope: Omit<Envelope, 'mac'>, place: CipherPlace): Uint8Array {
  return hmacSm3(
    key.macKey,
    lengthPrefixed([PURPOSE, envelope.keyId, place.column, place.rowId, envelope.iv, envelope.body]),
  );
}

function openEnvelope(stored: Uint8Array): Envelope {
  const bytes = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  const keyIdEnd = 2 + (bytes[1] ?? 0);
  const bodyStart = keyIdEnd + IV_BYTES;
  const macStart = bytes.length - MAC_BYTES;
  if (bytes[0] !== FORMAT || macStart < bodyStart) throw new Error('not a ciphertext of the register');
  return {
    keyId: bytes.subarray(2, keyIdEnd).toString('utf8'),
    iv: bytes.subarray(keyIdEnd, bodyStart),
    body: bytes.subarray(bodyStart, macStart),
    mac: bytes.subarray(macStart),
  };
}
