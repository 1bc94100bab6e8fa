/** A process that `npm start` runs beside the engines. */
export type StackPart = {
  /** Names the pid file, the log and the process in sentences. */
  readonly name: string;
  /** TypeScript entry file, relative to the checkout; answers `GET /readyz` with 200 when it can work. */
  readonly entry: string;
  /** `simulators` start before `services` and stop after them. */
  readonly stage: 'simulators' | 'services';
  /** Where the process reads its port; `PORT` of a service is the configured one, all others are free ports. */
  readonly portVariable: 'PORT' | 'WORKER_HEALTH_PORT';
  /** The variable by which services learn this simulator's base address; when the user set it, none is started. */
  readonly providesVariable?: 'PORTAL_URL' | 'AGENCY_RECORDS_URL' | 'TIMESTAMP_URL' | 'UP_REPORT_URL';
  /** A line of the start's output, made from the base address. */
  readonly announcement?: (baseUrl: string) => string;
};

/** API, two workers (one needs 0.8 s to start, so the other carries on), and the outside world of the demonstration. */
export const STACK_PARTS: readonly StackPart[] = [
  {
    name: 'agency',
    entry: 'simulators/agency-records/main.ts',
    stage: 'simulators',
    portVariable: 'PORT',
    providesVariable: 'AGENCY_RECORDS_URL',
    announcement: (baseUrl) => `agency records: ${baseUrl}/records`,
  },
  {
    name: 'portal',
    entry: 'simulators/portal/main.ts',
    stage: 'simulators',
    portVariable: 'PORT',
    providesVariable: 'PORTAL_URL',
  },
  {
    name: 'timestamp',
    entry: 'simulators/timestamp/main.ts',
    stage: 'simulators',
    portVariable: 'PORT',
    providesVariable: 'TIMESTAMP_URL',
  },
  {
    name: 'up-report',
    entry: 'simulators/up-report/main.ts',
    stage: 'simulators',
    portVariable: 'PORT',
    providesVariable: 'UP_REPORT_URL',
  },
  { name: 'worker-1', entry: 'main/worker.ts', stage: 'services', portVariable: 'WORKER_HEALTH_PORT' },
  { name: 'worker-2', entry: 'main/worker.ts', stage: 'services', portVariable: 'WORKER_HEALTH_PORT' },
  { name: 'api', entry: 'main/api.ts', stage: 'services', portVariable: 'PORT' },
];
