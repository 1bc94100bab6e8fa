import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { UP_REPORT_STATE_NAMES } from '../../../domain/up-report/lifecycle';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { openTask } from '../case/case-tasks';
import { recordEvent } from '../evidence/record-event';

/**
 * One statement: the receipt of a pending report, and the next report of the same certificate set going, which may have waited
 * for it. Idempotent: a report that was answered stays as it is.
 */
export const RECORD_RECEIPT = `
WITH answered AS (
  UPDATE up_report SET state = 'reported', receipt = :receipt, reason = NULL, attempts = attempts + 1,
    reported_at = :now::timestamptz, updated_at = :now::timestamptz
  WHERE id = :id AND state = 'pending' RETURNING id, certificate_version_id
), next AS (
  SELECT p.id, p.round, p.state, a.id AS after FROM answered a
  JOIN certificate_version v ON v.id = a.certificate_version_id
  JOIN certificate_version w ON w.certificate_id = v.certificate_id
  JOIN up_report p ON p.certificate_version_id = w.id AND p.id <> a.id AND p.state <> 'reported'
  ORDER BY p.created_at, p.id LIMIT 1
)
INSERT INTO outbox (dedupe_key, topic, payload, available_at)
SELECT 'upReport/' || id || '/' || round || '/after/' || after, 'upReport', jsonb_build_object('upReportId', id), :now::timestamptz
FROM next WHERE state = 'pending' ON CONFLICT (dedupe_key) DO NOTHING`;

interface ReturnedRow {
  readonly id: string;
  readonly round: number;
  readonly authority_id: string;
  readonly trade: string;
  readonly certificate_version_id: string;
  readonly number: string;
  readonly certificate_name: string;
}

const RETURNED = `
UPDATE up_report r SET state = :state, reason = :reason, receipt = NULL, attempts = attempts + 1, updated_at = :now::timestamptz
FROM certificate_version v, certificate c, catalog_entry_version k
WHERE r.id = :id AND r.state = 'pending' AND v.id = r.certificate_version_id AND c.id = v.certificate_id
  AND k.id = v.catalog_entry_version_id
RETURNING r.id, r.round, r.authority_id, r.trade, r.certificate_version_id, c.number, k.name AS certificate_name`;

/**
 * Effect: a report that the region returned or quarantined stands so with the reason, and somebody of the unit has to mend what
 * it is about (reading 6: never dropped). Idempotent: a report that was answered stays as it is.
 */
export async function recordReturn(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  answer: {
    readonly upReportId: string;
    readonly kind: 'returned' | 'quarantined';
    readonly reason: string;
    readonly now: Date;
  },
): Promise<void> {
  const { upReportId, kind, reason, now } = answer;
  const { rows } = await transaction.raw<{ rows: ReturnedRow[] }>(RETURNED, {
    id: upReportId,
    state: kind,
    reason,
    now,
  });
  const [row] = rows;
  if (row === undefined) return;
  await recordEvent(transaction, {
    id: randomUUID(),
    kind: `upReport.${kind}`,
    caseKind: 'upReport',
    caseId: row.id,
    certificateVersionId: row.certificate_version_id,
    authorityId: row.authority_id,
    trade: row.trade,
    actor: { kind: 'system', id: 'relay' },
    facts: { round: row.round },
    occurredAt: now,
    recordedAt: now,
  });
  await openTask(transaction, integrity, {
    kind: 'upReportMending',
    caseId: row.id,
    round: row.round,
    authorityId: row.authority_id,
    trade: row.trade,
    subject: row.certificate_name,
    reference: row.number,
    excludedPersonId: null,
    deadlineKey: null,
    link: `/up-reports/${row.id}`,
    why: `归集上报${UP_REPORT_STATE_NAMES[kind]}，请按所列原因修正后重新上报`,
    now,
  });
}
