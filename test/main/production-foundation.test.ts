import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { openFoundation } from '../../main/foundation';
import { KEY_RING_NAMES, openSecrets } from '../../main/secrets';
import { testConfig } from '../support/demonstration-template';
import { temporaryFolder } from '../support/outside-world';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const folder = temporaryFolder();
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  const secretsDir = join(folder.path, 'secrets');
  mkdirSync(secretsDir);
  const secrets = openSecrets(secretsDir, true);
  for (const name of KEY_RING_NAMES) secrets.keyRing(name);
  writeFileSync(join(secretsDir, 'outside-seal-service'), 'shared');
});
afterAll(async () => {
  await database.drop();
  folder.remove();
});

/** Opens a production installation; out: what its log says, and whether there are software keys. */
async function open(more: Readonly<Record<string, string>>) {
  const config = testConfig(folder.path, database.appUrl, {
    NODE_ENV: 'production',
    SECRETS_DIR: join(folder.path, 'secrets'),
    SMTP_URL: 'smtp://127.0.0.1:25',
    ...more,
  });
  const lines: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => lines.push(line) });
  const foundation = await openFoundation(config, log);
  await foundation.close();
  return { said: lines.join(''), hasSoftwareKeys: foundation.softwareKeys !== null };
}

describe('a production installation', () => {
  it('says aloud at the start that its keys are for tests only when somebody wrote test-only down', async () => {
    const opened = await open({ SOFTWARE_KEYS: 'test-only' });
    expect(opened.hasSoftwareKeys).toBe(true);
    expect(opened.said).toContain('仅供测试');
  });

  it('has no software keys with a seal service, and says that it could not reach it', async () => {
    const opened = await open({ SEAL_SERVICE_URL: 'http://127.0.0.1:9', EVENT_LOG_KEY: 'log' });
    expect(opened.hasSoftwareKeys).toBe(false);
    expect(opened.said).not.toContain('仅供测试');
    expect(opened.said).toContain('统一用印服务暂时无法连接');
  });
});
