import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { ProcessSpec } from './supervised-process';

export type TemporalServerOptions = {
  readonly cli: string;
  readonly port: number;
  /** The server's HTTP interface; only to ask whether it is ready. */
  readonly httpPort: number;
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
    '--http-port',
    String(options.httpPort),
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
    isReady: async () => (await developmentNamespaceId(options.httpPort, options.namespace)) !== undefined,
    readyTimeoutMs: 60_000,
    prepare: async () => {
      mkdirSync(dirname(options.databaseFile), { recursive: true, mode: 0o700 });
    },
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 10_000,
  };
}

const namespaceAnswer = z.object({ namespaceInfo: z.object({ id: z.string() }) });

/**
 * In: the HTTP port of a development server of ours, and a namespace. Out: the namespace's id, which is new
 * whenever the server's database is; undefined when the server does not answer or lacks the namespace.
 */
export async function developmentNamespaceId(
  httpPort: number,
  namespace: string,
): Promise<string | undefined> {
  const url = `http://127.0.0.1:${httpPort}/api/v1/namespaces/${encodeURIComponent(namespace)}`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return namespaceAnswer.safeParse(await response.json()).data?.namespaceInfo.id;
  } catch {
    return undefined;
  }
}

/** As {@link developmentNamespaceId} for a server anywhere. In: its gRPC address and the namespace. */
export async function temporalNamespaceId(address: string, namespace: string): Promise<string | undefined> {
  // Loaded on demand: half a second that the start with the development server need not spend.
  const { Connection } = await import('@temporalio/client');
  const connection = await Connection.connect({ address, connectTimeout: '2s' }).catch(() => undefined);
  try {
    const description = await connection?.workflowService.describeNamespace({ namespace });
    return description?.namespaceInfo?.id ?? undefined;
  } catch {
    return undefined;
  } finally {
    await connection?.close();
  }
}
