import fc from 'fast-check';
import {
  applyItemTransition,
  ITEM_OPERATIONS,
  ITEM_STATES,
  ITEM_SUBJECT_KINDS,
  ITEM_SUBJECTS,
  ITEM_TRANSITIONS,
  type ItemState,
} from '../../../domain/force-majeure/affected-item';
import {
  applyForceMajeureTransition,
  availableForceMajeureActions,
  FORCE_MAJEURE_ACTIONS,
  FORCE_MAJEURE_OPERATIONS,
  FORCE_MAJEURE_PARTIES,
  FORCE_MAJEURE_STATE_NAMES,
  FORCE_MAJEURE_STATES,
  type ForceMajeureOperation,
  type ForceMajeureState,
  forceMajeureTransition,
  isForceMajeureFinal,
  operationFor,
} from '../../../domain/force-majeure/lifecycle';

const sequences = fc.array(fc.constantFrom(...FORCE_MAJEURE_OPERATIONS), { maxLength: 60 });

/** The states that a sequence passes; what the table lacks leaves the state as it was. */
function passed(operations: readonly ForceMajeureOperation[]): readonly ForceMajeureState[] {
  let state: ForceMajeureState = 'declared';
  return [
    state,
    ...operations.map((operation) => {
      const outcome = applyForceMajeureTransition(state, operation);
      if (outcome.ok) state = outcome.value;
      return state;
    }),
  ];
}

function reachable(start: ForceMajeureState): ReadonlySet<ForceMajeureState> {
  const reached = new Set([start]);
  for (const state of reached) {
    for (const operation of FORCE_MAJEURE_OPERATIONS) {
      const outcome = applyForceMajeureTransition(state, operation);
      if (outcome.ok) reached.add(outcome.value);
    }
  }
  return reached;
}

describe('the lifecycle of a force-majeure event', () => {
  it('never leaves its table, whatever is asked of it in whatever order', () => {
    fc.assert(
      fc.property(sequences, (operations) => {
        const states = passed(operations);
        operations.forEach((operation, index) => {
          const [before = 'declared', after] = states.slice(index, index + 2);
          const { from, to } = forceMajeureTransition(operation);
          const expected = !from.includes(before) || to === 'unchanged' ? before : to;
          expect(after).toBe(expected);
        });
      }),
    );
  });

  it('ends closed or rejected, stays there, and can end from every state', () => {
    expect(FORCE_MAJEURE_STATES.filter(isForceMajeureFinal)).toEqual(['rejected', 'closed']);
    for (const state of FORCE_MAJEURE_STATES) {
      expect([...reachable(state)].some(isForceMajeureFinal)).toBe(true);
    }
    fc.assert(
      fc.property(sequences, (operations) => {
        const states = passed(operations);
        const end = states.findIndex(isForceMajeureFinal);
        if (end >= 0) expect(new Set(states.slice(end)).size).toBe(1);
      }),
    );
  });

  it('reaches every state that it knows', () => {
    expect([...reachable('declared')].sort()).toEqual([...FORCE_MAJEURE_STATES].sort());
  });

  it('is closed only by way of the report, the recognition and a clearance', () => {
    fc.assert(
      fc.property(sequences, (operations) => {
        const states = passed(operations);
        const end = states.indexOf('closed');
        if (end < 0) return;
        for (const state of ['reported', 'recognised', 'recovering'] as const) {
          expect(states.slice(0, end)).toContain(state);
        }
      }),
    );
  });

  it('is decided by the city only, and the city never reports or clears for the unit', () => {
    const asked = (party: 'city' | 'declarant' | 'coveredUnit', isCleared: boolean) =>
      new Set(
        FORCE_MAJEURE_STATES.flatMap((state) => availableForceMajeureActions({ state, isCleared }, [party])),
      );
    expect(asked('declarant', true)).toEqual(
      new Set(['report', 'clear', 'disputeClearance', 'recur', 'markItem', 'closeItem', 'close']),
    );
    expect(asked('coveredUnit', true)).toEqual(new Set(['disputeClearance', 'markItem', 'closeItem']));
    expect(asked('city', true)).toEqual(
      new Set(['recognise', 'reject', 'extendScope', 'clear', 'disputeClearance', 'close']),
    );
    expect(operationFor('clear', 'clearanceDisputed')).toBe('settleClearance');
    expect(forceMajeureTransition('settleClearance').by).toEqual(['city']);
    expect(forceMajeureTransition('clear').by).toEqual(['declarant']);
  });

  it('means one row of the table by each action in each state', () => {
    for (const state of FORCE_MAJEURE_STATES) {
      for (const action of FORCE_MAJEURE_ACTIONS) {
        const rows = FORCE_MAJEURE_OPERATIONS.map(forceMajeureTransition).filter(
          (row) => row.action === action && row.from.includes(state),
        );
        expect(rows.length).toBeLessThanOrEqual(1);
      }
    }
  });

  it('offers a recurrence before the recognition only where a clearance was stated', () => {
    for (const state of ['declared', 'reported'] as const) {
      expect(availableForceMajeureActions({ state, isCleared: false }, ['declarant'])).not.toContain('recur');
      expect(availableForceMajeureActions({ state, isCleared: true }, ['declarant'])).toContain('recur');
    }
  });

  it('offers nothing at its end, to nobody', () => {
    for (const state of FORCE_MAJEURE_STATES.filter(isForceMajeureFinal)) {
      expect(availableForceMajeureActions({ state, isCleared: true }, FORCE_MAJEURE_PARTIES)).toEqual([]);
    }
  });

  it('has a Chinese name of its own for each state and operation', () => {
    expect(new Set(Object.values(FORCE_MAJEURE_STATE_NAMES)).size).toBe(FORCE_MAJEURE_STATES.length);
    const names = FORCE_MAJEURE_OPERATIONS.map((operation) => forceMajeureTransition(operation).name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[\u4e00-\u9fff]+$/);
  });
});

describe('an affected item', () => {
  it('is closed exactly once, whatever is asked of it', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...ITEM_OPERATIONS), { maxLength: 10 }), (operations) => {
        let state: ItemState = 'open';
        let closings = 0;
        for (const operation of operations) {
          const outcome = applyItemTransition(state, operation);
          if (!outcome.ok) continue;
          closings += 1;
          state = outcome.value;
          expect(state).toBe(ITEM_TRANSITIONS[operation].to);
        }
        expect(closings).toBe(operations.length > 0 ? 1 : 0);
      }),
    );
    expect(new Set(Object.values(ITEM_TRANSITIONS).map(({ to }) => to))).toEqual(
      new Set(ITEM_STATES.filter((state) => state !== 'open')),
    );
  });

  it('stands for at least one operation of art. 10, and days of increments are marked by nobody', () => {
    for (const subject of ITEM_SUBJECT_KINDS) {
      expect(ITEM_SUBJECTS[subject].operations.length).toBeGreaterThan(0);
    }
    expect(ITEM_SUBJECTS.incrementDay.isMarkable).toBe(false);
  });
});
