import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { sharedSecret, simulatorSettings } from '../../../simulators/protocol/simulator-settings';
import { temporaryFolder } from '../../support/outside-world';

describe('the settings of a simulator', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());
  const settingsOf = (environment: NodeJS.ProcessEnv) =>
    simulatorSettings('portal', { DATA_DIR: folder.path, ...environment });

  it('keep to this machine and to a folder of its own unless told otherwise', () => {
    const settings = settingsOf({});
    expect(settings).toMatchObject({ host: '127.0.0.1', port: 0 });
    expect(settings.folder).toBe(join(folder.path, 'simulators', 'portal'));
    expect(settings.secretsFolder).toBe(join(folder.path, 'secrets'));
    expect(statSync(settings.folder).mode & 0o077).toBe(0);
  });

  it('take the clock of the whole demonstration', () => {
    const startedAt = new Date(Date.now() - 60_000).toISOString();
    const settings = settingsOf({ CLOCK_START: '2027-03-01', CLOCK_STARTED_AT: startedAt });
    const begun = Date.parse('2027-03-01T00:00:00+08:00');
    expect(settings.now().getTime() - begun).toBeGreaterThanOrEqual(60_000);
    expect(settings.now().getTime() - begun).toBeLessThan(600_000);
  });

  it.each([{ PORT: '65536' }, { PORT: 'x' }, { CLOCK_START: 'tomorrow' }])('refuse %j', (environment) => {
    expect(() => settingsOf(environment)).toThrow(RangeError);
  });
});

describe('a secret that two ends share', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());

  it('is made once, by whoever comes first, and read by everybody after', () => {
    const secret = sharedSecret(join(folder.path, 'new'), 'outside-portal');
    expect(secret).toMatch(/^[A-Za-z0-9_-]{32}$/);
    expect(sharedSecret(join(folder.path, 'new'), 'outside-portal', () => 'another')).toBe(secret);
    expect(readdirSync(join(folder.path, 'new'))).toEqual(['outside-portal']);
    expect(statSync(join(folder.path, 'new', 'outside-portal')).mode & 0o077).toBe(0);
  });

  it('is the first one also when somebody else makes it in between', () => {
    const mine = sharedSecret(folder.path, 'raced', () => {
      sharedSecret(folder.path, 'raced', () => 'first');
      return 'second';
    });
    expect(mine).toBe('first');
  });
});
