import type { Knex } from 'knex';
import type { ConductedKind } from '../../../ports/conductor';
import { CONDUCTED_KINDS } from '../../../ports/conductor';
import { tellCase } from '../case/tell-case';
import type { DeadlineKey } from '../sla/deadlines';
import { restoreDeadline, resumeDeadline, suspendDeadline } from '../sla/move-deadline';
import type { ForceMajeureRow } from './force-majeure-row';

interface Pausable {
  readonly item_id: string;
  readonly deadline_id: string;
  readonly authority_id: string;
  readonly trade: string;
  readonly case_kind: string;
  readonly case_id: string;
  readonly key: string;
  readonly round: number;
  readonly due_at: Date | null;
  readonly paused_at: Date;
}

interface Held extends Pausable {
  readonly item_state: 'open' | 'done' | 'excepted' | 'released';
  readonly item_closed_at: Date | null;
  readonly state: string;
}

/** Items that have a case of their own, with its deadlines that are not at their end. */
const PAUSABLE = `
SELECT m.id AS item_id, d.id AS deadline_id, d.authority_id, d.trade, d.case_kind, d.case_id, d.key, d.round, d.due_at,
       greatest(m.since, e.began_at, d.start_at) AS paused_at
FROM force_majeure_event e
JOIN force_majeure_item m ON m.event_id = e.id AND m.state = 'open'
JOIN deadline d ON d.case_kind = m.subject_kind AND d.case_id = m.subject_id AND d.closed_at IS NULL
WHERE e.id = :event AND d.state <> 'suspended'
  AND greatest(m.since, e.began_at, d.start_at) < coalesce(e.cleared_at, 'infinity')
  AND (d.due_at IS NULL OR d.due_at > greatest(m.since, e.began_at, d.start_at))
  AND NOT EXISTS (SELECT 1 FROM force_majeure_item_clock k
                  WHERE k.deadline_id = d.id AND (k.ended_at IS NULL OR k.item_id = m.id AND k.paused_at >= e.began_at))
ORDER BY d.id LIMIT :limit`;

const HELD = `
SELECT k.item_id, k.deadline_id, k.authority_id, k.trade, k.paused_at, d.case_kind, d.case_id, d.key, d.round, d.due_at,
       d.state, m.state AS item_state, m.closed_at AS item_closed_at
FROM force_majeure_item_clock k
JOIN force_majeure_item m ON m.id = k.item_id
JOIN deadline d ON d.id = k.deadline_id
WHERE m.event_id = :event AND k.ended_at IS NULL AND (:all OR m.state <> 'open')
ORDER BY k.deadline_id LIMIT :limit`;

/**
 * Effect: clocks of affected cases stand still while the fault goes on, from the instant at which the step failed; those of
 * arts 15 and 20 have no items and run on (reading 7). At most `limit`; idempotent. Out: how many.
 */
export async function pauseItemClocks(
  transaction: Knex.Transaction,
  event: ForceMajeureRow,
  now: Date,
  limit: number,
): Promise<number> {
  const { rows } = await transaction.raw<{ rows: Pausable[] }>(PAUSABLE, { event: event.id, limit });
  for (const row of rows) {
    await suspendDeadline(transaction, keyOf(row), {
      from: row.paused_at,
      reason: `不可抗力(${event.number})`,
      now,
    });
    await transaction('force_majeure_item_clock').insert({
      item_id: row.item_id,
      deadline_id: row.deadline_id,
      authority_id: row.authority_id,
      trade: row.trade,
      original_due_at: row.due_at,
      paused_at: row.paused_at,
    });
  }
  return rows.length;
}

/**
 * Effect: clocks that the event held go on from its clearance, or from the end of their own item; when the event is not
 * recognised they are what they were before. At most `limit`; idempotent. Out: how many.
 */
export async function endItemClocks(
  transaction: Knex.Transaction,
  event: ForceMajeureRow,
  now: Date,
  limit: number,
): Promise<number> {
  const isRejected = event.state === 'rejected';
  const all = isRejected || event.cleared_at !== null;
  const { rows } = await transaction.raw<{ rows: Held[] }>(HELD, { event: event.id, all, limit });
  for (const row of rows) {
    if (isRejected) {
      const reason = `${event.number}不予认定，恢复原时限`;
      await restoreDeadline(transaction, keyOf(row), { from: row.paused_at, reason, now });
    } else {
      await resumeItemClock(transaction, row, event, now);
    }
    await transaction('force_majeure_item_clock')
      .where({ item_id: row.item_id, deadline_id: row.deadline_id, paused_at: row.paused_at })
      .update({ ended_at: now, outcome: isRejected ? 'givenBack' : 'resumed' });
    await tellItsCase(transaction, row, now);
  }
  return rows.length;
}

async function resumeItemClock(
  transaction: Knex.Transaction,
  row: Held,
  event: ForceMajeureRow,
  now: Date,
): Promise<void> {
  const until = endOf(row, event, now);
  if (row.state !== 'suspended') {
    // A clearance that was changed gives another span: what was computed for the former one goes first.
    const move = { from: row.paused_at, reason: `${event.number}消除时间变更，重新计算`, now };
    await restoreDeadline(transaction, keyOf(row), move);
    await suspendDeadline(transaction, keyOf(row), { ...move, reason: `不可抗力(${event.number})` });
  }
  await resumeDeadline(transaction, keyOf(row), {
    until,
    reason: `${event.number}故障消除，继续计时`,
    now,
  });
}

/** Effect: the clocks of open items are computed again at the next look, because the clearance is another one now. */
export async function reopenItemClocks(transaction: Knex.Transaction, eventId: string): Promise<void> {
  await transaction.raw(
    `UPDATE force_majeure_item_clock k SET ended_at = NULL, outcome = NULL
     FROM force_majeure_item m, force_majeure_event e
     WHERE m.id = k.item_id AND m.event_id = e.id AND e.id = ? AND m.state = 'open' AND k.paused_at >= e.began_at`,
    [eventId],
  );
}

function keyOf(row: Pausable): DeadlineKey {
  return { caseKind: row.case_kind, caseId: row.case_id, key: row.key, round: row.round };
}

function endOf(row: Held, event: ForceMajeureRow, now: Date): Date {
  const ends = [event.cleared_at, row.item_state === 'open' ? null : row.item_closed_at];
  return ends.reduce<Date>((first, end) => (end !== null && end < first ? end : first), now);
}

/** A case that runs looks at its clock again; one that nobody conducts has nothing that waits. */
async function tellItsCase(transaction: Knex.Transaction, row: Held, now: Date): Promise<void> {
  const kind: ConductedKind | undefined = CONDUCTED_KINDS.find((known) => known === row.case_kind);
  if (kind === undefined) return;
  const change = `forceMajeure/${row.item_id}/${row.deadline_id}/${now.getTime()}`;
  await tellCase(transaction, { kind, caseId: row.case_id, change, now });
}
