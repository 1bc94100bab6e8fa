import type { CertificateState } from './lifecycle';
import { mayCarryMark } from './lifecycle';

/** What was decided on paper and is not entered yet (状态存疑, readings 3 and 7), by the operation that will enter it. */
export const PLANNED_OPERATIONS = {
  suspend: '暂扣',
  cancel: '注销',
  rescind: '撤销',
  recall: '撤回',
  revoke: '吊销',
  void: '签发错误作废',
  amend: '变更',
  correct: '纠错',
} as const satisfies Record<string, string>;
export type PlannedOperation = keyof typeof PLANNED_OPERATIONS;
export const PLANNED_OPERATION_CODES = Object.keys(PLANNED_OPERATIONS) as readonly PlannedOperation[];

/** How a doubt ends: the decision was entered, or a second person confirmed that there is nothing to enter. */
export const DOUBT_ENDS = ['entered', 'confirmed'] as const;
export type DoubtEnd = (typeof DOUBT_ENDS)[number];

/** Whether a certificate in this state can be in doubt: what has ended is certain. */
export function mayBeInDoubt(state: CertificateState): boolean {
  return mayCarryMark(state, 'statusInDoubt');
}

/** What art. 10 calls an operation that is planned: an ending or suspension is 注销, the rest 更新. */
export function heldOperation(planned: PlannedOperation): 'update' | 'cancel' {
  return planned === 'amend' || planned === 'correct' ? 'update' : 'cancel';
}

/** The changes that make up what was held as 注销; every other change makes up what was held as 更新. */
export const CANCELLING_OPERATIONS: readonly PlannedOperation[] = PLANNED_OPERATION_CODES.filter(
  (planned) => heldOperation(planned) === 'cancel',
);
