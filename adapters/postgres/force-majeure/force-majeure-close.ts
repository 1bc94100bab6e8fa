import type { AffectedOperation } from '../../../domain/force-majeure/affected-item';
import { AFFECTED_OPERATIONS } from '../../../domain/force-majeure/affected-item';
import type { FinalReportFacts } from '../../../domain/force-majeure/final-report';
import { finalReportText, progressOf } from '../../../domain/force-majeure/final-report';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import { closeCaseClocks } from '../case/case-clock';
import { completeTask } from '../case/case-tasks';
import { postNotice } from '../notice/post-notice';
import { closeDeadline, lockDeadline } from '../sla/deadlines';
import type { ForceMajeureAct } from './force-majeure-act';
import { closeMadeUpItems } from './force-majeure-collect';
import { issueFinalReport } from './force-majeure-papers';
import { caseOf } from './force-majeure-report';
import { moveForceMajeure } from './force-majeure-row';

const PAGE = 500;

interface CountRow {
  readonly operation: AffectedOperation;
  readonly state: string;
  readonly count: number;
}

/**
 * Ends an event whose items are all closed, with the final report: numbered, its facts from the register, and the page that
 * is filed. Refuses `itemsStillOpen` with their number.
 */
export async function closeEvent(act: ForceMajeureAct): Promise<Result<null, Refusal>> {
  const { transaction, row, person, actor, now } = act;
  while ((await closeMadeUpItems(transaction, { eventId: row.id, now, limit: PAGE })).mayBeMore);
  const counts = await countItems(act);
  const open = counts.filter(({ state }) => state === 'open').reduce((sum, { count }) => sum + count, 0);
  if (open > 0) return refused({ code: 'itemsStillOpen', facts: { open } });
  const work = { kind: 'forceMajeureRecovery', caseId: row.id, reason: null, now } as const;
  const done = await completeTask(transaction, work, person);
  if (!done.ok) return done;
  const facts = await reportFacts(act, counts);
  const deadline = { ...caseOf(row), key: 'FORCE_MAJEURE_RECOVERY', round: row.round };
  await closeDeadline(transaction, { ...deadline, now });
  await closeCaseClocks(transaction, caseOf(row), now);
  await moveForceMajeure(transaction, row, {
    operation: 'close',
    now,
    actor,
    facts: { report: facts.reportNumber, recoveredInTime: facts.recoveredInTime },
    set: {
      report_number: facts.reportNumber,
      report_facts: JSON.stringify(facts),
      report_text: finalReportText(facts),
      closed_by: person.personId,
    },
  });
  await postNotice(transaction, {
    naturalKey: `forceMajeureEvent/${row.id}/closed`,
    recipient: { role: 'cityAdministrator', authorityId: row.authority_id },
    title: '不可抗力事件已办结',
    body: `${row.number}已补办完毕，处置情况报告 ${facts.reportNumber}。`,
    link: `/force-majeure-events/${row.id}`,
    createdAt: now,
  });
  return accepted(null);
}

async function countItems({ transaction, row }: ForceMajeureAct): Promise<readonly CountRow[]> {
  const { rows } = await transaction.raw<{ rows: CountRow[] }>(
    `SELECT operation, state, count(*)::int AS count FROM force_majeure_item WHERE event_id = ? GROUP BY operation, state`,
    [row.id],
  );
  return rows;
}

interface NameRow {
  readonly authorities: readonly string[];
  readonly certificates: readonly string[];
  readonly operations: readonly AffectedOperation[];
  readonly declaring: string;
  readonly recurrences: number;
  readonly disputes: number;
  readonly doubts_set: number;
  readonly doubts_standing: number;
}

const NAMES = `
SELECT (SELECT name FROM authority WHERE id = e.authority_id) AS declaring,
  (SELECT array_agg(DISTINCT a.name ORDER BY a.name) FROM force_majeure_scope s JOIN authority a ON a.id = s.authority_id WHERE s.event_id = e.id) AS authorities,
  (SELECT array_agg(DISTINCT k.name) FROM force_majeure_scope s JOIN catalog_entry_version k ON k.catalog_entry_id = s.catalog_entry_id
     AND k.state = 'published' WHERE s.event_id = e.id) AS certificates,
  (SELECT array_agg(DISTINCT o) FROM force_majeure_scope s, unnest(s.operations) AS o WHERE s.event_id = e.id) AS operations,
  (SELECT count(*)::int FROM force_majeure_statement p WHERE p.event_id = e.id AND p.kind = 'recurred') AS recurrences,
  (SELECT count(*)::int FROM force_majeure_statement p WHERE p.event_id = e.id AND p.kind = 'disputed') AS disputes,
  (SELECT count(*)::int FROM certificate_doubt d WHERE d.event_id = e.id) AS doubts_set,
  (SELECT count(*)::int FROM certificate_doubt d WHERE d.event_id = e.id AND d.lifted_at IS NULL) AS doubts_standing
FROM force_majeure_event e WHERE e.id = ?`;

async function reportFacts(act: ForceMajeureAct, counts: readonly CountRow[]): Promise<FinalReportFacts> {
  const { transaction, row, now } = act;
  const { rows } = await transaction.raw<{ rows: NameRow[] }>(NAMES, [row.id]);
  const [names] = rows;
  const recovery = await lockDeadline(transaction, {
    ...caseOf(row),
    key: 'FORCE_MAJEURE_RECOVERY',
    round: row.round,
  });
  const report = await lockDeadline(transaction, { ...caseOf(row), key: 'FORCE_MAJEURE_REPORT', round: 1 });
  if (names === undefined || row.reported_at === null || row.decided_at === null || row.cleared_at === null) {
    throw new Error(
      `force majeure ${row.id} is at its end without having been reported, recognised or cleared`,
    );
  }
  const dueAt = recovery?.due_at ?? null;
  const facts = {
    eventNumber: row.number,
    cause: row.cause,
    declaringAuthority: names.declaring,
    authorities: names.authorities,
    certificateNames: names.certificates,
    operations: AFFECTED_OPERATIONS.filter((operation) => names.operations.includes(operation)),
    occurredAt: text(row.occurred_at),
    knownAt: text(row.known_at),
    reportedAt: text(row.reported_at),
    enteredAfterwards: row.entered_afterwards,
    receiptNumber: row.receipt_number ?? '',
    reportedInTime: report?.state !== 'missed',
    recognisedAt: text(row.decided_at),
    recurrences: names.recurrences,
    clearedAt: text(row.cleared_at),
    clearanceDisputes: names.disputes,
    recoveryDueAt: dueAt === null ? null : text(dueAt),
    closedAt: text(now),
    recoveredInTime: dueAt === null || now <= dueAt,
    progress: progressOf(counts),
    doubtsSet: names.doubts_set,
    doubtsStanding: names.doubts_standing,
  };
  const { number: reportNumber } = await issueFinalReport(act, facts);
  return { reportNumber, ...facts };
}

function text(instant: Date): string {
  return shanghaiInstant(instant.getTime());
}
