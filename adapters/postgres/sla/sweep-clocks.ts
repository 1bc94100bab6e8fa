import type { SystemPrincipal } from '../../../domain/shared/principal';
import { CONDUCTED_KINDS } from '../../../ports/conductor';
import { tickCaseClocks } from '../case/case-clock';
import { tellCase } from '../case/tell-case';
import type { Register } from '../register/register';

const SWEEPER: SystemPrincipal = { kind: 'system', component: 'clockSweeper' };
/** So long may a timer be late before the sweeper does its work. */
const LATE_MS = 60_000;
const PAGE = 100;

export interface Sweep {
  /** Cases whose own timer should have rung and did not; it is a fault when there are any. */
  readonly found: number;
  /** Cases that no workflow conducts, whose clocks the sweeper is. */
  readonly rung: number;
  readonly hasMore: boolean;
}

interface DueCase {
  readonly case_kind: string;
  readonly case_id: string;
  readonly is_rung: boolean;
}

/**
 * Effect: clocks that are due and that nobody looked at ring: those of conducted cases when their timer is more than a
 * minute late (the case is told, too), those of cases without a workflow at once. One page of the oldest, a transaction
 * each. Idempotent. Out: what was found.
 */
export async function sweepClocks(register: Register, now: Date): Promise<Sweep> {
  const cases = await register.within(SWEEPER, async (transaction) => {
    const { rows } = await transaction.raw<{ rows: DueCase[] }>(
      `SELECT case_kind, case_id, bool_or(limit_unit <> 'minutes') AS is_rung FROM deadline
       WHERE closed_at IS NULL AND next_ring_at <= :now AND (next_ring_at <= :late OR case_kind <> ALL (:conducted::text[]))
       GROUP BY case_kind, case_id ORDER BY min(next_ring_at) LIMIT :limit`,
      { now, late: new Date(now.getTime() - LATE_MS), conducted: [...CONDUCTED_KINDS], limit: PAGE },
    );
    return rows;
  });
  let [found, rung] = [0, 0];
  for (const { case_kind: caseKind, case_id: caseId, is_rung: isRung } of cases) {
    const kind = CONDUCTED_KINDS.find((candidate) => candidate === caseKind);
    await register.within(SWEEPER, async (transaction) => {
      await tickCaseClocks(transaction, { caseKind, caseId }, now);
      // A technical limit that has passed is noted; there is nothing that the case would do about it.
      if (kind === undefined || !isRung) return;
      await tellCase(transaction, { kind, caseId, change: `swept/${now.getTime()}`, now });
    });
    if (kind === undefined) rung += 1;
    else if (isRung) found += 1;
  }
  return { found, rung, hasMore: cases.length === PAGE };
}
