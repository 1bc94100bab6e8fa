import type { Result } from '../shared/result';
import type { Transition, TransitionNotAllowed } from '../shared/transition-table';
import { applyTransitionTable } from '../shared/transition-table';
import type { UpReportState } from './up-report-state';

export const UP_REPORT_STATE_NAMES = {
  pending: '待上报',
  reported: '已上报',
  returned: '被退回',
  quarantined: '隔离',
} as const satisfies Record<UpReportState, string>;

export interface UpReportTransition extends Transition<UpReportState> {
  /** `region`: its answer; `unit`: who mends; `reconciliation`: the daily comparison. */
  readonly by: 'region' | 'unit' | 'reconciliation';
}

/** What a report to the region can become (reading 6): nothing is dropped, what comes back is mended and sent again. */
export const UP_REPORT_TRANSITIONS = {
  accept: { name: '收到回执', from: ['pending'], to: 'reported', by: 'region' },
  return: { name: '退回', from: ['pending'], to: 'returned', by: 'region' },
  quarantine: { name: '隔离', from: ['pending'], to: 'quarantined', by: 'region' },
  retry: { name: '修正后重新上报', from: ['returned', 'quarantined'], to: 'pending', by: 'unit' },
  sendAgain: { name: '对账后重新上报', from: ['reported'], to: 'pending', by: 'reconciliation' },
  takeOver: {
    name: '对账补记回执',
    from: ['pending', 'returned', 'quarantined'],
    to: 'reported',
    by: 'reconciliation',
  },
} as const satisfies Record<string, UpReportTransition>;

export type UpReportOperation = keyof typeof UP_REPORT_TRANSITIONS;
export const UP_REPORT_OPERATIONS = Object.keys(UP_REPORT_TRANSITIONS) as readonly UpReportOperation[];

/** One row of the table, as its general type. */
export function upReportTransition(operation: UpReportOperation): UpReportTransition {
  return UP_REPORT_TRANSITIONS[operation];
}

/** The state after an operation; refuses what the table lacks. */
export function applyUpReportTransition(
  state: UpReportState,
  operation: UpReportOperation,
): Result<UpReportState, TransitionNotAllowed<UpReportState, UpReportOperation>> {
  return applyTransitionTable<UpReportState, UpReportOperation>(UP_REPORT_TRANSITIONS, state, operation);
}
