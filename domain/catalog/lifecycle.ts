import type { Result } from '../shared/result';
import type { Transition, TransitionNotAllowed } from '../shared/transition-table';
import { applyTransitionTable, operationsFrom } from '../shared/transition-table';

/** States of one version of a catalogue entry (art. 7). */
export const CATALOG_VERSION_STATES = [
  'draft',
  'underReview',
  'approved',
  'published',
  'superseded',
  'withdrawn',
] as const;
export type CatalogVersionState = (typeof CATALOG_VERSION_STATES)[number];

export const CATALOG_VERSION_STATE_NAMES = {
  draft: '草稿',
  underReview: '待审核',
  approved: '已核准',
  published: '已发布',
  superseded: '已被取代',
  withdrawn: '已撤下',
} as const satisfies Record<CatalogVersionState, string>;

/**
 * A definition may be edited in `draft` only. Publishing a version supersedes the one before it in the same
 * transaction; certificates stay pinned to the version under which they were issued.
 */
export const CATALOG_TRANSITIONS = {
  submit: { name: '提交审核', from: ['draft'], to: 'underReview' },
  sendBack: { name: '退回修改', from: ['underReview', 'approved'], to: 'draft' },
  approve: { name: '核准', from: ['underReview'], to: 'approved' },
  publish: { name: '发布', from: ['approved'], to: 'published' },
  supersede: { name: '被新版本取代', from: ['published'], to: 'superseded' },
  withdraw: { name: '撤下', from: ['draft', 'underReview', 'approved'], to: 'withdrawn' },
} as const satisfies Record<string, Transition<CatalogVersionState>>;

export type CatalogOperation = keyof typeof CATALOG_TRANSITIONS;
export const CATALOG_OPERATIONS = Object.keys(CATALOG_TRANSITIONS) as readonly CatalogOperation[];

/** The operations that the table allows in a state. */
export function availableCatalogTransitions(state: CatalogVersionState): readonly CatalogOperation[] {
  return operationsFrom(CATALOG_TRANSITIONS, state);
}

/** The state after an operation; refuses what the table lacks. */
export function applyCatalogTransition(
  state: CatalogVersionState,
  operation: CatalogOperation,
): Result<CatalogVersionState, TransitionNotAllowed<CatalogVersionState, CatalogOperation>> {
  return applyTransitionTable(CATALOG_TRANSITIONS, state, operation);
}
