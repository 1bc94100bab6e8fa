import type { Metric } from 'prom-client';
import { Gauge } from 'prom-client';
import { PostgresEventLogSequencer } from '../adapters/postgres/evidence/event-log-sequencer';
import { eventLogSigner } from './event-log-signer';
import type { Foundation } from './foundation';
import type { PeriodicTask } from './run-periodically';

const SEQUENCE_EVERY_MS = 250;
const SEQUENCE_BATCH = 500;
const SIGN_EVERY_MS = 1_000;

export interface EventLogTasks {
  readonly tasks: readonly PeriodicTask[];
  readonly metrics: readonly Metric[];
}

/** The event log is chained and its head signed by one worker at a time; how many events still wait for their place. */
export function eventLogTasks({
  register,
  clock,
  sealer,
  config,
  reportFault,
}: Pick<Foundation, 'register' | 'clock' | 'sealer' | 'config' | 'reportFault'>): EventLogTasks {
  const sequencer = new PostgresEventLogSequencer({
    register,
    clock,
    ...eventLogSigner(sealer, config.keyStores.eventLogKeyId),
  });
  const pending = new Gauge({
    name: 'ecert_event_log_pending',
    help: 'Events that are written and have no place in the chain of the log yet.',
    registers: [],
    async collect() {
      this.set(await sequencer.pending());
    },
  });
  const tasks: readonly PeriodicTask[] = [
    {
      everyMs: SEQUENCE_EVERY_MS,
      reportFault,
      run: async () => (await sequencer.sequence(SEQUENCE_BATCH)) === SEQUENCE_BATCH,
    },
    {
      everyMs: SIGN_EVERY_MS,
      reportFault,
      run: async () => {
        await sequencer.signHead();
        return false;
      },
    },
  ];
  return { tasks, metrics: [pending] };
}
