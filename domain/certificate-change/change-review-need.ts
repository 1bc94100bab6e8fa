import type { ReviewPolicy } from '../catalog/catalog-entry';
import { certificateTransition } from '../certificate/lifecycle';
import type { ChangeKind } from './change-kind';
import { opensVersion } from './change-kind';

export type ChangeReviewReason = 'twoPersons' | 'policyAlways' | 'policySample';

/** What the reviewer is told about why a person is asked. */
export const CHANGE_REVIEW_REASONS = {
  twoPersons: '须由另一人确认',
  policyAlways: '该类型证照须逐件审核',
  policySample: '抽查审核',
} as const satisfies Record<ChangeReviewReason, string>;

const SAMPLE_SPACE = 10_000;

/**
 * Whether a second person must look before a change takes effect, and why. What alters only the state rests on a decision
 * that was made already and is never held (reading 7); what opens a version is reviewed as the type's issues are; 恢复
 * always needs two persons (reading 8). `sampleDraw` is a number from 0 to 9999 fixed by the case's id.
 */
export function changeReviewNeed(
  kind: ChangeKind,
  policy: ReviewPolicy,
  sampleDraw: number,
): ChangeReviewReason | null {
  if (certificateTransition(kind).twoPersons) return 'twoPersons';
  if (!opensVersion(kind)) return null;
  switch (policy.kind) {
    case 'always':
      return 'policyAlways';
    case 'sample':
      return sampleDraw * 100 < policy.percent * SAMPLE_SPACE ? 'policySample' : null;
    case 'none':
      return null;
  }
}
