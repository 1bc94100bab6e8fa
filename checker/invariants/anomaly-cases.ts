import type { Client } from 'pg';
import type { Finding } from '../invariant';
import { findingsOf } from '../invariant';

const DISPUTING = `('filed', 'investigating', 'awaitingEvidence', 'correcting')`;
/** States beside which 核查中 may stand; a version that was superseded or has ended carries it no longer. */
const MARKABLE = `('notYetInForce', 'inForce', 'suspended', 'expired')`;

/** The state that events tell must be the state of the row, and exactly one event ends a case. */
const STATES_TOLD = `
WITH told AS (
  SELECT case_id, count(*) FILTER (WHERE facts->>'to' IN ('closed', 'withdrawn')) AS endings,
    (array_agg(facts->>'to' ORDER BY recorded_at DESC, facts->>'to' IN ('closed', 'withdrawn') DESC))[1] AS last
  FROM event WHERE case_kind = 'anomalyCase' AND facts ? 'to' GROUP BY case_id)
SELECT a.id, format('anomaly case %s, but the events end it %s times', a.state, coalesce(t.endings, 0)) AS what
FROM anomaly_case a LEFT JOIN told t ON t.case_id = a.id
WHERE coalesce(t.endings, 0) <> CASE WHEN a.closed_at IS NULL THEN 0 ELSE 1 END
   OR (a.closed_at IS NOT NULL AND t.last IS DISTINCT FROM a.state)`;

const MARKED_WITHOUT_CASE = `
SELECT v.id, 'carries 核查中 but no anomaly case disputes it' AS what
FROM certificate_version v WHERE 'underInvestigation' = ANY (v.marks)
  AND NOT EXISTS (SELECT 1 FROM anomaly_case a WHERE a.certificate_id = v.certificate_id AND a.state IN ${DISPUTING})`;

const DISPUTED_WITHOUT_MARK = `
SELECT v.id, 'is disputed but does not carry 核查中' AS what
FROM certificate_version v WHERE v.state IN ${MARKABLE} AND NOT 'underInvestigation' = ANY (v.marks)
  AND NOT EXISTS (SELECT 1 FROM certificate_version n WHERE n.previous_version_id = v.id AND n.issued_at IS NOT NULL)
  AND EXISTS (SELECT 1 FROM anomaly_case a WHERE a.certificate_id = v.certificate_id AND a.state IN ${DISPUTING}
    AND NOT (a.state = 'correcting' AND a.certificate_version_id <> v.id))`;

/** 纠错 ends a case only when it is in force. */
const ENDED_BEFORE_CORRECTED = `
SELECT a.id, format('concluded as %s, but its change is %s', a.conclusion, coalesce(c.state, 'missing')) AS what
FROM anomaly_case a LEFT JOIN certificate_change c ON c.id = a.change_id
WHERE a.conclusion IN ('corrected', 'certificateEnded') AND a.state IN ('replying', 'awaitingReceipt', 'closed')
  AND c.state IS DISTINCT FROM 'done'`;

/** 将处理结果告知异议申请人: nobody who still objects is left without a reply. */
const ENDED_WITHOUT_REPLY = `
SELECT o.id, 'its anomaly case is closed, and the objector has no reply' AS what
FROM anomaly_objection o JOIN anomaly_case a ON a.id = o.anomaly_case_id
LEFT JOIN official_paper p ON p.id = o.reply_paper_id
WHERE a.state = 'closed' AND o.withdrawn_at IS NULL AND (p.id IS NULL OR o.received_at IS NULL)`;

/** What is wrong with anomaly cases (art. 20): their ends, the mark on the certificate, corrections and replies. */
export async function anomalyFindings(register: Client): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const statement of [
    STATES_TOLD,
    MARKED_WITHOUT_CASE,
    DISPUTED_WITHOUT_MARK,
    ENDED_BEFORE_CORRECTED,
    ENDED_WITHOUT_REPLY,
  ]) {
    found.push(...(await findingsOf(register, statement)));
  }
  return found;
}
