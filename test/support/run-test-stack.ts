import type { StackPart } from '../../main/stack-parts';
import { runFromTerminal } from '../../main/stack-terminal';

/** The real stack with real engines around processes that are ready at once. */
const ENTRY = 'test/support/stack-part.ts';
const parts: readonly StackPart[] = [
  {
    name: 'agency',
    entry: ENTRY,
    stage: 'simulators',
    portVariable: 'PORT',
    providesVariable: 'AGENCY_RECORDS_URL',
    announcement: (baseUrl) => `agency records: ${baseUrl}/records`,
  },
  { name: 'worker-1', entry: ENTRY, stage: 'services', portVariable: 'WORKER_HEALTH_PORT' },
  { name: 'api', entry: ENTRY, stage: 'services', portVariable: 'PORT' },
];

void runFromTerminal(parts);
