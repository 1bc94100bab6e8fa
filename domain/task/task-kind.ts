import type { Role } from '../shared/principal';

/**
 * What a task can be about. Those that a workflow conducts are told of a decision; `certificate` and `upReport` are
 * work that nothing waits for.
 */
export const TASK_CASE_KINDS = [
  'issuance',
  'delivery',
  'certificateChange',
  'anomalyCase',
  'forceMajeureEvent',
  'incrementDay',
  'certificate',
  'upReport',
] as const;
export type TaskCaseKind = (typeof TASK_CASE_KINDS)[number];

/** What a reviewer decides on a task itself. */
export const REVIEW_DECISIONS = ['approve', 'sendBack', 'refuse'] as const;
export type ReviewDecision = (typeof REVIEW_DECISIONS)[number];

/** `done`: completed by acting on the case at its own address. */
export const TASK_DECISIONS = [...REVIEW_DECISIONS, 'done'] as const;
export type TaskDecision = (typeof TASK_DECISIONS)[number];

export interface TaskKindDescription {
  readonly name: string;
  readonly caseKind: TaskCaseKind;
  readonly queueRole: Role;
  /** `decide`: on the task; `act`: by an operation of the case, which completes the task. */
  readonly completedBy: 'decide' | 'act';
}

/** Every kind of work that people find in their inbox: whose queue it enters and how it is completed. */
export const TASK_KIND_DESCRIPTIONS = {
  issuanceReview: { name: '签发审核', caseKind: 'issuance', queueRole: 'reviewer', completedBy: 'decide' },
  backEntryConfirmation: {
    name: '补录复核',
    caseKind: 'issuance',
    queueRole: 'reviewer',
    completedBy: 'decide',
  },
  changeReview: {
    name: '证照变动审核',
    caseKind: 'certificateChange',
    queueRole: 'reviewer',
    completedBy: 'decide',
  },
  dependentCertificate: {
    name: '关联证照处理',
    caseKind: 'certificate',
    queueRole: 'operator',
    completedBy: 'act',
  },
  pickup: { name: '待领取办理', caseKind: 'delivery', queueRole: 'windowClerk', completedBy: 'act' },
  anomalyAcceptance: {
    name: '异常数据核查受理',
    caseKind: 'anomalyCase',
    queueRole: 'investigator',
    completedBy: 'act',
  },
  anomalyInvestigation: {
    name: '异常数据核查',
    caseKind: 'anomalyCase',
    queueRole: 'investigator',
    completedBy: 'act',
  },
  anomalyReply: {
    name: '核查结果告知',
    caseKind: 'anomalyCase',
    queueRole: 'investigator',
    completedBy: 'act',
  },
  forceMajeureReport: {
    name: '不可抗力报告',
    caseKind: 'forceMajeureEvent',
    queueRole: 'operator',
    completedBy: 'act',
  },
  forceMajeureRecognition: {
    name: '不可抗力认定',
    caseKind: 'forceMajeureEvent',
    queueRole: 'cityAdministrator',
    completedBy: 'act',
  },
  forceMajeureRecovery: {
    name: '不可抗力后补办',
    caseKind: 'forceMajeureEvent',
    queueRole: 'operator',
    completedBy: 'act',
  },
  incrementCatchUp: {
    name: '增量补报',
    caseKind: 'incrementDay',
    queueRole: 'operator',
    completedBy: 'act',
  },
  upReportMending: {
    name: '归集上报退回处理',
    caseKind: 'upReport',
    queueRole: 'operator',
    completedBy: 'act',
  },
} as const satisfies Record<string, TaskKindDescription>;

export type TaskKind = keyof typeof TASK_KIND_DESCRIPTIONS;
export const TASK_KINDS = Object.keys(TASK_KIND_DESCRIPTIONS) as readonly TaskKind[];

/** One row of the table, as its general type. */
export function taskKind(kind: TaskKind): TaskKindDescription {
  return TASK_KIND_DESCRIPTIONS[kind];
}
