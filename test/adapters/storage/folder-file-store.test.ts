import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderFileStore, StoredFileDamaged } from '../../../adapters/storage/folder-file-store';
import { sm3 } from '../../../documents/sm/sm3';

const BYTES = Buffer.from('sealed bytes');
const DIGEST = Buffer.from(sm3(BYTES)).toString('hex');

describe('the file store', () => {
  let folder: string;
  let store: FolderFileStore;
  const pathOf = (digest: string): string => join(folder, digest.slice(0, 2), digest.slice(2, 4), digest);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ecert-files-'));
    store = await FolderFileStore.open(folder);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('names a file by the SM3 of its bytes, two folders deep', async () => {
    expect(await store.put(BYTES)).toBe(DIGEST);
    expect(await readFile(pathOf(DIGEST))).toEqual(BYTES);
    expect(Buffer.from((await store.get(DIGEST)) ?? [])).toEqual(BYTES);
  });

  it('answers null for a file that is not there, and refuses what is no digest', async () => {
    expect(await store.get('0'.repeat(64))).toBeNull();
    await expect(store.get('../../etc/passwd')).rejects.toThrow(TypeError);
    await expect(store.get(DIGEST.toUpperCase())).rejects.toThrow(TypeError);
  });

  it('stores the same bytes again without harm, also many times at once', async () => {
    const digests = await Promise.all(Array.from({ length: 20 }, () => store.put(BYTES)));
    expect(new Set(digests)).toEqual(new Set([DIGEST]));
    expect(await readdir(join(folder, 'incoming'))).toEqual([]);
    expect(await readdir(join(folder, DIGEST.slice(0, 2), DIGEST.slice(2, 4)))).toEqual([DIGEST]);
  });

  it('notices a changed byte when reading, and does not store over it', async () => {
    await store.put(BYTES);
    await rm(pathOf(DIGEST));
    await writeFile(pathOf(DIGEST), 'sealed bytez');
    await expect(store.get(DIGEST)).rejects.toThrow(StoredFileDamaged);
    await expect(store.put(BYTES)).rejects.toThrow(StoredFileDamaged);
  });

  it('shows no half-written file, and clears away what a killed writer left', async () => {
    const [fresh, stale] = [join(folder, 'incoming', 'fresh'), join(folder, 'incoming', 'stale')];
    await writeFile(fresh, 'half');
    await writeFile(stale, 'half');
    const twoHoursAgo = new Date(Date.now() - 2 * 3_600_000);
    await utimes(stale, twoHoursAgo, twoHoursAgo);
    const reopened = await FolderFileStore.open(folder);
    expect(await readdir(join(folder, 'incoming'))).toEqual(['fresh']);
    expect(await reopened.get(Buffer.from(sm3(Buffer.from('half'))).toString('hex'))).toBeNull();
    expect(await reopened.put(BYTES)).toBe(DIGEST);
  });

  it('leaves nothing behind when the name cannot be made', async () => {
    await writeFile(join(folder, DIGEST.slice(0, 2)), 'a file where a folder should be');
    await expect(store.put(BYTES)).rejects.toThrow();
    expect(await readdir(join(folder, 'incoming'))).toEqual([]);
  });
});
