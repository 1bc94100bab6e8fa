import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';

export const TEST_ONLY_NOTICE =
  '仅供测试：软件密钥，不得用于正式签发 (test only: software key, never for real issuing)';

/** How every file of the store ends; its name says what it is for. */
export const SOFTWARE_KEY_SUFFIX = '.test-only-key.json';

/** In: the store's folder and a key id that was checked to be one. Out: the key's file. */
export function softwareKeyPath(folder: string, keyId: string): string {
  return join(folder, `${keyId}${SOFTWARE_KEY_SUFFIX}`);
}

/** Keys that encrypt the store; each has 32 random octets, so they are stretched by HKDF and not by a password hash. */
export interface StoreKeyRing {
  readonly currentKeyId: string;
  readonly keys: ReadonlyMap<string, Uint8Array>;
}

/** A key as it comes out of its file. */
export interface SoftwareKey {
  readonly keyId: string;
  readonly algorithm: 'sm2' | 'rsa3072';
  readonly privateKeyPkcs8: Uint8Array;
  readonly certificate: Uint8Array;
  readonly chain: readonly Uint8Array[];
  readonly stopped: boolean;
}

const base64 = z.base64().transform((text): Uint8Array => new Uint8Array(Buffer.from(text, 'base64')));
const storedKey = z.object({
  notice: z.literal(TEST_ONLY_NOTICE),
  keyId: z.string(),
  algorithm: z.enum(['sm2', 'rsa3072']),
  certificate: base64,
  chain: z.array(base64),
  stopped: z.boolean(),
  encryption: z.object({
    cipher: z.literal('aes-256-gcm'),
    storeKeyId: z.string(),
    salt: base64,
    iv: base64,
    tag: base64,
    ciphertext: base64,
  }),
});

function fileKey(storeKey: Uint8Array, salt: Uint8Array, keyId: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', storeKey, salt, `ecert software key ${keyId}`, 32));
}

/** What the ciphertext is bound to: a file put together from two others does not open. */
function boundTo(key: Pick<SoftwareKey, 'keyId' | 'algorithm' | 'certificate'>): Uint8Array {
  const certificate = createHash('sha256').update(key.certificate).digest('hex');
  return Buffer.from(JSON.stringify([TEST_ONLY_NOTICE, key.keyId, key.algorithm, certificate]));
}

/** In: a key and the ring. Out: the text of its file, private part encrypted under the ring's current key. */
export function sealSoftwareKey(key: SoftwareKey, ring: StoreKeyRing): string {
  const storeKey = ring.keys.get(ring.currentKeyId);
  if (storeKey === undefined) throw new Error('the key ring lacks its current key');
  const salt = randomBytes(16);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', fileKey(storeKey, salt, key.keyId), iv);
  cipher.setAAD(boundTo(key));
  const ciphertext = Buffer.concat([cipher.update(key.privateKeyPkcs8), cipher.final()]);
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const stored = {
    notice: TEST_ONLY_NOTICE,
    keyId: key.keyId,
    algorithm: key.algorithm,
    certificate: text(key.certificate),
    chain: key.chain.map(text),
    stopped: key.stopped,
    encryption: {
      cipher: 'aes-256-gcm',
      storeKeyId: ring.currentKeyId,
      salt: text(salt),
      iv: text(iv),
      tag: text(cipher.getAuthTag()),
      ciphertext: text(ciphertext),
    },
  };
  return `${JSON.stringify(stored, undefined, 2)}\n`;
}

/** Opens the text of a key file. Throws for a damaged file, a changed certificate or a ring that lacks its key. */
export function openSoftwareKey(text: string, ring: StoreKeyRing): SoftwareKey {
  const stored = storedKey.parse(JSON.parse(text));
  const { encryption } = stored;
  const storeKey = ring.keys.get(encryption.storeKeyId);
  if (storeKey === undefined) throw new Error(`the key ring lacks ${encryption.storeKeyId}`);
  const key = fileKey(storeKey, encryption.salt, stored.keyId);
  const decipher = createDecipheriv('aes-256-gcm', key, encryption.iv, { authTagLength: 16 });
  decipher.setAAD(boundTo(stored));
  decipher.setAuthTag(encryption.tag);
  const privateKeyPkcs8 = Buffer.concat([decipher.update(encryption.ciphertext), decipher.final()]);
  const { keyId, algorithm, certificate, chain, stopped } = stored;
  return { keyId, algorithm, privateKeyPkcs8, certificate, chain, stopped };
}
