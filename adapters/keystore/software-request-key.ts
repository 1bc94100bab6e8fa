import { createPrivateKey, createPublicKey, sign as signNative } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type CertificateRequestKey, certificateRequestKey } from './certificate-request-key';
import { isKeyId } from './check-request';
import { openSoftwareKey, type StoreKeyRing, softwareKeyPath } from './software-key-file';

/**
 * In: the folder and key ring of the software store (test only) and a key id. Out: the key, for requests about itself.
 * Throws when there is no such key, or when it is not RSA.
 */
export async function openSoftwareRequestKey(
  { folder, keyRing }: { readonly folder: string; readonly keyRing: StoreKeyRing },
  keyId: string,
): Promise<CertificateRequestKey> {
  if (!isKeyId(keyId)) throw new RangeError('a key id has 1 to 64 letters, digits, dots, dashes');
  const stored = openSoftwareKey(await readFile(softwareKeyPath(folder, keyId), 'utf8'), keyRing);
  if (stored.algorithm !== 'rsa3072') throw new Error(`key ${keyId} is not an RSA key`);
  const key = createPrivateKey({ key: Buffer.from(stored.privateKeyPkcs8), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return certificateRequestKey(publicKey, async (bytes) => signNative('sha256', bytes, key));
}
