import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';

/** States of one version of a certificate, in the order in which people meet them. */
export const CERTIFICATE_STATES = [
  'draft',
  'underReview',
  'awaitingSeal',
  'notYetInForce',
  'inForce',
  'suspended',
  'superseded',
  'expired',
  'cancelled',
  'rescinded',
  'recalled',
  'transferredOut',
  'revoked',
  'voided',
] as const;
export type CertificateState = (typeof CERTIFICATE_STATES)[number];

/** State codes of ministry practice (housing), as read from deployed implementations; null: never reported. */
export type MinistryStateCode = '01' | '02' | '03' | '04' | '05' | '06' | '07' | '99';
/** Operation codes of the same practice; null: an inner step that is not reported. */
export type MinistryOperationCode = '01' | '02' | '03' | '04' | '05' | '06' | '07' | '08' | '09' | '10';

export interface CertificateStateDescription {
  readonly name: string;
  /** `preparing` has no legal effect yet, `live` may count as valid, `away` is administered elsewhere, `ended` is final. */
  readonly phase: 'preparing' | 'live' | 'away' | 'ended';
  readonly ministryCode: MinistryStateCode | null;
}

export const CERTIFICATE_STATE_DESCRIPTIONS = {
  draft: { name: '草稿', phase: 'preparing', ministryCode: null },
  underReview: { name: '待审核', phase: 'preparing', ministryCode: null },
  awaitingSeal: { name: '待签章', phase: 'preparing', ministryCode: null },
  notYetInForce: { name: '未生效', phase: 'live', ministryCode: '99' },
  inForce: { name: '有效', phase: 'live', ministryCode: '01' },
  suspended: { name: '暂扣', phase: 'live', ministryCode: '02' },
  superseded: { name: '已被取代', phase: 'ended', ministryCode: '99' },
  expired: { name: '已过期', phase: 'ended', ministryCode: '05' },
  cancelled: { name: '已注销', phase: 'ended', ministryCode: '04' },
  rescinded: { name: '已撤销', phase: 'ended', ministryCode: '03' },
  recalled: { name: '已撤回', phase: 'ended', ministryCode: '99' },
  transferredOut: { name: '已转出', phase: 'away', ministryCode: '06' },
  revoked: { name: '已吊销', phase: 'ended', ministryCode: '07' },
  voided: { name: '签发错误作废', phase: 'ended', ministryCode: '99' },
} as const satisfies Record<CertificateState, CertificateStateDescription>;

/** Marks stand beside the state and change no right by themselves. */
export const CERTIFICATE_MARKS = ['underInvestigation', 'statusInDoubt', 'renewalPending'] as const;
export type CertificateMark = (typeof CERTIFICATE_MARKS)[number];

export const CERTIFICATE_MARK_DESCRIPTIONS = {
  underInvestigation: { name: '核查中', states: ['notYetInForce', 'inForce', 'suspended', 'expired'] },
  statusInDoubt: { name: '状态存疑', states: ['notYetInForce', 'inForce', 'suspended'] },
  renewalPending: { name: '延续审查中', states: ['inForce'] },
} as const satisfies Record<CertificateMark, { name: string; states: readonly CertificateState[] }>;

export interface CertificateTransition {
  readonly name: string;
  readonly from: readonly CertificateState[];
  /** `unchanged`: this version keeps its state; what happens is recorded on it. */
  readonly to: CertificateState | 'unchanged';
  /** The operation brings a new version of the same certificate (number of the version grows by one). */
  readonly opensNewVersion: boolean;
  /** `required`: a decision with name, 文号, date, organ and attachment; `ofNewVersion`: the decision stands on the version that follows. */
  readonly decision: 'required' | 'ofNewVersion' | 'none';
  /** A second person confirms before it takes effect. */
  readonly twoPersons: boolean;
  /** Ends an open change of the same certificate instead of being refused because of it. */
  readonly preemptsOpenChange: boolean;
  readonly ministryCode: MinistryOperationCode | null;
}

const inner = {
  opensNewVersion: false,
  decision: 'none',
  twoPersons: false,
  preemptsOpenChange: false,
  ministryCode: null,
} as const;
const successor = {
  from: ['inForce'],
  to: 'superseded',
  opensNewVersion: true,
  decision: 'ofNewVersion',
  twoPersons: false,
  preemptsOpenChange: false,
} as const;
const ending = {
  opensNewVersion: false,
  decision: 'required',
  twoPersons: false,
  preemptsOpenChange: true,
} as const;

/**
 * The transitions of a certificate version (行政许可法 50, 69, 70; states as in deployed ministry practice).
 * What is not in the table is refused. `cancel` after 撤销, 撤回, 吊销 or expiry completes the cancellation
 * formality (行政许可法 70). Endings may also strike a version that is issued but not yet in force. A case
 * that is withdrawn before sealing leaves a `draft`, never an ending: only what was issued can end.
 */
export const CERTIFICATE_TRANSITIONS = {
  submit: { ...inner, name: '提交审核', from: ['draft'], to: 'underReview' },
  sendBack: { ...inner, name: '审核退回', from: ['underReview'], to: 'draft' },
  approve: { ...inner, name: '审核通过', from: ['underReview'], to: 'awaitingSeal' },
  withdraw: { ...inner, name: '撤件', from: ['underReview', 'awaitingSeal'], to: 'draft' },
  issue: { ...inner, name: '签发', from: ['awaitingSeal'], to: 'inForce', ministryCode: '01' },
  issueAhead: {
    ...inner,
    name: '签发(未到生效日)',
    from: ['awaitingSeal'],
    to: 'notYetInForce',
    ministryCode: '01',
  },
  takeEffect: { ...inner, name: '生效', from: ['notYetInForce'], to: 'inForce' },
  suspend: {
    ...inner,
    name: '暂扣',
    from: ['inForce'],
    to: 'suspended',
    decision: 'required',
    preemptsOpenChange: true,
    ministryCode: '03',
  },
  resume: { ...inner, name: '暂扣发还', from: ['suspended'], to: 'inForce', ministryCode: '06' },
  inspectPeriodically: { ...inner, name: '年检', from: ['inForce'], to: 'unchanged', ministryCode: '07' },
  amend: { ...successor, name: '变更', ministryCode: '09' },
  renew: { ...successor, name: '延续', ministryCode: '02' },
  correct: { ...successor, name: '纠错', ministryCode: '07' },
  reissue: { ...successor, name: '换发', ministryCode: '07' },
  expire: { ...inner, name: '过期失效', from: ['inForce', 'suspended'], to: 'expired', ministryCode: '04' },
  cancel: {
    ...ending,
    name: '注销',
    from: ['notYetInForce', 'inForce', 'suspended', 'expired', 'rescinded', 'recalled', 'revoked'],
    to: 'cancelled',
    ministryCode: '05',
  },
  rescind: {
    ...ending,
    name: '撤销',
    from: ['notYetInForce', 'inForce', 'suspended', 'expired'],
    to: 'rescinded',
    ministryCode: '07',
  },
  recall: {
    ...ending,
    name: '撤回',
    from: ['notYetInForce', 'inForce', 'suspended', 'expired'],
    to: 'recalled',
    ministryCode: '07',
  },
  revoke: {
    ...ending,
    name: '吊销',
    from: ['notYetInForce', 'inForce', 'suspended', 'expired'],
    to: 'revoked',
    ministryCode: '07',
  },
  void: {
    ...ending,
    name: '签发错误作废',
    from: ['notYetInForce', 'inForce', 'suspended', 'expired'],
    to: 'voided',
    ministryCode: '07',
  },
  transferOut: {
    ...inner,
    name: '办理转出',
    from: ['inForce'],
    to: 'transferredOut',
    decision: 'required',
    ministryCode: '07',
  },
  undoTransferOut: {
    ...inner,
    name: '取消转出',
    from: ['transferredOut'],
    to: 'inForce',
    ministryCode: '10',
  },
  transferIn: {
    ...inner,
    name: '转入',
    from: ['transferredOut'],
    to: 'superseded',
    opensNewVersion: true,
    decision: 'ofNewVersion',
    ministryCode: '08',
  },
  reinstate: {
    ...inner,
    name: '恢复',
    from: ['expired', 'cancelled', 'rescinded', 'recalled', 'revoked', 'voided'],
    to: 'unchanged',
    opensNewVersion: true,
    decision: 'required',
    twoPersons: true,
    ministryCode: '07',
  },
} as const satisfies Record<string, CertificateTransition>;

export type CertificateOperation = keyof typeof CERTIFICATE_TRANSITIONS;

export const CERTIFICATE_OPERATIONS = Object.keys(CERTIFICATE_TRANSITIONS) as readonly CertificateOperation[];

/** How a version came into being; recorded once on the version, with the operation code that is reported for it. */
export const VERSION_ORIGINS = {
  newIssue: { name: '新发', ministryCode: '01', twoPersons: false },
  renewal: { name: '延续', ministryCode: '02', twoPersons: false },
  amendment: { name: '变更', ministryCode: '09', twoPersons: false },
  correction: { name: '纠错', ministryCode: '07', twoPersons: false },
  reissue: { name: '换发', ministryCode: '07', twoPersons: false },
  reinstatement: { name: '恢复', ministryCode: '07', twoPersons: true },
  transferIn: { name: '转入', ministryCode: '08', twoPersons: false },
  backEntry: { name: '补录', ministryCode: '01', twoPersons: true },
  ingestion: { name: '存量归集', ministryCode: '01', twoPersons: false },
} as const satisfies Record<
  string,
  { readonly name: string; readonly ministryCode: MinistryOperationCode; readonly twoPersons: boolean }
>;
export type VersionOrigin = keyof typeof VERSION_ORIGINS;

export const REISSUE_REASONS = { lost: '遗失', damaged: '损毁', expired: '期满' } as const satisfies Record<
  string,
  string
>;
export type ReissueReason = keyof typeof REISSUE_REASONS;

export interface TransitionRefusal {
  readonly code: 'transitionNotAllowed' | 'renewalPending';
  readonly state: CertificateState;
  readonly operation: CertificateOperation;
  readonly allowedFrom: readonly CertificateState[];
}

export interface TransitionOutcome {
  readonly state: CertificateState;
  readonly opensNewVersion: boolean;
  /** The marks that still make sense beside the new state. */
  readonly marks: readonly CertificateMark[];
}

/** The row of the table for one operation, seen as its general type. */
export function certificateTransition(operation: CertificateOperation): CertificateTransition {
  return CERTIFICATE_TRANSITIONS[operation];
}

/** The operations that the table allows in a state, in the order of the table. */
export function availableTransitions(state: CertificateState): readonly CertificateOperation[] {
  return CERTIFICATE_OPERATIONS.filter((operation) => certificateTransition(operation).from.includes(state));
}

/**
 * Applies one operation to the state of a version.
 * Refuses what the table lacks, and expiry while a renewal filed in time is undecided (行政许可法 50:
 * 视为准予延续). Never changes anything: the outcome is what the caller is to store.
 */
export function applyTransition(
  state: CertificateState,
  operation: CertificateOperation,
  marks: readonly CertificateMark[] = [],
): Result<TransitionOutcome, TransitionRefusal> {
  const transition = certificateTransition(operation);
  const allowedFrom = transition.from;
  if (!allowedFrom.includes(state)) {
    return refused({ code: 'transitionNotAllowed', state, operation, allowedFrom });
  }
  if (operation === 'expire' && state === 'inForce' && marks.includes('renewalPending')) {
    return refused({ code: 'renewalPending', state, operation, allowedFrom });
  }
  const next = transition.to === 'unchanged' ? state : transition.to;
  return accepted({
    state: next,
    opensNewVersion: transition.opensNewVersion,
    marks: marks.filter((mark) => mayCarryMark(next, mark)),
  });
}

/** Whether a mark may stand beside a state. */
export function mayCarryMark(state: CertificateState, mark: CertificateMark): boolean {
  const states: readonly CertificateState[] = CERTIFICATE_MARK_DESCRIPTIONS[mark].states;
  return states.includes(state);
}

/**
 * 应注销未注销 (行政许可法 70): states after which the authority still has to complete the cancellation formality.
 */
export function isCancellationOutstanding(state: CertificateState): boolean {
  return state === 'expired' || state === 'rescinded' || state === 'recalled' || state === 'revoked';
}
