import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, ServiceConfig } from './config';
import { writeConnections } from './connections';
import { compileParts } from './engines/compile-parts';
import { type DataFolders, prepareDataFolders } from './engines/data-folders';
import { endLeftProcesses } from './engines/end-left-processes';
import { isPortFree } from './engines/free-port';
import { partProcess } from './engines/part-process';
import { type Account, postgresAccount } from './engines/postgres-account';
import { openPortBook, type PortBook } from './engines/remembered-ports';
import { lockRunFolder } from './engines/run-lock';
import { type StartedDatabase, startDatabase } from './engines/start-database';
import { StartFailure } from './engines/start-failure';
import { compareTemporal, type StartedTemporal, startTemporal } from './engines/start-temporal';
import {
  type ProcessEvent,
  type ProcessSpec,
  type SupervisedProcess,
  superviseProcess,
} from './engines/supervised-process';
import { openSecrets, type Secrets } from './secrets';
import type { StackPart } from './stack-parts';

export type StackOptions = {
  readonly config: Config;
  readonly environment: NodeJS.ProcessEnv;
  readonly checkout: string;
  readonly parts: readonly StackPart[];
  readonly say: (line: string) => void;
  /** Lays out data while the services start, before `ready`; `finished` tells when what it left for later is done. */
  readonly layOut?: (
    config: ServiceConfig,
    stopping: AbortSignal,
  ) => Promise<{ readonly finished: Promise<void> }>;
};

export type RunningStack = {
  readonly baseUrl: string;
  /** API first, then workers, simulators, Temporal, PostgreSQL; each drains. Safe to call twice. */
  stop(): Promise<void>;
};

type PartRun = { readonly part: StackPart; readonly baseUrl: string };
/** A rank is stopped when the higher ones have ended: they may need it to end in good order. */
type Rank = 'postgres' | 'temporal' | 'simulators' | 'workers' | 'api';
const STOP_ORDER: readonly Rank[] = ['api', 'workers', 'simulators', 'temporal', 'postgres'];

/**
 * In: configuration, environment, checkout, the processes to run and where sentences go; a signal that breaks
 * the start off. Effect: engines and processes run and are supervised; their addresses are in the run folder.
 * Out: the API's address and how to stop. The last lines said are `demo-agency secret: …` (demonstration only)
 * and `ready: <address>`. Throws StartFailure in words for people; whatever had started is stopped then.
 */
export async function runStack(options: StackOptions, interrupted: AbortSignal): Promise<RunningStack> {
  const account = options.config.database.appUrl === undefined ? postgresAccount() : undefined;
  const folders = prepareDataFolders(options.config.dataDir, account);
  const unlock = lockRunFolder(folders.run);
  const stack = new Stack(options, folders, account, interrupted);
  const stop = async (): Promise<void> => {
    await stack.stop();
    unlock();
  };
  const breakOff = (): void => void stack.stop();
  interrupted.addEventListener('abort', breakOff);
  try {
    await stack.start();
    return { baseUrl: stack.apiUrl, stop };
  } catch (fault) {
    await stop();
    throw fault;
  } finally {
    interrupted.removeEventListener('abort', breakOff);
  }
}

class Stack {
  readonly apiUrl: string;
  readonly #options: StackOptions;
  readonly #folders: DataFolders;
  readonly #account: Account | undefined;
  readonly #interrupted: AbortSignal;
  readonly #ports: PortBook;
  readonly #running: Array<{ readonly rank: Rank; readonly process: SupervisedProcess }> = [];
  readonly #stopping = new AbortController();
  /** What the layout left for later; settles before PostgreSQL is stopped. */
  #layoutFinished: Promise<void> = Promise.resolve();
  #compiled: Promise<ReadonlyMap<string, string>> | undefined;
  #isQuiet = true;

  constructor(
    options: StackOptions,
    folders: DataFolders,
    account: Account | undefined,
    interrupted: AbortSignal,
  ) {
    this.#options = options;
    this.#folders = folders;
    this.#account = account;
    this.#interrupted = interrupted;
    this.#ports = openPortBook(folders.run, [options.config.http.port]);
    this.apiUrl = `http://${reachableHost(options.config.http.host)}:${options.config.http.port}`;
  }

  async start(): Promise<void> {
    const { config, say } = this.#options;
    await endLeftProcesses(this.#folders.run, say);
    await this.#requireOwnPort();
    this.#interrupted.throwIfAborted();
    const secrets = openSecrets(config.secretsDir, config.mode !== 'production');
    const runs = await this.#planParts();
    const { startAt, startedAt = new Date() } = config.clock;
    const clock = startAt === undefined ? {} : { CLOCK_STARTED_AT: startedAt.toISOString() };
    // All are awaited whatever happens to one: a start that fails must know what it has to stop.
    const [engines, simulators] = await Promise.allSettled([
      this.#startEngines(secrets),
      this.#startAll(ofStage(runs, 'simulators'), clock),
    ]);
    if (engines.status === 'rejected') throw engines.reason;
    if (simulators.status === 'rejected') throw simulators.reason;
    this.#interrupted.throwIfAborted();
    const [database, temporal] = engines.value;
    this.#compareTemporal(temporal.namespaceId);
    this.#writeConnections(runs, database, temporal.address);
    const provided = Object.fromEntries(ofStage(runs, 'simulators').flatMap(providedAddress));
    const [services, layout] = await Promise.allSettled([
      this.#startAll(ofStage(runs, 'services'), {
        ...clock,
        ...provided,
        DATABASE_URL: database.appUrl,
        TEMPORAL_ADDRESS: temporal.address,
      }),
      this.#layOut({ ...clock, ...provided }, database, temporal.address),
    ]);
    if (services.status === 'rejected') throw services.reason;
    if (layout.status === 'rejected') throw layout.reason;
    this.#interrupted.throwIfAborted();
    this.#isQuiet = false;
    for (const { part, baseUrl } of runs) {
      if (part.announcement !== undefined) say(part.announcement(baseUrl));
    }
    if (config.demonstration) say(`demo-agency secret: ${secrets.text('demo-agency')}`);
    say(`ready: ${this.apiUrl}`);
  }

  async stop(): Promise<void> {
    this.#isQuiet = true;
    this.#stopping.abort();
    await this.#layoutFinished;
    for (const rank of STOP_ORDER) {
      const ofRank = this.#running.filter((running) => running.rank === rank);
      await Promise.all(ofRank.map(({ process }) => process.stop()));
    }
  }

  #supervise(rank: Rank, spec: ProcessSpec): SupervisedProcess {
    const process = superviseProcess(spec, (event) => this.#tell(event));
    this.#running.push({ rank, process });
    return process;
  }

  #tell(event: ProcessEvent): void {
    if (this.#isQuiet) return;
    const { say } = this.#options;
    switch (event.kind) {
      case 'died':
        say(`进程 ${event.name} 意外结束(${event.how}),${event.restartInMs} 毫秒后重新启动。`);
        say(`  日志:${join(this.#folders.logs, `${event.name}.log`)}`);
        return;
      case 'ready':
        say(`进程 ${event.name} 已恢复(进程号 ${event.pid},第 ${event.restarts} 次重启)。`);
    }
  }

  async #requireOwnPort(): Promise<void> {
    const { host, port } = this.#options.config.http;
    if (await isPortFree(port, host)) return;
    throw new StartFailure(
      `端口 ${port} 已被其他程序占用(或 ${host} 不是本机地址)。请用 PORT 指定另一个端口,例如 PORT=${port + 1} npm start。`,
      `port ${port} on ${host} is taken: set PORT (or HOST).`,
    );
  }

  async #startEngines(secrets: Secrets): Promise<readonly [StartedDatabase, StartedTemporal]> {
    const { config, environment, checkout, say } = this.#options;
    const shared = {
      config,
      checkout,
      say,
      folders: this.#folders,
      portOf: (name: string) => this.#ports.portOf(name),
    };
    const [database, temporal] = await Promise.allSettled([
      startDatabase({
        ...shared,
        secrets,
        account: this.#account,
        supervise: (spec) => this.#supervise('postgres', spec),
      }),
      startTemporal({
        ...shared,
        environment,
        interrupted: this.#interrupted,
        supervise: (spec) => this.#supervise('temporal', spec),
      }),
    ]);
    if (database.status === 'rejected') throw database.reason;
    if (temporal.status === 'rejected') throw temporal.reason;
    return [database.value, temporal.value];
  }

  #compareTemporal(namespaceId: string): void {
    if (compareTemporal(this.#options.config.dataDir, namespaceId) !== 'new') return;
    this.#options.say(
      'Temporal 的数据是新的,而登记库里可能有办理中的事项。请执行 npm run resume,让它们从登记库继续办理。\n' +
        'Temporal is new beside this register: run "npm run resume" to start every open case again.',
    );
  }

  /** In the background what the layout left for later goes on; that it failed is said and stops nothing. */
  async #layOut(
    variables: Readonly<Record<string, string>>,
    database: StartedDatabase,
    temporal: string,
  ): Promise<void> {
    const { config, layOut, say } = this.#options;
    if (layOut === undefined) return;
    const startedAt = variables['CLOCK_STARTED_AT'];
    const serviceConfig: ServiceConfig = {
      ...config,
      database: { ...config.database, appUrl: database.appUrl },
      temporal: { ...config.temporal, address: temporal },
      outside: {
        ...config.outside,
        agencyRecordsUrl: variables['AGENCY_RECORDS_URL'] ?? config.outside.agencyRecordsUrl,
      },
      clock: { ...config.clock, startedAt: startedAt === undefined ? undefined : new Date(startedAt) },
    };
    const { finished } = await layOut(serviceConfig, this.#stopping.signal);
    this.#layoutFinished = finished.catch((fault: unknown) => {
      if (this.#stopping.signal.aborted) return;
      say(`演示数据没有全部备好：${fault instanceof Error ? fault.message : '未知故障'}`);
    });
  }

  #planParts(): Promise<readonly PartRun[]> {
    const wanted = this.#options.parts.filter((part) => this.#isWanted(part));
    return Promise.all(wanted.map(async (part) => ({ part, baseUrl: await this.#baseUrl(part) })));
  }

  /** The compiled entries; a missing one is left to whoever starts it, who says so in words. */
  #programs(): Promise<ReadonlyMap<string, string>> {
    const { checkout, config, parts } = this.#options;
    const entries = [...new Set(parts.map(({ entry }) => entry))].filter((entry) =>
      existsSync(join(checkout, entry)),
    );
    this.#compiled ??= compileParts(checkout, entries, join(config.dataDir, 'cache'));
    return this.#compiled;
  }

  #writeConnections(runs: readonly PartRun[], database: StartedDatabase, temporalAddress: string): void {
    const { dataDir, temporal } = this.#options.config;
    writeConnections(dataDir, {
      databaseUrl: database.appUrl,
      databaseMigratorUrl: database.migratorUrl,
      databaseAuditorUrl: database.auditorUrl,
      temporalAddress,
      temporalNamespace: temporal.namespace,
      processes: Object.fromEntries(runs.map(({ part, baseUrl }) => [part.name, baseUrl])),
    });
  }

  #isWanted(part: StackPart): boolean {
    if (part.stage === 'services') return true;
    const { config, environment } = this.#options;
    const isGiven = part.providesVariable !== undefined && (environment[part.providesVariable] ?? '') !== '';
    return config.demonstration && !isGiven;
  }

  async #baseUrl(part: StackPart): Promise<string> {
    if (isApi(part)) return this.apiUrl;
    return `http://127.0.0.1:${await this.#ports.portOf(part.name)}`;
  }

  async #startAll(runs: readonly PartRun[], variables: NodeJS.ProcessEnv): Promise<void> {
    const { config, environment, checkout } = this.#options;
    const programs = await this.#programs();
    const starts = runs.map(({ part, baseUrl }) => {
      const shared = { config, environment, checkout, folders: this.#folders };
      const program = programs.get(part.entry) ?? join(checkout, part.entry);
      const spec = partProcess({ ...shared, part, program, baseUrl, variables });
      return this.#supervise(rankOf(part), spec).start();
    });
    for (const outcome of await Promise.allSettled(starts)) {
      if (outcome.status === 'rejected') throw outcome.reason;
    }
  }
}

function ofStage(runs: readonly PartRun[], stage: StackPart['stage']): readonly PartRun[] {
  return runs.filter(({ part }) => part.stage === stage);
}

function providedAddress({ part, baseUrl }: PartRun): ReadonlyArray<readonly [string, string]> {
  return part.providesVariable === undefined ? [] : [[part.providesVariable, baseUrl]];
}

function isApi(part: StackPart): boolean {
  return part.stage === 'services' && part.portVariable === 'PORT';
}

function rankOf(part: StackPart): Rank {
  if (part.stage === 'simulators') return 'simulators';
  return isApi(part) ? 'api' : 'workers';
}

/** A server that listens on every address is reached on the loopback one. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
