import type { Result } from '../shared/result';
import type { Transition, TransitionNotAllowed } from '../shared/transition-table';
import { applyTransitionTable, operationsFrom } from '../shared/transition-table';

/** States of an issuance case in the order of its line; its own words, never those of a certificate version. */
export const ISSUANCE_STATES = [
  'received',
  'comparing',
  'underReview',
  'sentBack',
  'approved',
  'prepared',
  'awaitingSeal',
  'sealed',
  'issued',
  'refused',
  'withdrawn',
] as const;
export type IssuanceState = (typeof ISSUANCE_STATES)[number];

export const ISSUANCE_STATE_NAMES = {
  received: '已受理',
  comparing: '数据比对中',
  underReview: '待审核',
  sentBack: '已退回补正',
  approved: '审核通过',
  prepared: '待签章',
  awaitingSeal: '等待印章可用',
  sealed: '已签章',
  issued: '已签发',
  refused: '不予签发',
  withdrawn: '已撤件',
} as const satisfies Record<IssuanceState, string>;

export interface IssuanceTransition extends Transition<IssuanceState> {
  /** Who may ask for it: the initiator of the case, a reviewer, or only the conductor itself. */
  readonly by: 'initiator' | 'reviewer' | 'conductor';
}

/**
 * The transitions of an issuance case, steps ① to ⑥ of the line. Feeds the code, the CHECK constraint, the
 * buttons and the drawn diagram. A case may be withdrawn until its first seal; a production that cannot be
 * finished as written (a character in no font, a row too long) goes back to whoever wrote it. Only the end of the
 * certificate whose new version it produces ends a case that is sealed: what was sealed is never issued then.
 */
export const ISSUANCE_TRANSITIONS = {
  reserve: { name: '占用唯一性', from: ['received'], to: 'comparing', by: 'conductor' },
  openReview: { name: '转人工审核', from: ['comparing'], to: 'underReview', by: 'conductor' },
  passWithoutReview: { name: '免审通过', from: ['comparing'], to: 'approved', by: 'conductor' },
  approve: { name: '审核通过', from: ['underReview'], to: 'approved', by: 'reviewer' },
  sendBack: { name: '退回补正', from: ['underReview'], to: 'sentBack', by: 'reviewer' },
  refuse: { name: '不予签发', from: ['underReview'], to: 'refused', by: 'reviewer' },
  reject: {
    name: '条件不符，不予签发',
    from: ['received', 'comparing', 'approved'],
    to: 'refused',
    by: 'conductor',
  },
  resubmit: { name: '补正后重新提交', from: ['sentBack'], to: 'received', by: 'initiator' },
  prepare: { name: '制证', from: ['approved', 'awaitingSeal'], to: 'prepared', by: 'conductor' },
  stopProduction: {
    name: '制证中止，退回补正',
    from: ['approved', 'awaitingSeal'],
    to: 'sentBack',
    by: 'conductor',
  },
  awaitSeal: { name: '等待印章可用', from: ['approved', 'prepared'], to: 'awaitingSeal', by: 'conductor' },
  continueSealing: {
    name: '待下一枚印章',
    from: ['prepared'],
    to: 'approved',
    by: 'conductor',
  },
  completeSealing: { name: '签章完成', from: ['prepared'], to: 'sealed', by: 'conductor' },
  issue: { name: '签发', from: ['sealed'], to: 'issued', by: 'conductor' },
  withdraw: {
    name: '撤件',
    from: ['received', 'comparing', 'underReview', 'sentBack', 'approved', 'prepared', 'awaitingSeal'],
    to: 'withdrawn',
    by: 'initiator',
  },
  preempt: {
    name: '因证照终止而终结',
    from: [
      'received',
      'comparing',
      'underReview',
      'sentBack',
      'approved',
      'prepared',
      'awaitingSeal',
      'sealed',
    ],
    to: 'withdrawn',
    by: 'conductor',
  },
} as const satisfies Record<string, IssuanceTransition>;

export type IssuanceOperation = keyof typeof ISSUANCE_TRANSITIONS;
export const ISSUANCE_OPERATIONS = Object.keys(ISSUANCE_TRANSITIONS) as readonly IssuanceOperation[];

/** The state after an operation; refuses what the table lacks. */
export function applyIssuanceTransition(
  state: IssuanceState,
  operation: IssuanceOperation,
): Result<IssuanceState, TransitionNotAllowed<IssuanceState, IssuanceOperation>> {
  return applyTransitionTable<IssuanceState, IssuanceOperation>(ISSUANCE_TRANSITIONS, state, operation);
}

/** What people of a kind may ask for in a state; the same table serves the server and the console's buttons. */
export function availableIssuanceOperations(
  state: IssuanceState,
  by: IssuanceTransition['by'],
): readonly IssuanceOperation[] {
  return operationsFrom<IssuanceState, IssuanceOperation>(ISSUANCE_TRANSITIONS, state).filter(
    (operation) => ISSUANCE_TRANSITIONS[operation].by === by,
  );
}

/** A case in such a state never changes again. */
export function isIssuanceFinal(state: IssuanceState): boolean {
  return operationsFrom<IssuanceState, IssuanceOperation>(ISSUANCE_TRANSITIONS, state).length === 0;
}
