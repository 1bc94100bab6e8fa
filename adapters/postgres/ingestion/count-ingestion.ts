import type { SystemPrincipal } from '../../../domain/shared/principal';
import type { Register } from '../register/register';

const METER: SystemPrincipal = { kind: 'system', component: 'metrics' };

export interface IngestionCounts {
  readonly upReports: ReadonlyMap<string, number>;
  /** Open, waiting, put off and missed days; what came to rest is not counted. */
  readonly incrementDays: ReadonlyMap<string, number>;
  readonly newestDifferences: number;
}

const COUNTS = `
SELECT 'upReport' AS what, s.state, count(r.id) AS count FROM unnest(ARRAY['pending', 'returned', 'quarantined']) AS s(state)
  LEFT JOIN up_report r ON r.state = s.state GROUP BY s.state
UNION ALL
SELECT 'incrementDay', s.state, count(d.id) FROM unnest(ARRAY['open', 'awaitingCalendar', 'deferred', 'missed']) AS s(state)
  LEFT JOIN increment_day d ON d.state = s.state GROUP BY s.state
UNION ALL
SELECT 'difference', '', (SELECT difference_count FROM up_report_reconciliation ORDER BY date DESC LIMIT 1)`;

/** Out: how many reports and days stand in which state, for the gauges of the worker. */
export async function countIngestion(register: Register): Promise<IngestionCounts> {
  const rows = await register.statement<{ what: string; state: string; count: number | null }>(
    METER,
    COUNTS,
    [],
  );
  const of = (wanted: string): ReadonlyMap<string, number> =>
    new Map(
      rows.flatMap(({ what, state, count }) => (what === wanted ? [[state, count ?? 0] as const] : [])),
    );
  return {
    upReports: of('upReport'),
    incrementDays: of('incrementDay'),
    newestDifferences: of('difference').get('') ?? 0,
  };
}
