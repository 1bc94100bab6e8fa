import fc from 'fast-check';
import { paperNumber } from '../../../domain/official-paper/paper-number';

describe('the number of an official paper', () => {
  it('is the unit’s word, the full year in brackets and the number without leading zeros', () => {
    expect(paperNumber('鄂东审服', 2026, 12)).toBe('鄂东审服〔2026〕12号');
  });

  it('bears the common word where the unit has filed none', () => {
    expect(paperNumber(null, 2027, 1)).toBe('鄂证照〔2027〕1号');
  });

  it('differs for different years and numbers of a unit', () => {
    const numbered = fc.tuple(fc.integer({ min: 1949, max: 9999 }), fc.integer({ min: 1 }));
    fc.assert(
      fc.property(numbered, numbered, (left, right) => {
        const same = left[0] === right[0] && left[1] === right[1];
        return (paperNumber('鄂', ...left) === paperNumber('鄂', ...right)) === same;
      }),
    );
  });

  it.each([0, -1, 1.5])('does not exist for %p', (sequence) => {
    expect(() => paperNumber(null, 2026, sequence)).toThrow(RangeError);
  });
});
