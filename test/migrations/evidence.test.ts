import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

const EVIDENCE = [
  'event',
  'event_log_leaf',
  'event_log_link',
  'event_log_head',
  'read_audit',
  'security_event',
  'seal_use',
  'seal_signature',
  'certificate_file',
  'stored_file',
  'refused_request',
];

describe('evidence', () => {
  let database: TestDatabase;
  const clients: Client[] = [];
  const connect = async (url: string): Promise<Client> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    clients.push(client);
    return client;
  };
  let app: Client;
  let migrator: Client;
  let auditor: Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    app = await connect(database.appUrl);
    migrator = await connect(database.migratorUrl);
    auditor = await connect(database.auditorUrl);
  });
  afterAll(async () => {
    for (const client of clients) await client.end();
    await database.drop();
  });

  const firstColumn = async (table: string): Promise<string> => {
    const { rows } = await migrator.query<{ name: string }>(
      `SELECT attname AS name FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 ORDER BY attnum LIMIT 1`,
      [table],
    );
    return rows[0]?.name ?? '';
  };

  it.each(EVIDENCE)('%s: the application may not update, delete or truncate', async (table) => {
    const column = await firstColumn(table);
    for (const statement of [
      `UPDATE ${table} SET ${column} = ${column}`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table}`,
    ]) {
      await expect(app.query(statement)).rejects.toThrow(/permission denied/);
    }
  });

  it.each(EVIDENCE)('%s: even its owner is told no by the trigger', async (table) => {
    const column = await firstColumn(table);
    for (const statement of [
      `UPDATE ${table} SET ${column} = ${column}`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table} CASCADE`,
    ]) {
      await expect(migrator.query(statement)).rejects.toThrow(/append-only/);
    }
  });

  it('the application may not switch the triggers or the row policies off', async () => {
    await expect(app.query('ALTER TABLE event DISABLE TRIGGER ALL')).rejects.toThrow(/must be owner/);
    await expect(app.query('ALTER TABLE event DISABLE ROW LEVEL SECURITY')).rejects.toThrow(/must be owner/);
    await expect(app.query("SET session_replication_role = 'replica'")).rejects.toThrow(/permission denied/);
  });

  it('the auditor reads evidence, changes nothing and sees no password', async () => {
    for (const table of EVIDENCE) await auditor.query(`SELECT * FROM ${table} LIMIT 1`);
    await expect(
      auditor.query(`INSERT INTO refused_request VALUES (DEFAULT, 'x', 'x', 'x', now())`),
    ).rejects.toThrow(/permission denied|read-only/);
    await expect(auditor.query('SELECT password_hash FROM person')).rejects.toThrow(/permission denied/);
    await expect(auditor.query('SELECT * FROM agency_key')).rejects.toThrow(/permission denied/);
  });
});
