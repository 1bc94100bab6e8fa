import type { Result } from '../shared/result';
import type { Transition, TransitionNotAllowed } from '../shared/transition-table';
import { applyTransitionTable, operationsFrom } from '../shared/transition-table';

/** States of an anomaly case (art. 20) in the order of its line; its own words, never those of a certificate version. */
export const ANOMALY_STATES = [
  'filed',
  'investigating',
  'awaitingEvidence',
  'correcting',
  'replying',
  'awaitingReceipt',
  'closed',
  'withdrawn',
] as const;
export type AnomalyState = (typeof ANOMALY_STATES)[number];

export const ANOMALY_STATE_NAMES = {
  filed: '待受理',
  investigating: '核查中',
  awaitingEvidence: '待补充材料',
  correcting: '更正或终止办理中',
  replying: '待告知',
  awaitingReceipt: '待签收',
  closed: '已办结',
  withdrawn: '已撤回',
} as const satisfies Record<AnomalyState, string>;

export interface AnomalyTransition extends Transition<AnomalyState> {
  /** Who may ask for it: an investigator of the case's authority, an objector, or only the conductor itself. */
  readonly by: 'investigator' | 'objector' | 'conductor';
}

/**
 * The transitions of an anomaly case. Whatever is concluded (also that it is not admissible, or that another province
 * has to answer) is replied to the objectors, so there is one way to the end. A transfer leads back to `filed`, because
 * the authority that gets the case has to accept it or pass it on; no clock starts anew. A correction that comes to
 * nothing leads back to the investigation.
 */
export const ANOMALY_TRANSITIONS = {
  accept: { name: '受理', from: ['filed'], to: 'investigating', by: 'investigator' },
  refuseAdmission: { name: '不予受理', from: ['filed'], to: 'replying', by: 'investigator' },
  transfer: { name: '转办', from: ['filed', 'investigating'], to: 'filed', by: 'investigator' },
  handOver: { name: '跨省移送', from: ['filed', 'investigating'], to: 'replying', by: 'investigator' },
  sendBack: { name: '退回补充材料', from: ['investigating'], to: 'awaitingEvidence', by: 'investigator' },
  supplyEvidence: { name: '补充材料', from: ['awaitingEvidence'], to: 'investigating', by: 'objector' },
  goOnWithoutEvidence: {
    name: '逾期未补充，继续核查',
    from: ['awaitingEvidence'],
    to: 'investigating',
    by: 'conductor',
  },
  uphold: { name: '无误·维持', from: ['investigating'], to: 'replying', by: 'investigator' },
  correct: { name: '有误·更正', from: ['investigating'], to: 'correcting', by: 'investigator' },
  endCertificate: { name: '有误·终止证照', from: ['investigating'], to: 'correcting', by: 'investigator' },
  changeDone: { name: '更正或终止已生效', from: ['correcting'], to: 'replying', by: 'conductor' },
  changeFailed: {
    name: '更正或终止未成，重新核查',
    from: ['correcting'],
    to: 'investigating',
    by: 'conductor',
  },
  reply: { name: '告知', from: ['replying'], to: 'awaitingReceipt', by: 'investigator' },
  receive: { name: '全部签收，办结', from: ['awaitingReceipt'], to: 'closed', by: 'conductor' },
  closeUnreachable: { name: '无法联系，公告办结', from: ['awaitingReceipt'], to: 'closed', by: 'conductor' },
  withdraw: {
    name: '撤回异议',
    from: ['filed', 'investigating', 'awaitingEvidence'],
    to: 'withdrawn',
    by: 'objector',
  },
} as const satisfies Record<string, AnomalyTransition>;

export type AnomalyOperation = keyof typeof ANOMALY_TRANSITIONS;
export const ANOMALY_OPERATIONS = Object.keys(ANOMALY_TRANSITIONS) as readonly AnomalyOperation[];

/** What was concluded; each is replied to the objectors in words of its own. */
export const ANOMALY_CONCLUSIONS = [
  'inadmissible',
  'upheld',
  'corrected',
  'certificateEnded',
  'handedOver',
] as const;
export type AnomalyConclusion = (typeof ANOMALY_CONCLUSIONS)[number];

/** The conclusion that an operation stands for; operations that conclude nothing are absent. */
export const CONCLUSION_OF = {
  refuseAdmission: 'inadmissible',
  uphold: 'upheld',
  correct: 'corrected',
  endCertificate: 'certificateEnded',
  handOver: 'handedOver',
} as const satisfies Partial<Record<AnomalyOperation, AnomalyConclusion>>;

/** Who objects: the holder, somebody of a relying party, somebody of the office, or the product's own comparison. */
export const OBJECTOR_KINDS = ['holder', 'relyingParty', 'staff', 'system'] as const;
export type ObjectorKind = (typeof OBJECTOR_KINDS)[number];

/** 核查中 stands on the certificate in these states: from the filing until it is settled what is true. */
const DISPUTING: readonly AnomalyState[] = ['filed', 'investigating', 'awaitingEvidence', 'correcting'];

/** Whether the certificate carries 核查中 because of a case in this state, and another objection to the same field joins it. */
export function isDisputing(state: AnomalyState): boolean {
  return DISPUTING.includes(state);
}

/** States in which the certificate carries the mark, for a condition of the register. */
export function disputingStates(): readonly AnomalyState[] {
  return DISPUTING;
}

/** One row of the table, as its general type. */
export function anomalyTransition(operation: AnomalyOperation): AnomalyTransition {
  return ANOMALY_TRANSITIONS[operation];
}

/** The state after an operation; refuses what the table lacks. */
export function applyAnomalyTransition(
  state: AnomalyState,
  operation: AnomalyOperation,
): Result<AnomalyState, TransitionNotAllowed<AnomalyState, AnomalyOperation>> {
  return applyTransitionTable<AnomalyState, AnomalyOperation>(ANOMALY_TRANSITIONS, state, operation);
}

/** What people of a kind may ask for in a state; the same table serves the server and the console's buttons. */
export function availableAnomalyOperations(
  state: AnomalyState,
  by: AnomalyTransition['by'],
): readonly AnomalyOperation[] {
  return operationsFrom<AnomalyState, AnomalyOperation>(ANOMALY_TRANSITIONS, state).filter(
    (operation) => ANOMALY_TRANSITIONS[operation].by === by,
  );
}

/** A case in such a state never changes again. */
export function isAnomalyFinal(state: AnomalyState): boolean {
  return operationsFrom<AnomalyState, AnomalyOperation>(ANOMALY_TRANSITIONS, state).length === 0;
}
