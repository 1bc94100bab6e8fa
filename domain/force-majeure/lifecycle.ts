import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';

/** States of a force-majeure event (art. 10); its own words, never those of an item or a certificate. */
export const FORCE_MAJEURE_STATES = [
  'declared',
  'reported',
  'recognised',
  'recovering',
  'clearanceDisputed',
  'rejected',
  'closed',
] as const;
export type ForceMajeureState = (typeof FORCE_MAJEURE_STATES)[number];

export const FORCE_MAJEURE_STATE_NAMES = {
  declared: '已申报待报告',
  reported: '已报告待认定',
  recognised: '已认定持续中',
  recovering: '故障已消除补办中',
  clearanceDisputed: '消除时间有异议',
  rejected: '不予认定',
  closed: '已办结',
} as const satisfies Record<ForceMajeureState, string>;

/**
 * Who acts: the unit that declared (its operators, the banner administrator of its area), another unit in the scope of
 * the event, the city, or only the conductor.
 */
export const FORCE_MAJEURE_PARTIES = ['declarant', 'coveredUnit', 'city', 'conductor'] as const;
export type ForceMajeureParty = (typeof FORCE_MAJEURE_PARTIES)[number];

/** What people ask for by address; one address may mean different rows of the table in different states. */
export const FORCE_MAJEURE_ACTIONS = [
  'report',
  'recognise',
  'reject',
  'extendScope',
  'clear',
  'disputeClearance',
  'recur',
  'markItem',
  'closeItem',
  'close',
] as const;
export type ForceMajeureAction = (typeof FORCE_MAJEURE_ACTIONS)[number];

export interface ForceMajeureTransition {
  readonly name: string;
  readonly from: readonly ForceMajeureState[];
  readonly to: ForceMajeureState | 'unchanged';
  readonly by: readonly ForceMajeureParty[];
  /** Null: nobody asks for it; it follows from another act. */
  readonly action: ForceMajeureAction | null;
}

const WHILE_OPEN = ['declared', 'reported', 'recognised', 'recovering', 'clearanceDisputed'] as const;

/**
 * The transitions of an event (art. 10). A fault may end before the city has answered: that is noted, its clock runs at
 * once, and the recognition leads straight into the recovery. A disputed clearance keeps its clock until the city
 * settles it. Feeds the code, the CHECK constraint, the buttons and the drawn diagram.
 */
export const FORCE_MAJEURE_TRANSITIONS = {
  report: { name: '报告市级', from: ['declared'], to: 'reported', by: ['declarant'], action: 'report' },
  recognise: { name: '认定', from: ['reported'], to: 'recognised', by: ['city'], action: 'recognise' },
  reject: { name: '不予认定', from: ['reported'], to: 'rejected', by: ['city'], action: 'reject' },
  extendScope: {
    name: '扩大范围',
    from: ['reported', 'recognised', 'recovering', 'clearanceDisputed'],
    to: 'unchanged',
    by: ['city'],
    action: 'extendScope',
  },
  markItem: {
    name: '登记无法办理事项',
    from: WHILE_OPEN,
    to: 'unchanged',
    by: ['declarant', 'coveredUnit'],
    action: 'markItem',
  },
  closeItem: {
    name: '受影响事项销号',
    from: WHILE_OPEN,
    to: 'unchanged',
    by: ['declarant', 'coveredUnit'],
    action: 'closeItem',
  },
  noteClearance: {
    name: '认定前故障消除',
    from: ['declared', 'reported'],
    to: 'unchanged',
    by: ['declarant'],
    action: 'clear',
  },
  clear: { name: '故障消除', from: ['recognised'], to: 'recovering', by: ['declarant'], action: 'clear' },
  startRecovery: {
    name: '认定时故障已消除',
    from: ['recognised'],
    to: 'recovering',
    by: ['conductor'],
    action: null,
  },
  changeClearance: {
    name: '更正消除时间',
    from: ['recovering'],
    to: 'unchanged',
    by: ['declarant'],
    action: 'clear',
  },
  disputeClearance: {
    name: '对消除时间提出异议',
    from: ['recovering'],
    to: 'clearanceDisputed',
    by: ['coveredUnit', 'declarant', 'city'],
    action: 'disputeClearance',
  },
  settleClearance: {
    name: '核定消除时间',
    from: ['clearanceDisputed'],
    to: 'recovering',
    by: ['city'],
    action: 'clear',
  },
  noteRecurrence: {
    name: '认定前故障复发',
    from: ['declared', 'reported'],
    to: 'unchanged',
    by: ['declarant'],
    action: 'recur',
  },
  recur: {
    name: '故障复发',
    from: ['recovering', 'clearanceDisputed'],
    to: 'recognised',
    by: ['declarant'],
    action: 'recur',
  },
  close: { name: '办结', from: ['recovering'], to: 'closed', by: ['declarant', 'city'], action: 'close' },
} as const satisfies Record<string, ForceMajeureTransition>;

export type ForceMajeureOperation = keyof typeof FORCE_MAJEURE_TRANSITIONS;
export const FORCE_MAJEURE_OPERATIONS = Object.keys(
  FORCE_MAJEURE_TRANSITIONS,
) as readonly ForceMajeureOperation[];

export interface ForceMajeureRefusal {
  readonly code: 'transitionNotAllowed';
  readonly state: ForceMajeureState;
  readonly operation: ForceMajeureOperation;
  readonly allowedFrom: readonly ForceMajeureState[];
}

/** One row of the table, as its general type. */
export function forceMajeureTransition(operation: ForceMajeureOperation): ForceMajeureTransition {
  return FORCE_MAJEURE_TRANSITIONS[operation];
}

/** The state after an operation; refuses what the table lacks. */
export function applyForceMajeureTransition(
  state: ForceMajeureState,
  operation: ForceMajeureOperation,
): Result<ForceMajeureState, ForceMajeureRefusal> {
  const { from, to } = forceMajeureTransition(operation);
  if (!from.includes(state)) {
    return refused({ code: 'transitionNotAllowed', state, operation, allowedFrom: from });
  }
  return accepted(to === 'unchanged' ? state : to);
}

/** The row of the table that an action means in a state; null when the state has none. */
export function operationFor(
  action: ForceMajeureAction,
  state: ForceMajeureState,
): ForceMajeureOperation | null {
  return (
    FORCE_MAJEURE_OPERATIONS.find((operation) => {
      const transition = forceMajeureTransition(operation);
      return transition.action === action && transition.from.includes(state);
    }) ?? null
  );
}

/** In: where an event stands, whether its clearance is stated, who asks. Out: what he may ask for, in the order of the list. */
export function availableForceMajeureActions(
  event: { readonly state: ForceMajeureState; readonly isCleared: boolean },
  parties: readonly ForceMajeureParty[],
): readonly ForceMajeureAction[] {
  return FORCE_MAJEURE_ACTIONS.filter((action) => {
    const operation = operationFor(action, event.state);
    if (operation === null) return false;
    if (operation === 'noteRecurrence' && !event.isCleared) return false;
    return forceMajeureTransition(operation).by.some((party) => parties.includes(party));
  });
}

/** An event in such a state never changes again. */
export function isForceMajeureFinal(state: ForceMajeureState): boolean {
  return FORCE_MAJEURE_OPERATIONS.every(
    (operation) => !forceMajeureTransition(operation).from.includes(state),
  );
}
