import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { TEST_ENGINES_VARIABLE } from './engines';

declare global {
  /** Handed from the setup to the teardown; jest runs both in one process. */
  var ecertEngineKeeper: ChildProcess | undefined;
}

/** Effect: one PostgreSQL and one Temporal run for this `jest` run; how to reach them is in the environment. */
export default async function globalSetup(): Promise<void> {
  const keeper = fork(join(__dirname, 'engine-keeper.ts'), {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  globalThis.ecertEngineKeeper = keeper;
  const engines = await new Promise<unknown>((resolve, reject) => {
    keeper.once('message', resolve);
    keeper.once('error', reject);
    keeper.once('exit', (code) => reject(new Error(`the engines did not start (exit ${code})`)));
  });
  process.env[TEST_ENGINES_VARIABLE] = JSON.stringify(engines);
}
