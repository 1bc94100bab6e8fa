import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clearPidFile, writePidFile } from './pid-file';
import { StartFailure } from './start-failure';
import { waitUntil } from './wait-until';

export type ProcessSpec = {
  /** Names the pid file and the log file, e.g. `worker-1`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly runAs?: { readonly uid: number; readonly gid: number } | undefined;
  readonly logFile: string;
  readonly runFolder: string;
  /** Asked every 50 ms while the process starts. */
  readonly isReady: () => Promise<boolean>;
  readonly readyTimeoutMs: number;
  /** Runs before each start and restart, e.g. to end what an earlier run left behind. */
  readonly prepare?: (() => Promise<void>) | undefined;
  readonly stopSignal: NodeJS.Signals;
  /** After this long SIGKILL follows. */
  readonly stopTimeoutMs: number;
};

export type ProcessEvent =
  | { readonly kind: 'ready'; readonly name: string; readonly pid: number; readonly restarts: number }
  | {
      readonly kind: 'died';
      readonly name: string;
      readonly how: string;
      readonly restartInMs: number;
    };

export type SupervisedProcess = {
  readonly name: string;
  /** Resolves when the process is ready the first time; throws StartFailure with the end of its log otherwise. */
  start(): Promise<void>;
  /** Asks it to end, waits, kills it after its stop time; no restart follows. Safe to call twice. */
  stop(): Promise<void>;
  pid(): number | undefined;
};

/** The first restart follows at once, as fault tests and citizens expect; the later ones wait longer. */
const FIRST_DELAY_MS = 150;
const LONGEST_DELAY_MS = 10_000;
/** One that became ready and lived this long was no failed start: its back-off begins anew. */
const STEADY_MS = 1_500;
const LARGEST_LOG_BYTES = 50 * 1024 * 1024;
const SHOWN_LOG_BYTES = 2_000;

/**
 * In: how to start a process and how to tell that it is ready, and who wants to hear of it. Out: a handle that
 * starts it, starts it again whenever it dies, and stops it. The process gets its own process group, so that
 * Ctrl-C at the terminal reaches only the supervisor, which then stops everything in order.
 */
export function superviseProcess(
  spec: ProcessSpec,
  onEvent: (event: ProcessEvent) => void = () => undefined,
): SupervisedProcess {
  let child: ChildProcess | undefined;
  let ended: Promise<string> = Promise.resolve('');
  let stopping = false;
  let restarts = 0;
  let quickDeaths = 0;
  let wasReady = false;
  const cancelWait = new AbortController();

  async function launch(): Promise<{ readonly pid: number; readonly hasEnded: () => boolean }> {
    wasReady = false;
    await spec.prepare?.();
    const started = spawnLogged(spec);
    child = started;
    let over = false;
    ended = endOf(started).then((how) => {
      over = true;
      return how;
    });
    if (started.pid === undefined) throw new Error(`${spec.name} could not be started: ${await ended}`);
    writePidFile(spec.runFolder, spec.name, started.pid);
    return { pid: started.pid, hasEnded: () => over };
  }

  async function becomeReady(hasEnded: () => boolean): Promise<boolean> {
    const giveUp = (): boolean => stopping || hasEnded();
    wasReady = await waitUntil(spec.isReady, { timeoutMs: spec.readyTimeoutMs, giveUp });
    return wasReady;
  }

  async function watch(): Promise<void> {
    while (!stopping) {
      const startedAtMs = performance.now();
      const how = await ended;
      if (stopping) return;
      clearPidFile(spec.runFolder, spec.name);
      quickDeaths = wasReady && performance.now() - startedAtMs > STEADY_MS ? 0 : quickDeaths + 1;
      const restartInMs = Math.min(FIRST_DELAY_MS * 2 ** Math.max(0, quickDeaths - 1), LONGEST_DELAY_MS);
      onEvent({ kind: 'died', name: spec.name, how, restartInMs });
      await sleep(restartInMs, undefined, { signal: cancelWait.signal }).catch(() => undefined);
      if (stopping) return;
      await relaunch();
    }
  }

  async function relaunch(): Promise<void> {
    restarts += 1;
    try {
      const { pid, hasEnded } = await launch();
      void becomeReady(hasEnded).then((ready) => {
        if (ready) onEvent({ kind: 'ready', name: spec.name, pid, restarts });
      });
    } catch (fault) {
      ended = Promise.resolve(String(fault));
    }
  }

  return {
    name: spec.name,
    pid: () => child?.pid,
    async start() {
      const { pid, hasEnded } = await launch();
      const ready = await becomeReady(hasEnded).catch(async (fault: unknown) => {
        await stopChild();
        throw fault;
      });
      if (!ready) {
        const how = hasEnded() ? await ended : `not ready after ${spec.readyTimeoutMs / 1000} s`;
        await stopChild();
        if (stopping) return;
        throw startFailure(spec, how);
      }
      onEvent({ kind: 'ready', name: spec.name, pid, restarts });
      void watch();
    },
    async stop() {
      stopping = true;
      cancelWait.abort();
      await stopChild();
    },
  };

  async function stopChild(): Promise<void> {
    const target = child;
    if (target === undefined) return;
    if (target.exitCode === null && target.signalCode === null) {
      target.kill(spec.stopSignal);
      const over = await Promise.race([
        ended.then(() => true),
        sleep(spec.stopTimeoutMs, false, { ref: false }),
      ]);
      if (!over) target.kill('SIGKILL');
      await ended;
    }
    clearPidFile(spec.runFolder, spec.name);
  }
}

function spawnLogged(spec: ProcessSpec): ChildProcess {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  if ((statSync(spec.logFile, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_LOG_BYTES) {
    renameSync(spec.logFile, `${spec.logFile}.1`);
  }
  const log = openSync(spec.logFile, 'a');
  try {
    return spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      stdio: ['ignore', log, log],
      detached: true,
      ...(spec.runAs ?? {}),
    });
  } finally {
    closeSync(log);
  }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (fault) => resolve(fault.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit ${code}` : signal));
  });
}

function startFailure(spec: ProcessSpec, how: string): StartFailure {
  return new StartFailure(
    `“${spec.name}”没有启动成功(${how})。日志:${spec.logFile}\n${lastLines(spec.logFile)}`,
    `${spec.name} did not start (${how}); its log is named above.`,
  );
}

/** In: a log file. Out: its last 2,000 bytes from a line's beginning, or nothing. */
export function lastLines(logFile: string): string {
  try {
    const text = readFileSync(logFile);
    const tail = text.subarray(Math.max(0, text.length - SHOWN_LOG_BYTES)).toString('utf8');
    return text.length > SHOWN_LOG_BYTES ? tail.slice(tail.indexOf('\n') + 1) : tail;
  } catch {
    return '';
  }
}
