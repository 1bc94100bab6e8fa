import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeProblems, parseConfig } from '../main/config';
import { readConnections } from '../main/connections';
import { findFreePort } from '../main/engines/free-port';
import { layOutDemonstration } from '../main/lay-out-demonstration';
import { runStack } from '../main/run-stack';
import { openSecrets } from '../main/secrets';
import type { StackPart } from '../main/stack-parts';
import { STACK_PARTS } from '../main/stack-parts';

/** A whole product in a folder of its own that is gone afterwards. */
export interface BenchStack {
  readonly apiUrl: string;
  readonly recordsUrl: string;
  readonly agencySecret: string;
  readonly temporalAddress: string;
  readonly databaseUrl: string;
  /** Where the pid files of its processes lie. */
  readonly runFolder: string;
  stop(): Promise<void>;
}

/**
 * In: the entry file that takes the place of the worker's. Out: the stack, laid out and ready, with durable engines and
 * real keys as `npm start` has them.
 */
export async function startBenchStack(workerEntry: string): Promise<BenchStack> {
  const folder = mkdtempSync(join(tmpdir(), 'ecert-bench-'));
  const environment = {
    ...process.env,
    DATA_DIR: folder,
    PORT: String(await findFreePort()),
    LOG_LEVEL: 'warn',
  };
  const config = parseConfig(environment, 'stack');
  if (!config.ok) throw new Error(describeProblems(config.refusal));
  const parts = STACK_PARTS.map(
    (part): StackPart => (part.entry === 'main/worker.ts' ? { ...part, entry: workerEntry } : part),
  );
  const stack = await runStack(
    {
      config: config.value,
      environment,
      checkout: join(__dirname, '..'),
      parts,
      say: () => undefined,
      // Without the rest of the city, which would go on beside what is measured.
      layOut: async (serviceConfig) => {
        await layOutDemonstration(serviceConfig);
        return { finished: Promise.resolve() };
      },
    },
    new AbortController().signal,
  );
  const connections = readConnections(folder);
  if (connections === undefined) throw new Error('the stack wrote no connections');
  return {
    apiUrl: stack.baseUrl,
    recordsUrl: `${connections.processes['agency'] ?? ''}/records`,
    agencySecret: openSecrets(config.value.secretsDir, false).text('demo-agency'),
    temporalAddress: connections.temporalAddress,
    databaseUrl: connections.databaseUrl,
    runFolder: join(folder, 'run'),
    async stop() {
      await stack.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
