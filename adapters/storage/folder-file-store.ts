import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { sm3 } from '../../documents/sm/sm3';
import type { FileStore } from '../../ports/file-store';

/** A stored file no longer has the digest by which it is named. */
export class StoredFileDamaged extends Error {
  constructor(digest: string) {
    super(`the stored file ${digest} does not have its digest any more`);
    this.name = 'StoredFileDamaged';
  }
}

const DIGEST = /^[0-9a-f]{64}$/;
/** A writer needs milliseconds; what is older was left by a process that was killed. */
const LEFTOVER_AGE_MS = 3_600_000;

/**
 * Files in a folder, each named by the SM3 of its bytes, 256 × 256 sub-folders. `put` answers only when bytes and name
 * would survive a loss of power: write aside, flush, rename, flush the folders.
 */
export class FolderFileStore implements FileStore {
  readonly #root: string;
  readonly #incoming: string;
  readonly #knownFolders = new Set<string>();

  private constructor(root: string) {
    this.#root = root;
    this.#incoming = join(root, 'incoming');
  }

  /** In: the folder, made when it is not there. Effect: what killed writers left behind is removed. Out: the store. */
  static async open(root: string): Promise<FolderFileStore> {
    const store = new FolderFileStore(root);
    await mkdir(store.#incoming, { recursive: true, mode: 0o700 });
    await flushFolder(root);
    for (const name of await readdir(store.#incoming)) {
      const leftover = join(store.#incoming, name);
      const found = await stat(leftover).catch(() => null);
      if (found !== null && Date.now() - found.mtimeMs > LEFTOVER_AGE_MS) await rm(leftover, { force: true });
    }
    return store;
  }

  async put(bytes: Uint8Array): Promise<string> {
    const digest = Buffer.from(sm3(bytes)).toString('hex');
    const folder = this.#folderOf(digest);
    const path = join(folder, digest);
    await this.#makeFolder(folder);
    const existing = await readIfThere(path);
    if (existing === null) await this.#write(path, bytes);
    else if (!existing.equals(bytes)) throw new StoredFileDamaged(digest);
    // Also when it was there: whoever renamed it may have been killed before flushing the name.
    await flushFolder(folder);
    return digest;
  }

  async get(digest: string): Promise<Uint8Array | null> {
    if (!DIGEST.test(digest)) throw new TypeError('not a digest of the file store');
    const bytes = await readIfThere(join(this.#folderOf(digest), digest));
    if (bytes !== null && Buffer.from(sm3(bytes)).toString('hex') !== digest)
      throw new StoredFileDamaged(digest);
    return bytes;
  }

  #folderOf(digest: string): string {
    return join(this.#root, digest.slice(0, 2), digest.slice(2, 4));
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    const aside = join(this.#incoming, randomUUID());
    try {
      const file = await open(aside, 'wx', 0o440);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(aside, path);
    } catch (fault) {
      await rm(aside, { force: true });
      throw fault;
    }
  }

  async #makeFolder(folder: string): Promise<void> {
    if (this.#knownFolders.has(folder)) return;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await flushFolder(join(folder, '..'));
    await flushFolder(this.#root);
    this.#knownFolders.add(folder);
  }
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (fault) {
    if (typeof fault === 'object' && fault !== null && 'code' in fault && fault.code === 'ENOENT')
      return null;
    throw fault;
  }
}

/** A rename is durable only when the folder that holds the name has been flushed (POSIX fsync of a directory). */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
