import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { clearPidFile, leftProcesses, writePidFile } from './pid-file';
import { StartFailure } from './start-failure';
import { waitUntil } from './wait-until';

export type TemporalBuild = {
  readonly checkout: string;
  readonly version: string;
  /** The program's place in the cache. */
  readonly target: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly interrupted?: AbortSignal;
  readonly say: (sentence: string) => void;
};

const MODULE_PACKAGE = 'github.com/temporalio/cli/cmd/temporal';
const VERSION_VARIABLE = 'github.com/temporalio/cli/internal/temporalcli.Version';
const PROGRESS_EVERY_MS = 10_000;
const BUILDER = 'build';
const LONGEST_BUILD_MS = 40 * 60_000;

/**
 * In: the pinned module's checkout and where the program shall be. Effect: it is there, built without cgo, in
 * one rename; a second builder waits for the first. Says every ten seconds how far it is. Throws StartFailure
 * when there is no Go or the build fails.
 */
export async function buildTemporalCli(build: TemporalBuild): Promise<void> {
  const cacheFolder = dirname(build.target);
  mkdirSync(cacheFolder, { recursive: true });
  if (await otherBuilderFinished(build, cacheFolder)) return;
  requireGo(build);
  writePidFile(cacheFolder, BUILDER, process.pid);
  const half = `${build.target}.${process.pid}.new`;
  try {
    await runGoBuild(build, half);
    renameSync(half, build.target);
  } finally {
    rmSync(half, { force: true });
    clearPidFile(cacheFolder, BUILDER);
  }
}

async function otherBuilderFinished(build: TemporalBuild, cacheFolder: string): Promise<boolean> {
  const another = leftProcesses(cacheFolder).find(({ pid }) => pid !== process.pid);
  if (another === undefined) return false;
  build.say(`另一个进程(${another.pid})正在编译 Temporal CLI,等待它完成……`);
  const idle = (): boolean => leftProcesses(cacheFolder).length === 0;
  await waitUntil(idle, { timeoutMs: LONGEST_BUILD_MS, everyMs: 500 });
  return existsSync(build.target);
}

function requireGo(build: TemporalBuild): void {
  try {
    execFileSync('go', ['version'], { env: build.environment, stdio: 'ignore' });
  } catch (fault) {
    throw new StartFailure(
      '没有可用的 Temporal。任选其一:安装 Go 1.26 以上(程序会自动编译)、用 TEMPORAL_CLI 指定 temporal 程序、用 TEMPORAL_ADDRESS 指定已有的 Temporal 服务。',
      'no Temporal: install Go ≥ 1.26 (it is built from source), or set TEMPORAL_CLI or TEMPORAL_ADDRESS.',
      fault,
    );
  }
}

async function runGoBuild(build: TemporalBuild, output: string): Promise<void> {
  build.say(`首次使用:从固定版本的源码编译 Temporal CLI ${build.version}(双核约 4 分钟,只做一次)……`);
  const child = spawn(
    'go',
    [
      'build',
      '-v',
      '-buildvcs=false',
      '-mod=readonly',
      '-ldflags',
      `-s -w -X ${VERSION_VARIABLE}=${build.version}`,
      '-o',
      output,
      MODULE_PACKAGE,
    ],
    {
      cwd: join(build.checkout, 'tools', 'temporal'),
      env: { ...build.environment, CGO_ENABLED: '0' },
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(build.interrupted === undefined ? {} : { signal: build.interrupted }),
    },
  );
  const lines: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => lines.push(line));
  const startedAtMs = performance.now();
  const seconds = (): string => `${Math.round((performance.now() - startedAtMs) / 1000)} 秒`;
  const progress = setInterval(() => {
    const last = lines.at(-1);
    build.say(
      last === undefined ? `……${seconds()}` : `……${seconds()},已下载或编译 ${lines.length} 项:${last}`,
    );
  }, PROGRESS_EVERY_MS);
  const failure = await new Promise<string | undefined>((resolve) => {
    child.once('error', (fault) => resolve(fault.message));
    child.once('close', (code, signal) => resolve(code === 0 ? undefined : `${signal ?? `exit ${code}`}`));
  });
  clearInterval(progress);
  if (failure !== undefined) {
    throw new StartFailure(
      `Temporal CLI 编译失败(${failure}):\n${lines.slice(-20).join('\n')}`,
      'building the Temporal CLI failed; the compiler said the lines above.',
    );
  }
  build.say(`Temporal CLI 编译完成,用时 ${seconds()}。`);
}
