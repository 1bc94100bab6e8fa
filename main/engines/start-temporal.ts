import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config';
import type { DataFolders } from './data-folders';
import { StartFailure } from './start-failure';
import type { ProcessSpec, SupervisedProcess } from './supervised-process';
import { resolveTemporalCli } from './temporal-cli';
import { developmentNamespaceId, temporalNamespaceId, temporalProcess } from './temporal-server';

export type TemporalStart = {
  readonly config: Config;
  readonly folders: DataFolders;
  readonly checkout: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly portOf: (name: string) => Promise<number>;
  /** Ends a long build of the Temporal CLI. */
  readonly interrupted: AbortSignal;
  readonly supervise: (spec: ProcessSpec) => SupervisedProcess;
  readonly say: (sentence: string) => void;
};

export type StartedTemporal = {
  readonly address: string;
  /** Of the namespace; new whenever Temporal's data are. */
  readonly namespaceId: string;
};

/**
 * Effect: the configured Temporal answers, or the development server runs. Out: where it is and which one.
 * Throws StartFailure when neither is possible.
 */
export async function startTemporal(start: TemporalStart): Promise<StartedTemporal> {
  const { address, namespace, cli } = start.config.temporal;
  if (address !== undefined) {
    const namespaceId = await temporalNamespaceId(address, namespace);
    if (namespaceId !== undefined) return { address, namespaceId };
    throw new StartFailure(
      `Temporal 服务 ${address} 没有应答,或没有命名空间 ${namespace}。请检查 TEMPORAL_ADDRESS 和 TEMPORAL_NAMESPACE。`,
      `Temporal at ${address} does not answer or lacks the namespace ${namespace}: check TEMPORAL_ADDRESS.`,
    );
  }
  const program = await resolveTemporalCli({
    checkout: start.checkout,
    configured: cli,
    environment: start.environment,
    interrupted: start.interrupted,
    say: start.say,
  });
  const port = await start.portOf('temporal');
  const httpPort = await start.portOf('temporal-http');
  const spec = temporalProcess({
    cli: program.path,
    port,
    httpPort,
    namespace,
    databaseFile: start.folders.temporalDatabase,
    logFile: join(start.folders.logs, 'temporal.log'),
    runFolder: start.folders.run,
    environment: start.environment,
  });
  await start.supervise(spec).start();
  const namespaceId = await developmentNamespaceId(httpPort, namespace);
  if (namespaceId === undefined) throw new Error('the Temporal server ended while the stack was starting');
  return { address: `127.0.0.1:${port}`, namespaceId };
}

/**
 * In: the data folder and the namespace's id of the running server. Out: `known` when it is the one that this
 * register's workflows live in, `first` at the very first start (it is then remembered), `new` when Temporal's
 * data were lost or exchanged: the open cases wait until `npm run resume`, which calls
 * {@link rememberTemporal}.
 */
export function compareTemporal(dataDir: string, namespaceId: string): 'known' | 'first' | 'new' {
  const remembered = readQuietly(identityFile(dataDir));
  if (remembered === namespaceId) return 'known';
  if (remembered !== undefined) return 'new';
  rememberTemporal(dataDir, namespaceId);
  return 'first';
}

/** Effect: this Temporal counts as the one that knows the open cases. */
export function rememberTemporal(dataDir: string, namespaceId: string): void {
  const file = identityFile(dataDir);
  writeFileSync(`${file}.new`, `${namespaceId}\n`);
  renameSync(`${file}.new`, file);
}

function identityFile(dataDir: string): string {
  return join(dataDir, 'temporal-identity');
}

function readQuietly(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
