import type { Result } from '../shared/result';
import type { Transition, TransitionNotAllowed } from '../shared/transition-table';
import { applyTransitionTable, operationsFrom } from '../shared/transition-table';

/** States of a change of a certificate (证照变动), the legal act and its case; never those of a certificate version. */
export const CHANGE_STATES = [
  'received',
  'underReview',
  'sentBack',
  'approved',
  'inProduction',
  'done',
  'refused',
  'withdrawn',
  'preempted',
] as const;
export type ChangeState = (typeof CHANGE_STATES)[number];

export const CHANGE_STATE_NAMES = {
  received: '已受理',
  underReview: '待审核',
  sentBack: '已退回补正',
  approved: '审核通过',
  inProduction: '制证中',
  done: '已办结',
  refused: '不予办理',
  withdrawn: '已撤件',
  preempted: '因证照终止而终结',
} as const satisfies Record<ChangeState, string>;

export interface ChangeTransition extends Transition<ChangeState> {
  /** Who may ask for it: the initiator of the case, a reviewer, or only the product itself. */
  readonly by: 'initiator' | 'reviewer' | 'conductor';
}

/**
 * The transitions of a change. What alters only the state of the version is done as it is received; what opens a new
 * version is reviewed where its type wants it and then produced by the issuance line, whose end ends the change. An
 * ending of the certificate pre-empts a change that is under way at any state.
 */
export const CHANGE_TRANSITIONS = {
  openReview: { name: '转人工审核', from: ['received'], to: 'underReview', by: 'conductor' },
  passWithoutReview: { name: '免审通过', from: ['received'], to: 'approved', by: 'conductor' },
  approve: { name: '审核通过', from: ['underReview'], to: 'approved', by: 'reviewer' },
  sendBack: { name: '退回补正', from: ['underReview'], to: 'sentBack', by: 'reviewer' },
  refuse: { name: '不予办理', from: ['underReview'], to: 'refused', by: 'reviewer' },
  resubmit: { name: '补正后重新提交', from: ['sentBack'], to: 'received', by: 'initiator' },
  produce: { name: '转入制证', from: ['approved'], to: 'inProduction', by: 'conductor' },
  returnFromProduction: { name: '制证退回补正', from: ['inProduction'], to: 'sentBack', by: 'conductor' },
  complete: { name: '办结', from: ['approved', 'inProduction'], to: 'done', by: 'conductor' },
  reject: {
    name: '条件不符，不予办理',
    from: ['received', 'underReview', 'approved', 'inProduction'],
    to: 'refused',
    by: 'conductor',
  },
  withdraw: {
    name: '撤件',
    from: ['received', 'underReview', 'sentBack', 'approved', 'inProduction'],
    to: 'withdrawn',
    by: 'initiator',
  },
  preempt: {
    name: '因证照终止而终结',
    from: ['received', 'underReview', 'sentBack', 'approved', 'inProduction'],
    to: 'preempted',
    by: 'conductor',
  },
} as const satisfies Record<string, ChangeTransition>;

export type ChangeOperation = keyof typeof CHANGE_TRANSITIONS;
export const CHANGE_OPERATIONS = Object.keys(CHANGE_TRANSITIONS) as readonly ChangeOperation[];

/** The state after an operation; refuses what the table lacks. */
export function applyChangeTransition(
  state: ChangeState,
  operation: ChangeOperation,
): Result<ChangeState, TransitionNotAllowed<ChangeState, ChangeOperation>> {
  return applyTransitionTable<ChangeState, ChangeOperation>(CHANGE_TRANSITIONS, state, operation);
}

/** What people of a kind may ask for in a state, in the order of the table. */
export function availableChangeOperations(
  state: ChangeState,
  by: ChangeTransition['by'],
): readonly ChangeOperation[] {
  return operationsFrom<ChangeState, ChangeOperation>(CHANGE_TRANSITIONS, state).filter(
    (operation) => CHANGE_TRANSITIONS[operation].by === by,
  );
}

/** A change in such a state never moves again, and another one may begin. */
export function isChangeFinal(state: ChangeState): boolean {
  return operationsFrom<ChangeState, ChangeOperation>(CHANGE_TRANSITIONS, state).length === 0;
}
