import type { Role } from '../shared/principal';
import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';
import type { Transition, TransitionNotAllowed } from '../shared/transition-table';
import { applyTransitionTable } from '../shared/transition-table';

/** States of a task: open to its queue, held by one person, decided by one person, or closed because its case moved on. */
export const TASK_STATES = ['open', 'claimed', 'decided', 'closed'] as const;
export type TaskState = (typeof TASK_STATES)[number];

export const TASK_STATE_NAMES = {
  open: '待认领',
  claimed: '办理中',
  decided: '已办结',
  closed: '已关闭',
} as const satisfies Record<TaskState, string>;

/** `undo` takes a decision back before it takes effect; after that the case has moved and the task stays decided. */
export const TASK_TRANSITIONS = {
  claim: { name: '认领', from: ['open'], to: 'claimed' },
  release: { name: '退回待认领', from: ['claimed'], to: 'open' },
  transfer: { name: '转办', from: ['open', 'claimed'], to: 'claimed' },
  decide: { name: '办结', from: ['claimed'], to: 'decided' },
  undo: { name: '撤销刚才的决定', from: ['decided'], to: 'claimed' },
  close: { name: '关闭', from: ['open', 'claimed', 'decided'], to: 'closed' },
} as const satisfies Record<string, Transition<TaskState>>;

export type TaskOperation = keyof typeof TASK_TRANSITIONS;
export const TASK_OPERATIONS = Object.keys(TASK_TRANSITIONS) as readonly TaskOperation[];

/** What people may say about a task without moving it, and in which states. */
export const TASK_REMARKS = {
  requestHandover: { name: '请求移交', states: ['claimed'] },
  urge: { name: '催办', states: ['open', 'claimed'] },
  comment: { name: '留言', states: ['open', 'claimed', 'decided'] },
  copyTo: { name: '抄送', states: ['open', 'claimed', 'decided'] },
} as const satisfies Record<string, { readonly name: string; readonly states: readonly TaskState[] }>;
export type TaskRemarkOperation = keyof typeof TASK_REMARKS;
export const TASK_REMARK_OPERATIONS = Object.keys(TASK_REMARKS) as readonly TaskRemarkOperation[];

/** Whether a task in a state may still be spoken of in this way. */
export function mayRemark(state: TaskState, operation: TaskRemarkOperation): boolean {
  const states: readonly TaskState[] = TASK_REMARKS[operation].states;
  return states.includes(state);
}

/** Roles that reassign (改派) and urge tasks which they do not hold, within their scope. */
export const TASK_SUPERVISING_ROLES: readonly Role[] = [
  'supervisor',
  'cityAdministrator',
  'bannerAdministrator',
  'departmentAdministrator',
];

/** One row of the table, as its general type. */
export function taskTransition(operation: TaskOperation): Transition<TaskState> {
  return TASK_TRANSITIONS[operation];
}

/** The state after an operation; refuses what the table lacks. */
export function applyTaskTransition(
  state: TaskState,
  operation: TaskOperation,
): Result<TaskState, TransitionNotAllowed<TaskState, TaskOperation>> {
  return applyTransitionTable<TaskState, TaskOperation>(TASK_TRANSITIONS, state, operation);
}

export interface ClaimAttempt {
  readonly state: TaskState;
  readonly queueRole: string;
  readonly excludedPersonId: string | null;
}

export type ClaimRefusalCode = 'taskNotOpen' | 'operatorMayNotReview' | 'roleMissing';

/**
 * Whether a person may take a task. The operator of a case may not, whatever roles were given since
 * (operator ≠ reviewer on one case).
 */
export function checkClaim(
  task: ClaimAttempt,
  person: { readonly personId: string; readonly roles: readonly string[] },
): Result<null, { readonly code: ClaimRefusalCode }> {
  if (task.excludedPersonId === person.personId) return refused({ code: 'operatorMayNotReview' });
  if (!person.roles.includes(task.queueRole)) return refused({ code: 'roleMissing' });
  if (task.state !== 'open') return refused({ code: 'taskNotOpen' });
  return accepted(null);
}
