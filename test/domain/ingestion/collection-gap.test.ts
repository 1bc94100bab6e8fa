import fc from 'fast-check';
import { collectionGap } from '../../../domain/ingestion/collection-gap';

const numbers = fc.uniqueArray(
  fc.integer({ min: 1, max: 40 }).map((n) => `B-${n}`),
  { maxLength: 30 },
);

describe('what is registered here and counted there', () => {
  it('is told by number when the agency gives its list', () => {
    expect(
      collectionGap({
        registered: ['B-1', 'B-9'],
        exempted: ['B-2'],
        counted: 3,
        listed: ['B-1', 'B-2', 'B-3'],
      }),
    ).toEqual({
      registered: 2,
      counted: 3,
      exempted: 1,
      ratePercent: 66.6,
      missing: 1,
      missingHere: ['B-3'],
      unknownThere: ['B-9'],
    });
  });

  it('is only a number without a list, and unknown while nothing is counted', () => {
    expect(collectionGap({ registered: ['B-1'], exempted: [], counted: 2, listed: null })).toMatchObject({
      missing: 1,
      missingHere: null,
      ratePercent: 50,
    });
    expect(collectionGap({ registered: ['B-1'], exempted: [], counted: null, listed: null })).toMatchObject({
      missing: null,
      ratePercent: null,
    });
    expect(collectionGap({ registered: [], exempted: [], counted: 0, listed: [] })).toMatchObject({
      missing: 0,
    });
  });

  it('is 100 percent only when nothing is missing', () => {
    fc.assert(
      fc.property(numbers, numbers, numbers, (registered, exempted, listed) => {
        const gap = collectionGap({ registered, exempted, counted: listed.length, listed });
        expect(gap.missingHere?.every((number) => listed.includes(number))).toBe(true);
        if (listed.length > 0) expect(gap.ratePercent === 100).toBe(gap.missing === 0);
      }),
    );
  });
});
