import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { Client } from 'pg';

export const MIGRATOR_ROLE = 'ecert_migrator';
export const APP_ROLE = 'ecert_app';
export const AUDITOR_ROLE = 'ecert_auditor';

export type RoleUrls = {
  readonly migratorUrl: string;
  readonly appUrl: string;
  readonly auditorUrl: string;
};

/** RFC 5802/7677; 4096 rounds are PostgreSQL's own default, the passwords are random and long. */
const SCRAM_ROUNDS = 4096;

/** In: a superuser's address, a database, and a password per role. Out: the three addresses of that database. */
export function roleUrls(
  superuserUrl: string,
  database: string,
  passwords: { readonly migrator: string; readonly app: string; readonly auditor: string },
): RoleUrls {
  const address = (role: string, password: string): string => {
    const url = new URL(superuserUrl);
    url.username = role;
    url.password = encodeURIComponent(password);
    url.pathname = `/${database}`;
    return url.toString();
  };
  return {
    migratorUrl: address(MIGRATOR_ROLE, passwords.migrator),
    appUrl: address(APP_ROLE, passwords.app),
    auditorUrl: address(AUDITOR_ROLE, passwords.auditor),
  };
}

/**
 * In: a superuser's address and the addresses (role, password, database) that the product shall use. Effect:
 * the three roles exist with exactly these passwords and no more rights than they need, the database exists,
 * belongs to the migrator and admits nobody else. Safe to repeat; existing data are not touched. Throws when an
 * address names another role than the migrations grant rights to.
 */
export async function ensureRolesAndDatabase(superuserUrl: string, urls: RoleUrls): Promise<void> {
  const database = databaseOf(urls.migratorUrl);
  const roles = [
    { role: MIGRATOR_ROLE, url: urls.migratorUrl },
    { role: APP_ROLE, url: urls.appUrl },
    { role: AUDITOR_ROLE, url: urls.auditorUrl },
  ];
  for (const { role, url } of roles) requireRoleAndDatabase(url, role, database);
  await withClient(superuserUrl, async (client) => {
    for (const { role, url } of roles) {
      await ensureRole(client, role, decodeURIComponent(new URL(url).password));
    }
    await ensureDatabase(client, database);
  });
  const inDatabase = new URL(superuserUrl);
  inDatabase.pathname = `/${database}`;
  await withClient(inDatabase.toString(), async (client) => {
    await client.query(`alter schema public owner to ${MIGRATOR_ROLE}`);
  });
}

/** Effect: the database admits the three roles and nobody else; settings that a clone does not inherit. */
export async function restrictDatabase(client: Client, database: string): Promise<void> {
  await runFormatted(client, 'revoke all on database %I from public', [database]);
  await runFormatted(client, 'grant connect, temporary on database %I to %I', [database, MIGRATOR_ROLE]);
  for (const role of [APP_ROLE, AUDITOR_ROLE]) {
    await runFormatted(client, 'grant connect on database %I to %I', [database, role]);
  }
}

async function ensureRole(client: Client, role: string, password: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
  if (rowCount === 0) await runFormatted(client, 'create role %I', [role]);
  // The verifier instead of the password: the server never sees, and so cannot log, the clear text.
  await runFormatted(
    client,
    'alter role %I with login nosuperuser nocreatedb nocreaterole noreplication nobypassrls password %L',
    [role, scramVerifier(password)],
  );
  // Every legal date is a date in Shanghai; a session that forgot to say so must not differ.
  await runFormatted(client, 'alter role %I set timezone to %L', [role, 'Asia/Shanghai']);
  if (role === APP_ROLE) {
    await runFormatted(client, 'alter role %I set idle_in_transaction_session_timeout to %L', [role, '60s']);
  }
  if (role === AUDITOR_ROLE) {
    await runFormatted(client, 'alter role %I set default_transaction_read_only to %L', [role, 'on']);
  }
}

async function ensureDatabase(client: Client, database: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
  if (rowCount === 0) {
    await runFormatted(client, 'create database %I owner %I template template0 encoding %L', [
      database,
      MIGRATOR_ROLE,
      'UTF8',
    ]);
  }
  await restrictDatabase(client, database);
}

/**
 * Utility statements take no parameters; the server's own `format` quotes names (%I) and texts (%L). In: the
 * statement with place holders and their values.
 */
export async function runFormatted(
  client: Client,
  statement: string,
  values: readonly string[],
): Promise<void> {
  const places = values.map((_, index) => `$${index + 2}::text`);
  const { rows } = await client.query<{ statement: string }>(
    `select format(${['$1', ...places].join(', ')}) as statement`,
    [statement, ...values],
  );
  for (const row of rows) await client.query(row.statement);
}

function scramVerifier(password: string): string {
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, SCRAM_ROUNDS, 32, 'sha256');
  const clientKey = createHmac('sha256', salted).update('Client Key').digest();
  const storedKey = createHash('sha256').update(clientKey).digest('base64');
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64');
  return `SCRAM-SHA-256$${SCRAM_ROUNDS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

function requireRoleAndDatabase(url: string, role: string, database: string): void {
  const found = decodeURIComponent(new URL(url).username);
  if (found !== role) {
    throw new Error(`the migrations grant rights to ${role}, but the configured address names "${found}"`);
  }
  if (databaseOf(url) !== database) {
    throw new Error(`${role} is configured for another database than ${MIGRATOR_ROLE}`);
  }
}

/** In: an address and what to do. Out: its answer; the connection is closed in any case. */
export async function withClient<Answer>(
  url: string,
  work: (client: Client) => Promise<Answer>,
): Promise<Answer> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
