import type { Knex } from 'knex';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { WorkCalendar } from '../../../domain/sla/work-calendar';
import type { CalendarMove } from '../../../ports/clock-settings';
import { loadClockRule } from './clock-rules';
import type { ClockBasis } from './deadline-row';
import { computeClock } from './deadline-row';

const MOVES_SHOWN = 200;
const EXAMPLES = 20;

interface GroupRow extends ClockBasis {
  readonly case_kind: string;
  readonly due_at: Date | null;
  readonly deadlines: number;
  readonly ids: readonly string[];
}

export interface MovesOfCalendar {
  readonly moving: number;
  readonly staying: number;
  readonly moves: readonly CalendarMove[];
}

/**
 * In: a calendar that is not loaded. Out: which open deadlines it would move, from when to when. Deadlines of one limit
 * that began on one day move together, so a million of them are some hundred computations. Writes nothing.
 */
export async function effectOfCalendar(
  transaction: Knex.Transaction,
  calendar: WorkCalendar,
): Promise<MovesOfCalendar> {
  const rule = await loadClockRule(transaction);
  const { rows } = await transaction.raw<{ rows: GroupRow[] }>(
    `SELECT case_kind, key, policy_version, limit_value, limit_unit, received_outside_hours, suspensions, postponed_to, due_at,
       min(start_at) AS start_at, count(*) AS deadlines, (array_agg(id ORDER BY id))[1:?] AS ids
     FROM deadline WHERE closed_at IS NULL AND calendar_version IS NOT NULL
     GROUP BY case_kind, key, policy_version, limit_value, limit_unit, received_outside_hours, suspensions, postponed_to, due_at,
       (start_at AT TIME ZONE INTERVAL '8 hours')::date,
       extract(hour FROM start_at AT TIME ZONE INTERVAL '8 hours') * 60 + extract(minute FROM start_at AT TIME ZONE INTERVAL '8 hours') >= ?
     ORDER BY count(*) DESC`,
    [EXAMPLES, rule.officeHours.closesAtMinute],
  );
  const moves: CalendarMove[] = [];
  let [moving, staying] = [0, 0];
  for (const row of rows) {
    const { dueAt } = computeClock(row, { calendar, rule, ladder: [] });
    const direction = directionOf(row.due_at, dueAt);
    if (direction === null) {
      staying += row.deadlines;
      continue;
    }
    moving += row.deadlines;
    if (moves.length === MOVES_SHOWN) continue;
    moves.push({
      caseKind: row.case_kind,
      key: row.key,
      from: instantOrNull(row.due_at),
      to: instantOrNull(dueAt),
      direction,
      deadlines: row.deadlines,
      deadlineIds: row.ids,
    });
  }
  return { moving, staying, moves };
}

function directionOf(from: Date | null, to: Date | null): CalendarMove['direction'] | null {
  if (from === null) return to === null ? null : 'nowKnown';
  if (to === null) return 'nowUnknown';
  if (from.getTime() === to.getTime()) return null;
  return to < from ? 'earlier' : 'later';
}

function instantOrNull(instant: Date | null): string | null {
  return instant === null ? null : shanghaiInstant(instant.getTime());
}
