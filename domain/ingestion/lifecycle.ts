import type { Result } from '../shared/result';
import type { Transition, TransitionNotAllowed } from '../shared/transition-table';
import { applyTransitionTable, operationsFrom } from '../shared/transition-table';

/** States of the increment of one day, unit and type (art. 8). */
export const INCREMENT_DAY_STATES = [
  'open',
  'delivered',
  'zeroReported',
  'missed',
  'awaitingCalendar',
  'caughtUp',
  'deferred',
  'notRequired',
] as const;
export type IncrementDayState = (typeof INCREMENT_DAY_STATES)[number];

export const INCREMENT_DAY_STATE_NAMES = {
  open: '待归集',
  delivered: '已归集',
  zeroReported: '零报告',
  missed: '漏报',
  awaitingCalendar: '待工作日历',
  caughtUp: '已补报',
  deferred: '不可抗力顺延',
  notRequired: '非工作日无增量',
} as const satisfies Record<IncrementDayState, string>;

export interface IncrementDayTransition extends Transition<IncrementDayState> {
  /** `unit`: the unit's staff or its system; `midnight`: the daily close; `forceMajeure`: an event and its outcome. */
  readonly by: 'unit' | 'midnight' | 'forceMajeure';
}

/**
 * What a day can become. Whether something is in time is decided by the instant of receipt and not by the state: an
 * upload that had arrived by 24:00 delivers the day also when the close was quicker than its transaction.
 */
export const INCREMENT_DAY_TRANSITIONS = {
  deliver: {
    name: '当日归集',
    from: ['open', 'delivered', 'zeroReported', 'missed', 'awaitingCalendar', 'notRequired', 'deferred'],
    to: 'delivered',
    by: 'unit',
  },
  reportZero: {
    name: '零报告',
    from: ['open', 'missed', 'awaitingCalendar', 'notRequired', 'deferred'],
    to: 'zeroReported',
    by: 'unit',
  },
  /** A row of a day that had its zero report proves the report wrong, so that day, too, was caught up. */
  catchUp: {
    name: '补报',
    from: ['missed', 'awaitingCalendar', 'deferred', 'notRequired', 'zeroReported', 'caughtUp'],
    to: 'caughtUp',
    by: 'unit',
  },
  miss: { name: '漏报', from: ['open', 'awaitingCalendar', 'deferred'], to: 'missed', by: 'midnight' },
  excuse: {
    name: '非工作日免报',
    from: ['open', 'awaitingCalendar', 'deferred'],
    to: 'notRequired',
    by: 'midnight',
  },
  awaitCalendar: { name: '等待工作日历', from: ['open', 'deferred'], to: 'awaitingCalendar', by: 'midnight' },
  defer: {
    name: '不可抗力顺延',
    from: ['open', 'missed', 'awaitingCalendar'],
    to: 'deferred',
    by: 'forceMajeure',
  },
} as const satisfies Record<string, IncrementDayTransition>;

export type IncrementDayOperation = keyof typeof INCREMENT_DAY_TRANSITIONS;
export const INCREMENT_DAY_OPERATIONS = Object.keys(
  INCREMENT_DAY_TRANSITIONS,
) as readonly IncrementDayOperation[];

/** One row of the table, as its general type. */
export function incrementDayTransition(operation: IncrementDayOperation): IncrementDayTransition {
  return INCREMENT_DAY_TRANSITIONS[operation];
}

/** The state after an operation; refuses what the table lacks. */
export function applyIncrementDayTransition(
  state: IncrementDayState,
  operation: IncrementDayOperation,
): Result<IncrementDayState, TransitionNotAllowed<IncrementDayState, IncrementDayOperation>> {
  return applyTransitionTable<IncrementDayState, IncrementDayOperation>(
    INCREMENT_DAY_TRANSITIONS,
    state,
    operation,
  );
}

/** What may happen to a day in a state, in the order of the table. */
export function incrementDayOperationsFrom(state: IncrementDayState): readonly IncrementDayOperation[] {
  return operationsFrom<IncrementDayState, IncrementDayOperation>(INCREMENT_DAY_TRANSITIONS, state);
}
