import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type PemBlock, readPemBlocks, writePemBlock } from './pem-blocks';

/** Trust anchors and revocation lists, DER, against which files are judged. */
export interface Trust {
  readonly trustAnchors: readonly Uint8Array[];
  readonly revocationLists: readonly Uint8Array[];
}

const MAX_FILE_BYTES = 32 * 1024 * 1024;

/** In: a folder with `*.pem` files. Out: their certificates and lists; nothing when the folder does not exist. */
export async function readTrustFolder(folder: string): Promise<Trust> {
  const names = (await namesIn(folder)).filter((name) => name.endsWith('.pem')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name))));
  for (const text of texts) {
    if (text.length > MAX_FILE_BYTES) throw new RangeError('a file of the trust folder is too large');
  }
  return trustOf(texts.flatMap((text) => readPemBlocks(text.toString('latin1'))));
}

/** As {@link readTrustFolder} of one file of the folder. */
export async function readTrustFile(folder: string, name: string): Promise<Trust> {
  const isThere = (await namesIn(folder)).includes(name);
  return trustOf(isThere ? readPemBlocks(await readFile(join(folder, name), 'latin1')) : []);
}

/** In: PEM blocks. Out: the certificates as anchors, the lists as lists. */
export function trustOf(blocks: readonly PemBlock[]): Trust {
  const ofLabel = (label: PemBlock['label']): readonly Uint8Array[] =>
    blocks.filter((block) => block.label === label).map(({ der }) => der);
  return { trustAnchors: ofLabel('CERTIFICATE'), revocationLists: ofLabel('X509 CRL') };
}

/** Effect: the file of that name holds exactly this trust, flushed before it takes the place of an older one. */
export async function writeTrustFile(folder: string, name: string, trust: Trust): Promise<void> {
  await mkdir(folder, { recursive: true });
  const text = [
    ...trust.trustAnchors.map((der) => writePemBlock({ label: 'CERTIFICATE', der })),
    ...trust.revocationLists.map((der) => writePemBlock({ label: 'X509 CRL', der })),
  ].join('');
  const half = join(folder, `${name}.${process.pid}.new`);
  const file = await open(half, 'w', 0o644);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(half, join(folder, name));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (fault) {
    if (typeof fault === 'object' && fault !== null && 'code' in fault && fault.code === 'ENOENT') return [];
    throw fault;
  }
}
