import { Client, Connection } from '@temporalio/client';
import { TASK_QUEUE, TemporalConductor } from '../adapters/temporal/temporal-conductor';
import { describeProblems, parseServiceConfig } from '../main/config';
import { runWorker } from '../main/run-worker';
import type { Standing } from '../ports/issuance-ledger';

/**
 * The reference of the issuance benches: the committed workflows with activities that do nothing but lead them along
 * the same states, so that what remains is what Temporal itself costs.
 */
async function main(): Promise<void> {
  const parsed = parseServiceConfig(process.env);
  if (!parsed.ok) throw new Error(describeProblems(parsed.refusal));
  const config = parsed.value;
  const connection = await Connection.connect({ address: config.temporal.address });
  const conductor = new TemporalConductor({
    client: new Client({ connection, namespace: config.temporal.namespace }),
    taskQueue: TASK_QUEUE,
  });
  const at = (state: Standing['state']) => async (): Promise<Standing> => ({
    state,
    taskId: null,
    decisionTakesEffectInMs: null,
    dueInMs: null,
  });
  await runWorker({
    config,
    around: (activities) => ({
      ...activities,
      admit: at('comparing'),
      compare: async () => undefined,
      openReview: at('approved'),
      prepare: at('prepared'),
      seal: at('prepared'),
      correspond: at('sealed'),
      async issue(issuanceId) {
        await conductor.start('delivery', issuanceId);
        return at('issued')();
      },
      deliver: async () => ({ state: 'delivered', isClosed: true, isAttemptDue: false, lookAgainInMs: null }),
    }),
  });
  await connection.close();
}

main().catch((fault: unknown) => {
  console.error(fault instanceof Error ? fault.message : fault);
  process.exit(1);
});
