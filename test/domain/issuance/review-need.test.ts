import fc from 'fast-check';
import type { ReviewPolicy } from '../../../domain/catalog/catalog-entry';
import { COMPARISON_OUTCOMES } from '../../../domain/issuance/compare-record';
import { REVIEW_REASONS, reviewNeed, sampleDrawOf } from '../../../domain/issuance/review-need';

const NONE: ReviewPolicy = { kind: 'none' };
const ORIGINS = ['agency', 'form', 'backEntry'] as const;

describe('whether a person must look before a certificate is issued', () => {
  it('lets a request that agrees with its record pass where the policy asks for nobody', () => {
    expect(reviewNeed(NONE, 'same', 'agency', 0)).toBeNull();
  });

  it('always asks for a difference and for a missing record', () => {
    expect(reviewNeed(NONE, 'different', 'agency', 0)).toBe('comparisonDiffers');
    expect(reviewNeed(NONE, 'agencyRecordNotFound', 'form', 0)).toBe('agencyRecordNotFound');
  });

  it('asks for a second person at every back entry, whatever else holds', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...COMPARISON_OUTCOMES),
        fc.integer({ min: 0, max: 9999 }),
        (outcome, draw) => {
          expect(reviewNeed(NONE, outcome, 'backEntry', draw)).toBe('backEntry');
        },
      ),
    );
  });

  it('asks for a form that nothing could be compared with, but trusts an agency without a record interface', () => {
    expect(reviewNeed(NONE, 'notCompared', 'form', 0)).toBe('notCompared');
    expect(reviewNeed(NONE, 'notCompared', 'agency', 0)).toBeNull();
    expect(reviewNeed({ kind: 'sample', percent: 0 }, 'notCompared', 'form', 0)).toBe('notCompared');
  });

  it('never lets anything pass where the policy says always', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...COMPARISON_OUTCOMES),
        fc.constantFrom(...ORIGINS),
        fc.integer({ min: 0, max: 9999 }),
        (outcome, origin, draw) => {
          expect(reviewNeed({ kind: 'always' }, outcome, origin, draw)).not.toBeNull();
        },
      ),
    );
  });

  it('samples as many in ten thousand as the percentage says, exactly', () => {
    for (const percent of [0, 1, 12.5, 50, 100]) {
      const policy: ReviewPolicy = { kind: 'sample', percent };
      const drawn = Array.from({ length: 10_000 }, (_, draw) => reviewNeed(policy, 'same', 'agency', draw));
      expect(drawn.filter((need) => need === 'policySample')).toHaveLength(percent * 100);
    }
  });

  it('draws the same for the same case, between 0 and 9999', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        const draw = sampleDrawOf(id);
        expect(sampleDrawOf(id)).toBe(draw);
        expect(draw).toBeGreaterThanOrEqual(0);
        expect(draw).toBeLessThan(10_000);
      }),
    );
  });

  it('tells the reviewer why in words', () => {
    for (const words of Object.values(REVIEW_REASONS)) expect(words).toMatch(/[\u4e00-\u9fff]{4,}/);
  });
});
