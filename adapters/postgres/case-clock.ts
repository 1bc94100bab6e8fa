import type { Knex } from 'knex';

/** Which case of which lifecycle. */
export interface CaseName {
  readonly caseKind: string;
  readonly caseId: string;
}

/**
 * Effect: deadlines of the case that are due are `missed`, once. Out: how long until time makes something due in this
 * case, in milliseconds; null when no clock of it runs. Idempotent.
 */
export async function tickCaseClocks(
  transaction: Knex.Transaction,
  { caseKind, caseId }: CaseName,
  now: Date,
): Promise<number | null> {
  await transaction.raw(
    `UPDATE deadline SET state = 'missed' WHERE case_kind = ? AND case_id = ? AND state = 'running' AND due_at <= ?`,
    [caseKind, caseId, now],
  );
  const { rows } = await transaction.raw<{ rows: { next: Date | null }[] }>(
    `SELECT min(due_at) AS next FROM deadline WHERE case_kind = ? AND case_id = ? AND state = 'running'`,
    [caseKind, caseId],
  );
  const next = rows[0]?.next ?? null;
  return next === null ? null : Math.max(0, next.getTime() - now.getTime());
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
      closed_at: now,
    });
}
