import type { Client } from 'pg';
import type { Check, CheckContext, Finding } from '../invariant';
import { countOf, findingsOf } from '../invariant';
import { anomalyFindings } from './anomaly-cases';
import { changeFindings } from './certificate-changes';
import { forceMajeureFindings } from './force-majeure';

/** How many cases stand in a state that is not their last, and since when the oldest does. */
export interface OpenCases {
  readonly kind: 'issuance' | 'delivery' | 'certificateChange' | 'anomalyCase' | 'forceMajeureEvent';
  readonly state: string;
  readonly cases: number;
  readonly oldestAt: string;
}

const FINAL = `('issued', 'refused', 'withdrawn')`;

/** The state that events tell must be the state of the row, and exactly one event ends a case. */
const STATES_TOLD = `
WITH told AS (
  SELECT case_id, count(*) FILTER (WHERE facts->>'to' IN ${FINAL}) AS endings,
    max(facts->>'to') FILTER (WHERE facts->>'to' IN ${FINAL}) AS ending
  FROM event WHERE case_kind = 'issuance' AND facts ? 'to' AND kind LIKE 'issuance.%' GROUP BY case_id)
SELECT i.id, format('state %s, closed %s, but the events end it %s times (%s)', i.state,
  i.closed_at IS NOT NULL, coalesce(t.endings, 0), t.ending) AS what
FROM issuance i LEFT JOIN told t ON t.case_id = i.id
WHERE (i.state IN ${FINAL}) IS DISTINCT FROM (coalesce(t.endings, 0) = 1)
   OR coalesce(t.endings, 0) > 1
   OR (i.state IN ${FINAL}) <> (i.closed_at IS NOT NULL)
   OR (i.state IN ${FINAL} AND t.ending IS DISTINCT FROM i.state)`;

/** An issued case has one certificate in one version; no other case has one that counts. */
const CERTIFICATES_OF_CASES = `
SELECT i.id, format('%s, with %s issued versions in %s certificates', i.state,
  count(v.id) FILTER (WHERE v.issued_at IS NOT NULL), count(DISTINCT c.id)) AS what
FROM issuance i
LEFT JOIN certificate_version v ON v.issuance_id = i.id
LEFT JOIN certificate c ON c.created_by_issuance_id = i.id
GROUP BY i.id, i.state
HAVING count(DISTINCT c.id) > 1
   OR count(DISTINCT v.id) FILTER (WHERE v.issued_at IS NOT NULL) <> CASE WHEN i.state = 'issued' THEN 1 ELSE 0 END`;

const ISSUED_EVENTS = `
SELECT v.id, format('%s events brought it into force', count(e.id)) AS what
FROM certificate_version v LEFT JOIN event e ON e.certificate_version_id = v.id
  AND e.kind IN ('certificate.issue', 'certificate.issueAhead')
WHERE v.issued_at IS NOT NULL AND v.version = '001'
GROUP BY v.id HAVING count(e.id) <> 1`;

/** What was acknowledged under an Idempotency-Key must be there. */
const ACKNOWLEDGED = `
SELECT k.resource_id AS id, format('acknowledged to %s but not in the register', k.principal) AS what
FROM idempotency_key k LEFT JOIN issuance i ON i.id = k.resource_id
WHERE k.resource_kind = 'issuance' AND i.id IS NULL`;

const DELIVERIES_PER_HOLDER = `
SELECT v.id, format('holder %s has %s deliveries', h.ordinal, count(d.id)) AS what
FROM certificate_version v
JOIN certificate_holder h ON h.certificate_version_id = v.id
LEFT JOIN delivery d ON d.certificate_version_id = v.id AND d.holder_ordinal = h.ordinal
WHERE v.issued_at IS NOT NULL AND v.version = '001'
GROUP BY v.id, h.ordinal HAVING count(d.id) <> 1`;

const UP_REPORTS = `
SELECT v.id, format('%s up-reports', count(u.id)) AS what
FROM certificate_version v LEFT JOIN up_report u ON u.certificate_version_id = v.id AND u.operation_code = '01'
WHERE v.issued_at IS NOT NULL AND v.version = '001'
GROUP BY v.id HAVING count(u.id) <> 1`;

const OPEN_TOO_LONG = `
SELECT id, format('still %s', state) AS what FROM issuance WHERE closed_at IS NULL AND received_at < $1
UNION ALL
SELECT id, format('delivery still %s', state) FROM delivery
WHERE state NOT IN ('delivered', 'pickedUp', 'exempted') AND created_at < $1
UNION ALL
SELECT id, format('change still %s', state) FROM certificate_change WHERE closed_at IS NULL AND received_at < $1
UNION ALL
SELECT id, format('anomaly case still %s', state) FROM anomaly_case WHERE closed_at IS NULL AND filed_at < $1
UNION ALL
SELECT id, format('force majeure still %s', state) FROM force_majeure_event WHERE closed_at IS NULL AND declared_at < $1`;

/** I1: every accepted request ends in exactly one final state, with one delivery and one report of what it issued. */
export const checkFinalStates: Check = async ({ register, at, drainedAfterMs }) => ({
  invariant: 'I1',
  title: 'every accepted request ends in exactly one final state',
  checked: await countOf(register, 'SELECT count(*) FROM issuance'),
  findings: [
    ...(await findingsOf(register, STATES_TOLD)),
    ...(await findingsOf(register, CERTIFICATES_OF_CASES)),
    ...(await findingsOf(register, ISSUED_EVENTS)),
    ...(await findingsOf(register, ACKNOWLEDGED)),
    ...(await findingsOf(register, DELIVERIES_PER_HOLDER)),
    ...(await findingsOf(register, UP_REPORTS)),
    ...(await anomalyFindings(register)),
    ...(await changeFindings(register)),
    ...(await forceMajeureFindings(register, at)),
    ...(await openTooLong(register, at, drainedAfterMs)),
  ],
});

async function openTooLong(
  register: Client,
  at: Date,
  drainedAfterMs: number | null,
): Promise<readonly Finding[]> {
  if (drainedAfterMs === null) return [];
  return findingsOf(register, OPEN_TOO_LONG, [new Date(at.getTime() - drainedAfterMs)]);
}

/** Cases on their way, apart from the findings: people may take days, and that is no fault. */
export async function openCases({ register }: CheckContext): Promise<readonly OpenCases[]> {
  const { rows } = await register.query<{
    kind: OpenCases['kind'];
    state: string;
    cases: string;
    oldest: Date;
  }>(
    `SELECT 'issuance' AS kind, state, count(*) AS cases, min(received_at) AS oldest FROM issuance
     WHERE closed_at IS NULL GROUP BY state
     UNION ALL
     SELECT 'delivery', state, count(*), min(created_at) FROM delivery
     WHERE state NOT IN ('delivered', 'pickedUp', 'exempted') GROUP BY state
     UNION ALL
     SELECT 'certificateChange', state, count(*), min(received_at) FROM certificate_change WHERE closed_at IS NULL GROUP BY state
     UNION ALL
     SELECT 'anomalyCase', state, count(*), min(filed_at) FROM anomaly_case WHERE closed_at IS NULL GROUP BY state
     UNION ALL
     SELECT 'forceMajeureEvent', state, count(*), min(declared_at) FROM force_majeure_event WHERE closed_at IS NULL GROUP BY state
     ORDER BY 1 DESC, 2`,
  );
  return rows.map(({ kind, state, cases, oldest }) => ({
    kind,
    state,
    cases: Number(cases),
    oldestAt: oldest.toISOString(),
  }));
}
