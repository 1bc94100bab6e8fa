import type { Knex } from 'knex';
import { eventLeaf, type RegisterEvent } from './canonical-event';

const INSERT_EVENT_AND_LEAF = `
WITH recorded AS (
  INSERT INTO event (id, kind, case_kind, case_id, certificate_id, certificate_version_id, authority_id, trade,
                     operation_code, actor, legal_ground, facts, occurred_at, recorded_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?::jsonb, ?, ?)
  ON CONFLICT (id) DO NOTHING
  RETURNING id
), logged AS (
  INSERT INTO event_log_leaf (event_id, leaf) SELECT id, ? FROM recorded RETURNING event_id, arrival
)
INSERT INTO event_log_pending (event_id, arrival) SELECT event_id, arrival FROM logged`;

/**
 * In: a transaction and an event. Effect: the event, its leaf of the log and the sequencer's note of it, in the
 * caller's own transaction (rule 9). Idempotent by the id of the event. Out: whether it was new. Throws when the
 * principal's scope does not cover the authority and trade, or when the event has no canonical form.
 */
export async function recordEvent(transaction: Knex.Transaction, event: RegisterEvent): Promise<boolean> {
  const { rowCount } = await transaction.raw<{ rowCount: number }>(INSERT_EVENT_AND_LEAF, [
    event.id,
    event.kind,
    event.caseKind ?? null,
    event.caseId ?? null,
    event.certificateId ?? null,
    event.certificateVersionId ?? null,
    event.authorityId,
    event.trade,
    event.operationCode ?? null,
    JSON.stringify(event.actor),
    event.legalGround === undefined || event.legalGround === null ? null : JSON.stringify(event.legalGround),
    JSON.stringify(event.facts),
    event.occurredAt,
    event.recordedAt,
    eventLeaf(event),
  ]);
  return rowCount > 0;
}
