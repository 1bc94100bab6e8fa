import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { openSecrets } from '../../main/secrets';

const folder = mkdtempSync(join(tmpdir(), 'ecert-secrets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the secrets of an installation', () => {
  it('are made once, readable by their owner only, and found again', () => {
    const place = join(folder, 'once');
    const text = openSecrets(place, true).text('demo-agency');
    expect(text).toMatch(/^[\w-]{32}$/);
    expect(openSecrets(place, false).text('demo-agency')).toBe(text);
    expect(statSync(place).mode & 0o077).toBe(0);
    expect(statSync(join(place, 'demo-agency')).mode & 0o077).toBe(0);
  });

  it('are never made where that is not allowed', () => {
    const secrets = openSecrets(join(folder, 'production'), false);
    expect(() => secrets.keyRing('personal-fields')).toThrow(/personal-fields/);
    expect(() => secrets.text('demo-agency')).toThrow(/npm run secrets/);
  });

  it('that follow from a key of somebody else are never made up, not even in the demonstration', () => {
    const place = join(folder, 'others');
    const secrets = openSecrets(place, true);
    expect(() => secrets.text('portal-proof-point')).toThrow(/portal-proof-point/);
    expect(secrets.text('outside-portal')).toMatch(/^[\w-]{32}$/);
  });

  it('rotate: a new key becomes current and the old ones stay', () => {
    const secrets = openSecrets(join(folder, 'rotate'), true);
    const before = secrets.keyRing('personal-fields');
    const keyId = secrets.rotate('personal-fields');
    const after = secrets.keyRing('personal-fields');
    expect(after.currentKeyId).toBe(keyId);
    expect(keyId).not.toBe(before.currentKeyId);
    expect(after.keys.get(before.currentKeyId)).toEqual(before.keys.get(before.currentKeyId));
    expect(after.keys.get(keyId)).toHaveLength(32);
  });

  it.each(['', '{', '{"current":"k1","keys":{}}', '{"current":"k1","keys":{"k1":"AAAA"}}'])(
    'that are damaged (%j) are refused, not replaced',
    (damaged) => {
      const place = mkdtempSync(join(folder, 'damaged-'));
      openSecrets(place, true).keyRing('row-integrity');
      const file = join(place, 'row-integrity.keys.json');
      writeFileSync(file, damaged);
      expect(() => openSecrets(place, true).keyRing('row-integrity')).toThrow(/已损坏/);
      expect(readFileSync(file, 'utf8')).toBe(damaged);
    },
  );

  it('are the same for all processes that make them at the same time', async () => {
    const place = join(folder, 'race');
    const program = `
      const { openSecrets } = require('./main/secrets');
      console.log(JSON.stringify([openSecrets(process.argv[1], true).text('demo-agency'), openSecrets(process.argv[1], true).keyRing('personal-fields').currentKeyId]));
    `;
    const run = (): Promise<{ stdout: string }> =>
      promisify(execFile)(process.execPath, ['--import', 'tsx', '-e', program, place], {
        cwd: resolve(__dirname, '..', '..'),
      });
    const seen = await Promise.all([run(), run(), run()]);
    expect(new Set(seen.map(({ stdout }) => stdout.trim())).size).toBe(1);
  }, 30_000);
});
