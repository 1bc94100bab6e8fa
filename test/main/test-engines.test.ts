import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/test-database';
import { connectTestTemporal } from '../support/test-temporal';

async function ask(url: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

describe('the engines of a test run', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(() => database.drop());

  it('give each test file a database with three roles that hold no privilege of their own', async () => {
    const facts = `select current_user as role, rolsuper or rolbypassrls or rolcreaterole or rolcreatedb as mighty,
      current_setting('timezone') as zone from pg_roles where rolname = current_user`;
    const rows = [
      ...(await ask(database.migratorUrl, facts)),
      ...(await ask(database.appUrl, facts)),
      ...(await ask(database.auditorUrl, facts)),
    ];
    expect(rows).toEqual(
      ['ecert_migrator', 'ecert_app', 'ecert_auditor'].map((role) => ({
        role,
        mighty: false,
        zone: 'Asia/Shanghai',
      })),
    );
  });

  it('keep durability on', async () => {
    const rows = await ask(
      database.appUrl,
      `select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit') order by name`,
    );
    expect(rows.map(({ setting }) => setting)).toEqual(['on', 'on', 'on']);
  });

  it('let the application role create nothing in the schema', async () => {
    await expect(ask(database.appUrl, 'create table intruder (id int)')).rejects.toThrow(/permission denied/);
  });

  it('let the auditor write nothing', async () => {
    await expect(ask(database.auditorUrl, 'create temporary table note (id int)')).rejects.toThrow(
      /permission denied|read-only/,
    );
  });

  it('offer a Temporal server that answers', async () => {
    const temporal = await connectTestTemporal();
    const description = await temporal.connection.workflowService.describeNamespace({
      namespace: temporal.namespace,
    });
    expect(description.namespaceInfo?.name).toBe(temporal.namespace);
    expect(temporal.taskQueue()).not.toBe(temporal.taskQueue());
    await temporal.close();
  });
});
