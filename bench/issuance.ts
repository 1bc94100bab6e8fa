import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { AgencyClient } from './agency-client';
import type { BenchLine } from './bench-line';
import { median, rateLine, timeLine } from './bench-line';
import type { BenchStack } from './bench-stack';
import { startBenchStack } from './bench-stack';
import { type StackPartGroup, stackProcessorSeconds } from './stack-processor-time';

const ROUNDS = 3;
const WARM_UP = 60;
const CASES_PER_ROUND = 150;
const ALONE = 25;
const IN_FLIGHT = 32;
const POLL_MS = 50;
const GIVE_UP_MS = 180_000;
/** Half of what bare Temporal reaches on two cores; below it the machine, not the product, was measured. */
const LEAST_REFERENCE_EVENTS_PER_SECOND = 225;
const RATE_GOAL = 0.8;
const LATENCY_GOAL = 1.5;

interface Contestant {
  readonly stack: BenchStack;
  readonly agency: AgencyClient;
  readonly temporal: Client;
  readonly connection: Connection;
  /** How many deliveries have ended so far. */
  delivered: number;
  serial: number;
  /** Processor milliseconds of one case in each round, by part of the stack. */
  readonly cpuMs: Map<StackPartGroup, number>[];
}

/** Straight-through issuances per second to delivery recorded, and how long one alone takes, against idle activities. */
export async function run(): Promise<readonly BenchLine[]> {
  const ours = await enter('main/worker.ts');
  const reference = await enter('bench/idle-worker.ts');
  try {
    for (const contestant of [ours, reference]) {
      await measureRate(contestant, WARM_UP);
      contestant.cpuMs.length = 0;
    }
    const rates: { ours: number[]; reference: number[] } = { ours: [], reference: [] };
    const alone: { ours: number[]; reference: number[] } = { ours: [], reference: [] };
    for (let round = 0; round < ROUNDS; round += 1) {
      rates.ours.push(await measureRate(ours, CASES_PER_ROUND));
      rates.reference.push(await measureRate(reference, CASES_PER_ROUND));
      alone.ours.push(await measureAlone(ours));
      alone.reference.push(await measureAlone(reference));
    }
    const [events, referenceEvents] = [await eventsPerIssuance(ours), await eventsPerIssuance(reference)];
    if (events !== referenceEvents) {
      throw new Error(
        `ours has ${events} events an issuance, the reference ${referenceEvents}: they do not compare`,
      );
    }
    const referenceRate = median(rates.reference);
    if (referenceRate * events < LEAST_REFERENCE_EVENTS_PER_SECOND) {
      throw new Error(
        `the reference made ${Math.round(referenceRate * events)} events a second: the machine is too busy`,
      );
    }
    return [
      rateLine({
        bench: 'issuance',
        metric: 'issuancesPerSecond',
        ours: median(rates.ours),
        reference: referenceRate,
        goal: RATE_GOAL,
        detail: { eventsPerIssuance: events, rounds: rates.ours.map((rate) => rate.toFixed(1)).join(' ') },
      }),
      timeLine({
        bench: 'issuance',
        metric: 'cpuMsPerIssuance',
        ours: cpuOfStack(ours),
        reference: cpuOfStack(reference),
        goal: 1 / RATE_GOAL,
        detail: { ours: cpuByPart(ours), reference: cpuByPart(reference) },
      }),
      timeLine({
        bench: 'issuance-latency',
        metric: 'p50Ms',
        ours: median(alone.ours),
        reference: median(alone.reference),
        goal: LATENCY_GOAL,
      }),
    ];
  } finally {
    await leave(ours);
    await leave(reference);
  }
}

async function enter(workerEntry: string): Promise<Contestant> {
  const stack = await startBenchStack(workerEntry);
  const connection = await Connection.connect({ address: stack.temporalAddress });
  return {
    stack,
    agency: new AgencyClient(stack),
    temporal: new Client({ connection }),
    connection,
    delivered: 0,
    serial: 1,
    cpuMs: [],
  };
}

async function leave({ agency, connection, stack }: Contestant): Promise<void> {
  agency.close();
  await connection.close();
  await stack.stop();
}

/** Out: cases per second from the first request to the last delivery. */
async function measureRate(contestant: Contestant, cases: number): Promise<number> {
  const bodies = await newBodies(contestant, cases);
  const before = stackProcessorSeconds(contestant.stack.runFolder);
  const startedAtMs = performance.now();
  const queue = bodies.values();
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (const body of queue) await contestant.agency.issue(body);
    }),
  );
  contestant.delivered += cases;
  await untilDelivered(contestant);
  const rate = (cases / (performance.now() - startedAtMs)) * 1000;
  const after = stackProcessorSeconds(contestant.stack.runFolder);
  const usedMs = [...after].map(
    ([part, seconds]) => [part, ((seconds - (before.get(part) ?? 0)) * 1000) / cases] as const,
  );
  contestant.cpuMs.push(new Map(usedMs));
  return rate;
}

function cpuOfStack({ cpuMs }: Contestant): number {
  return median(cpuMs.map((round) => [...round.values()].reduce((sum, ms) => sum + ms, 0)));
}

function cpuByPart({ cpuMs }: Contestant): string {
  const parts = [...(cpuMs[0]?.keys() ?? [])];
  return parts
    .map((part) => `${part} ${median(cpuMs.map((round) => round.get(part) ?? 0)).toFixed(0)}`)
    .join(', ');
}

/** Out: median time of one request alone on the machine, to the end of its case, in milliseconds. */
async function measureAlone(contestant: Contestant): Promise<number> {
  const times: number[] = [];
  for (const body of await newBodies(contestant, ALONE)) {
    const startedAtMs = performance.now();
    const id = await contestant.agency.issue(body);
    await untilEnded(contestant, id);
    times.push(performance.now() - startedAtMs);
    contestant.delivered += 1;
    await untilDelivered(contestant);
  }
  return median(times);
}

/** The API answers as soon as the case is in the register, which may be before its workflow has begun. */
async function untilEnded({ temporal }: Contestant, id: string): Promise<void> {
  for (;;) {
    try {
      await temporal.workflow.getHandle(`issuance/${id}`).result();
      return;
    } catch (fault) {
      if (!(fault instanceof WorkflowNotFoundError)) throw fault;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

async function newBodies(contestant: Contestant, cases: number): Promise<readonly string[]> {
  const bodies = Array.from({ length: cases }, (_, index) =>
    contestant.agency.body(contestant.serial + index),
  );
  contestant.serial += cases;
  for (const body of bodies) await contestant.agency.layRecordDown(body);
  return bodies;
}

async function untilDelivered({ temporal, delivered }: Contestant): Promise<void> {
  const giveUpAtMs = performance.now() + GIVE_UP_MS;
  for (;;) {
    const { count } = await temporal.workflow.count(
      "WorkflowType = 'delivery' AND ExecutionStatus = 'Completed'",
    );
    if (count >= delivered) return;
    if (performance.now() > giveUpAtMs)
      throw new Error(`only ${count} of ${delivered} deliveries ended in time`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Events of one issuance and its delivery together, read from a finished pair. */
async function eventsPerIssuance({ temporal }: Contestant): Promise<number> {
  let events = 0;
  for (const type of ['issuance', 'delivery']) {
    const query = `WorkflowType = '${type}' AND ExecutionStatus = 'Completed'`;
    const lengths: number[] = [];
    for await (const execution of temporal.workflow.list({ query })) {
      lengths.push(execution.historyLength);
      if (lengths.length === 50) break;
    }
    events += median(lengths);
  }
  return events;
}
