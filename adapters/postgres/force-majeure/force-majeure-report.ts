import { FORCE_MAJEURE_CAUSES } from '../../../domain/force-majeure/declaration';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { WantedScope } from '../../../ports/force-majeure-desk';
import { closeCaseClocks } from '../case/case-clock';
import { closeTasks, completeTask, openTask } from '../case/case-tasks';
import { postNotice } from '../notice/post-notice';
import { closeDeadline, openDeadline } from '../sla/deadlines';
import type { ForceMajeureAct } from './force-majeure-act';
import { keepStatement } from './force-majeure-act';
import { issueRecognitionPaper, issueReportPaper } from './force-majeure-papers';
import type { ForceMajeureRow } from './force-majeure-row';
import {
  FORCE_MAJEURE_CASE,
  moveForceMajeure,
  nextForceMajeureNumber,
  recordForceMajeure,
} from './force-majeure-row';
import { includePairs, pairsOf } from './force-majeure-scope';

/** What tasks and deadlines of an event have in common. */
export function caseOf(row: ForceMajeureRow) {
  return { caseKind: FORCE_MAJEURE_CASE, caseId: row.id, authorityId: row.authority_id, trade: row.trade };
}

/** What the inbox shows of an event. */
export function taskOf(row: ForceMajeureRow) {
  return {
    ...caseOf(row),
    subject: `不可抗力：${FORCE_MAJEURE_CAUSES[row.cause]}`,
    reference: row.number,
    link: `/force-majeure-events/${row.id}`,
  };
}

/** The declarant reports to the city (art. 10): a receipt with a number, and the clock of the recognition. */
export async function reportToCity(act: ForceMajeureAct): Promise<Result<null, Refusal>> {
  const { transaction, row, person, now } = act;
  const work = { kind: 'forceMajeureReport', caseId: row.id, reason: null, now } as const;
  const done = await completeTask(transaction, work, person);
  if (!done.ok) return done;
  await enterReport(act, now);
  return accepted(null);
}

/** Effect: the event is reported as of an instant (now, or that of the telephone call), with its receipt. */
export async function enterReport(
  act: Omit<ForceMajeureAct, 'parties' | 'operation'>,
  reportedAt: Date,
): Promise<ForceMajeureRow> {
  const { transaction, integrity, row, person, actor, now } = act;
  const receipt = await nextForceMajeureNumber(transaction, 'receipt', now);
  const paper = await issueReportPaper(act);
  await closeDeadline(transaction, {
    ...caseOf(row),
    key: 'FORCE_MAJEURE_REPORT',
    round: 1,
    now: reportedAt,
  });
  const moved = await moveForceMajeure(transaction, row, {
    operation: 'report',
    now,
    actor,
    facts: {
      receipt,
      paper: paper.number,
      reportedAt: reportedAt.toISOString(),
      byTelephone: row.entered_afterwards,
    },
    set: { reported_by: person.personId, reported_at: reportedAt, receipt_number: receipt },
  });
  const clock = { ...caseOf(row), key: 'FORCE_MAJEURE_RECOGNITION', round: 1, startAt: reportedAt };
  await openDeadline(transaction, integrity, clock);
  await openTask(transaction, integrity, {
    ...taskOf(moved),
    kind: 'forceMajeureRecognition',
    round: 1,
    excludedPersonId: row.declared_by,
    deadlineKey: 'FORCE_MAJEURE_RECOGNITION',
    why: `请认定，回执 ${receipt}`,
    now,
  });
  return moved;
}

/** The city recognises or refuses; somebody else than who declared or reported (two persons). */
export async function decideRecognition(
  act: ForceMajeureAct,
  decision: 'recognise' | 'reject',
  reason: string,
): Promise<Result<null, Refusal>> {
  const { transaction, row, person, actor, now } = act;
  if (person.personId === row.declared_by || person.personId === row.reported_by) {
    return refused({ code: 'secondPersonRequired' });
  }
  const work = { kind: 'forceMajeureRecognition', caseId: row.id, reason, now } as const;
  const done = await completeTask(transaction, work, person);
  if (!done.ok) return done;
  await closeDeadline(transaction, { ...caseOf(row), key: 'FORCE_MAJEURE_RECOGNITION', round: 1, now });
  const kind = decision === 'recognise' ? 'recognised' : 'rejected';
  await keepStatement(act, kind, { at: now, content: { reason, evidence: [] } });
  const paper = await issueRecognitionPaper(act, decision, reason);
  const set = { decided_by: person.personId, decided_at: now };
  const facts = { paper: paper.number };
  const decided = await moveForceMajeure(transaction, row, { operation: decision, now, actor, facts, set });
  if (decision === 'reject') {
    await closeTasks(transaction, { kind: 'forceMajeureRecovery', caseId: row.id, now });
    await closeCaseClocks(transaction, caseOf(row), now);
  } else if (row.cleared_at !== null) {
    await moveForceMajeure(transaction, decided, { operation: 'startRecovery', now, actor });
  }
  await postNotice(transaction, {
    naturalKey: `forceMajeureEvent/${row.id}/${kind}`,
    recipient: { role: 'operator', authorityId: row.authority_id },
    title: decision === 'recognise' ? '不可抗力已认定' : '不可抗力未获认定',
    body:
      decision === 'recognise'
        ? `${row.number}已认定，故障消除后三个工作日内补办全部受影响事项。`
        : `${row.number}未获认定，受影响事项恢复原时限，请即办理。`,
    link: `/force-majeure-events/${row.id}`,
    createdAt: now,
  });
  return accepted(null);
}

/** The city takes more units, types or operations in; their failing items are found at the next look. */
export async function extendScope(
  act: ForceMajeureAct,
  extension: { readonly scope: WantedScope; readonly reason: string },
): Promise<Result<null, Refusal>> {
  const { transaction, row, person, actor, now } = act;
  const pairs = await pairsOf(transaction, extension.scope, now);
  if (!pairs.ok) return refused({ code: 'contentInvalid', problems: pairs.refusal });
  const { operations } = extension.scope;
  const added = await includePairs(transaction, row, pairs.value, {
    operations,
    by: person.personId,
    at: now,
    isExtension: true,
  });
  await keepStatement(act, 'extended', { at: now, content: { reason: extension.reason, evidence: [] } });
  await recordForceMajeure(transaction, row, 'extendScope', {
    now,
    actor,
    facts: { pairs: pairs.value.length, newAuthorities: added.length },
  });
  for (const authorityId of added) {
    await postNotice(transaction, {
      naturalKey: `forceMajeureEvent/${row.id}/extended/${authorityId}`,
      recipient: { role: 'operator', authorityId },
      title: '不可抗力范围扩大',
      body: `${row.number}的范围扩大到贵单位，请登记无法办理的事项。`,
      link: `/force-majeure-events/${row.id}`,
      createdAt: now,
    });
  }
  return accepted(null);
}
