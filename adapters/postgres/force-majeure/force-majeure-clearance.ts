import type { StatementKind } from '../../../domain/force-majeure/declaration';
import { clearanceTimeProblems, recurrenceTimeProblems } from '../../../domain/force-majeure/declaration';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { ClearanceStatement, ForceMajeureDesk } from '../../../ports/force-majeure-desk';
import { closeTasks, openTask } from '../case/case-tasks';
import { postNotice } from '../notice/post-notice';
import { closeDeadline, openDeadline } from '../sla/deadlines';
import { moveDeadlineStart, suspendDeadline } from '../sla/move-deadline';
import type { ForceMajeureAct } from './force-majeure-act';
import { keepStatement } from './force-majeure-act';
import { reopenItemClocks } from './force-majeure-clocks';
import { caseOf, taskOf } from './force-majeure-report';
import { moveForceMajeure } from './force-majeure-row';

const RECOVERY = 'FORCE_MAJEURE_RECOVERY';

/**
 * The fault is cleared, or its clearance is stated otherwise: in a first statement three working days begin (art. 10), in a
 * later one they are counted anew from the other instant, with where they ended before and why.
 */
export async function clearFault(
  act: ForceMajeureAct,
  statement: ClearanceStatement,
): Promise<Result<null, Refusal>> {
  const { transaction, row, operation, actor, now } = act;
  const problems = clearanceTimeProblems(statement.clearedAt, row.began_at.getTime(), now.getTime());
  if (problems.length > 0) return refused({ code: 'contentInvalid', problems });
  const clearedAt = new Date(statement.clearedAt);
  const isFirst = row.cleared_at === null;
  const kind: StatementKind = operation === 'settleClearance' ? 'settled' : isFirst ? 'cleared' : 'changed';
  await keepStatement(act, kind, {
    at: clearedAt,
    content: { reason: statement.reason, evidence: statement.evidence },
  });
  const isOverdueStill = isFirst
    ? await beginRecovery(act, clearedAt)
    : await recountRecovery(act, clearedAt);
  await moveForceMajeure(transaction, row, {
    operation,
    now,
    actor,
    facts: { clearedAt: clearedAt.toISOString() },
    set: { cleared_at: clearedAt, ...(isOverdueStill ? {} : { overdue_at: null }) },
  });
  return accepted(null);
}

/** A unit or the city holds another instant for true; the clock runs on until the city settles it. */
export async function disputeClearance(
  act: ForceMajeureAct,
  statement: ClearanceStatement,
): Promise<Result<null, Refusal>> {
  const { transaction, row, actor, now } = act;
  const problems = clearanceTimeProblems(statement.clearedAt, row.began_at.getTime(), now.getTime());
  if (problems.length > 0) return refused({ code: 'contentInvalid', problems });
  const clearedAt = new Date(statement.clearedAt);
  if (clearedAt.getTime() === row.cleared_at?.getTime()) {
    const expected = '异议所称的消除时间应与已申报的不同';
    return refused({
      code: 'contentInvalid',
      problems: [{ pointer: '/clearedAt', code: 'sameAsDeclared', expected }],
    });
  }
  await keepStatement(act, 'disputed', {
    at: clearedAt,
    content: { reason: statement.reason, evidence: statement.evidence },
  });
  await moveForceMajeure(transaction, row, {
    operation: 'disputeClearance',
    now,
    actor,
    facts: { clearedAt: clearedAt.toISOString() },
  });
  for (const role of ['cityAdministrator', 'operator'] as const) {
    await postNotice(transaction, {
      naturalKey: `forceMajeureEvent/${row.id}/disputed/${now.getTime()}/${role}`,
      recipient: { role, authorityId: row.authority_id },
      title: '不可抗力消除时间有异议',
      body: `${row.number}的故障消除时间有异议，由市电子证照管理部门核定；核定前补办时限照旧计算。`,
      link: `/force-majeure-events/${row.id}`,
      createdAt: now,
    });
  }
  return accepted(null);
}

/** The fault is back: open items stay, the recovery ends without having been needed, and a later clearance begins another. */
export async function recurFault(
  act: ForceMajeureAct,
  statement: Parameters<ForceMajeureDesk['recur']>[2],
): Promise<Result<null, Refusal>> {
  const { transaction, row, operation, actor, now } = act;
  if (row.cleared_at === null) {
    return refused({ code: 'transitionNotAllowed', facts: { state: row.state } });
  }
  const problems = recurrenceTimeProblems(statement.recurredAt, row.cleared_at.getTime(), now.getTime());
  if (problems.length > 0) return refused({ code: 'contentInvalid', problems });
  const recurredAt = new Date(statement.recurredAt);
  const round = row.round + 1;
  await keepStatement(act, 'recurred', {
    at: recurredAt,
    round,
    content: { reason: statement.reason, evidence: statement.evidence },
  });
  const deadline = { ...caseOf(row), key: RECOVERY, round: row.round };
  await suspendDeadline(transaction, deadline, { from: recurredAt, reason: `${row.number}复发`, now });
  await closeDeadline(transaction, { ...deadline, now });
  await closeTasks(transaction, { kind: 'forceMajeureRecovery', caseId: row.id, now });
  await moveForceMajeure(transaction, row, {
    operation,
    now,
    actor,
    facts: { recurredAt: recurredAt.toISOString(), round },
    set: { round, began_at: recurredAt, cleared_at: null, overdue_at: null },
  });
  return accepted(null);
}

async function beginRecovery(act: ForceMajeureAct, clearedAt: Date): Promise<boolean> {
  const { transaction, integrity, row, now } = act;
  const { round } = row;
  await openDeadline(transaction, integrity, {
    ...caseOf(row),
    key: RECOVERY,
    round,
    startAt: clearedAt,
  });
  await openTask(transaction, integrity, {
    ...taskOf(row),
    kind: 'forceMajeureRecovery',
    round,
    excludedPersonId: null,
    deadlineKey: RECOVERY,
    why: '故障已消除，请在三个工作日内补办全部受影响事项',
    now,
  });
  return false;
}

/** Out: whether the recovery is overdue by the other instant, too. */
async function recountRecovery(act: ForceMajeureAct, clearedAt: Date): Promise<boolean> {
  const { transaction, row, now } = act;
  const deadline = { ...caseOf(row), key: RECOVERY, round: row.round };
  const moved = await moveDeadlineStart(transaction, deadline, {
    startAt: clearedAt,
    reason: act.operation === 'settleClearance' ? '消除时间经市级核定' : '消除时间更正',
    now,
  });
  await reopenItemClocks(transaction, row.id);
  return moved?.dueAt != null && moved.dueAt <= now;
}
