import type { Knex } from 'knex';
import { CERTIFICATE_MARK_DESCRIPTIONS } from '../../../domain/certificate/lifecycle';

const MARK = 'underInvestigation';

/**
 * Effect: the newest issued version of a certificate carries 核查中 exactly when a case disputes it and its state may bear
 * the mark; no older version carries it. Reads the cases as they are in this transaction. Idempotent.
 */
export async function refreshInvestigationMark(
  transaction: Knex.Transaction,
  certificateId: string,
): Promise<void> {
  await transaction.raw(
    `WITH wanted AS (
       SELECT v.id, v.state = ANY (:states)
         AND NOT EXISTS (SELECT 1 FROM certificate_version n WHERE n.previous_version_id = v.id AND n.issued_at IS NOT NULL)
         AND EXISTS (SELECT 1 FROM anomaly_case c WHERE c.certificate_id = v.certificate_id AND c.is_disputing) AS is_marked
       FROM certificate_version v WHERE v.certificate_id = :certificateId AND v.issued_at IS NOT NULL)
     UPDATE certificate_version v
     SET marks = CASE WHEN w.is_marked THEN v.marks || :mark::text ELSE array_remove(v.marks, :mark::text) END
     FROM wanted w WHERE w.id = v.id AND w.is_marked <> (:mark::text = ANY (v.marks))`,
    { certificateId, mark: MARK, states: [...CERTIFICATE_MARK_DESCRIPTIONS.underInvestigation.states] },
  );
}
