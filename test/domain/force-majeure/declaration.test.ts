import fc from 'fast-check';
import {
  clearanceTimeProblems,
  declarationTimeProblems,
  recurrenceTimeProblems,
} from '../../../domain/force-majeure/declaration';

const NOW_MS = Date.parse('2026-11-23T12:00:00+08:00');
const at = (ms: number): string => new Date(ms).toISOString();
const instants = fc.integer({ min: NOW_MS - 10 * 86_400_000, max: NOW_MS + 86_400_000 });

describe('the instants of a declaration', () => {
  it('are in order exactly when it happened, was known, was told, and is entered now', () => {
    fc.assert(
      fc.property(instants, instants, instants, (occurred, known, called) => {
        const times = { occurredAt: at(occurred), knownAt: at(known), calledAt: at(called) };
        const isInOrder = occurred <= known && known <= called && called <= NOW_MS;
        expect(declarationTimeProblems(times, NOW_MS).length === 0).toBe(isInOrder);
      }),
    );
  });

  it('name the place that is wrong', () => {
    const times = { occurredAt: at(NOW_MS), knownAt: at(NOW_MS - 1), calledAt: null };
    expect(declarationTimeProblems(times, NOW_MS)).toEqual([
      expect.objectContaining({ pointer: '/knownAt', code: 'beforeOccurrence' }),
    ]);
  });
});

describe('a clearance and a recurrence', () => {
  it('are not before what they follow and not in the future', () => {
    fc.assert(
      fc.property(instants, instants, (stated, before) => {
        const isPossible = stated >= before && stated <= NOW_MS;
        expect(clearanceTimeProblems(at(stated), before, NOW_MS).length === 0).toBe(isPossible);
        expect(recurrenceTimeProblems(at(stated), before, NOW_MS).length === 0).toBe(isPossible);
      }),
    );
  });
});
