import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Knex } from 'knex';
import { APP_ROLE, AUDITOR_ROLE, withClient } from './engines/database-roles';

export const MIGRATIONS_FOLDER = join(__dirname, '..', 'migrations');

const TABLE = 'schema_migration';
/** Arbitrary but fixed: the advisory lock under which this product migrates ("ecert" on a telephone keypad). */
const MIGRATION_LOCK = 32_378;

type Migration = { readonly name: string; readonly file: string };

/** What the database knows of the migrations of this program. */
export type SchemaState =
  | { readonly kind: 'current' }
  | { readonly kind: 'behind'; readonly missing: readonly string[] }
  /** A newer program has migrated this database; ours must keep its hands off. */
  | { readonly kind: 'ahead'; readonly unknown: readonly string[] };

/**
 * In: the migrator's address and, for tests, another folder. Effect: every migration that the database lacks
 * has run, each in its own transaction. Out: their names. Several starts at once take turns by an advisory lock;
 * knex's own lock row, which a killed run leaves behind, is therefore safe to clear.
 */
export async function migrateToLatest(
  migratorUrl: string,
  folder: string = MIGRATIONS_FOLDER,
): Promise<readonly string[]> {
  return withClient(migratorUrl, async (client) => {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const applied = await withKnex(migratorUrl, folder, async (database) => {
      await database.migrate.forceFreeMigrationsLock();
      const [, names] = await database.migrate.latest();
      return names;
    });
    // API and worker ask at their start whether the schema is theirs.
    await client.query(`grant select on ${TABLE} to ${APP_ROLE}, ${AUDITOR_ROLE}`);
    return applied;
  });
}

/**
 * In: the migrator's address and, for tests, another folder. Effect: all migrations are undone, the newest
 * first. Out: their names. For the up–down–up test and for nobody else: it destroys data.
 */
export async function migrateAllDown(
  migratorUrl: string,
  folder: string = MIGRATIONS_FOLDER,
): Promise<readonly string[]> {
  return withKnex(migratorUrl, folder, async (database) => {
    const [, undone] = await database.migrate.rollback(undefined, true);
    return undone;
  });
}

/** In: an address that may read the database. Out: how its schema stands to the migrations of this program. */
export async function schemaState(url: string, folder: string = MIGRATIONS_FOLDER): Promise<SchemaState> {
  const known = migrationsIn(folder).map(({ name }) => name);
  const applied = await withClient(url, async (client) => {
    const { rows: found } = await client.query<{ there: boolean }>(
      'select to_regclass($1) is not null as there',
      [`public.${TABLE}`],
    );
    if (found[0]?.there !== true) return [];
    const { rows } = await client.query<{ name: string }>(`select name from ${TABLE} order by id`);
    return rows.map(({ name }) => name);
  });
  const unknown = applied.filter((name) => !known.includes(name));
  if (unknown.length > 0) return { kind: 'ahead', unknown };
  const missing = known.filter((name) => !applied.includes(name));
  return missing.length > 0 ? { kind: 'behind', missing } : { kind: 'current' };
}

function migrationsIn(folder: string): readonly Migration[] {
  let files: readonly string[];
  try {
    files = readdirSync(folder);
  } catch {
    files = [];
  }
  return files
    .filter((file) => /^\d.*\.ts$/.test(file) && !file.endsWith('.d.ts'))
    .toSorted()
    .map((file) => ({ name: file.slice(0, -'.ts'.length), file: join(folder, file) }));
}

async function withKnex<Answer>(
  url: string,
  folder: string,
  work: (database: Knex) => Promise<Answer>,
): Promise<Answer> {
  // Loaded on demand: most starts find the schema current.
  const { default: knex } = await import('knex');
  const database = knex({
    client: 'pg',
    connection: url,
    pool: { min: 0, max: 2 },
    // Failures are thrown with their reason; knex would print them as well.
    log: { warn: ignore, error: ignore, deprecate: ignore, debug: ignore },
    migrations: { tableName: TABLE, migrationSource: source(folder) },
  });
  try {
    return await work(database);
  } finally {
    await database.destroy();
  }
}

function ignore(): void {}

function source(folder: string): Knex.MigrationSource<Migration> {
  return {
    getMigrations: async () => [...migrationsIn(folder)],
    getMigrationName: ({ name }) => name,
    getMigration: async ({ file, name }) => {
      const loaded: unknown = await import(file);
      if (isMigration(loaded)) return { up: loaded.up, down: loaded.down };
      throw new Error(`migration ${name} does not export the functions "up" and "down"`);
    },
  };
}

function isMigration(
  loaded: unknown,
): loaded is Pick<Knex.Migration, 'up'> & Required<Pick<Knex.Migration, 'down'>> {
  return (
    typeof loaded === 'object' &&
    loaded !== null &&
    'up' in loaded &&
    typeof loaded.up === 'function' &&
    'down' in loaded &&
    typeof loaded.down === 'function'
  );
}
