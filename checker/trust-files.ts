import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PublicKey, parseSigningCertificate } from '../documents/pki/signing-certificate';

/** What sealed files and the heads of the log are judged by. */
export interface TrustFiles {
  readonly trustAnchors: readonly Uint8Array[];
  readonly revocationLists: readonly Uint8Array[];
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([^-]+)-----END \1-----/g;

/** In: a folder with PEM files. Out: their certificates and revocation lists; nothing when there is no such folder. */
export async function readTrust(folder: string): Promise<TrustFiles> {
  const names = await readdir(folder).catch(() => []);
  const texts = await Promise.all(
    names.filter((name) => name.endsWith('.pem')).map((name) => readFile(join(folder, name), 'latin1')),
  );
  const blocks = texts.flatMap((text) => pemBlocks(text));
  const labelled = (wanted: string): readonly Uint8Array[] =>
    blocks.filter(({ label }) => label === wanted).map(({ der }) => der);
  return { trustAnchors: labelled('CERTIFICATE'), revocationLists: labelled('X509 CRL') };
}

/**
 * In: files that hold the certificate of a log key: PEM, or a file of the test-only key store, of which only the
 * certificate is read. Out: the public keys (SM2 or RSA) by key id, which is the file's name up to its first dot.
 */
export async function readLogKeys(files: readonly string[]): Promise<ReadonlyMap<string, PublicKey>> {
  const keys = new Map<string, PublicKey>();
  for (const file of files) {
    const text = await readFile(file, 'latin1').catch(() => null);
    if (text === null) continue;
    const { publicKey } = parseSigningCertificate(certificateIn(text));
    const keyId = file.split('/').at(-1)?.split('.')[0] ?? '';
    keys.set(keyId, publicKey);
  }
  return keys;
}

function certificateIn(text: string): Uint8Array {
  const [block] = pemBlocks(text);
  if (block !== undefined) return block.der;
  const stored: unknown = JSON.parse(text);
  if (typeof stored === 'object' && stored !== null && 'certificate' in stored) {
    if (typeof stored.certificate === 'string') return Buffer.from(stored.certificate, 'base64');
  }
  throw new Error('neither PEM nor a key file with a certificate');
}

function pemBlocks(text: string): readonly { readonly label: string; readonly der: Uint8Array }[] {
  return [...text.matchAll(BLOCK)].map(([, label = '', body = '']) => ({
    label,
    der: new Uint8Array(Buffer.from(body.replaceAll(/\s/g, ''), 'base64')),
  }));
}
