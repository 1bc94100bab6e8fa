import type { Metric } from 'prom-client';
import { Gauge } from 'prom-client';
import { countIngestion } from '../adapters/postgres/ingestion/count-ingestion';
import { keepIncrementDays } from '../adapters/postgres/ingestion/keep-increment-days';
import {
  reconcileUpReports,
  sendForgottenReports,
} from '../adapters/postgres/up-report/reconcile-up-reports';
import type { UpReportReceipts } from '../ports/up-report-channel';
import type { Foundation } from './foundation';
import type { PeriodicTask } from './run-periodically';

/** A day is closed within a minute of its end; what arrived before 24:00 counts whenever its transaction ends. */
const DAYS_EVERY_MS = 30_000;
const RECONCILE_EVERY_MS = 300_000;
const FORGOTTEN_EVERY_MS = 60_000;
const PAGE = 200;

export interface IngestionTasks {
  readonly tasks: readonly PeriodicTask[];
  readonly metrics: readonly Metric[];
}

/**
 * The daily schedule of 归集: days of increments opened and closed, what was reported to the region compared with its own
 * list. All of it is derived from rows, so there is nothing to resume, and each may run in several workers at once.
 */
export function ingestionTasks(
  {
    register,
    integrity,
    clock,
    reportFault,
  }: Pick<Foundation, 'register' | 'integrity' | 'clock' | 'reportFault'>,
  receipts: UpReportReceipts,
): IngestionTasks {
  const reports = new Gauge({
    name: 'ecert_up_reports',
    help: 'Reports to the region that are not received there yet; returned and quarantined ones wait for people.',
    labelNames: ['state'],
    registers: [],
    async collect() {
      const counts = await countIngestion(register);
      for (const [state, count] of counts.upReports) this.set({ state }, count);
    },
  });
  const days = new Gauge({
    name: 'ecert_increment_days',
    help: 'Days of increments by state, of those that have not come to rest, and those missed.',
    labelNames: ['state'],
    registers: [],
    async collect() {
      const counts = await countIngestion(register);
      for (const [state, count] of counts.incrementDays) this.set({ state }, count);
    },
  });
  const differences = new Gauge({
    name: 'ecert_up_report_differences',
    help: 'Differences that the newest reconciliation with the region found.',
    registers: [],
    async collect() {
      this.set((await countIngestion(register)).newestDifferences);
    },
  });
  const tasks: readonly PeriodicTask[] = [
    {
      everyMs: DAYS_EVERY_MS,
      reportFault,
      run: () => keepIncrementDays({ register, integrity, clock, pageSize: PAGE }),
    },
    {
      everyMs: RECONCILE_EVERY_MS,
      reportFault,
      run: () => reconcileUpReports({ register, clock, receipts }),
    },
    {
      everyMs: FORGOTTEN_EVERY_MS,
      reportFault,
      run: async () => {
        await sendForgottenReports(register, clock.now());
        return false;
      },
    },
  ];
  return { tasks, metrics: [reports, days, differences] };
}
