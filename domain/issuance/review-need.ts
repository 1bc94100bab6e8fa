import type { ReviewPolicy } from '../catalog/catalog-entry';
import type { ComparisonOutcome } from './compare-record';

export type ReviewReason =
  | 'policyAlways'
  | 'policySample'
  | 'comparisonDiffers'
  | 'agencyRecordNotFound'
  | 'notCompared'
  | 'backEntry';

/** What the reviewer is told about why a person is asked. */
export const REVIEW_REASONS = {
  policyAlways: '该类型证照须逐件审核',
  policySample: '抽查审核',
  comparisonDiffers: '与业务系统记录不一致',
  agencyRecordNotFound: '业务系统中没有对应记录',
  notCompared: '该单位未接入比对接口，须人工核对',
  backEntry: '补录证照须由另一人确认',
} as const satisfies Record<ReviewReason, string>;

const SAMPLE_SPACE = 10_000;

/**
 * Whether a person must look before the certificate is issued (art. 8, 9), and why; null lets it pass straight
 * through. `sampleDraw` is a number from 0 to 9999 fixed by the case's id, so that asking twice answers the same.
 */
export function reviewNeed(
  policy: ReviewPolicy,
  comparison: ComparisonOutcome,
  origin: 'agency' | 'form' | 'backEntry',
  sampleDraw: number,
): ReviewReason | null {
  if (origin === 'backEntry') return 'backEntry';
  if (comparison === 'different') return 'comparisonDiffers';
  if (comparison === 'agencyRecordNotFound') return 'agencyRecordNotFound';
  switch (policy.kind) {
    case 'always':
      return 'policyAlways';
    case 'sample':
      if (sampleDraw * 100 < policy.percent * SAMPLE_SPACE) return 'policySample';
      return origin === 'form' && comparison === 'notCompared' ? 'notCompared' : null;
    case 'none':
      return origin === 'form' && comparison === 'notCompared' ? 'notCompared' : null;
  }
}

/** The draw of a case in a sample: the first four hexadecimal digits of the last group of its id, folded to 0–9999. */
export function sampleDrawOf(caseId: string): number {
  return Number.parseInt(caseId.replaceAll('-', '').slice(-8), 16) % SAMPLE_SPACE;
}
