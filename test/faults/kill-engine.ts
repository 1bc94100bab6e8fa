import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FaultRun, type FaultTest, faultResult } from './fault-result';
import { type FaultStack, type ProcessName, startFaultStack } from './fault-stack';
import { issueAll, livesFigure, livesProblems, portalProblems } from './issue-under-fire';
import { RegisterProbe } from './register-probe';
import { runChecker } from './run-checker';

const SLACK_MS = 30_000;
/** What each death of an engine may cost beyond twice the undisturbed time. */
const PER_KILL_MS = 15_000;
const GIVE_UP_MS = 600_000;
const BETWEEN_MS = 3_000;
const MANY = 500;
const MANY_QUICK = 100;
const KILLS = 10;
const KILLS_QUICK = 3;

/** PostgreSQL loses its postmaster and every child at once, again and again; what was acknowledged must be there. */
export const killPostgres: FaultTest = (run) => killEngine(run, 'kill-postgres', 'postgres');

/** The Temporal server dies again and again. */
export const killTemporal: FaultTest = (run) => killEngine(run, 'kill-temporal', 'temporal');

async function killEngine(run: FaultRun, fault: string, engine: 'postgres' | 'temporal') {
  const { interrupted, tell } = run;
  const stack = await startFaultStack({ interrupted });
  const probe = new RegisterProbe(stack);
  try {
    const many = run.issuances ?? (run.quick ? MANY_QUICK : MANY);
    const kills = run.quick ? KILLS_QUICK : KILLS;
    const undisturbed = await issueAll(stack, probe, 1, many, GIVE_UP_MS, interrupted);
    tell(`${fault}: ${many} undisturbed in ${seconds(undisturbed.tookMs)} s`);
    const { head } = await runChecker(stack, { drained: false });
    const [disturbed, killed] = await Promise.all([
      issueAll(stack, probe, many + 1, many, GIVE_UP_MS, interrupted),
      killRepeatedly(stack, engine, kills, interrupted),
    ]);
    tell(`${fault}: ${many} under ${killed.kills} kills in ${seconds(disturbed.tookMs)} s`);
    const verdict = await runChecker(stack, { drained: true, seenHead: head });
    const allowedMs = 2 * undisturbed.tookMs + SLACK_MS + kills * PER_KILL_MS;
    return faultResult({
      fault,
      invariants: verdict.invariants,
      hits: { [`kill-${engine}`]: killed.kills, processesKilled: killed.processes },
      figures: {
        issuances: many,
        undisturbedS: seconds(undisturbed.tookMs),
        disturbedS: seconds(disturbed.tookMs),
        allowedS: seconds(allowedMs),
        clientRetries: disturbed.retries,
        longestReturnS: seconds(killed.longestReturnMs),
        lives: livesFigure(disturbed),
      },
      failures: [
        ...(undisturbed.unfinished + disturbed.unfinished > 0
          ? [`${undisturbed.unfinished + disturbed.unfinished} cases or outbox items are not finished`]
          : []),
        ...(killed.kills < kills ? [`${engine} was killed ${killed.kills} times only`] : []),
        ...(disturbed.tookMs > allowedMs
          ? ['it took longer than 2 × the undisturbed + 30 s + 15 s per kill']
          : []),
        ...livesProblems(undisturbed, disturbed),
        ...(await portalProblems(stack, probe)),
        ...verdict.findings,
      ],
    });
  } finally {
    await probe.close();
    await stack.stop();
  }
}

async function killRepeatedly(
  stack: FaultStack,
  engine: 'postgres' | 'temporal',
  times: number,
  interrupted: AbortSignal,
): Promise<{ readonly kills: number; readonly processes: number; readonly longestReturnMs: number }> {
  let [kills, processes, longestReturnMs] = [0, 0, 0];
  for (let turn = 0; turn < times; turn += 1) {
    await sleep(BETWEEN_MS, undefined, { signal: interrupted });
    const pid = stack.pidOf(engine);
    if (pid === null) continue;
    processes += killWithChildren(pid);
    kills += 1;
    const killedAtMs = performance.now();
    if (!(await isEngineBack(stack, engine, pid))) throw new Error(`${engine} did not come back`);
    longestReturnMs = Math.max(longestReturnMs, performance.now() - killedAtMs);
  }
  return { kills, processes, longestReturnMs };
}

async function isEngineBack(stack: FaultStack, engine: ProcessName, pid: number): Promise<boolean> {
  return stack.isBack(engine, pid);
}

/** Children first seen, then all at once, the parent first, so that it cannot tend to its children's deaths. */
function killWithChildren(pid: number): number {
  const all = [pid, ...childrenOf(pid)];
  return all.filter((one) => {
    try {
      process.kill(one, 'SIGKILL');
      return true;
    } catch {
      return false;
    }
  }).length;
}

function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => parentOf(name) === pid)
    .map(Number);
}

/** Field 4 of /proc/<pid>/stat, behind the name in parentheses. */
function parentOf(pid: string): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
