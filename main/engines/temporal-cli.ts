import { execFileSync } from 'node:child_process';
import { accessSync, constants, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { StartFailure } from './start-failure';
import { buildTemporalCli } from './temporal-build';
import { downloadTemporalCli } from './temporal-download';

/** The CLI that tools/temporal pins; its server is 1.31.2. */
export const TEMPORAL_CLI_VERSION = '1.8.2';
/** Older development servers lack what the workflows use (update with start, eager activities). */
const OLDEST_SERVER_MINOR = 29;

export type TemporalCliSource = 'TEMPORAL_CLI' | 'PATH' | 'cache' | 'download' | 'build';
export type TemporalCli = { readonly path: string; readonly source: TemporalCliSource };

export type TemporalCliOptions = {
  readonly checkout: string;
  /** Value of TEMPORAL_CLI, if set. */
  readonly configured: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly interrupted?: AbortSignal;
  readonly say: (sentence: string) => void;
};

/**
 * In: where to look and whom to tell. Out: a Temporal CLI that can run the development server, found in this
 * order: the configured path, PATH, the project's cache outside the checkout, the SDK's own download (given up
 * quickly where it cannot be reached), a build from the pinned Go module, the last two into the cache. Throws
 * StartFailure when the configured path is no program or nothing works.
 */
export async function resolveTemporalCli(options: TemporalCliOptions): Promise<TemporalCli> {
  const configured = configuredCli(options.configured);
  if (configured !== undefined) return configured;
  const onPath = cliOnPath(options.environment, options.say);
  if (onPath !== undefined) return { path: onPath, source: 'PATH' };
  const cached = cachedCliPath(options.environment);
  if (isExecutable(cached)) return { path: cached, source: 'cache' };
  mkdirSync(dirname(cached), { recursive: true });
  const downloaded = await downloadTemporalCli(options.checkout, dirname(cached), options.say);
  if (downloaded !== undefined) return { path: keep(downloaded, cached), source: 'download' };
  await buildTemporalCli({ ...options, version: TEMPORAL_CLI_VERSION, target: cached });
  return { path: cached, source: 'build' };
}

/** Out: where the project keeps its CLI: `$XDG_CACHE_HOME/ecert` or `~/.cache/ecert`, by version and machine. */
export function cachedCliPath(environment: NodeJS.ProcessEnv): string {
  const xdg = environment['XDG_CACHE_HOME'];
  const cacheHome = xdg !== undefined && xdg !== '' ? xdg : join(homedir(), '.cache');
  const folder = `temporal-cli-${TEMPORAL_CLI_VERSION}-${process.platform}-${process.arch}`;
  return join(cacheHome, 'ecert', folder, process.platform === 'win32' ? 'temporal.exe' : 'temporal');
}

function configuredCli(configured: string | undefined): TemporalCli | undefined {
  if (configured === undefined) return undefined;
  const path = resolve(configured);
  if (isExecutable(path)) return { path, source: 'TEMPORAL_CLI' };
  throw new StartFailure(
    `TEMPORAL_CLI 指向的 ${path} 不存在或不能执行。`,
    `TEMPORAL_CLI names ${path}, which is no program.`,
  );
}

function cliOnPath(environment: NodeJS.ProcessEnv, say: (sentence: string) => void): string | undefined {
  const folders = (environment['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const path = folders.map((folder) => join(folder, 'temporal')).find(isExecutable);
  if (path === undefined) return undefined;
  const version = versionOf(path);
  const minor = Number(/Server 1\.(\d+)\./.exec(version)?.[1]);
  if (minor >= OLDEST_SERVER_MINOR) return path;
  say(`PATH 上的 temporal 不可用或过旧(${version || '无法取得版本'}),改用项目自带的版本。`);
  return undefined;
}

function versionOf(path: string): string {
  try {
    return execFileSync(path, ['--version'], {
      encoding: 'utf8',
      timeout: 10_000,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return existsSync(path);
  } catch {
    return false;
  }
}

/** Copy beside the target, then rename: whoever looks meanwhile sees nothing or the whole program. */
function keep(found: string, target: string): string {
  const half = `${target}.${process.pid}.new`;
  copyFileSync(found, half);
  renameSync(half, target);
  rmSync(dirname(found), { recursive: true, force: true });
  return target;
}
