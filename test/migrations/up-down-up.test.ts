import { Client } from 'pg';
import { migrateAllDown, migrateToLatest } from '../../main/migrate-database';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

/** Everything of the schema but knex's own tables, as text that two moments can be compared by. */
const INVENTORY = `
SELECT 'relation ' || c.relkind::text || ' ' || c.relname AS thing FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relname NOT LIKE 'schema_migration%'
UNION ALL SELECT 'function ' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public'
UNION ALL SELECT 'policy ' || tablename || ' ' || policyname || ' ' || coalesce(qual, '') || coalesce(with_check, '') FROM pg_policies
UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
  WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'schema_migration%'
UNION ALL SELECT 'trigger ' || tgrelid::regclass || ' ' || tgname FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'type ' || typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE n.nspname = 'public' AND typname NOT LIKE '%schema_migration%' AND typtype IN ('e', 'd')
UNION ALL SELECT 'grant ' || grantee || ' ' || table_name || ' ' || privilege_type FROM information_schema.role_table_grants
  WHERE table_schema = 'public' AND grantee IN ('ecert_app', 'ecert_auditor') AND table_name NOT LIKE 'schema_migration%'
ORDER BY thing`;

async function inventory(database: TestDatabase): Promise<readonly string[]> {
  const client = new Client({ connectionString: database.migratorUrl });
  await client.connect();
  try {
    return (await client.query<{ thing: string }>(INVENTORY)).rows.map(({ thing }) => thing);
  } finally {
    await client.end();
  }
}

/** Many transactions, or passwords that are slow to check on purpose, on a machine that others use too. */
jest.setTimeout(60_000);

describe('the migrations', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ from: 'empty' });
  });
  afterAll(() => database.drop());

  it('leave nothing behind when they are undone, and give the same schema when they are done again', async () => {
    await migrateToLatest(database.migratorUrl);
    const up = await inventory(database);
    expect(up.length).toBeGreaterThan(300);
    await migrateAllDown(database.migratorUrl);
    expect(await inventory(database)).toEqual([]);
    await migrateToLatest(database.migratorUrl);
    expect(await inventory(database)).toEqual(up);
  });
});
