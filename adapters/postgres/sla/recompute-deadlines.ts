import type { Knex } from 'knex';
import { CONDUCTED_KINDS } from '../../../ports/conductor';
import { tellCase } from '../case/tell-case';
import { loadOfficeClock } from './clock-rules';
import type { DeadlineRow } from './deadline-row';
import { computeClock } from './deadline-row';
import { storeComputed } from './move-deadline';
import { calendarReason } from './work-calendar';

export interface MovedDeadline {
  readonly id: string;
  readonly caseKind: string;
  readonly caseId: string;
  readonly from: Date | null;
  readonly to: Date | null;
}

export interface RecomputedPage {
  /** How many deadlines were computed again; 0 when all stand on the present calendar. */
  readonly examined: number;
  readonly moved: readonly MovedDeadline[];
  /** From when on the next page may tell cases. */
  readonly nextTellingAt: Date;
}

export interface Recomputing {
  readonly now: Date;
  readonly pageSize: number;
  /** When the first case may be told; later ones follow at a limited rate. */
  readonly tellingFrom: Date;
}

/** A hundred cases a second: a new calendar never stops the office's own messages. */
const TELL_EVERY_MS = 10;

/**
 * Effect: one page of open deadlines that stand on another calendar than the present one is computed again, each from its
 * original start and by the limit it began with; one that moves keeps where it stood and why. Cases of deadlines that moved
 * earlier, or are known only now, are told at a limited rate; the others find it when their old timer wakes them. Broken
 * off and repeated it goes on with the rest. Out: what moved.
 */
export async function recomputePage(
  transaction: Knex.Transaction,
  { now, pageSize, tellingFrom }: Recomputing,
): Promise<RecomputedPage> {
  const { rows } = await transaction.raw<{ rows: DeadlineRow[] }>(
    `WITH newest AS (SELECT coalesce(max(version), 0)::text AS version FROM work_calendar_coverage)
     SELECT * FROM deadline
     WHERE closed_at IS NULL AND (calendar_version < (SELECT version FROM newest) OR calendar_version > (SELECT version FROM newest))
     ORDER BY calendar_version LIMIT :pageSize FOR UPDATE SKIP LOCKED`,
    { pageSize },
  );
  if (rows.length === 0) return { examined: 0, moved: [], nextTellingAt: tellingFrom };
  const reason = (await calendarReason(transaction)) ?? '工作日历尚未载入';
  const office = await loadOfficeClock(transaction);
  const { version } = office.calendar;
  const moved: MovedDeadline[] = [];
  let tellAt = tellingFrom;
  for (const row of rows) {
    const computed = computeClock(row, office);
    const to = computed.dueAt;
    await storeComputed(transaction, row, {
      basis: {},
      computed,
      office,
      move: { reason, now },
      lookAt: tellAt,
    });
    if (row.due_at?.getTime() === to?.getTime()) continue;
    moved.push({ id: row.id, caseKind: row.case_kind, caseId: row.case_id, from: row.due_at, to });
    const kind = CONDUCTED_KINDS.find((candidate) => candidate === row.case_kind);
    if (kind === undefined || to === null || (row.due_at !== null && to > row.due_at)) continue;
    await tellCase(transaction, {
      kind,
      caseId: row.case_id,
      change: `calendar/${version}/${row.id}`,
      now: tellAt,
    });
    tellAt = new Date(tellAt.getTime() + TELL_EVERY_MS);
  }
  return { examined: rows.length, moved, nextTellingAt: tellAt };
}
