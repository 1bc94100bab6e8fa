import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CityProgressNote, readCityProgress } from '../../../main/demonstration/city/city-progress';

describe('The progress of the demonstration city', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ecert-progress-'));
  const scenarios = { done: 194, total: 194 };
  beforeAll(() => mkdir(join(dataDir, 'run')));
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it('is unknown where nothing is laid out', async () => {
    expect(await readCityProgress(dataDir)).toBeNull();
  });

  it('is read as it was noted, and the end is noted however soon it comes', async () => {
    const note = new CityProgressNote(dataDir);
    note.note({ scenarios, certificates: { done: 1, total: 3 } });
    await note.settled();
    expect(await readCityProgress(dataDir)).toEqual({ scenarios, certificates: { done: 1, total: 3 } });
    note.note({ scenarios, certificates: { done: 2, total: 3 } });
    note.note({ scenarios, certificates: { done: 3, total: 3 } });
    await note.settled();
    expect(await readCityProgress(dataDir)).toEqual({ scenarios, certificates: { done: 3, total: 3 } });
  });

  it('is unknown where the note cannot be read', async () => {
    writeFileSync(join(dataDir, 'run', 'demonstration-progress.json'), '{"scenarios":');
    expect(await readCityProgress(dataDir)).toBeNull();
  });
});
