import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgencyClient, issuanceBody } from './agency-client';
import { FAIL_POINTS, type FailPoint } from './fail-plan';
import { type FaultResult, type FaultRun, type FaultTest, faultResult } from './fault-result';
import { type FaultStack, type ProcessName, startFaultStack } from './fault-stack';
import { type Barrage, issueAll, livesFigure, livesProblems, portalProblems } from './issue-under-fire';
import { makeNaive } from './naive-register';
import { RegisterProbe, until } from './register-probe';
import { type CheckerVerdict, runChecker } from './run-checker';

const MANY = 2_000;
const MANY_QUICK = 200;
const HITS_PER_POINT = 5;
const NAIVE_HITS = 5;
/** What was sealed twice does not correspond any more (⑤) and never ends; nobody needs to wait for it. */
const NAIVE_GIVE_UP_MS = 15_000;
const LAST_RETRY_MS = 30_000;
const SLACK_MS = 30_000;
const GIVE_UP_MS = 600_000;
const POINTS_GIVE_UP_MS = 1_200_000;
const KILLED: readonly ProcessName[] = ['api', 'api-2', 'worker-1', 'worker-2'];
/** As many points at a time as there are workers to die at them. */
const ARMED_AT_ONCE = 2;
const CASES_UNDER_WAY = 12;
/** What the naive variant must be seen to break: two issues of one case, two seals on one file. */
const TWICE = ['I1', 'I3'] as const;
const NAIVE_SERIALS = 900_000;
const POINT_SERIALS = 500_000;

/**
 * Two APIs and two workers under the supervisor. First undisturbed, for the time; then with a random one killed every 2
 * to 4 s; then killed right before and right after each step until each point was hit five times; at last the same
 * against a register without unique keys and steps that do not compare, which the checker must catch.
 */
export const killApp: FaultTest = async (run) => {
  const stack = await startFaultStack({ interrupted: run.interrupted });
  const probe = new RegisterProbe(stack);
  try {
    return await fire(run, stack, probe);
  } finally {
    await probe.close();
    await stack.stop();
  }
};

async function fire(run: FaultRun, stack: FaultStack, probe: RegisterProbe): Promise<FaultResult> {
  const many = run.issuances ?? (run.quick ? MANY_QUICK : MANY);
  const { interrupted, tell } = run;
  const undisturbed = await issueAll(stack, probe, 1, many, GIVE_UP_MS, interrupted);
  tell(`kill-app: ${many} undisturbed in ${seconds(undisturbed.tookMs)} s`);
  const { head } = await runChecker(stack, { drained: false });
  const killer = startKiller(stack);
  const disturbed = await issueAll(stack, probe, many + 1, many, GIVE_UP_MS, interrupted).finally(() =>
    killer.stop(),
  );
  tell(
    `kill-app: ${many} under ${killer.count()} kills in ${seconds(disturbed.tookMs)} s, ${disturbed.retries} retries`,
  );
  const points = await hitPoints(run, stack, probe, FAIL_POINTS, HITS_PER_POINT, POINT_SERIALS);
  tell(
    `kill-app: ${FAIL_POINTS.length} points in ${seconds(points.tookMs)} s, ${points.unfinished} unfinished`,
  );
  const verdict = await runChecker(stack, { drained: true, seenHead: head });
  const pointHits = stack.plan.hits();
  const portal = await portalProblems(stack, probe);
  const naive = await naiveVariant(run, stack, probe);
  const timing = judgeTiming(undisturbed, disturbed, killer.lastAtMs());
  return faultResult({
    fault: 'kill-app',
    invariants: verdict.invariants,
    hits: { ...killer.hits(), ...pointHits },
    figures: {
      issuances: many,
      ...timing.figures,
      lives: livesFigure(disturbed),
      failPointsS: seconds(points.tookMs),
      failPointIssuances: points.submitted,
      naive: violationsText(naive.invariants),
    },
    failures: [
      ...unfinishedFailures('undisturbed', undisturbed),
      ...unfinishedFailures('disturbed', disturbed),
      ...livesProblems(undisturbed, disturbed),
      ...(points.unfinished > 0 ? [`fail-points: ${points.unfinished} unfinished`] : []),
      ...timing.failures,
      ...missedPoints(pointHits),
      ...portal,
      ...verdict.findings,
    ],
    caught: TWICE.every((invariant) => (naive.invariants[invariant] ?? 0) > 0),
  });
}

function judgeTiming(
  undisturbed: Barrage,
  disturbed: Barrage,
  lastKillAtMs: number,
): Pick<FaultResult, 'figures' | 'failures'> {
  const lastRetryMs = Math.max(0, disturbed.lastRetryAtMs - lastKillAtMs);
  const allowedMs = 2 * undisturbed.tookMs + SLACK_MS;
  return {
    figures: {
      undisturbedS: seconds(undisturbed.tookMs),
      disturbedS: seconds(disturbed.tookMs),
      allowedS: seconds(allowedMs),
      clientRetries: disturbed.retries,
      lastRetryAfterLastKillS: seconds(lastRetryMs),
    },
    failures: [
      ...(disturbed.tookMs > allowedMs
        ? ['the disturbed run took longer than 2 × the undisturbed + 30 s']
        : []),
      ...(lastRetryMs > LAST_RETRY_MS ? ['a client still had to retry 30 s after the last kill'] : []),
    ],
  };
}

function missedPoints(hits: Readonly<Record<FailPoint, number>>): readonly string[] {
  return FAIL_POINTS.filter((point) => hits[point] < HITS_PER_POINT).map(
    (point) => `${point} was hit ${hits[point]} times only`,
  );
}

function violationsText(invariants: Readonly<Record<string, number>>): string {
  const violated = Object.entries(invariants).filter(([, count]) => count > 0);
  return violated.map(([name, count]) => `${name}:${count}`).join(' ');
}

/** Kills a random process every 2 to 4 s until it is told to stop. */
function startKiller(stack: FaultStack): {
  stop(): Promise<void>;
  count(): number;
  lastAtMs(): number;
  hits(): Readonly<Record<string, number>>;
} {
  const ending = new AbortController();
  const hits = new Map<string, number>(KILLED.map((name) => [name, 0]));
  let lastAtMs = 0;
  const killing = (async () => {
    while (!ending.signal.aborted) {
      await sleep(randomInt(2_000, 4_000), undefined, { signal: ending.signal }).catch(() => undefined);
      const name = KILLED[randomInt(KILLED.length)];
      if (ending.signal.aborted || name === undefined || !stack.kill(name)) continue;
      hits.set(name, (hits.get(name) ?? 0) + 1);
      lastAtMs = performance.now();
    }
  })();
  return {
    async stop() {
      ending.abort();
      await killing;
    },
    count: () => sumOf(Object.fromEntries(hits)),
    lastAtMs: () => lastAtMs,
    hits: () => Object.fromEntries([...hits].map(([name, count]) => [`kill-${name}`, count])),
  };
}

/** Keeps a few cases under way and points armed until each was hit often enough; then everything must come to its end. */
async function hitPoints(
  { interrupted }: FaultRun,
  stack: FaultStack,
  probe: RegisterProbe,
  points: readonly FailPoint[],
  wanted: number,
  firstSerial: number,
  giveUpMs = GIVE_UP_MS,
): Promise<{ readonly tookMs: number; readonly submitted: number; readonly unfinished: number }> {
  const { plan } = stack;
  const before = plan.hits();
  const client = new AgencyClient(stack);
  const ids: string[] = [];
  const startedAtMs = performance.now();
  const missing = (): readonly FailPoint[] =>
    points.filter((point) => plan.hits()[point] - before[point] < wanted);
  while (missing().length > 0 && performance.now() - startedAtMs < POINTS_GIVE_UP_MS) {
    interrupted.throwIfAborted();
    const armed = points.filter((point) => plan.isArmed(point)).length;
    const next = missing().filter((point) => !plan.isArmed(point));
    for (const point of spread(next).slice(0, ARMED_AT_ONCE - armed)) plan.arm(point);
    const underWay = await probe.unfinished(ids.slice(-4 * CASES_UNDER_WAY)).catch(() => CASES_UNDER_WAY);
    if (underWay < CASES_UNDER_WAY) ids.push(await client.issue(issuanceBody(firstSerial + ids.length)));
    else await sleep(50);
  }
  plan.disarmAll();
  await until(async () => (await probe.unfinished(ids)) === 0, giveUpMs, interrupted);
  return {
    tookMs: performance.now() - startedAtMs,
    submitted: ids.length,
    unfinished: await probe.unfinished(ids),
  };
}

/** Any order will do as long as it is not always the same first. */
function spread(points: readonly FailPoint[]): readonly FailPoint[] {
  const start = randomInt(Math.max(1, points.length));
  return [...points.slice(start), ...points.slice(0, start)];
}

async function naiveVariant(
  run: FaultRun,
  stack: FaultStack,
  probe: RegisterProbe,
): Promise<Pick<CheckerVerdict, 'invariants'>> {
  const { databaseMigratorUrl } = stack.connections;
  if (databaseMigratorUrl === undefined) throw new Error('this stack has no migrator');
  await makeNaive(databaseMigratorUrl);
  stack.plan.misbehave('naive', true);
  await hitPoints(
    run,
    stack,
    probe,
    ['after-seal', 'after-issue'],
    NAIVE_HITS,
    NAIVE_SERIALS,
    NAIVE_GIVE_UP_MS,
  );
  stack.plan.misbehave('naive', false);
  // What merely never ended is not counted: it must be seen that something happened twice.
  return runChecker(stack, { drained: false });
}

function unfinishedFailures(name: string, { unfinished }: Barrage): readonly string[] {
  return unfinished === 0 ? [] : [`${name}: ${unfinished} cases or outbox items are not finished`];
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
