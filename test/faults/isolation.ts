import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '../../main/engines/database-roles';
import { AgencyClient } from './agency-client';
import { type FaultRun, type FaultTest, faultResult } from './fault-result';
import { type FaultStack, startFaultStack } from './fault-stack';
import { bodyOf } from './isolation-bodies';
import type { OwnedRow, ScopedKind } from './isolation-oracle';
import { OWNED, ownedRows } from './isolation-rows';
import { setTheScene } from './isolation-scene';
import {
  documentedRoutes,
  type Route,
  routesWithoutOracle,
  type Sweep,
  type Sweeper,
  sweep,
} from './isolation-sweep';
import { ACCOUNTS, NEIGHBOUR_SECRET, NEIGHBOURS } from './isolation-world';
import { PersonClient } from './person-client';
import { RegisterProbe } from './register-probe';
import { runChecker } from './run-checker';

const SHOWN = 20;
const OWN_UNIT = 'bureau-150602';
/** With `--quick` so many rows of a kind and an authority (one with parts, one without) are asked about; lists are judged by all. */
const PER_UNIT_QUICK = 1;

/**
 * Every documented route, asked by everybody about everybody's rows. An oracle that knows the grants and the tree of units,
 * and nothing of the product's scopes, says who may learn of which row. Then row-level security is switched off, and the
 * same sweep must find leaks, or it would find none anywhere.
 */
export const isolation: FaultTest = async (run) => {
  const stack = await startFaultStack({ interrupted: run.interrupted });
  const probe = new RegisterProbe(stack);
  try {
    return await sweepAll(run, stack, probe);
  } finally {
    await probe.close();
    await stack.stop();
  }
};

async function sweepAll(run: FaultRun, stack: FaultStack, probe: RegisterProbe) {
  const holdersOf = await setTheScene(run, stack, probe);
  const rows = await ownedRows(probe, holdersOf);
  const routes = documentedRoutes();
  const sweepers = await signInAll(stack);
  const asked = run.quick ? fewOfEach(rows) : rows;
  run.tell(
    `isolation: ${sweepers.length} callers, ${asked.length} of ${rows.length} rows, ${routes.length} routes`,
  );
  const sweeps = await inTurn(sweepers, (sweeper) =>
    sweep(sweeper, routes, { rows, asked, isBrief: run.quick }, bodyOf),
  );
  const leaks = sweeps.flatMap((one) => one.leaks);
  const inconclusive = sweeps.flatMap((one) => one.inconclusive);
  const verdict = await runChecker(stack, { drained: false });
  await setRowSecurity(stack, 'DISABLE');
  const reads = routes.filter(({ method }) => method === 'GET');
  const open = await inTurn(sweepers, (sweeper) =>
    sweep(sweeper, reads, { rows, asked, isBrief: run.quick }, bodyOf),
  );
  await setRowSecurity(stack, 'ENABLE');
  const openLeaks = open.flatMap((one) => one.leaks).length;
  return faultResult({
    fault: 'isolation',
    invariants: verdict.invariants,
    hits: seenByRoute(sweeps),
    figures: {
      callers: sweepers.length,
      rows: rows.length,
      rowsAskedAbout: asked.length,
      routes: routes.length,
      requests: sweeps.reduce((sum, one) => sum + one.requests, 0),
      leaks: leaks.length,
      inconclusive: inconclusive.length,
      leaksWithoutRowSecurity: openLeaks,
    },
    failures: [
      ...leaks.slice(0, SHOWN).map((leak) => `leak: ${leak}`),
      ...inconclusive.slice(0, SHOWN).map((what) => `inconclusive: ${what}`),
      ...routesWithoutOracle(routes),
      ...kindsWithout(rows),
      ...neverSeen(reads, seenByRoute(sweeps)),
      ...verdict.findings,
    ],
    caught: openLeaks > 0,
  });
}

function fewOfEach(rows: readonly OwnedRow[]): readonly OwnedRow[] {
  const counts = new Map<string, number>();
  return rows.filter(({ kind, authorityId, partId }) => {
    const place = `${kind} ${authorityId} ${partId === null}`;
    counts.set(place, (counts.get(place) ?? 0) + 1);
    return (counts.get(place) ?? 0) <= PER_UNIT_QUICK;
  });
}

async function signInAll(stack: FaultStack): Promise<readonly Sweeper[]> {
  const people: Sweeper[] = [];
  for (const [index, account] of ACCOUNTS.entries()) {
    const origin = stack.apis()[index % stack.apis().length] ?? stack.baseUrl('api');
    const client = await PersonClient.signIn(origin, account.username);
    people.push({
      name: account.username,
      caller: { kind: 'account', account },
      ask: patiently((...given) => client.ask(...given)),
    });
  }
  const agencies = [
    { keyId: 'demo-agency', secret: stack.agencySecret, unitKey: OWN_UNIT },
    ...NEIGHBOURS.map(({ agencyKeyId, unitKey }) => ({
      keyId: agencyKeyId,
      secret: NEIGHBOUR_SECRET,
      unitKey,
    })),
  ].map(({ unitKey, ...key }): Sweeper => {
    const client = new AgencyClient(stack, key);
    return {
      name: key.keyId,
      caller: { kind: 'agency', unitKey },
      ask: patiently((...given) => client.ask(...given)),
    };
  });
  return [...people, ...agencies];
}

/** The limit on requests is not what is tested here. */
function patiently(ask: Sweeper['ask']): Sweeper['ask'] {
  return async (...given) => {
    for (;;) {
      const answer = await ask(...given);
      if (answer.status !== 429) return answer;
      await sleep(1_000);
    }
  };
}

/** Callers one after the other would take long, all at once would only measure the queue. */
async function inTurn(
  sweepers: readonly Sweeper[],
  work: (sweeper: Sweeper) => Promise<Sweep>,
): Promise<readonly Sweep[]> {
  const waiting = [...sweepers];
  const done: Sweep[] = [];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) done.push(await work(next));
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  return done;
}

async function setRowSecurity(stack: FaultStack, how: 'ENABLE' | 'DISABLE'): Promise<void> {
  const { databaseMigratorUrl } = stack.connections;
  if (databaseMigratorUrl === undefined) throw new Error('this stack has no migrator');
  await withClient(databaseMigratorUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `SELECT DISTINCT quote_ident(tablename) AS name FROM pg_policies WHERE schemaname = 'public'`,
    );
    for (const { name } of rows) await client.query(`ALTER TABLE ${name} ${how} ROW LEVEL SECURITY`);
  });
}

function seenByRoute(sweeps: readonly Sweep[]): Readonly<Record<string, number>> {
  const seen = new Map<string, number>();
  for (const [route, count] of sweeps.flatMap((one) => Object.entries(one.seen))) {
    seen.set(route, (seen.get(route) ?? 0) + count);
  }
  return Object.fromEntries(seen);
}

function kindsWithout(rows: readonly OwnedRow[]): readonly string[] {
  return (Object.keys(OWNED) as ScopedKind[])
    .filter((kind) => !rows.some((row) => row.kind === kind))
    .map((kind) => `there are no ${kind}, so none could leak`);
}

/** Where nobody saw anything, the test would pass also when the route were broken. */
function neverSeen(reads: readonly Route[], seen: Readonly<Record<string, number>>): readonly string[] {
  return reads
    .filter(({ kind, isPublic }) => Object.hasOwn(OWNED, kind) && !isPublic)
    .map(({ method, path }) => `${method} ${path}`)
    .filter((name) => seen[name] === undefined)
    .map((name) => `nobody was shown anything by ${name}`);
}
