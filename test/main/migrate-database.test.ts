import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureRolesAndDatabase, withClient } from '../../main/engines/database-roles';
import { migrateAllDown, migrateToLatest, schemaState } from '../../main/migrate-database';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const folder = mkdtempSync(join(tmpdir(), 'ecert-migrations-'));
let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase({ from: 'empty' });
});
afterEach(() => database.drop());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function migrations(name: string, statements: Readonly<Record<string, string>>): string {
  const place = join(folder, name);
  mkdirSync(place, { recursive: true });
  for (const [file, statement] of Object.entries(statements)) {
    const text = `export const up = (knex) => knex.raw(${JSON.stringify(statement)});
      export const down = (knex) => knex.raw('drop table if exists paper');\n`;
    writeFileSync(join(place, `${file}.ts`), text);
  }
  return place;
}

const ONE = { '20260101000000_paper': 'create table paper (id int)' };
const TWO = { ...ONE, '20260102000000_ink': 'alter table paper add column ink text' };

describe('migrating the database', () => {
  it('runs what is missing, once, and lets API and worker see that the schema is theirs', async () => {
    const place = migrations('missing', TWO);
    expect(await schemaState(database.migratorUrl, place)).toEqual({
      kind: 'behind',
      missing: Object.keys(TWO),
    });
    expect(await migrateToLatest(database.migratorUrl, place)).toEqual(Object.keys(TWO));
    expect(await migrateToLatest(database.migratorUrl, place)).toEqual([]);
    expect(await schemaState(database.appUrl, place)).toEqual({ kind: 'current' });
    expect(await schemaState(database.auditorUrl, place)).toEqual({ kind: 'current' });
  });

  it('knows a database that a newer program has migrated', async () => {
    await migrateToLatest(database.migratorUrl, migrations('newer', TWO));
    const older = migrations('older', ONE);
    expect(await schemaState(database.migratorUrl, older)).toEqual({
      kind: 'ahead',
      unknown: ['20260102000000_ink'],
    });
    await expect(migrateToLatest(database.migratorUrl, older)).rejects.toThrow();
  });

  it('lets several starts take turns', async () => {
    const place = migrations('turns', TWO);
    const applied = await Promise.all([1, 2, 3].map(() => migrateToLatest(database.migratorUrl, place)));
    expect(applied.filter((names) => names.length > 0)).toEqual([Object.keys(TWO)]);
  });

  it('goes on after a run that was killed while it held the lock', async () => {
    await migrateToLatest(database.migratorUrl, migrations('before-kill', ONE));
    await withClient(database.migratorUrl, (client) =>
      client.query('update schema_migration_lock set is_locked = 1'),
    );
    expect(await migrateToLatest(database.migratorUrl, migrations('after-kill', TWO))).toEqual([
      '20260102000000_ink',
    ]);
  });

  it('leaves no half of a failed migration', async () => {
    const place = migrations('failing', {
      ...ONE,
      '20260103000000_bad': 'create table half (id int); select 1/0',
    });
    await expect(migrateToLatest(database.migratorUrl, place)).rejects.toThrow(/division by zero/);
    const { rows } = await withClient(database.migratorUrl, (client) =>
      client.query(`select to_regclass('half') as half`),
    );
    expect(rows).toEqual([{ half: null }]);
  });

  it('can be undone', async () => {
    const place = migrations('undone', TWO);
    await migrateToLatest(database.migratorUrl, place);
    expect(await migrateAllDown(database.migratorUrl, place)).toEqual(Object.keys(TWO).toReversed());
    expect(await schemaState(database.migratorUrl, place)).toMatchObject({ kind: 'behind' });
  });
});

describe('npm run migrate', () => {
  const command = (
    environment: NodeJS.ProcessEnv,
  ): { readonly status: number | null; readonly said: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'main/migrate.ts'], {
      cwd: join(__dirname, '..', '..'),
      env: { PATH: process.env['PATH'], DATA_DIR: folder, ...environment },
      encoding: 'utf8',
    });
    return { status, said: `${stdout}${stderr}` };
  };

  it('makes roles, database and schema from nothing but addresses, and can be repeated', () => {
    const environment = {
      DATABASE_SUPERUSER_URL: database.superuserUrl,
      DATABASE_MIGRATOR_URL: database.migratorUrl,
      DATABASE_URL: database.appUrl,
      DATABASE_AUDITOR_URL: database.auditorUrl,
    };
    const first = command(environment);
    expect(first).toMatchObject({ status: 0, said: expect.stringContaining('项迁移') });
    expect(command(environment)).toMatchObject({ status: 0, said: expect.stringContaining('已是最新') });
  }, 60_000);

  it('says which address is missing', () => {
    const answer = command({ NODE_ENV: 'production' });
    expect(answer.status).toBe(1);
    expect(answer.said).toContain('DATABASE_MIGRATOR_URL');
  });
});

describe('making roles and database', () => {
  it('is idempotent: it can be repeated on a database in use and keeps its data', async () => {
    await withClient(database.migratorUrl, (client) => client.query('create table kept (id int)'));
    const { migratorUrl, appUrl, auditorUrl } = database;
    await ensureRolesAndDatabase(database.superuserUrl, { migratorUrl, appUrl, auditorUrl });
    const { rows } = await withClient(migratorUrl, (client) =>
      client.query(`select to_regclass('kept')::text as kept`),
    );
    expect(rows).toEqual([{ kept: 'kept' }]);
  });

  it('refuses roles that the migrations do not grant rights to', async () => {
    const { migratorUrl, auditorUrl } = database;
    const appUrl = database.appUrl.replace('ecert_app', 'somebody');
    await expect(
      ensureRolesAndDatabase(database.superuserUrl, { migratorUrl, appUrl, auditorUrl }),
    ).rejects.toThrow(/ecert_app/);
  });
});
