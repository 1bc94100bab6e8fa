import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config';
import type { StackPart } from '../stack-parts';
import type { DataFolders } from './data-folders';
import { StartFailure } from './start-failure';
import type { ProcessSpec } from './supervised-process';

export type PartProcess = {
  readonly part: StackPart;
  /** The compiled file of the part's entry. */
  readonly program: string;
  readonly baseUrl: string;
  /** What this process learns beside the inherited environment: addresses of engines and of other parts. */
  readonly variables: NodeJS.ProcessEnv;
  readonly config: Config;
  readonly environment: NodeJS.ProcessEnv;
  readonly checkout: string;
  readonly folders: DataFolders;
};

/** Longer than the 30 s that a worker gives its running activities. */
const DRAIN_MS = 40_000;
const READY_MS = 90_000;

/** Each part gets the addresses that it needs, never those of the migrator, the auditor or the superuser. */
const WITHHELD = ['DATABASE_URL', 'DATABASE_MIGRATOR_URL', 'DATABASE_AUDITOR_URL', 'DATABASE_SUPERUSER_URL'];

/** Out: how to start and supervise one part. Throws StartFailure when its program file is missing. */
export function partProcess(run: PartProcess): ProcessSpec {
  const { part, baseUrl, config, checkout, folders } = run;
  if (!existsSync(run.program)) {
    throw new StartFailure(`缺少程序文件 ${part.entry}。`, `the program file ${part.entry} is missing.`);
  }
  const inherited = Object.entries(run.environment).filter(([name]) => !WITHHELD.includes(name));
  return {
    name: part.name,
    command: process.execPath,
    args: [run.program],
    env: {
      ...Object.fromEntries(inherited),
      NODE_ENV: config.mode,
      // The compiled program lies outside the checkout, its packages in it.
      NODE_PATH: join(checkout, 'node_modules'),
      DATA_DIR: config.dataDir,
      SECRETS_DIR: config.secretsDir,
      DEMO: config.demonstration ? '1' : '0',
      ...run.variables,
      ...(part.stage === 'simulators' ? { HOST: '127.0.0.1' } : {}),
      [part.portVariable]: new URL(baseUrl).port,
      PROCESS_NAME: part.name,
    },
    cwd: checkout,
    logFile: join(folders.logs, `${part.name}.log`),
    runFolder: folders.run,
    isReady: () => answersReady(baseUrl),
    readyTimeoutMs: READY_MS,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: DRAIN_MS,
  };
}

async function answersReady(baseUrl: string): Promise<boolean> {
  const response = await fetch(`${baseUrl}/readyz`, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  return response.status === 200;
}
