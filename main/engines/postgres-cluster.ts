import { execFile } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { endLeftProcess } from './pid-file';
import type { Account } from './postgres-account';
import type { PostgresBinaries } from './postgres-binaries';
import { processStartMark } from './process-identity';
import { StartFailure } from './start-failure';
import type { ProcessSpec } from './supervised-process';

export const SUPERUSER = 'ecert_superuser';

export type ClusterOptions = {
  readonly binaries: PostgresBinaries;
  readonly account: Account | undefined;
  /** PostgreSQL's data folder; belongs to the account, mode 0700. */
  readonly folder: string;
  readonly port: number;
  readonly superuserPassword: string;
  readonly logFile: string;
  readonly runFolder: string;
};

/**
 * Two cores and a few GiB are what a county office has. The first three are never turned off: a certificate that
 * was answered for must be there after a power cut.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  password_encryption: 'scram-sha-256',
  max_connections: '200',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  maintenance_work_mem: '128MB',
  wal_buffers: '16MB',
  max_wal_size: '2GB',
  min_wal_size: '256MB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  jit: 'off',
  lc_messages: 'C',
  log_timezone: 'Asia/Shanghai',
  log_min_messages: 'warning',
  log_line_prefix: '%m [%p] %q%u@%d ',
  // A failed statement may carry a person's name: the log gets its message, never its text or parameters.
  log_min_error_statement: 'panic',
  log_parameter_max_length_on_error: '0',
  log_error_verbosity: 'terse',
};

/** In: port and password of an embedded cluster, and a database. Out: the superuser's address of it. */
export function superuserUrl(port: number, password: string, database = 'postgres'): string {
  return `postgres://${SUPERUSER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/**
 * Effect: the data folder holds an initialised cluster: UTF-8, collation of the built-in provider (the same
 * on every operating system), scram only, data checksums. A half-made one of a killed first start is replaced;
 * one of another major version is refused with a StartFailure.
 */
export async function ensureCluster(options: ClusterOptions): Promise<void> {
  const { folder, account, binaries } = options;
  if (existsSync(join(folder, 'PG_VERSION'))) return refuseOtherVersion(folder, binaries.version);
  mkdirSync(dirname(folder), { recursive: true, mode: 0o711 });
  const scratch = mkdtempSync(join(dirname(folder), `.${basename(folder)}-init-`));
  try {
    const passwordFile = join(scratch, 'password');
    const halfMade = join(scratch, 'cluster');
    writeFileSync(passwordFile, `${options.superuserPassword}\n`, { mode: 0o600 });
    mkdirSync(halfMade, { mode: 0o700 });
    if (account !== undefined) {
      for (const path of [scratch, passwordFile, halfMade]) chownSync(path, account.uid, account.gid);
    }
    await runInitdb(options, halfMade, passwordFile);
    rmSync(folder, { recursive: true, force: true });
    renameSync(halfMade, folder);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function runInitdb(options: ClusterOptions, folder: string, passwordFile: string): Promise<void> {
  const args = [
    `--pgdata=${folder}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--data-checksums',
  ];
  try {
    await promisify(execFile)(options.binaries.initdb, args, {
      ...(options.account ?? {}),
      cwd: dirname(options.folder),
      env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
    });
  } catch (fault) {
    throw new StartFailure(`PostgreSQL 数据目录初始化失败:${String(fault)}`, 'initdb failed.', fault);
  }
}

function refuseOtherVersion(folder: string, version: string): void {
  const found = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  const wanted = version.split('.')[0];
  if (found === wanted) return;
  throw new StartFailure(
    `${folder} 是 PostgreSQL ${found} 的数据,本程序带的是 ${wanted}。请先用 pg_dumpall/pg_upgrade 升级,数据没有被改动。`,
    `the data folder is of PostgreSQL ${found}, this program brings ${wanted}; nothing was changed.`,
  );
}

/** Out: how to start and supervise this cluster's server. Guarantee: durability is on, loopback only. */
export function postgresProcess(options: ClusterOptions): ProcessSpec {
  const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return {
    name: 'postgres',
    command: options.binaries.postgres,
    args: ['-D', options.folder, '-p', String(options.port), ...settings],
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'Asia/Shanghai' },
    cwd: options.folder,
    runAs: options.account,
    logFile: options.logFile,
    runFolder: options.runFolder,
    isReady: () => answers(superuserUrl(options.port, options.superuserPassword)),
    readyTimeoutMs: 120_000,
    prepare: () => endOrphanedServer(options.folder),
    // SIGINT is PostgreSQL's "fast shutdown": open transactions are rolled back, everything is written.
    stopSignal: 'SIGINT',
    stopTimeoutMs: 30_000,
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch (fault) {
    refuseWrongPassword(fault);
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** SQLSTATE of a wrong password; waiting would not help. */
const INVALID_PASSWORD = '28P01';

function refuseWrongPassword(fault: unknown): void {
  if (fault instanceof Error && 'code' in fault && fault.code === INVALID_PASSWORD) {
    throw new StartFailure(
      '数据库还在,但 SECRETS_DIR 里的口令与它不符(口令目录可能被删除或替换)。请恢复原来的口令目录,或移走数据目录后重新开始。',
      'the database is there but the passwords in SECRETS_DIR are not its own: restore that folder.',
      fault,
    );
  }
}

/**
 * In: a data folder. Effect: a server of an earlier, killed run that still holds the folder is shut down, and
 * a postmaster.pid that names a process which is no server of this folder is removed (PostgreSQL would refuse
 * to start when the number was given to somebody else meanwhile).
 */
export async function endOrphanedServer(folder: string): Promise<void> {
  const pidFile = join(folder, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
  if (!Number.isInteger(pid) || processStartMark(pid) === undefined) return;
  if (servesFolder(pid, folder)) return endLeftProcess({ name: 'postgres', pid }, 'SIGINT', 20_000);
  rmSync(pidFile, { force: true });
}

function servesFolder(pid: number, folder: string): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === folder;
  } catch {
    return false;
  }
}
