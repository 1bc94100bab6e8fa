import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isCode } from './fault-code';

/** JSON values by key, one file each, found again after a restart. */
export interface JsonFolder {
  get(key: string): Promise<unknown>;
  /** Flushed before it answers; out: whether the key was new. */
  put(key: string, value: unknown): Promise<boolean>;
  values(): Promise<readonly unknown[]>;
  /** Out: whether there was one. */
  remove(key: string): Promise<boolean>;
}

/** In: a folder, made when missing. Keys may be any text: the file is named by their digest, never by them. */
export async function openJsonFolder(folder: string): Promise<JsonFolder> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  let serial = 0;
  const fileOf = (key: string): string =>
    join(folder, `${createHash('sha256').update(key).digest('hex')}.json`);
  const get = async (key: string): Promise<unknown> => {
    try {
      return JSON.parse(await readFile(fileOf(key), 'utf8'));
    } catch (fault) {
      if (isCode(fault, 'ENOENT')) return undefined;
      throw fault;
    }
  };
  return {
    get,
    async put(key, value) {
      const isNew = (await get(key)) === undefined;
      serial += 1;
      const half = `${fileOf(key)}.${process.pid}.${serial}.new`;
      const handle = await open(half, 'w', 0o600);
      try {
        await handle.writeFile(JSON.stringify(value));
        await handle.datasync();
      } finally {
        await handle.close();
      }
      await rename(half, fileOf(key));
      return isNew;
    },
    async remove(key) {
      const wasThere = (await get(key)) !== undefined;
      await rm(fileOf(key), { force: true });
      return wasThere;
    },
    async values() {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
      return Promise.all(
        names.map(async (name): Promise<unknown> => JSON.parse(await readFile(join(folder, name), 'utf8'))),
      );
    },
  };
}
