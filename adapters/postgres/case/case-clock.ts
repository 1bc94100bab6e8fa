import type { Knex } from 'knex';
import type { OfficeClock } from '../sla/clock-rules';
import { loadOfficeClock } from '../sla/clock-rules';
import type { DeadlineRow } from '../sla/deadline-row';
import { rungsOf } from '../sla/deadline-row';
import { ringRungs } from '../sla/ring-deadline';

/** Which case of which lifecycle. */
export interface CaseName {
  readonly caseKind: string;
  readonly caseId: string;
}

/**
 * Effect: what time has made due in the case's deadlines happens, once: rungs of the escalation ladder ring and are told
 * to whom they concern, and a deadline whose end has passed is `missed`. Out: how long until time makes something due
 * again in this case, in milliseconds; null when no clock of it runs. Idempotent.
 */
export async function tickCaseClocks(
  transaction: Knex.Transaction,
  { caseKind, caseId }: CaseName,
  now: Date,
): Promise<number | null> {
  const due = await transaction<DeadlineRow>('deadline')
    .where({ case_kind: caseKind, case_id: caseId })
    .whereNull('closed_at')
    .where('next_ring_at', '<=', now)
    .orderBy('id')
    .forUpdate();
  if (due.length > 0) {
    const office = await loadOfficeClock(transaction);
    for (const row of due) await tick(transaction, row, office, now);
  }
  const { rows } = await transaction.raw<{ rows: { next: Date | null }[] }>(
    `SELECT min(next_ring_at) AS next FROM deadline WHERE case_kind = ? AND case_id = ? AND closed_at IS NULL`,
    [caseKind, caseId],
  );
  const next = rows[0]?.next ?? null;
  return next === null ? null : Math.max(0, next.getTime() - now.getTime());
}

async function tick(
  transaction: Knex.Transaction,
  row: DeadlineRow,
  office: OfficeClock,
  now: Date,
): Promise<void> {
  const { reached, nextAt } = rungsOf(row, row.due_at, office, now);
  await ringRungs(transaction, row, reached, now);
  const isMissed = row.due_at !== null && row.due_at <= now;
  await transaction('deadline')
    .where({ id: row.id })
    .update({ state: isMissed ? 'missed' : row.state, next_ring_at: nextAt });
}

/** Effect: no clock of the case runs any more; what was missed stays missed, what runs was not needed. */
export async function closeCaseClocks(
  transaction: Knex.Transaction,
  { caseKind, caseId }: CaseName,
  now: Date,
): Promise<void> {
  await transaction('deadline')
    .where({ case_kind: caseKind, case_id: caseId })
    .whereNull('closed_at')
    .update({
      state: transaction.raw("CASE WHEN state = 'missed' THEN state ELSE 'closed' END"),
      next_ring_at: null,
      closed_at: now,
    });
}
