import type { Knex } from 'knex';
import { CANCELLING_OPERATIONS } from '../../../domain/certificate/status-in-doubt';

/** What it needs to find items: the event, the present instant, and how many at most per kind of subject. */
export interface ItemPage {
  readonly eventId: string;
  readonly now: Date;
  readonly limit: number;
}

const NEW_ITEM = `INSERT INTO force_majeure_item (event_id, authority_id, trade, catalog_entry_id, operation, subject_kind,
  subject_id, reference, origin, cause_code, since, added_at)`;

/** The scope of the event for an operation; a fault counts until it was cleared. */
const IN_SCOPE = (operation: string): string => `
  FROM force_majeure_event e
  JOIN force_majeure_scope s ON s.event_id = e.id AND '${operation}' = ANY (s.operations)`;

/** Neither in this event already nor held by another one. */
const NOT_HELD = (subjectKind: string, id: string): string => `
  AND NOT EXISTS (SELECT 1 FROM force_majeure_item m WHERE m.subject_kind = '${subjectKind}' AND m.subject_id = ${id}
                  AND (m.event_id = e.id OR m.state = 'open'))`;

/**
 * Steps that fail within the scope (reading 7), by subject. What waits for a person or a date has not failed; an issuance
 * says what it waits for, a delivery keeps what the portal last answered, an up-report what the outbox last heard.
 */
const FAILED_STEPS: Readonly<Record<string, string>> = {
  issuance: `${NEW_ITEM}
  SELECT e.id, s.authority_id, s.trade, s.catalog_entry_id, 'issue', 'issuance', i.id, i.business_number, 'collected',
         i.waiting_for, i.updated_at, :now::timestamptz
  ${IN_SCOPE('issue')}
  JOIN issuance i ON i.authority_id = s.authority_id AND i.catalog_entry_id = s.catalog_entry_id
    AND i.closed_at IS NULL AND i.waiting_for IS NOT NULL AND i.certificate_change_id IS NULL
  WHERE e.id = :event AND i.updated_at >= e.occurred_at AND i.updated_at <= coalesce(e.cleared_at, 'infinity')
  ${NOT_HELD('issuance', 'i.id')}
  ORDER BY i.id LIMIT :limit`,
  certificateChange: `${NEW_ITEM}
  SELECT e.id, s.authority_id, s.trade, s.catalog_entry_id, 'update', 'certificateChange', g.id, g.business_number, 'collected',
         i.waiting_for, i.updated_at, :now::timestamptz
  ${IN_SCOPE('update')}
  JOIN issuance i ON i.authority_id = s.authority_id AND i.catalog_entry_id = s.catalog_entry_id
    AND i.closed_at IS NULL AND i.waiting_for IS NOT NULL
  JOIN certificate_change g ON g.id = i.certificate_change_id AND g.closed_at IS NULL
  WHERE e.id = :event AND i.updated_at >= e.occurred_at AND i.updated_at <= coalesce(e.cleared_at, 'infinity')
  ${NOT_HELD('certificateChange', 'g.id')}
  ORDER BY g.id LIMIT :limit`,
  delivery: `${NEW_ITEM}
  SELECT e.id, s.authority_id, s.trade, s.catalog_entry_id, 'issue', 'delivery', d.id, c.number, 'collected',
         'portalUnavailable', greatest(d.created_at, e.occurred_at), :now::timestamptz
  ${IN_SCOPE('issue')}
  JOIN delivery d ON d.authority_id = s.authority_id AND d.state = 'pending' AND d.attempts > 0 AND d.last_error IS NOT NULL
  JOIN certificate_version v ON v.id = d.certificate_version_id
  JOIN certificate c ON c.id = v.certificate_id AND c.catalog_entry_id = s.catalog_entry_id
  WHERE e.id = :event AND d.updated_at >= e.occurred_at AND d.created_at <= coalesce(e.cleared_at, 'infinity')
  ${NOT_HELD('delivery', 'd.id')}
  ORDER BY d.id LIMIT :limit`,
  upReport: `${NEW_ITEM}
  SELECT e.id, s.authority_id, s.trade, s.catalog_entry_id, 'collect', 'upReport', u.id, c.number, 'collected',
         'upReportUnavailable', greatest(u.created_at, e.occurred_at), :now::timestamptz
  ${IN_SCOPE('collect')}
  JOIN up_report u ON u.authority_id = s.authority_id AND u.state = 'pending'
  JOIN certificate_version v ON v.id = u.certificate_version_id
  JOIN certificate c ON c.id = v.certificate_id AND c.catalog_entry_id = s.catalog_entry_id
  WHERE e.id = :event AND u.created_at <= coalesce(e.cleared_at, 'infinity')
  AND EXISTS (SELECT 1 FROM outbox o WHERE o.topic = 'upReport' AND o.done_at IS NULL AND o.last_error IS NOT NULL
              AND o.payload->>'upReportId' = u.id::text)
  ${NOT_HELD('upReport', 'u.id')}
  ORDER BY u.id LIMIT :limit`,
};

/**
 * Effect: what cannot be done within the scope of an event becomes an item of it, at most `limit` of each kind.
 * Idempotent. Out: how many were new, and whether there may be more.
 */
export async function collectFailedSteps(
  transaction: Knex.Transaction,
  page: ItemPage,
): Promise<{ readonly added: number; readonly mayBeMore: boolean }> {
  let [added, mayBeMore] = [0, false];
  for (const statement of Object.values(FAILED_STEPS)) {
    const { rowCount } = await run(transaction, `${statement} ON CONFLICT DO NOTHING`, page);
    added += rowCount;
    mayBeMore ||= rowCount === page.limit;
  }
  return { added, mayBeMore };
}

const OPEN_ITEMS = (subjectKind: string): string => `
  FROM force_majeure_item m WHERE m.event_id = :event AND m.state = 'open' AND m.subject_kind = '${subjectKind}'`;

/** Of several events of one instant the one that arrived last: a case's end and not its receipt is what proves it. */
const LAST =
  'ORDER BY (SELECT l.arrival FROM event_log_leaf l WHERE l.event_id = v.id) DESC NULLS LAST LIMIT 1';

/** The last event of a case: by it the case came to its end. */
const LAST_EVENT_OF = (caseKind: string, id: string): string => `
  (SELECT v.id FROM event v WHERE v.case_kind = '${caseKind}' AND v.case_id = ${id} ${LAST})`;

/** A change that was done since and is of the kind that the item waits for: an inspection does not make up a cancellation. */
const CHANGE_THAT_MADE_UP = `FROM certificate_change g JOIN event v ON v.case_kind = 'certificateChange' AND v.case_id = g.id
  WHERE g.certificate_id = m.subject_id AND g.state = 'done' AND g.closed_at >= m.added_at
    AND (m.operation = 'cancel') = (g.operation = ANY (:cancelling::text[]))`;

/** Items that their own lifecycle has made up, with what proves it; each column list is (id, proof, reference). */
const MADE_UP: Readonly<Record<string, string>> = {
  issuance: `
  SELECT m.id, ${LAST_EVENT_OF('issuance', 'm.subject_id')} AS proof, NULL::text AS reference ${OPEN_ITEMS('issuance')}
  AND EXISTS (SELECT 1 FROM issuance i WHERE i.id = m.subject_id AND i.closed_at IS NOT NULL)`,
  certificateChange: `
  SELECT m.id, ${LAST_EVENT_OF('certificateChange', 'm.subject_id')} AS proof, NULL::text AS reference ${OPEN_ITEMS('certificateChange')}
  AND EXISTS (SELECT 1 FROM certificate_change g WHERE g.id = m.subject_id AND g.closed_at IS NOT NULL)`,
  // The portal has answered: that the holder is not registered (待领取) is no matter of the event any more.
  delivery: `
  SELECT m.id, ${LAST_EVENT_OF('delivery', 'm.subject_id')} AS proof, NULL::text AS reference ${OPEN_ITEMS('delivery')}
  AND EXISTS (SELECT 1 FROM delivery d WHERE d.id = m.subject_id AND d.state <> 'pending')`,
  upReport: `
  SELECT m.id, NULL::uuid AS proof, (SELECT u.receipt FROM up_report u WHERE u.id = m.subject_id AND u.state = 'reported') AS reference
  ${OPEN_ITEMS('upReport')}
  AND EXISTS (SELECT 1 FROM up_report u WHERE u.id = m.subject_id AND u.state = 'reported')`,
  incrementDay: `
  SELECT m.id, (SELECT v.id FROM increment_day d JOIN event v ON v.case_kind = 'incrementDay' AND v.case_id = d.id
    WHERE d.authority_id = m.authority_id AND d.catalog_entry_id = m.catalog_entry_id AND d.date::text = m.reference
    ${LAST}) AS proof, NULL::text AS reference
  ${OPEN_ITEMS('incrementDay')}
  AND EXISTS (SELECT 1 FROM increment_day d WHERE d.authority_id = m.authority_id AND d.catalog_entry_id = m.catalog_entry_id
              AND d.date::text = m.reference AND d.state IN ('delivered', 'zeroReported', 'caughtUp', 'notRequired'))`,
  businessNumber: `
  SELECT m.id, (SELECT v.id FROM issuance i JOIN event v ON v.case_kind = 'issuance' AND v.case_id = i.id
    WHERE i.authority_id = m.authority_id AND i.catalog_entry_id = m.catalog_entry_id AND i.business_number = m.reference
      AND i.closed_at IS NOT NULL ${LAST}) AS proof, NULL::text AS reference
  ${OPEN_ITEMS('businessNumber')}
  AND EXISTS (SELECT 1 FROM issuance i WHERE i.authority_id = m.authority_id AND i.catalog_entry_id = m.catalog_entry_id
              AND i.business_number = m.reference AND i.closed_at IS NOT NULL)`,
  certificateNumber: `
  SELECT m.id, coalesce(
    (SELECT v.id ${CHANGE_THAT_MADE_UP} ${LAST}),
    (SELECT v.id FROM event v WHERE v.certificate_id = m.subject_id AND v.recorded_at >= m.added_at
     AND v.kind <> 'certificate.putInDoubt' ${LAST})) AS proof, NULL::text AS reference
  ${OPEN_ITEMS('certificateNumber')} AND m.subject_id IS NOT NULL
  AND (EXISTS (SELECT 1 ${CHANGE_THAT_MADE_UP})
    OR EXISTS (SELECT 1 FROM certificate_doubt d WHERE d.certificate_id = m.subject_id AND d.event_id = m.event_id
               AND d.set_at = m.since AND d.lifted_at IS NOT NULL))`,
};

/**
 * Effect: items whose case has come to its end are done, with the event that proves it, at most `limit` of each kind.
 * Idempotent. Out: how many, and whether there may be more.
 */
export async function closeMadeUpItems(
  transaction: Knex.Transaction,
  page: ItemPage,
): Promise<{ readonly closed: number; readonly mayBeMore: boolean }> {
  let [closed, mayBeMore] = [0, false];
  for (const made of Object.values(MADE_UP)) {
    const { rowCount } = await run(
      transaction,
      `WITH made AS (${made} ORDER BY m.id LIMIT :limit)
       UPDATE force_majeure_item m SET state = 'done', closed_at = :now, proof_event_id = made.proof, proof_reference = made.reference
       FROM made WHERE m.id = made.id AND (made.proof IS NOT NULL OR made.reference IS NOT NULL)`,
      page,
    );
    closed += rowCount;
    mayBeMore ||= rowCount === page.limit;
  }
  return { closed, mayBeMore };
}

/** Effect: items of an event that is not recognised are released, at most `limit`. Out: how many. */
export async function releaseItems(transaction: Knex.Transaction, page: ItemPage): Promise<number> {
  const { rowCount } = await run(
    transaction,
    `UPDATE force_majeure_item SET state = 'released', closed_at = :now WHERE id IN (
       SELECT id FROM force_majeure_item WHERE event_id = :event AND state = 'open' ORDER BY id LIMIT :limit)`,
    page,
  );
  return rowCount;
}

function run(transaction: Knex.Transaction, statement: string, { eventId, now, limit }: ItemPage) {
  return transaction.raw<{ rowCount: number }>(statement, {
    event: eventId,
    now,
    limit,
    cancelling: [...CANCELLING_OPERATIONS],
  });
}
