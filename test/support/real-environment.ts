import { once } from 'node:events';
import { SHARE_ENV, Worker } from 'node:worker_threads';

/**
 * Effect: the variable stands in the environment of this very process, where native libraries look. A test's own
 * `process.env` is a copy that only JavaScript sees; a thread that shares the environment writes the real one.
 */
export async function setRealEnvironment(variables: Readonly<Record<string, string>>): Promise<void> {
  const thread = new Worker("Object.assign(process.env, require('node:worker_threads').workerData)", {
    eval: true,
    env: SHARE_ENV,
    workerData: variables,
  });
  const [code] = await once(thread, 'exit');
  if (code !== 0) throw new Error('the environment could not be set');
}
