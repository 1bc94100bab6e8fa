import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';

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

interface CatalogTransition {
  readonly name: string;
  readonly from: readonly CatalogVersionState[];
  readonly to: CatalogVersionState;
}

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
} as const satisfies Record<string, CatalogTransition>;

export type CatalogOperation = keyof typeof CATALOG_TRANSITIONS;
export const CATALOG_OPERATIONS = Object.keys(CATALOG_TRANSITIONS) as readonly CatalogOperation[];

export interface CatalogTransitionRefusal {
  readonly code: 'transitionNotAllowed';
  readonly state: CatalogVersionState;
  readonly operation: CatalogOperation;
  readonly allowedFrom: readonly CatalogVersionState[];
}

/** The operations that the table allows in a state. */
export function availableCatalogTransitions(state: CatalogVersionState): readonly CatalogOperation[] {
  return CATALOG_OPERATIONS.filter((operation) => fromStates(operation).includes(state));
}

/** The state after an operation; refuses what the table lacks. */
export function applyCatalogTransition(
  state: CatalogVersionState,
  operation: CatalogOperation,
): Result<CatalogVersionState, CatalogTransitionRefusal> {
  const allowedFrom = fromStates(operation);
  if (!allowedFrom.includes(state)) {
    return refused({ code: 'transitionNotAllowed', state, operation, allowedFrom });
  }
  return accepted(CATALOG_TRANSITIONS[operation].to);
}

function fromStates(operation: CatalogOperation): readonly CatalogVersionState[] {
  return CATALOG_TRANSITIONS[operation].from;
}
