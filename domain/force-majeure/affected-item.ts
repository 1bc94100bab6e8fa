import type { Result } from '../shared/result';
import type { Transition, TransitionNotAllowed } from '../shared/transition-table';
import { applyTransitionTable } from '../shared/transition-table';

/** What art. 10 names: 制发、归集、更新、注销. */
export const AFFECTED_OPERATIONS = ['issue', 'collect', 'update', 'cancel'] as const;
export type AffectedOperation = (typeof AFFECTED_OPERATIONS)[number];

export const AFFECTED_OPERATION_NAMES = {
  issue: '制发',
  collect: '归集',
  update: '更新',
  cancel: '注销',
} as const satisfies Record<AffectedOperation, string>;

/**
 * What an item is about. Cases are found by the register itself; a business number or a certificate number stands for what
 * could not even be entered, and is made up by the case that is entered later.
 */
export const ITEM_SUBJECTS = {
  issuance: { name: '签发事项', operations: ['issue'], isMarkable: true },
  delivery: { name: '送达', operations: ['issue'], isMarkable: true },
  certificateChange: { name: '证照变动', operations: ['update', 'cancel'], isMarkable: true },
  incrementDay: { name: '每日增量', operations: ['collect'], isMarkable: false },
  upReport: { name: '归集上报', operations: ['collect'], isMarkable: true },
  businessNumber: { name: '未能提交的业务', operations: ['issue', 'collect'], isMarkable: true },
  certificateNumber: { name: '未能录入的证照处理', operations: ['update', 'cancel'], isMarkable: true },
} as const satisfies Record<
  string,
  {
    readonly name: string;
    readonly operations: readonly AffectedOperation[];
    /** Whether a person may mark it 无法办理; days of increments are decided by the calendar alone. */
    readonly isMarkable: boolean;
  }
>;
export type ItemSubject = keyof typeof ITEM_SUBJECTS;
export const ITEM_SUBJECT_KINDS = Object.keys(ITEM_SUBJECTS) as readonly ItemSubject[];

/** Whether a subject of this kind can stand for an operation. */
export function suitsOperation(subject: ItemSubject, operation: AffectedOperation): boolean {
  const operations: readonly AffectedOperation[] = ITEM_SUBJECTS[subject].operations;
  return operations.includes(operation);
}

export const ITEM_STATES = ['open', 'done', 'excepted', 'released'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

export const ITEM_STATE_NAMES = {
  open: '待补办',
  done: '已补办',
  excepted: '经说明不再补办',
  released: '未获认定，恢复原时限',
} as const satisfies Record<ItemState, string>;

/** `complete` needs proof, `except` a person's reason; `release` follows from an event that is not recognised. */
export const ITEM_TRANSITIONS = {
  complete: { name: '补办完成', from: ['open'], to: 'done' },
  except: { name: '说明理由销号', from: ['open'], to: 'excepted' },
  release: { name: '恢复原时限', from: ['open'], to: 'released' },
} as const satisfies Record<string, Transition<ItemState>>;

export type ItemOperation = keyof typeof ITEM_TRANSITIONS;
export const ITEM_OPERATIONS = Object.keys(ITEM_TRANSITIONS) as readonly ItemOperation[];

/** The state after an operation; refuses what the table lacks: an item is closed once. */
export function applyItemTransition(
  state: ItemState,
  operation: ItemOperation,
): Result<ItemState, TransitionNotAllowed<ItemState, ItemOperation>> {
  return applyTransitionTable<ItemState, ItemOperation>(ITEM_TRANSITIONS, state, operation);
}
