import type { Metric } from 'prom-client';
import { Counter, Gauge } from 'prom-client';
import { raiseDailyAlarms } from '../adapters/postgres/sla/daily-alarms';
import { foldDeadlineCounts } from '../adapters/postgres/sla/fold-deadline-counts';
import { recomputePage } from '../adapters/postgres/sla/recompute-deadlines';
import { sweepClocks } from '../adapters/postgres/sla/sweep-clocks';
import type { SystemPrincipal } from '../domain/shared/principal';
import type { Foundation } from './foundation';
import type { PeriodicTask } from './run-periodically';

const RECOMPUTER: SystemPrincipal = { kind: 'system', component: 'calendarChange' };
const SWEEP_EVERY_MS = 15_000;
const FOLD_EVERY_MS = 2_000;
const RECOMPUTE_EVERY_MS = 5_000;
const RECOMPUTE_PAGE = 500;
const ALARMS_EVERY_MS = 600_000;

export interface ClockTasks {
  readonly tasks: readonly PeriodicTask[];
  readonly metrics: readonly Metric[];
}

/**
 * What keeps clocks going beside the cases' own timers: the sweeper, the rewriting of deadlines after a change of the
 * calendar, the counts of the board, the daily alarms. All of it is derived from rows, so there is nothing to resume, and
 * each may run in several workers at once.
 */
export function clockTasks({
  register,
  clock,
  reportFault,
}: Pick<Foundation, 'register' | 'clock' | 'reportFault'>): ClockTasks {
  const found = new Counter({
    name: 'ecert_sweeper_found_total',
    help: 'Cases whose clock was due for more than a minute without their own timer having rung.',
    registers: [],
  });
  const missingYear = new Gauge({
    name: 'ecert_work_calendar_missing_year',
    help: 'The year whose working calendar should be loaded by now; 0 when none is missing.',
    registers: [],
  });
  const vacancies = new Gauge({
    name: 'ecert_responsible_person_vacancies',
    help: 'Issuing units without a responsible person (art. 22).',
    registers: [],
  });
  let tellingFrom = new Date(0);
  const tasks: readonly PeriodicTask[] = [
    {
      everyMs: SWEEP_EVERY_MS,
      reportFault,
      run: async () => {
        const sweep = await sweepClocks(register, clock.now());
        found.inc(sweep.found);
        return sweep.hasMore;
      },
    },
    { everyMs: FOLD_EVERY_MS, reportFault, run: () => foldDeadlineCounts(register) },
    {
      everyMs: RECOMPUTE_EVERY_MS,
      reportFault,
      run: async () => {
        const now = clock.now();
        const page = await register.within(RECOMPUTER, (transaction) =>
          recomputePage(transaction, {
            now,
            pageSize: RECOMPUTE_PAGE,
            tellingFrom: tellingFrom > now ? tellingFrom : now,
          }),
        );
        tellingFrom = page.nextTellingAt;
        return page.examined === RECOMPUTE_PAGE;
      },
    },
    {
      everyMs: ALARMS_EVERY_MS,
      reportFault,
      run: async () => {
        const alarms = await raiseDailyAlarms(register, clock.now());
        missingYear.set(alarms.missingYear ?? 0);
        vacancies.set(alarms.vacantUnits);
        return false;
      },
    },
  ];
  return { tasks, metrics: [found, missingYear, vacancies] };
}
