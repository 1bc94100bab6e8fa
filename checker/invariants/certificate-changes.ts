import type { Client } from 'pg';
import type { Finding } from '../invariant';
import { findingsOf } from '../invariant';

const LIVE = `('notYetInForce', 'inForce', 'suspended')`;
const FINAL = `('done', 'refused', 'withdrawn', 'preempted')`;

const TWO_LIVE_VERSIONS = `
SELECT certificate_id AS id, format('%s of its versions are live', count(*)) AS what
FROM certificate_version WHERE state IN ${LIVE} GROUP BY certificate_id HAVING count(*) > 1`;

/** A version is superseded by a version that was issued, and then by nothing else. */
const SUPERSEDED_BY_NOTHING = `
SELECT v.id, 'superseded, but no issued version follows it' AS what FROM certificate_version v
WHERE v.state = 'superseded' AND NOT EXISTS (
  SELECT 1 FROM certificate_version n WHERE n.previous_version_id = v.id AND n.issued_at IS NOT NULL)
UNION ALL
SELECT v.id, format('%s, although an issued version follows it', v.state) FROM certificate_version v
JOIN certificate_version n ON n.previous_version_id = v.id AND n.issued_at IS NOT NULL WHERE v.state IN ${LIVE}`;

/** The state that events tell must be the state of the row, and exactly one event ends a change. */
const STATES_TOLD = `
WITH told AS (
  SELECT case_id, count(*) FILTER (WHERE facts->>'to' IN ${FINAL}) AS endings,
    max(facts->>'to') FILTER (WHERE facts->>'to' IN ${FINAL}) AS ending
  FROM event WHERE case_kind = 'certificateChange' AND facts ? 'to' AND kind LIKE 'certificateChange.%' GROUP BY case_id)
SELECT h.id, format('change %s, but the events end it %s times (%s)', h.state, coalesce(t.endings, 0), t.ending) AS what
FROM certificate_change h LEFT JOIN told t ON t.case_id = h.id
WHERE coalesce(t.endings, 0) <> CASE WHEN h.closed_at IS NULL THEN 0 ELSE 1 END
   OR (h.closed_at IS NOT NULL AND t.ending IS DISTINCT FROM h.state)`;

/** A change and the case that produces its version end together: done with issued, and never one without the other. */
const ENDED_APART = `
SELECT h.id, format('change %s, while the case of its version is %s', h.state, i.state) AS what
FROM certificate_change h JOIN issuance i ON i.certificate_change_id = h.id
WHERE (h.state = 'done') <> (i.state = 'issued') OR (h.closed_at IS NULL) <> (i.closed_at IS NULL)`;

const PENDING_WITHOUT_RENEWAL = `
SELECT v.id, 'carries 延续审查中, but nothing asks for it to go on' AS what FROM certificate_version v
WHERE 'renewalPending' = ANY (v.marks) AND NOT EXISTS (
  SELECT 1 FROM certificate_change h WHERE h.certificate_version_id = v.id AND h.closed_at IS NULL
    AND (h.operation = 'renew' OR h.reissue_reason = 'expired'))`;

/** 恢复 by two persons, the operator of a change never its reviewer. */
const ONE_PERSON_ALONE = `
SELECT h.id, format('%s without a second person', h.operation) AS what FROM certificate_change h
WHERE h.operation = 'reinstate' AND h.state IN ('approved', 'inProduction', 'done') AND NOT EXISTS (
  SELECT 1 FROM task t WHERE t.case_kind = 'certificateChange' AND t.case_id = h.id AND t.decision = 'approve'
    AND t.decided_by IS DISTINCT FROM h.operator_id)`;

/** Each further version is reported once, by the code of how it came into being. */
const FURTHER_VERSION_UNREPORTED = `
SELECT v.id, format('%s reports of how it came into being', count(e.id)) AS what
FROM certificate_version v
LEFT JOIN event e ON e.certificate_version_id = v.id AND e.kind IN ('certificate.issue', 'certificate.issueAhead')
LEFT JOIN up_report u ON u.event_id = e.id
WHERE v.issued_at IS NOT NULL AND v.previous_version_id IS NOT NULL
GROUP BY v.id HAVING count(u.id) <> 1`;

/** What is wrong with changes of certificates (art. 8): versions, their cases, marks, second persons, reports. */
export async function changeFindings(register: Client): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const statement of [
    TWO_LIVE_VERSIONS,
    SUPERSEDED_BY_NOTHING,
    STATES_TOLD,
    ENDED_APART,
    PENDING_WITHOUT_RENEWAL,
    ONE_PERSON_ALONE,
    FURTHER_VERSION_UNREPORTED,
  ]) {
    found.push(...(await findingsOf(register, statement)));
  }
  return found;
}
