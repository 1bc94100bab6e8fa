import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openJsonFolder } from '../../../simulators/protocol/json-folder';
import { temporaryFolder } from '../../support/outside-world';

describe("a simulator's folder of JSON values", () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it('keeps values under keys of any text, also those that look like paths', async () => {
    const values = await openJsonFolder(folder.path);
    const keys = ['../../etc/passwd', '150602-2026-000123/补', '', 'a'.repeat(5000)];
    for (const key of keys) expect(await values.put(key, { key })).toBe(true);
    const again = await openJsonFolder(folder.path);
    for (const key of keys) expect(await again.get(key)).toEqual({ key });
    expect(readdirSync(folder.path).every((name) => /^[0-9a-f]{64}\.json$/.test(name))).toBe(true);
  });

  it('replaces a value, says that it was not new, and knows no other', async () => {
    const values = await openJsonFolder(join(folder.path, 'second'));
    await values.put('a', 1);
    expect(await values.put('a', 2)).toBe(false);
    expect(await values.get('a')).toBe(2);
    expect(await values.get('b')).toBeUndefined();
    expect(await values.values()).toEqual([2]);
  });

  it('passes over what a killed writer left half-written', async () => {
    const path = join(folder.path, 'third');
    const values = await openJsonFolder(path);
    await values.put('a', 1);
    writeFileSync(join(path, 'half.1.1.new'), '{"ha');
    expect(await values.values()).toEqual([1]);
  });
});
