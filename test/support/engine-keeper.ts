import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ensureRolesAndDatabase, roleUrls } from '../../main/engines/database-roles';
import { findFreePort } from '../../main/engines/free-port';
import { postgresAccount } from '../../main/engines/postgres-account';
import { postgresBinaries } from '../../main/engines/postgres-binaries';
import { ensureCluster, postgresProcess, superuserUrl } from '../../main/engines/postgres-cluster';
import { type SupervisedProcess, superviseProcess } from '../../main/engines/supervised-process';
import { resolveTemporalCli } from '../../main/engines/temporal-cli';
import { temporalProcess } from '../../main/engines/temporal-server';
import { migrateToLatest } from '../../main/migrate-database';
import type { TestEngines } from './engines';

/**
 * A process of its own, told apart from jest, because jest runs no teardown when it is interrupted: this one
 * sees its channel close however jest ended, stops the engines and removes their folder.
 */
const CHECKOUT = resolve(__dirname, '..', '..');
const TEMPLATE = 'ecert_template';
const NAMESPACE = 'default';

const password = (): string => randomBytes(18).toString('base64url');
const say = (sentence: string): void => {
  process.stderr.write(`${sentence}\n`);
};

const folder = mkdtempSync(join(tmpdir(), 'ecert-test-'));
const running: SupervisedProcess[] = [];
let isEnding = false;

async function end(): Promise<void> {
  await Promise.all(running.map((engine) => engine.stop()));
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}

function endOnce(): void {
  if (isEnding) return;
  isEnding = true;
  void end();
}

async function startPostgres(): Promise<
  Pick<TestEngines, 'superuserUrl' | 'passwords' | 'templateDatabase'>
> {
  const account = postgresAccount();
  const superuserPassword = password();
  const options = {
    binaries: postgresBinaries(CHECKOUT, account, join(folder, 'programs')),
    account,
    folder: join(folder, 'postgres'),
    port: await findFreePort(),
    superuserPassword,
    logFile: join(folder, 'logs', 'postgres.log'),
    runFolder: join(folder, 'run'),
  };
  await ensureCluster(options);
  const server = superviseProcess(postgresProcess(options));
  running.push(server);
  await server.start();
  const url = superuserUrl(options.port, superuserPassword);
  const passwords = { migrator: password(), app: password(), auditor: password() };
  const urls = roleUrls(url, TEMPLATE, passwords);
  await ensureRolesAndDatabase(url, urls);
  await migrateToLatest(urls.migratorUrl);
  return { superuserUrl: url, passwords, templateDatabase: TEMPLATE };
}

async function startTemporal(): Promise<
  Pick<TestEngines, 'temporalAddress' | 'temporalNamespace' | 'temporalCli'>
> {
  const cli = await resolveTemporalCli({
    checkout: CHECKOUT,
    configured: process.env['TEMPORAL_CLI'],
    environment: process.env,
    say,
  });
  const port = await findFreePort();
  const server = superviseProcess(
    temporalProcess({
      cli: cli.path,
      port,
      httpPort: await findFreePort(undefined, new Set([port])),
      namespace: NAMESPACE,
      databaseFile: join(folder, 'temporal', 'temporal.db'),
      logFile: join(folder, 'logs', 'temporal.log'),
      runFolder: join(folder, 'run'),
      environment: process.env,
    }),
  );
  running.push(server);
  await server.start();
  return { temporalAddress: `127.0.0.1:${port}`, temporalNamespace: NAMESPACE, temporalCli: cli.path };
}

async function main(): Promise<void> {
  // PostgreSQL runs under another account when this is root: it must be able to pass.
  chmodSync(folder, 0o711);
  const [postgres, temporal] = await Promise.all([startPostgres(), startTemporal()]);
  const engines: TestEngines = { ...postgres, ...temporal, folder };
  process.send?.(engines);
}

process.once('disconnect', endOnce);
process.once('SIGTERM', endOnce);
// Ctrl-C reaches the whole group: jest ends, the channel closes, and that is the one reason to end.
process.on('SIGINT', () => undefined);

main().catch((fault: unknown) => {
  say(fault instanceof Error ? (fault.stack ?? fault.message) : String(fault));
  process.exitCode = 1;
  endOnce();
});
