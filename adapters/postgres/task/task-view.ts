import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { PersonPrincipal, Principal, Role } from '../../../domain/shared/principal';
import type { TaskOperation, TaskRemarkOperation, TaskState } from '../../../domain/task/lifecycle';
import {
  checkClaim,
  mayRemark,
  TASK_OPERATIONS,
  TASK_REMARK_OPERATIONS,
  TASK_SUPERVISING_ROLES,
  taskTransition,
} from '../../../domain/task/lifecycle';
import type { TaskCaseKind, TaskDecision, TaskKind } from '../../../domain/task/task-kind';
import { taskKind } from '../../../domain/task/task-kind';
import type { TaskFilter, TaskQueue, TaskView } from '../../../ports/task-desk';

export interface TaskRow {
  readonly id: string;
  readonly kind: TaskKind;
  readonly state: TaskState;
  readonly case_kind: TaskCaseKind;
  readonly case_id: string;
  readonly round: number;
  readonly authority_id: string;
  readonly trade: string;
  readonly queue_role: Role;
  readonly excluded_person_id: string | null;
  readonly claimed_by: string | null;
  readonly claimed_by_name: string | null;
  readonly claimed_at: Date | null;
  readonly decision: TaskDecision | null;
  readonly decision_reason: string | null;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly takes_effect_at: Date | null;
  readonly due_at: Date | null;
  readonly opened_at: Date;
  readonly subject: string;
  readonly reference: string;
}

/** A task beside what names its case; in: the rows of `task` that are wanted, as a table expression. */
const viewOf = (tasks: string): string => `
SELECT t.*, p.display_name AS claimed_by_name
FROM ${tasks} t
LEFT JOIN person p ON p.id = t.claimed_by`;

export const TASK_VIEW = viewOf('task');

interface Queue {
  readonly where: string;
  readonly at: string;
  readonly order: 'ASC' | 'DESC';
}

/** Queue by queue: whose tasks, in which order; by due date those without one come last. */
const QUEUES: Readonly<Record<TaskQueue, Queue>> = {
  unclaimed: {
    where: `task.state = 'open' AND task.authority_id = authority.id AND task.queue_role = queue.role
      AND task.excluded_person_id IS DISTINCT FROM :person::uuid`,
    at: 'task.sort_due_at',
    order: 'ASC',
  },
  mine: {
    where: `task.state = 'claimed' AND task.claimed_by = :person::uuid`,
    at: 'task.sort_due_at',
    order: 'ASC',
  },
  done: {
    where: `task.state = 'decided' AND task.decided_by = :person::uuid`,
    at: 'task.decided_at',
    order: 'DESC',
  },
  copied: {
    where: 'task.id IN (SELECT task_id FROM task_copy WHERE person_id = :person::uuid)',
    at: 'task.opened_at',
    order: 'DESC',
  },
};

/**
 * The statement that reads one page of a queue, in: whether it goes on after a position (`afterAt`, `afterId`). The page is
 * cut from the index before anything is joined to it. The pool has no order over all authorities and roles that an index
 * could give, so each authority and role offers its first tasks and the page is cut from these; which of them the
 * person may see is decided by the table's row policy alone.
 */
export function pageStatement(filter: TaskFilter, isFurther: boolean): string {
  const { queue } = filter;
  const { where, at, order } = QUEUES[queue];
  const further = isFurther
    ? `AND (${at}, task.id) ${order === 'ASC' ? '>' : '<'} (:afterAt::timestamptz, :afterId::uuid)`
    : '';
  const first = `SELECT task.*, ${at} AS listed_at FROM task WHERE ${where} ${narrower(filter)} ${further}
    ORDER BY ${at} ${order}, task.id ${order} LIMIT :limit`;
  const offered =
    queue === 'unclaimed'
      ? `SELECT offered.* FROM authority CROSS JOIN unnest(:roles::text[]) AS queue(role)
         CROSS JOIN LATERAL (${first}) offered
         WHERE :everywhere OR authority.id = ANY (:authorities::uuid[])
         ORDER BY listed_at ${order}, id ${order} LIMIT :limit`
      : first;
  return `${viewOf(`(${offered})`)} ORDER BY t.listed_at ${order}, t.id ${order}`;
}

/** A condition stands in the statement only when it is asked for, so that the common page keeps its plan. */
function narrower({ kind, dueBefore, reference }: TaskFilter): string {
  return [
    ...(kind === null ? [] : ['AND task.kind = :kind']),
    ...(dueBefore === null ? [] : ['AND task.sort_due_at < :dueBefore::timestamptz']),
    ...(reference === null ? [] : ['AND task.reference = :reference']),
  ].join(' ');
}

/** A task as the principal sees it. */
export function taskView(row: TaskRow, principal: Principal, now: Date): TaskView {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    caseKind: row.case_kind,
    caseId: row.case_id,
    subject: row.subject,
    reference: row.reference,
    authorityId: row.authority_id,
    openedAt: shanghaiInstant(row.opened_at.getTime()),
    dueAt: instantOrNull(row.due_at),
    claimedBy:
      row.claimed_by === null ? null : { personId: row.claimed_by, displayName: row.claimed_by_name ?? '' },
    claimedAt: instantOrNull(row.claimed_at),
    decision: row.decision,
    decisionReason: row.decision_reason,
    decidedAt: instantOrNull(row.decided_at),
    takesEffectAt: instantOrNull(row.takes_effect_at),
    availableOperations: [
      ...TASK_OPERATIONS.filter((operation) => isAvailable(operation, row, principal, now)),
      ...TASK_REMARK_OPERATIONS.filter((operation) => maySay(operation, row, principal)),
    ],
  };
}

/** Its holder passes a task on; a supervisor or administrator reassigns what is within scope. */
export function mayTransfer(task: Pick<TaskRow, 'claimed_by'>, person: PersonPrincipal): boolean {
  return (
    task.claimed_by === person.personId || person.roles.some((role) => TASK_SUPERVISING_ROLES.includes(role))
  );
}

function isAvailable(operation: TaskOperation, row: TaskRow, principal: Principal, now: Date): boolean {
  if (principal.kind !== 'person' || !taskTransition(operation).from.includes(row.state)) return false;
  switch (operation) {
    case 'claim':
      return checkClaim(
        { state: row.state, queueRole: row.queue_role, excludedPersonId: row.excluded_person_id },
        principal,
      ).ok;
    case 'release':
      return row.claimed_by === principal.personId;
    case 'decide':
      return row.claimed_by === principal.personId && taskKind(row.kind).completedBy === 'decide';
    case 'transfer':
      return mayTransfer(row, principal);
    case 'undo':
      return (
        row.decided_by === principal.personId &&
        row.takes_effect_at !== null &&
        row.takes_effect_at.getTime() > now.getTime()
      );
    case 'close':
      return false;
  }
}

function maySay(operation: TaskRemarkOperation, row: TaskRow, principal: Principal): boolean {
  if (principal.kind !== 'person' || !mayRemark(row.state, operation)) return false;
  switch (operation) {
    case 'requestHandover':
      return (
        row.claimed_by !== principal.personId &&
        row.excluded_person_id !== principal.personId &&
        principal.roles.includes(row.queue_role)
      );
    case 'urge':
      return mayUrge(principal);
    case 'comment':
    case 'copyTo':
      return true;
  }
}

/** Supervisors and administrators urge within their scope; whoever brought the case in asks for it as well. */
export function mayUrge(person: PersonPrincipal): boolean {
  return person.roles.some(
    (role) => TASK_SUPERVISING_ROLES.includes(role) || role === 'operator' || role === 'windowClerk',
  );
}

function instantOrNull(instant: Date | null): string | null {
  return instant === null ? null : shanghaiInstant(instant.getTime());
}
