import { randomBytes } from 'node:crypto';
import { restrictDatabase, roleUrls, runFormatted, withClient } from '../../main/engines/database-roles';
import { testEngines } from './engines';

export type TestDatabase = {
  readonly name: string;
  readonly appUrl: string;
  readonly migratorUrl: string;
  readonly auditorUrl: string;
  /** To look at what no role of the product may see; never handed to the product. */
  readonly superuserUrl: string;
  drop(): Promise<void>;
};

export type TestDatabaseOptions = {
  /**
   * `migrated` (the default) is a clone of the template, `empty` for tests of the migrations themselves; a name is
   * that of another template.
   */
  readonly from?: 'migrated' | 'empty' | { readonly template: string };
};

/**
 * Out: a database of its own for one test file, with the addresses of the three roles. Call it in `beforeAll`
 * and `drop` in `afterAll`; a clone costs some tens of milliseconds.
 */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const engines = testEngines();
  const name = `ecert_test_${randomBytes(6).toString('hex')}`;
  const template = templateOf(options.from ?? 'migrated', engines.templateDatabase);
  const inDatabase = new URL(engines.superuserUrl);
  inDatabase.pathname = `/${name}`;
  await withClient(engines.superuserUrl, async (client) => {
    await runFormatted(client, 'create database %I template %I owner ecert_migrator', [name, template]);
    await restrictDatabase(client, name);
  });
  if (options.from === 'empty') {
    await withClient(inDatabase.toString(), async (client) => {
      await client.query('alter schema public owner to ecert_migrator');
    });
  }
  return {
    name,
    ...roleUrls(engines.superuserUrl, name, engines.passwords),
    superuserUrl: inDatabase.toString(),
    drop: () =>
      withClient(engines.superuserUrl, (client) =>
        runFormatted(client, 'drop database if exists %I with (force)', [name]),
      ),
  };
}

function templateOf(from: NonNullable<TestDatabaseOptions['from']>, migrated: string): string {
  if (typeof from === 'object') return from.template;
  return from === 'empty' ? 'template0' : migrated;
}
