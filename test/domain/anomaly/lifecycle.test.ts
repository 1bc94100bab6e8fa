import fc from 'fast-check';
import type { AnomalyOperation, AnomalyState } from '../../../domain/anomaly/lifecycle';
import {
  ANOMALY_OPERATIONS,
  ANOMALY_STATES,
  ANOMALY_TRANSITIONS,
  applyAnomalyTransition,
  availableAnomalyOperations,
  CONCLUSION_OF,
  isAnomalyFinal,
  isDisputing,
} from '../../../domain/anomaly/lifecycle';

const operations = fc.array(fc.constantFrom(...ANOMALY_OPERATIONS), { maxLength: 60 });

function stateAfter(sequence: readonly AnomalyOperation[]): AnomalyState {
  return sequence.reduce<AnomalyState>((state, operation) => {
    const outcome = applyAnomalyTransition(state, operation);
    return outcome.ok ? outcome.value : state;
  }, 'filed');
}

/** The states that can still be reached, by these operations alone. */
function reachable(from: AnomalyState, allowed: readonly AnomalyOperation[]): ReadonlySet<AnomalyState> {
  const found = new Set([from]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const state of [...found]) {
      for (const operation of allowed) {
        const outcome = applyAnomalyTransition(state, operation);
        if (outcome.ok) found.add(outcome.value);
      }
    }
  }
  return found;
}

describe('the table of an anomaly case', () => {
  it('is left by no sequence of commands', () => {
    fc.assert(fc.property(operations, (sequence) => ANOMALY_STATES.includes(stateAfter(sequence))));
  });

  it('lets every case end, wherever it stands', () => {
    fc.assert(
      fc.property(operations, (sequence) => {
        const ends = [...reachable(stateAfter(sequence), ANOMALY_OPERATIONS)].filter(isAnomalyFinal);
        return ends.length > 0;
      }),
    );
  });

  it('lets the office end every case without the objector, and no objector hold it up', () => {
    const withoutObjector = ANOMALY_OPERATIONS.filter(
      (operation) => ANOMALY_TRANSITIONS[operation].by !== 'objector',
    );
    for (const state of ANOMALY_STATES) {
      expect([...reachable(state, withoutObjector)].some(isAnomalyFinal)).toBe(true);
    }
  });

  it('decides nothing twice: a conclusion is followed by another only when the change came to nothing', () => {
    fc.assert(
      fc.property(operations, (sequence) => {
        let state: AnomalyState = 'filed';
        let concluded = false;
        for (const operation of sequence) {
          const outcome = applyAnomalyTransition(state, operation);
          if (!outcome.ok) continue;
          state = outcome.value;
          if (operation === 'changeFailed') concluded = false;
          if (operation in CONCLUSION_OF) {
            if (concluded) return false;
            concluded = true;
          }
        }
        return true;
      }),
    );
  });

  it('replies to whatever it concluded before it ends', () => {
    const silent = ANOMALY_OPERATIONS.filter((operation) => operation !== 'reply');
    expect(reachable('replying', silent)).toEqual(new Set(['replying']));
    expect(reachable('correcting', silent).has('closed')).toBe(false);
  });

  it('marks the certificate exactly until it is settled what is true', () => {
    expect(ANOMALY_STATES.filter(isDisputing)).toEqual([
      'filed',
      'investigating',
      'awaitingEvidence',
      'correcting',
    ]);
  });

  it('offers people what the table allows them and nothing that only time does', () => {
    expect(availableAnomalyOperations('awaitingEvidence', 'objector')).toEqual([
      'supplyEvidence',
      'withdraw',
    ]);
    expect(availableAnomalyOperations('awaitingEvidence', 'investigator')).toEqual([]);
    expect(availableAnomalyOperations('closed', 'investigator')).toEqual([]);
  });
});
