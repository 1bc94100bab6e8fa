import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const connections = z.object({
  databaseUrl: z.string(),
  databaseMigratorUrl: z.string().optional(),
  databaseAuditorUrl: z.string().optional(),
  temporalAddress: z.string(),
  temporalNamespace: z.string(),
  /** Base addresses of API, workers' health pages and simulators by process name. */
  processes: z.record(z.string(), z.string()),
});

/** How to reach what `npm start` runs; for commands that are started beside it. */
export type Connections = z.infer<typeof connections>;

/** Effect: the addresses lie in the run folder, readable by the owner only, for they contain passwords. */
export function writeConnections(dataDir: string, content: Connections): void {
  const file = connectionsFile(dataDir);
  writeFileSync(`${file}.new`, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Out: what the last start wrote, or undefined when this data folder was never started. */
export function readConnections(dataDir: string): Connections | undefined {
  try {
    return connections.parse(JSON.parse(readFileSync(connectionsFile(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * In: the environment of a command like `npm run resume`, and the data folder. Out: the same with the addresses
 * of the stack that runs (or ran last) on that folder for those that are not set.
 */
export function withRunningStack(environment: NodeJS.ProcessEnv, dataDir: string): NodeJS.ProcessEnv {
  const found = readConnections(dataDir);
  if (found === undefined || environment['NODE_ENV'] === 'production') return environment;
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  return {
    DATABASE_URL: found.databaseUrl,
    ...(found.databaseMigratorUrl === undefined ? {} : { DATABASE_MIGRATOR_URL: found.databaseMigratorUrl }),
    ...(found.databaseAuditorUrl === undefined ? {} : { DATABASE_AUDITOR_URL: found.databaseAuditorUrl }),
    TEMPORAL_ADDRESS: found.temporalAddress,
    TEMPORAL_NAMESPACE: found.temporalNamespace,
    ...given,
  };
}

function connectionsFile(dataDir: string): string {
  return join(dataDir, 'run', 'connections.json');
}
