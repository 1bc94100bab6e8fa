import { Context } from '@temporalio/activity';
import type { NativeConnection } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import { TemporalConductor, workflowId } from '../../adapters/temporal/temporal-conductor';
import type { WorkerActivities } from '../../main/worker-activities';
import type { ConductedKind } from '../../ports/conductor';
import { silenceTemporal, testWorkflowBundle } from '../support/product-worker';
import { connectTestTemporal, type TestTemporal } from '../support/test-temporal';

const BUILD_MS = 240_000;
const LONG_LIFE_MS = 120_000;
/** Past this a history goes on in a fresh one; what one turn adds may lie above it. */
const LONGEST_HISTORY = 2_000;
const LONGEST_TURN = 100;
/** People who act at the same time, so that a message also falls on the very turn in which the history ends. */
const HANDS = 4;

/** One case in memory: how often somebody has acted on it, and up to which act its workflow has looked. */
class OneCase {
  readonly runs = new Set<string>();
  readonly ids = new Set<string>();
  isClosed = false;
  #acts = 0;
  #waiting: readonly { readonly act: number; readonly seen: () => void }[] = [];

  /** Its workflow looks at it; out: whether it is at its end. */
  look(id: string): boolean {
    this.ids.add(id);
    this.runs.add(Context.current().info.workflowExecution?.runId ?? '');
    const seen = this.#waiting.filter(({ act }) => act <= this.#acts);
    this.#waiting = this.#waiting.filter((one) => !seen.includes(one));
    for (const one of seen) one.seen();
    return this.isClosed;
  }

  /** Somebody acts and tells the case; fulfilled when the workflow has looked since. */
  async act(tell: () => Promise<unknown>): Promise<void> {
    this.#acts += 1;
    const act = this.#acts;
    const isSeen = new Promise<void>((seen) => {
      this.#waiting = [...this.#waiting, { act, seen }];
    });
    await tell();
    await isSeen;
  }
}

type Steps = Partial<Record<keyof WorkerActivities, (id: string) => Promise<unknown>>>;

/** The steps of each lifecycle that a case takes which waits for people and for nothing else. */
const WAITING = {
  anomalyCase: (one) => ({ settleAnomalyCase: async (id) => settled(one.look(id)) }),
  certificateChange: (one) => ({ settleCertificateChange: async (id) => settled(one.look(id)) }),
  forceMajeureEvent: (one) => ({ settleForceMajeureEvent: async (id) => settled(one.look(id)) }),
  delivery: (one) => ({
    deliver: async () => ({ ...settled(false), state: 'awaitingPickup', isAttemptDue: false }),
    settleDelivery: async (id) => ({ ...settled(one.look(id)), isAttemptDue: false }),
  }),
  issuance: (one) => ({
    admit: async () => standing('awaitingSeal'),
    prepare: async (id) => standing(one.look(id) ? 'withdrawn' : 'awaitingSeal'),
  }),
} as const satisfies Record<ConductedKind, (one: OneCase) => Steps>;

function settled(isClosed: boolean) {
  return { isClosed, lookAgainInMs: null };
}

function standing(state: 'awaitingSeal' | 'withdrawn') {
  return { state, taskId: null, decisionTakesEffectInMs: null, dueInMs: null };
}

describe('a case that is looked at more often than one history should hold', () => {
  let temporal: TestTemporal;
  let connection: NativeConnection;
  let codePath = '';
  beforeAll(async () => {
    silenceTemporal();
    temporal = await connectTestTemporal();
    connection = await temporal.nativeConnection();
    codePath = await testWorkflowBundle();
  }, BUILD_MS);
  afterAll(() => temporal.close());

  async function withWorker(steps: Steps, work: (conductor: TemporalConductor) => Promise<void>) {
    const taskQueue = temporal.taskQueue('long');
    const worker = await Worker.create({
      connection,
      namespace: temporal.namespace,
      taskQueue,
      workflowBundle: { codePath },
      activities: { ...steps },
    });
    await worker.runUntil(work(new TemporalConductor({ client: temporal.client, taskQueue })));
  }

  it.each(Object.keys(WAITING) as ConductedKind[])(
    '%s goes on in a fresh history from its id, and no message is lost on the way',
    async (kind) => {
      const one = new OneCase();
      const id = temporal.taskQueue('case');
      await withWorker(WAITING[kind](one), async (conductor) => {
        await conductor.start(kind, id);
        const tell = () => conductor.tell(kind, id);
        const people = Array.from({ length: HANDS }, async () => {
          while (one.runs.size < 2) await one.act(tell);
          for (let more = 0; more < HANDS; more += 1) await one.act(tell);
        });
        await Promise.all(people);
        one.isClosed = true;
        await tell();
        await temporal.client.workflow.getHandle(workflowId(kind, id)).result();
      });
      expect(one.ids).toEqual(new Set([id]));
      expect(one.runs.size).toBe(2);
      const [first = '', last = ''] = one.runs;
      const run = (runId: string) =>
        temporal.client.workflow.getHandle(workflowId(kind, id), runId).describe();
      const [before, after] = await Promise.all([run(first), run(last)]);
      expect([before.status.name, after.status.name]).toEqual(['CONTINUED_AS_NEW', 'COMPLETED']);
      expect(before.historyLength).toBeGreaterThan(LONGEST_HISTORY);
      expect(before.historyLength).toBeLessThan(LONGEST_HISTORY + LONGEST_TURN);
    },
    LONG_LIFE_MS,
  );
});
