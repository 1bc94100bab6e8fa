import { createServer } from 'node:http';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { LogLevel, LogMetadata, Logger as TemporalLogger } from '@temporalio/worker';
import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Metric } from 'prom-client';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { PostgresOutbox } from '../adapters/postgres/case/outbox';
import { forgetExpiredKeys } from '../adapters/postgres/register/housekeeping';
import { PostgresTimestampLedger } from '../adapters/postgres/sealing/timestamp-ledger';
import { tellUnclaimedTasks } from '../adapters/postgres/task/tell-unclaimed-tasks';
import { PostgresOutgoingLedger } from '../adapters/postgres/up-report/outgoing-ledger';
import { OutboxRelay } from '../adapters/relay/outbox-relay';
import { stampDueFiles } from '../adapters/relay/timestamp-relay';
import { TASK_QUEUE, TemporalConductor } from '../adapters/temporal/temporal-conductor';
import { createLogger } from '../api/create-logger';
import { openCertificateProducer } from './certificate-drawing';
import { certificateSchedule } from './certificate-schedule';
import { clockTasks } from './clock-tasks';
import type { ServiceConfig } from './config';
import { eventLogTasks } from './event-log-tasks';
import type { Foundation } from './foundation';
import { openFoundation } from './foundation';
import { ingestionTasks } from './ingestion-tasks';
import type { OutsideSystems } from './outside-systems';
import { openOutsideSystems } from './outside-systems';
import { runPeriodically } from './run-periodically';
import { withHeartbeat } from './with-heartbeat';
import type { WorkerActivities } from './worker-activities';
import { workerActivities } from './worker-activities';
import { workflowBundle } from './workflow-bundle';

const CHECKOUT = join(__dirname, '..');
const GRACE = '30s';
/** Activities that draw, sign or ask outside; the others are single transactions. */
const OUTSIDE_THE_DATABASE = ['compare', 'prepare', 'seal', 'correspond', 'deliver'] as const;
const TIMESTAMPS_EVERY_MS = 2_000;
const UNCLAIMED_EVERY_MS = 60_000;
const HOUSEKEEPING_EVERY_MS = 600_000;

export interface WorkerOptions {
  readonly config: ServiceConfig;
  /** Stands between the conductor and the activities; fault tests put their fail-points here. */
  readonly around?: (activities: WorkerActivities) => WorkerActivities;
}

/**
 * Runs a worker until SIGTERM: workflows, activities, the outbox relay and the event log's sequencer.
 * Answers when all of them have finished what they had in hand.
 */
export async function runWorker({
  config,
  around = (activities) => activities,
}: WorkerOptions): Promise<void> {
  const log = createLogger(config.logLevel, process.env['PROCESS_NAME'] ?? 'worker');
  Runtime.install({ shutdownSignals: [], logger: temporalLogger(log) });
  const [foundation, producer, bundle, nativeConnection, connection] = await Promise.all([
    openFoundation(config, log),
    openCertificateProducer(config),
    workflowBundle(CHECKOUT, join(config.dataDir, 'cache')),
    NativeConnection.connect({ address: config.temporal.address }),
    Connection.connect({ address: config.temporal.address }),
  ]);
  const outside = openOutsideSystems(foundation);
  const worker = await Worker.create({
    connection: nativeConnection,
    namespace: config.temporal.namespace,
    taskQueue: TASK_QUEUE,
    workflowBundle: { codePath: bundle },
    activities: {
      ...withHeartbeat(around(workerActivities(foundation, outside, producer)), OUTSIDE_THE_DATABASE),
    },
    // More at once would only share the same cores, and each would take longer than it is given.
    maxConcurrentActivityTaskExecutions: 10,
    maxConcurrentLocalActivityExecutions: 20,
    maxConcurrentWorkflowTaskExecutions: 20,
    maxCachedWorkflows: 2000,
    workflowTaskPollerBehavior: { type: 'simple-maximum', maximum: 8 },
    activityTaskPollerBehavior: { type: 'simple-maximum', maximum: 4 },
    // With the default of 10 s one killed worker stalls its cases for as long.
    stickyQueueScheduleToStartTimeout: '1s',
    shutdownGraceTime: GRACE,
  });
  const outbox = new PostgresOutbox({ register: foundation.register, clock: foundation.clock });
  const relay = new OutboxRelay({
    outbox,
    outgoing: new PostgresOutgoingLedger(foundation),
    conductor: new TemporalConductor({
      client: new Client({ connection, namespace: config.temporal.namespace }),
      taskQueue: TASK_QUEUE,
    }),
    mailer: outside.mailer,
    upReports: outside.upReports,
    webhooks: outside.webhooks,
    clock: foundation.clock,
    mailMessageId: outside.mailMessageId,
    reportFault: (fault, item) =>
      log.warn({ err: fault, topic: item?.topic, outboxId: item?.id }, 'relay fault'),
  });
  const clocks = clockTasks(foundation);
  const ingestion = ingestionTasks(foundation, outside.upReports);
  const eventLog = eventLogTasks(foundation);
  const periodic = [
    ...startPeriodicTasks(foundation, outside),
    ...[...eventLog.tasks, ...clocks.tasks, ...ingestion.tasks].map(runPeriodically),
  ];
  const health = serveHealth(
    config.workerHealthPort,
    worker,
    outbox,
    new PostgresTimestampLedger(foundation),
    [...eventLog.metrics, ...clocks.metrics, ...ingestion.metrics],
  );
  relay.start();
  const stop = (): void => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  await worker.run();
  await Promise.all([relay.stop(), ...periodic.map((task) => task.stop())]);
  health.close();
  await Promise.all([nativeConnection.close(), connection.close(), foundation.close()]);
}

/** Dates of certificates, timestamps, unclaimed tasks; expired keys are forgotten. */
function startPeriodicTasks(
  foundation: Foundation,
  { timestamps }: OutsideSystems,
): readonly { stop(): Promise<void> }[] {
  const { register, clock, reportFault } = foundation;
  return [
    ...certificateSchedule(foundation),
    ...(timestamps === null
      ? []
      : [
          runPeriodically({
            everyMs: TIMESTAMPS_EVERY_MS,
            reportFault,
            run: () => stampDueFiles(new PostgresTimestampLedger({ register, clock }), timestamps),
          }),
        ]),
    runPeriodically({
      everyMs: UNCLAIMED_EVERY_MS,
      reportFault,
      run: () => tellUnclaimedTasks(register, foundation.integrity, clock.now()),
    }),
    runPeriodically({
      everyMs: HOUSEKEEPING_EVERY_MS,
      reportFault,
      run: async () => {
        await forgetExpiredKeys(register, clock.now());
        return false;
      },
    }),
  ];
}

function serveHealth(
  port: number,
  worker: Worker,
  outbox: PostgresOutbox,
  timestamps: PostgresTimestampLedger,
  periodicMetrics: readonly Metric[],
): ReturnType<typeof createServer> {
  const metrics = new Registry();
  collectDefaultMetrics({ register: metrics });
  for (const metric of periodicMetrics) metrics.registerMetric(metric);
  new Gauge({
    name: 'ecert_outbox_oldest_age_seconds',
    help: 'Age of the oldest outbox item that is due and not done.',
    registers: [metrics],
    async collect() {
      this.set(await outbox.oldestAgeSeconds());
    },
  });
  new Gauge({
    name: 'ecert_files_without_timestamp',
    help: 'Sealed files that still lack a timestamp token.',
    registers: [metrics],
    async collect() {
      this.set((await timestamps.backlog()).files);
    },
  });
  return createServer((request, response) => {
    if (request.url === '/readyz') {
      const isReady = worker.getState() === 'RUNNING';
      response.writeHead(isReady ? 200 : 503, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ state: worker.getState() }));
      return;
    }
    if (request.url === '/metrics') {
      metrics
        .metrics()
        .then((text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text))
        .catch(() => response.writeHead(500).end());
      return;
    }
    response.writeHead(404).end();
  }).listen(port, '127.0.0.1');
}

/** The SDK's own log lines from INFO up, its errors in the form in which ours are written. */
function temporalLogger(log: Logger): TemporalLogger {
  const write = (level: LogLevel, message: string, meta: LogMetadata = {}): void => {
    const { error, ...rest } = meta;
    const fields = error === undefined ? rest : { ...rest, err: error };
    if (level === 'ERROR') log.error(fields, message);
    else if (level === 'WARN') log.warn(fields, message);
    else if (level === 'INFO') log.info(fields, message);
  };
  return {
    log: write,
    trace: () => undefined,
    debug: () => undefined,
    info: (message, meta) => write('INFO', message, meta),
    warn: (message, meta) => write('WARN', message, meta),
    error: (message, meta) => write('ERROR', message, meta),
  };
}
