import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endLeftProcess, leftProcesses, writePidFile } from '../../../main/engines/pid-file';
import { isSameProcessAlive, processStartMark } from '../../../main/engines/process-identity';
import {
  type ProcessEvent,
  type ProcessSpec,
  type SupervisedProcess,
  superviseProcess,
} from '../../../main/engines/supervised-process';
import { waitUntil } from '../../../main/engines/wait-until';

const folder = mkdtempSync(join(tmpdir(), 'ecert-supervise-'));
const running: SupervisedProcess[] = [];

afterAll(async () => {
  await Promise.all(running.map((process) => process.stop()));
  rmSync(folder, { recursive: true, force: true });
});

/** A child that says "up" in a file and then does as told. */
function aSpec(name: string, program: string, override: Partial<ProcessSpec> = {}): ProcessSpec {
  const sign = join(folder, `${name}.up`);
  return {
    name,
    command: process.execPath,
    args: ['-e', `require('fs').appendFileSync(${JSON.stringify(sign)}, process.pid + '\\n'); ${program}`],
    env: process.env,
    cwd: folder,
    logFile: join(folder, 'logs', `${name}.log`),
    runFolder: join(folder, 'run'),
    isReady: async () => existsSync(sign),
    readyTimeoutMs: 20_000,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 10_000,
    ...override,
  };
}

const STAY = 'setInterval(() => undefined, 1000);';

function supervise(spec: ProcessSpec, events: ProcessEvent[] = []): SupervisedProcess {
  const supervised = superviseProcess(spec, (event) => events.push(event));
  running.push(supervised);
  return supervised;
}

const pidFile = (name: string): string => join(folder, 'run', `${name}.pid`);

describe('a supervised process', () => {
  it('is started again when it is killed, and its pid file follows', async () => {
    const events: ProcessEvent[] = [];
    const supervised = supervise(aSpec('steady', STAY), events);
    await supervised.start();
    const first = Number(readFileSync(pidFile('steady'), 'utf8'));
    expect(first).toBe(supervised.pid());
    process.kill(first, 'SIGKILL');
    await waitUntil(() => events.filter(({ kind }) => kind === 'ready').length === 2, { timeoutMs: 20_000 });
    expect(events.map(({ kind }) => kind)).toEqual(['ready', 'died', 'ready']);
    expect(events[1]).toMatchObject({ how: 'SIGKILL' });
    expect(Number(readFileSync(pidFile('steady'), 'utf8'))).toBe(supervised.pid());
    expect(supervised.pid()).not.toBe(first);
    await supervised.stop();
    expect(existsSync(pidFile('steady'))).toBe(false);
    expect(processStartMark(supervised.pid() ?? 0)).toBeUndefined();
  });

  it('waits longer after each quick death, and not at all longer than 300 ms after the first', async () => {
    const events: ProcessEvent[] = [];
    const supervised = supervise(aSpec('quick', 'setTimeout(() => process.exit(3), 100);'), events);
    await supervised.start();
    const deaths = (): number[] =>
      events.flatMap((event) => (event.kind === 'died' ? [event.restartInMs] : []));
    await waitUntil(() => deaths().length >= 3, { timeoutMs: 20_000 });
    await supervised.stop();
    const [first = 0, second = 0, third = 0] = deaths();
    expect(first).toBeLessThanOrEqual(300);
    expect(second).toBe(first * 2);
    expect(third).toBe(second * 2);
  });

  it('fails its start in words, with the end of its log, when it dies before it is ready', async () => {
    const spec = aSpec('broken', `console.error('why it broke'); process.exit(7);`, {
      isReady: async () => false,
    });
    await expect(supervise(spec).start()).rejects.toThrow(/broken[\s\S]*exit 7[\s\S]*why it broke/);
  });

  it('is killed when it does not heed its stop signal, and not started again', async () => {
    const spec = aSpec('deaf', `process.on('SIGTERM', () => undefined); ${STAY}`, { stopTimeoutMs: 100 });
    const supervised = supervise(spec);
    await supervised.start();
    const pid = supervised.pid() ?? 0;
    await supervised.stop();
    expect(processStartMark(pid)).toBeUndefined();
    expect(readFileSync(join(folder, 'deaf.up'), 'utf8').trim().split('\n')).toHaveLength(1);
  });

  it('that cannot be started at all fails its start', async () => {
    await expect(
      supervise(aSpec('absent', '', { command: join(folder, 'no-such-program') })).start(),
    ).rejects.toThrow(/ENOENT/);
  });
});

describe('a process that an earlier run left behind', () => {
  it('is recognised by its number and start time, and ended', async () => {
    const supervised = supervise(aSpec('left', STAY));
    await supervised.start();
    const pid = supervised.pid() ?? 0;
    const elsewhere = join(folder, 'run-elsewhere');
    writePidFile(elsewhere, 'left', pid);
    expect(leftProcesses(elsewhere)).toEqual([{ name: 'left', pid }]);
    const mark = processStartMark(pid) ?? '';
    await endLeftProcess({ name: 'left', pid }, 'SIGTERM', 10_000);
    expect(isSameProcessAlive(pid, mark)).toBe(false);
    await supervised.stop();
  });

  it('is not confused with a stranger who got the same number', () => {
    const elsewhere = join(folder, 'run-stranger');
    writePidFile(elsewhere, 'api', process.pid);
    writeFileSync(join(elsewhere, 'api.mark'), '1\n');
    expect(leftProcesses(elsewhere)).toEqual([]);
  });
});
