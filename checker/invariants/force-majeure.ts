import type { Client } from 'pg';
import type { Finding } from '../invariant';
import { findingsOf } from '../invariant';

/** The state that events tell must be the state of the row, and exactly one event ends a case. */
const STATES_TOLD = `
WITH told AS (
  SELECT case_id, count(*) FILTER (WHERE facts->>'to' IN ('rejected', 'closed')) AS endings
  FROM event WHERE case_kind = 'forceMajeureEvent' AND facts ? 'to' GROUP BY case_id)
SELECT e.id, format('force majeure %s, but the events end it %s times', e.state, coalesce(t.endings, 0)) AS what
FROM force_majeure_event e LEFT JOIN told t ON t.case_id = e.id
WHERE coalesce(t.endings, 0) <> CASE WHEN e.closed_at IS NULL THEN 0 ELSE 1 END`;

/** Art. 10: every affected item is made up, or a person has said why not. */
const CLOSED_WITH_OPEN_ITEMS = `
SELECT m.id, 'its event is closed, and it is neither made up nor excepted' AS what
FROM force_majeure_item m JOIN force_majeure_event e ON e.id = m.event_id
WHERE e.state = 'closed' AND m.state NOT IN ('done', 'excepted')`;

/** A proof is younger than the failure, and is no act of the event itself. */
const PROOF_PROVES_NOTHING = `
SELECT m.id, 'its proof is older than the failure or an act of the event itself' AS what
FROM force_majeure_item m JOIN event v ON v.id = m.proof_event_id
WHERE m.state = 'done' AND (v.recorded_at < m.since OR v.case_kind = 'forceMajeureEvent')`;

const RELEASED_THOUGH_RECOGNISED = `
SELECT m.id, 'released although its event was not refused' AS what
FROM force_majeure_item m JOIN force_majeure_event e ON e.id = m.event_id
WHERE m.state = 'released' AND e.state <> 'rejected'`;

/** Three working days bind the event; no clock of a case may stand still for one that has ended. */
const CLOCK_HELD_AFTER_END = `
SELECT k.deadline_id AS id, 'still held by a force-majeure event that has ended' AS what
FROM force_majeure_item_clock k JOIN force_majeure_item m ON m.id = k.item_id
JOIN force_majeure_event e ON e.id = m.event_id
WHERE k.ended_at IS NULL AND e.state = 'closed' AND e.closed_at < $1`;

/** Reading 3: the mark and its reason stand together. */
const DOUBT_WITHOUT_MARK = `
SELECT d.id, 'a doubt stands, and its version does not carry 状态存疑' AS what
FROM certificate_doubt d JOIN certificate_version v ON v.id = d.certificate_version_id
WHERE d.lifted_at IS NULL AND v.state IN ('notYetInForce', 'inForce', 'suspended') AND NOT 'statusInDoubt' = ANY (v.marks)`;

const MARK_WITHOUT_DOUBT = `
SELECT v.id, 'carries 状态存疑, and no doubt says why' AS what
FROM certificate_version v WHERE 'statusInDoubt' = ANY (v.marks)
  AND NOT EXISTS (SELECT 1 FROM certificate_doubt d WHERE d.certificate_version_id = v.id AND d.lifted_at IS NULL)`;

/** A clock is given back at the next look of the event's workflow; this is generous. */
const GRACE_MS = 3_600_000;

/** What is wrong with force-majeure events (art. 10): their ends, items and proofs, held clocks, and doubts. */
export async function forceMajeureFindings(register: Client, at: Date): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const statement of [
    STATES_TOLD,
    CLOSED_WITH_OPEN_ITEMS,
    PROOF_PROVES_NOTHING,
    RELEASED_THOUGH_RECOGNISED,
    DOUBT_WITHOUT_MARK,
    MARK_WITHOUT_DOUBT,
  ]) {
    found.push(...(await findingsOf(register, statement)));
  }
  const before = new Date(at.getTime() - GRACE_MS);
  return [...found, ...(await findingsOf(register, CLOCK_HELD_AFTER_END, [before]))];
}
