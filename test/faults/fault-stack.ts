import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { seedReferenceData } from '../../adapters/postgres/register/seed-reference-data';
import { createLogger } from '../../api/create-logger';
import { defaultFontPaths, loadFontChain } from '../../documents/fonts/font-chain';
import { describeProblems, parseConfig, type ServiceConfig } from '../../main/config';
import { type Connections, readConnections } from '../../main/connections';
import type { DemonstrationDeps } from '../../main/demonstration/demonstration-deps';
import { seedDemonstration } from '../../main/demonstration/seed';
import { findFreePort } from '../../main/engines/free-port';
import { isSameProcessAlive } from '../../main/engines/process-identity';
import { waitUntil } from '../../main/engines/wait-until';
import { openFoundation, trustFolder } from '../../main/foundation';
import { demonstrationKeys } from '../../main/key-stores';
import { type RunningStack, runStack } from '../../main/run-stack';
import { openSecrets } from '../../main/secrets';
import { STACK_PARTS, type StackPart } from '../../main/stack-parts';
import { FailPlan, PLAN_VARIABLE } from './fail-plan';

export const CHECKOUT = resolve(__dirname, '..', '..');

/** The product's own processes, with fail-points in the workers and a second API beside the first. */
const PARTS: readonly StackPart[] = [
  ...STACK_PARTS.map((part) =>
    part.entry === 'main/worker.ts' ? { ...part, entry: 'test/faults/fault-worker.ts' } : part,
  ),
  {
    name: 'api-2',
    entry: 'test/faults/second-api.ts',
    stage: 'services',
    portVariable: 'WORKER_HEALTH_PORT',
  },
];

export type ProcessName =
  | 'api'
  | 'api-2'
  | 'worker-1'
  | 'worker-2'
  | 'postgres'
  | 'temporal'
  | 'agency'
  | 'portal'
  | 'up-report';

/** A stack of its own in a temporary folder, which a fault test may treat as it likes. */
export interface FaultStack {
  readonly dataDir: string;
  readonly config: ServiceConfig;
  readonly environment: NodeJS.ProcessEnv;
  readonly connections: Connections;
  readonly plan: FailPlan;
  /** Somebody wants the test to end. */
  readonly interrupted: AbortSignal;
  readonly agencySecret: string;
  /** What the supervisor said; deaths and restarts among it. */
  readonly said: readonly string[];
  baseUrl(process: string): string;
  apis(): readonly string[];
  pidOf(process: ProcessName): number | null;
  /** SIGKILL; true when there was something to kill. */
  kill(process: ProcessName): boolean;
  /** Waits until another process than `pid` runs under the name and answers. */
  isBack(process: ProcessName, pid: number): Promise<boolean>;
  foundationDeps(): Promise<{ readonly deps: DemonstrationDeps; close(): Promise<void> }>;
  stop(): Promise<void>;
}

export interface FaultStackOptions {
  readonly environment?: NodeJS.ProcessEnv;
  readonly interrupted: AbortSignal;
}

/**
 * Effect: PostgreSQL, Temporal, two APIs, two workers and the outside world run under the product's own supervisor code
 * on free ports, with the demonstration laid out (without the other units' seals, which nothing here needs).
 */
export async function startFaultStack(options: FaultStackOptions): Promise<FaultStack> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ecert-faults-'));
  // PostgreSQL runs under another account when this is root: it must be able to pass.
  chmodSync(dataDir, 0o711);
  const port = await findFreePort();
  const planFolder = join(dataDir, 'fault-plan');
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_ENV: 'development',
    DATA_DIR: dataDir,
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    LOG_LEVEL: 'warn',
    // One machine plays all agencies and all people.
    LIMIT_REQUESTS_PER_ADDRESS: '1000000',
    LIMIT_SIGN_INS_PER_ADDRESS: '1000',
    [PLAN_VARIABLE]: planFolder,
    ...options.environment,
  };
  const parsed = parseConfig(environment, 'stack');
  if (!parsed.ok) throw new Error(describeProblems(parsed.refusal));
  const plan = new FailPlan(planFolder);
  const said: string[] = [];
  let config: ServiceConfig | undefined;
  const stack = await runStack(
    {
      config: parsed.value,
      environment,
      checkout: CHECKOUT,
      parts: PARTS,
      say: (line) => said.push(line),
      layOut: async (given) => {
        config = given;
        await layOut(given);
        return { finished: Promise.resolve() };
      },
    },
    options.interrupted,
  ).catch((fault: unknown) => {
    rmSync(dataDir, { recursive: true, force: true });
    throw fault;
  });
  const connections = readConnections(dataDir);
  if (config === undefined || connections === undefined) throw new Error('the stack told no addresses');
  const { interrupted } = options;
  return faultStack({ dataDir, config, environment, connections, plan, interrupted, said, stack });
}

function faultStack(
  started: Pick<
    FaultStack,
    'dataDir' | 'config' | 'environment' | 'connections' | 'plan' | 'interrupted' | 'said'
  > & { readonly stack: RunningStack },
): FaultStack {
  const { stack, ...known } = started;
  const baseUrl = (name: string): string => {
    const url = known.connections.processes[name];
    if (url === undefined) throw new Error(`no process ${name} in this stack`);
    return url;
  };
  const pidOf = (name: ProcessName): number | null => {
    try {
      const pid = Number(readFileSync(join(known.dataDir, 'run', `${name}.pid`), 'utf8'));
      const mark = readFileSync(join(known.dataDir, 'run', `${name}.mark`), 'utf8').trim();
      return isSameProcessAlive(pid, mark) ? pid : null;
    } catch {
      return null;
    }
  };
  return {
    ...known,
    agencySecret: openSecrets(known.config.secretsDir, false).text('demo-agency'),
    baseUrl,
    apis: () => [baseUrl('api'), baseUrl('api-2')],
    pidOf,
    kill(name) {
      const pid = pidOf(name);
      if (pid === null) return false;
      process.kill(pid, 'SIGKILL');
      return true;
    },
    isBack: (name, pid) =>
      waitUntil(
        () => {
          const now = pidOf(name);
          // The supervisor says so when the new process answers, which is later than that it is there.
          return (
            now !== null && now !== pid && known.said.some((line) => line.includes(restarted(name, now)))
          );
        },
        { timeoutMs: 120_000, everyMs: 50 },
      ),
    foundationDeps: () => openDeps(known.config),
    async stop() {
      await stack.stop();
      rmSync(known.dataDir, { recursive: true, force: true });
    },
  };
}

function restarted(name: string, pid: number): string {
  return `进程 ${name} 已恢复(进程号 ${pid},`;
}

async function openDeps(config: ServiceConfig): Promise<{ deps: DemonstrationDeps; close(): Promise<void> }> {
  const foundation = await openFoundation(config, createLogger('warn', 'faults'));
  const { register, cipher, integrity, clock } = foundation;
  const deps: DemonstrationDeps = {
    register,
    cipher,
    integrity,
    clock,
    keyStore: demonstrationKeys(foundation),
    fonts: () => loadFontChain(defaultFontPaths()),
    agencySecret: openSecrets(config.secretsDir, true).text('demo-agency'),
    agencyRecordsSecret: openSecrets(config.secretsDir, true).text('outside-agency-records'),
    agencyRecordsUrl: config.outside.agencyRecordsUrl ?? null,
    trustFolder: trustFolder(config),
    secretsFolder: config.secretsDir,
  };
  return { deps, close: () => foundation.close() };
}

async function layOut(config: ServiceConfig): Promise<void> {
  const { deps, close } = await openDeps(config);
  try {
    await seedReferenceData(deps.register, deps.integrity, deps.clock.now());
    await seedDemonstration(deps);
  } finally {
    await close();
  }
}
