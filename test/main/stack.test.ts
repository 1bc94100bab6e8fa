import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { readConnections } from '../../main/connections';
import { findFreePort } from '../../main/engines/free-port';
import { processStartMark } from '../../main/engines/process-identity';
import { waitUntil } from '../../main/engines/wait-until';
import { testEngines } from '../support/engines';

const CHECKOUT = resolve(__dirname, '..', '..');
const PROCESSES = ['postgres', 'temporal', 'agency', 'worker-1', 'api'] as const;
type ProcessName = (typeof PROCESSES)[number];

type StartedStack = { readonly child: ChildProcess; readonly output: () => string };

const dataDir = mkdtempSync(join(tmpdir(), 'ecert-stack-'));
const started: ChildProcess[] = [];
let port = 0;

function startStack(environment: NodeJS.ProcessEnv = {}): StartedStack {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/support/run-test-stack.ts'], {
    cwd: CHECKOUT,
    env: {
      ...process.env,
      // The bulk of the city would only share the cores with what is tested here.
      NODE_ENV: 'test',
      DATA_DIR: dataDir,
      PORT: String(port),
      TEMPORAL_CLI: testEngines().temporalCli,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += String(chunk)));
  return { child, output: () => text };
}

async function ready(stack: StartedStack): Promise<void> {
  const isReady = await waitUntil(() => stack.output().includes('ready: '), {
    timeoutMs: 60_000,
    giveUp: () => stack.child.exitCode !== null,
  });
  if (!isReady) throw new Error(`not ready:\n${stack.output()}`);
}

function ended(stack: StartedStack): Promise<number | null> {
  const { child } = stack;
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((done) => child.once('close', (code) => done(code)));
}

function pidOf(name: ProcessName): number {
  return Number(readFileSync(join(dataDir, 'run', `${name}.pid`), 'utf8'));
}

function kill(child: ChildProcess): void {
  child.kill('SIGKILL');
}

async function query(statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: readConnections(dataDir)?.databaseMigratorUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  port = await findFreePort();
});

afterAll(async () => {
  for (const child of started.filter((process) => process.exitCode === null)) child.kill('SIGTERM');
  await waitUntil(() => started.every((child) => child.exitCode !== null || child.signalCode !== null), {
    timeoutMs: 30_000,
  });
  rmSync(dataDir, { recursive: true, force: true });
});

jest.setTimeout(120_000);

describe('npm start', () => {
  it('starts engines and processes, restarts what is killed, stops in order, and finds its data again', async () => {
    const first = startStack();
    await ready(first);
    const lines = first.output().trimEnd().split('\n');
    expect(lines.at(-3)).toMatch(/^agency records: http:\/\/127\.0\.0\.1:\d+\/records$/);
    expect(lines.at(-2)).toMatch(/^demo-agency secret: \S{32}$/);
    expect(lines.at(-1)).toBe(`ready: http://127.0.0.1:${port}`);
    await query('create table kept (note text)');
    await query(`insert into kept values ('still here')`);

    for (const name of PROCESSES) {
      const before = pidOf(name);
      process.kill(before, 'SIGKILL');
      const isBack = (): boolean => first.output().includes(`进程 ${name} 已恢复`) && pidOf(name) !== before;
      expect({ name, isBack: await waitUntil(isBack, { timeoutMs: 20_000 }) }).toEqual({
        name,
        isBack: true,
      });
    }
    expect(await query('select note from kept')).toEqual([{ note: 'still here' }]);

    const pids = PROCESSES.map(pidOf);
    first.child.kill('SIGINT');
    expect(await ended(first)).toBe(0);
    expect(readFileSync(join(dataDir, 'stopped', 'order'), 'utf8')).toBe('api\nworker-1\nagency\n');
    expect(pids.filter((pid) => processStartMark(pid) !== undefined)).toEqual([]);

    const second = startStack();
    await ready(second);
    expect(await query('select note from kept')).toEqual([{ note: 'still here' }]);
    second.child.kill('SIGTERM');
    expect(await ended(second)).toBe(0);
  });

  it('gives services the addresses that they need and no others', async () => {
    const stack = startStack({ CLOCK_START: '2027-03-01', DATABASE_SUPERUSER_URL: '' });
    await ready(stack);
    const answer = await fetch(`http://127.0.0.1:${port}/environment`);
    const seen: Record<string, string> = JSON.parse(await answer.text());
    expect(seen['DATABASE_URL']).toMatch(/^postgres:\/\/ecert_app:/);
    expect(seen['AGENCY_RECORDS_URL']).toMatch(/^http:/);
    expect(seen['CLOCK_START']).toBe('2027-03-01');
    expect(Date.parse(seen['CLOCK_STARTED_AT'] ?? '')).toBeLessThanOrEqual(Date.now());
    expect(Object.keys(seen)).not.toContain('DATABASE_MIGRATOR_URL');
    expect(Object.keys(seen)).not.toContain('DATABASE_AUDITOR_URL');
    stack.child.kill('SIGTERM');
    await ended(stack);
  });

  it('refuses a second start on the same data folder and names the process that has it', async () => {
    const stack = startStack();
    await ready(stack);
    const other = startStack({ PORT: String(await findFreePort()) });
    expect(await ended(other)).toBe(1);
    expect(other.output()).toContain(`进程 ${stack.child.pid}`);
    expect(other.output()).toContain('DATA_DIR');
    const { status } = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect(status).toBe(200);
    stack.child.kill('SIGTERM');
    await ended(stack);
  });

  it('repairs what a killed run left: its lock, its processes, its engines', async () => {
    const killed = startStack();
    await ready(killed);
    const left = PROCESSES.map(pidOf);
    kill(killed.child);
    await ended(killed);
    expect(left.every((pid) => processStartMark(pid) !== undefined)).toBe(true);
    const next = startStack();
    await ready(next);
    expect(next.output()).toContain('上一次运行没有正常结束');
    expect(left.filter((pid) => processStartMark(pid) !== undefined)).toEqual([]);
    next.child.kill('SIGTERM');
    expect(await ended(next)).toBe(0);
  });

  it('says which port is taken and which variable changes it', async () => {
    const squatter = createServer();
    await new Promise<void>((done) => squatter.listen(port, '127.0.0.1', done));
    const stack = startStack();
    expect(await ended(stack)).toBe(1);
    expect(stack.output()).toContain(`端口 ${port} 已被其他程序占用`);
    expect(stack.output()).toContain('PORT');
    await new Promise((done) => squatter.close(done));
  });

  it('points to npm run resume when Temporal is new beside an old register', async () => {
    rmSync(join(dataDir, 'temporal'), { recursive: true });
    const stack = startStack();
    await ready(stack);
    expect(stack.output()).toContain('npm run resume');
    stack.child.kill('SIGTERM');
    await ended(stack);
  });

  it('refuses a register that a newer program has migrated, and changes nothing', async () => {
    const stack = startStack();
    await ready(stack);
    await query(
      `insert into schema_migration (name, batch, migration_time) values ('99990101000000_future', 99, now())`,
    );
    stack.child.kill('SIGTERM');
    await ended(stack);
    const refused = startStack();
    expect(await ended(refused)).toBe(1);
    expect(refused.output()).toContain('更新版本的程序');
  });

  it('says so when the passwords no longer fit the database', async () => {
    writeFileSync(join(dataDir, 'secrets', 'postgres-superuser'), 'another-password\n');
    const stack = startStack();
    expect(await ended(stack)).toBe(1);
    expect(stack.output()).toContain('SECRETS_DIR');
  });
});
