import type { SystemPrincipal } from '../../../domain/shared/principal';
import type { Register } from '../register/register';

const FOLDER: SystemPrincipal = { kind: 'system', component: 'deadlineCounts' };
const PAGE = 5_000;

/**
 * Effect: one page of what changed in the counts of deadlines is added to them, by one worker at a time; the sum of both
 * stays what it was, so the board reads the same before and after. Idempotent. Out: whether there may be more.
 */
export async function foldDeadlineCounts(register: Register): Promise<boolean> {
  return register.within(FOLDER, async (transaction) => {
    const { rows: locks } = await transaction.raw<{ rows: { locked: boolean }[] }>(
      `SELECT pg_try_advisory_xact_lock(hashtextextended('foldDeadlineCounts', 0)) AS locked`,
    );
    if (locks[0]?.locked !== true) return false;
    const { rows } = await transaction.raw<{ rows: { folded: number }[] }>(
      `WITH page AS (
         DELETE FROM deadline_count_change WHERE id IN (SELECT id FROM deadline_count_change ORDER BY id LIMIT ?)
         RETURNING case_kind, authority_id, trade, standing, day, deadlines
       ), added AS (
         INSERT INTO deadline_count AS held (case_kind, authority_id, trade, standing, day, deadlines)
         SELECT case_kind, authority_id, trade, standing, day, sum(deadlines) FROM page GROUP BY 1, 2, 3, 4, 5
         ON CONFLICT ON CONSTRAINT deadline_count_once DO UPDATE SET deadlines = held.deadlines + excluded.deadlines
       )
       SELECT count(*) AS folded FROM page`,
      [PAGE],
    );
    const folded = rows[0]?.folded ?? 0;
    if (folded > 0) await transaction('deadline_count').where({ deadlines: 0 }).delete();
    return folded === PAGE;
  });
}
