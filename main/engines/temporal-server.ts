import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Connection } from '@temporalio/client';
import type { ProcessSpec } from './supervised-process';

export type TemporalServerOptions = {
  readonly cli: string;
  readonly port: number;
  readonly namespace: string;
  /** SQLite file; made if missing. */
  readonly databaseFile: string;
  readonly logFile: string;
  readonly runFolder: string;
  readonly environment: NodeJS.ProcessEnv;
};

/**
 * Measured on two cores: with the default of 20 polls a second every back-to-back step waits 50 ms; one
 * partition halves the 99th percentile; the limits are for shared clusters, not for one city's own server.
 */
const DYNAMIC_CONFIG: readonly string[] = [
  'history.transferProcessorMaxPollRPS=2000',
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
  'system.enableActivityEagerExecution=true',
  'frontend.namespaceRPS=100000',
  'frontend.rps=100000',
];

/** Out: how to start and supervise the development server; loopback only, no web page, its data in one file. */
export function temporalProcess(options: TemporalServerOptions): ProcessSpec {
  const args = [
    'server',
    'start-dev',
    '--headless',
    '--ip',
    '127.0.0.1',
    '--port',
    String(options.port),
    '--db-filename',
    options.databaseFile,
    '--sqlite-pragma',
    'journal_mode=WAL',
    '--sqlite-pragma',
    'synchronous=NORMAL',
    '--log-level',
    'warn',
    ...(options.namespace === 'default' ? [] : ['--namespace', options.namespace]),
    ...DYNAMIC_CONFIG.flatMap((setting) => ['--dynamic-config-value', setting]),
  ];
  return {
    name: 'temporal',
    command: options.cli,
    args,
    env: { ...options.environment, GOGC: '400' },
    cwd: dirname(options.databaseFile),
    logFile: options.logFile,
    runFolder: options.runFolder,
    isReady: async () =>
      (await temporalNamespaceId(`127.0.0.1:${options.port}`, options.namespace)) !== undefined,
    readyTimeoutMs: 60_000,
    prepare: async () => {
      mkdirSync(dirname(options.databaseFile), { recursive: true, mode: 0o700 });
    },
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 10_000,
  };
}

/**
 * In: address and namespace of a Temporal server. Out: the namespace's id, which is new whenever the server's
 * database is; undefined when the server does not answer or lacks the namespace.
 */
export async function temporalNamespaceId(address: string, namespace: string): Promise<string | undefined> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: '2s' });
    const description = await connection.workflowService.describeNamespace({ namespace });
    return description.namespaceInfo?.id ?? undefined;
  } catch {
    return undefined;
  } finally {
    await connection?.close();
  }
}
