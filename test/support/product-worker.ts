import { join, resolve } from 'node:path';
import type { Client } from '@temporalio/client';
import { type NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { PostgresOutbox } from '../../adapters/postgres/case/outbox';
import { PostgresOutgoingLedger } from '../../adapters/postgres/up-report/outgoing-ledger';
import { OutboxRelay } from '../../adapters/relay/outbox-relay';
import { TemporalConductor } from '../../adapters/temporal/temporal-conductor';
import type { Foundation } from '../../main/foundation';
import { openOutsideSystems } from '../../main/outside-systems';
import { type WorkerActivities, workerActivities } from '../../main/worker-activities';
import { workflowBundle } from '../../main/workflow-bundle';
import type { CertificateProducer } from '../../ports/certificate-producer';
import { testEngines } from './engines';

const CHECKOUT = resolve(__dirname, '..', '..');
let isSilenced = false;

export interface ProductWorkerParts {
  readonly foundation: Foundation;
  readonly producer: CertificateProducer;
  readonly client: Client;
  readonly nativeConnection: NativeConnection;
  readonly taskQueue: string;
  readonly around: (activities: WorkerActivities) => WorkerActivities;
}

export interface ProductWorker {
  readonly conductor: TemporalConductor;
  stop(): Promise<void>;
}

/** Runs the worker with the real activities, and the outbox relay, in this process. */
export async function startProductWorker(parts: ProductWorkerParts): Promise<ProductWorker> {
  const { foundation, producer, client, taskQueue } = parts;
  const outside = openOutsideSystems(foundation);
  const worker = await Worker.create({
    connection: parts.nativeConnection,
    namespace: client.options.namespace,
    taskQueue,
    workflowBundle: { codePath: await testWorkflowBundle() },
    activities: { ...parts.around(workerActivities(foundation, outside, producer)) },
    stickyQueueScheduleToStartTimeout: '1s',
    shutdownGraceTime: '2s',
    shutdownForceTime: '10s',
  });
  const conductor = new TemporalConductor({ client, taskQueue });
  const relay = new OutboxRelay({
    outbox: new PostgresOutbox(foundation),
    outgoing: new PostgresOutgoingLedger(foundation),
    conductor,
    mailer: outside.mailer,
    upReports: outside.upReports,
    webhooks: outside.webhooks,
    clock: foundation.clock,
    mailMessageId: outside.mailMessageId,
    reportFault: () => undefined,
  });
  const running = worker.run();
  relay.start();
  return {
    conductor,
    async stop() {
      await relay.stop();
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
    },
  };
}

/** The bundle of the present sources, built once per test run. */
export function testWorkflowBundle(): Promise<string> {
  return workflowBundle(CHECKOUT, join(testEngines().folder, 'bundles'));
}

/**
 * Closed gates and simulators that are down are what the tests are about; their log lines are noise. To be called
 * before the first native connection of the process, which fixes how the SDK logs.
 */
export function silenceTemporal(): void {
  if (isSilenced) return;
  isSilenced = true;
  const quiet = (): void => undefined;
  Runtime.install({
    shutdownSignals: [],
    logger: { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: quiet, error: quiet },
    telemetryOptions: { logging: { forward: {}, filter: 'OFF' } },
  });
}
