import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { RoleUrls } from '../main/engines/database-roles';
import { ensureRolesAndDatabase, roleUrls } from '../main/engines/database-roles';
import { findFreePort } from '../main/engines/free-port';
import { postgresAccount } from '../main/engines/postgres-account';
import { postgresBinaries } from '../main/engines/postgres-binaries';
import { ensureCluster, postgresProcess, superuserUrl } from '../main/engines/postgres-cluster';
import { superviseProcess } from '../main/engines/supervised-process';
import { migrateToLatest } from '../main/migrate-database';

export interface BenchDatabase extends RoleUrls {
  /** To lay rows in bulk; never handed to the product. */
  readonly superuserUrl: string;
  /** Empty, for logs and secrets of what is measured; gone afterwards. */
  readonly folder: string;
  stop(): Promise<void>;
}

const CHECKOUT = resolve(__dirname, '..');
const DATABASE = 'ecert';

/** Out: a PostgreSQL of its own with the product's settings (durability on), migrated and empty. */
export async function startBenchDatabase(): Promise<BenchDatabase> {
  const root = mkdtempSync(join(tmpdir(), 'ecert-bench-'));
  // PostgreSQL runs under another account when this is root: it must be able to pass.
  chmodSync(root, 0o711);
  const folder = join(root, 'bench');
  mkdirSync(folder, { mode: 0o700 });
  const account = postgresAccount();
  const password = (): string => randomBytes(18).toString('base64url');
  const options = {
    binaries: postgresBinaries(CHECKOUT, account, join(root, 'programs')),
    account,
    folder: join(root, 'postgres'),
    port: await findFreePort(),
    superuserPassword: password(),
    logFile: join(root, 'logs', 'postgres.log'),
    runFolder: join(root, 'run'),
  };
  await ensureCluster(options);
  const server = superviseProcess(postgresProcess(options));
  const stop = async (): Promise<void> => {
    await server.stop();
    rmSync(root, { recursive: true, force: true });
  };
  try {
    await server.start();
    const superuser = superuserUrl(options.port, options.superuserPassword);
    const passwords = { migrator: password(), app: password(), auditor: password() };
    const urls = roleUrls(superuser, DATABASE, passwords);
    await ensureRolesAndDatabase(superuser, urls);
    await migrateToLatest(urls.migratorUrl);
    const inDatabase = superuserUrl(options.port, options.superuserPassword, DATABASE);
    return { ...urls, superuserUrl: inDatabase, folder, stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
}
