import { shanghaiInstant } from '../../domain/shared/legal-date';
import type { Principal, Role } from '../../domain/shared/principal';
import type { ReviewDecision, TaskKind, TaskOperation, TaskState } from '../../domain/task/lifecycle';
import { checkClaim, TASK_OPERATIONS, taskTransition } from '../../domain/task/lifecycle';
import type { TaskQueue, TaskView } from '../../ports/task-desk';

export interface TaskRow {
  readonly id: string;
  readonly kind: TaskKind;
  readonly state: TaskState;
  readonly case_id: string;
  readonly round: number;
  readonly authority_id: string;
  readonly queue_role: Role;
  readonly excluded_person_id: string | null;
  readonly claimed_by: string | null;
  readonly claimed_by_name: string | null;
  readonly claimed_at: Date | null;
  readonly decision: ReviewDecision | null;
  readonly decision_reason: string | null;
  readonly decided_by: string | null;
  readonly decided_at: Date | null;
  readonly takes_effect_at: Date | null;
  readonly due_at: Date | null;
  readonly opened_at: Date;
  readonly certificate_name: string;
  readonly business_number: string;
}

export const TASK_VIEW = `
SELECT t.*, k.definition->>'name' AS certificate_name, i.business_number, p.display_name AS claimed_by_name
FROM task t
JOIN issuance i ON i.id = t.case_id
JOIN catalog_entry_version k ON k.id = i.catalog_entry_version_id
LEFT JOIN person p ON p.id = t.claimed_by`;

const FAR_FUTURE = '9999-12-31T00:00:00Z';

/** Queue by queue: whose tasks, and least time left first (tasks without a due date last). */
export const TASK_QUEUES: Readonly<
  Record<TaskQueue, { readonly where: string; readonly at: string; readonly order: 'ASC' | 'DESC' }>
> = {
  unclaimed: {
    where:
      "t.state = 'open' AND t.queue_role = ANY (:roles) AND t.excluded_person_id IS DISTINCT FROM :person::uuid",
    at: `coalesce(t.due_at, '${FAR_FUTURE}')`,
    order: 'ASC',
  },
  mine: {
    where: "t.state = 'claimed' AND t.claimed_by = :person::uuid",
    at: `coalesce(t.due_at, '${FAR_FUTURE}')`,
    order: 'ASC',
  },
  done: { where: "t.state = 'decided' AND t.decided_by = :person::uuid", at: 't.decided_at', order: 'DESC' },
  copied: { where: 'false', at: 't.opened_at', order: 'DESC' },
};

/** A task as the principal sees it. */
export function taskView(row: TaskRow, principal: Principal, now: Date): TaskView {
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    caseKind: 'issuance',
    caseId: row.case_id,
    certificateName: row.certificate_name,
    businessNumber: row.business_number,
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
    availableOperations: TASK_OPERATIONS.filter((operation) => isAvailable(operation, row, principal, now)),
  };
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
    case 'decide':
      return row.claimed_by === principal.personId;
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

function instantOrNull(instant: Date | null): string | null {
  return instant === null ? null : shanghaiInstant(instant.getTime());
}
