import fc from 'fast-check';
import {
  applyIssuanceTransition,
  availableIssuanceOperations,
  ISSUANCE_OPERATIONS,
  ISSUANCE_STATE_NAMES,
  ISSUANCE_STATES,
  ISSUANCE_TRANSITIONS,
  type IssuanceOperation,
  type IssuanceState,
  isIssuanceFinal,
} from '../../../domain/issuance/lifecycle';
import {
  finalStates,
  type Lifecycle,
  operationSequences,
  reachableFrom,
  statesPassed,
} from '../shared/walk-transition-table';

const LIFECYCLE: Lifecycle<IssuanceState, IssuanceOperation> = {
  states: ISSUANCE_STATES,
  first: 'received',
  table: ISSUANCE_TRANSITIONS,
  operations: ISSUANCE_OPERATIONS,
  apply: applyIssuanceTransition,
};
const SEALED: readonly IssuanceState[] = ['sealed', 'issued'];

describe('the lifecycle of an issuance case', () => {
  it('never leaves its table, whatever is asked of it in whatever order', () => {
    fc.assert(
      fc.property(operationSequences(LIFECYCLE), (operations) => {
        const passed = statesPassed(LIFECYCLE, operations);
        operations.forEach((operation, index) => {
          const [before = 'received', after] = passed.slice(index, index + 2);
          const { from, to } = LIFECYCLE.table[operation];
          expect(after).toBe(from.includes(before) ? to : before);
        });
      }),
    );
  });

  it('stays in a final state for ever', () => {
    fc.assert(
      fc.property(operationSequences(LIFECYCLE), (operations) => {
        const passed = statesPassed(LIFECYCLE, operations);
        const end = passed.findIndex(isIssuanceFinal);
        if (end >= 0) expect(new Set(passed.slice(end)).size).toBe(1);
      }),
    );
  });

  it('ends as issued, refused or withdrawn, and can end from every state', () => {
    expect(finalStates(LIFECYCLE)).toEqual(['issued', 'refused', 'withdrawn']);
    for (const state of ISSUANCE_STATES) {
      expect([...reachableFrom(LIFECYCLE, state)].filter(isIssuanceFinal)).not.toEqual([]);
    }
  });

  it('can be issued from every state that is not final', () => {
    for (const state of ISSUANCE_STATES.filter((candidate) => !isIssuanceFinal(candidate))) {
      expect(reachableFrom(LIFECYCLE, state)).toContain('issued');
    }
  });

  it('reaches every state that it knows', () => {
    expect([...reachableFrom(LIFECYCLE, 'received')].sort()).toEqual([...ISSUANCE_STATES].sort());
  });

  it('cannot be withdrawn, refused or sent back once it is sealed', () => {
    for (const state of SEALED) {
      for (const operation of ['withdraw', 'refuse', 'sendBack', 'stopProduction', 'reject'] as const) {
        expect(applyIssuanceTransition(state, operation).ok).toBe(false);
      }
    }
  });

  it('is only sealed by way of an approval', () => {
    fc.assert(
      fc.property(operationSequences(LIFECYCLE), (operations) => {
        const passed = statesPassed(LIFECYCLE, operations);
        const sealed = passed.indexOf('sealed');
        if (sealed >= 0) expect(passed.slice(0, sealed)).toContain('approved');
      }),
    );
  });

  it('lets the initiator withdraw or resubmit, the reviewer decide, and nobody else do either', () => {
    const asked = (by: 'initiator' | 'reviewer') =>
      new Set(ISSUANCE_STATES.flatMap((state) => availableIssuanceOperations(state, by)));
    expect(asked('initiator')).toEqual(new Set(['withdraw', 'resubmit']));
    expect(asked('reviewer')).toEqual(new Set(['approve', 'sendBack', 'refuse']));
  });

  it('names the state, the operation and where it is allowed when it refuses', () => {
    expect(applyIssuanceTransition('issued', 'resubmit')).toEqual({
      ok: false,
      refusal: {
        code: 'transitionNotAllowed',
        state: 'issued',
        operation: 'resubmit',
        allowedFrom: ['sentBack'],
      },
    });
  });

  it('has a Chinese name of its own for each state and operation', () => {
    expect(new Set(Object.values(ISSUANCE_STATE_NAMES)).size).toBe(ISSUANCE_STATES.length);
    for (const operation of ISSUANCE_OPERATIONS) {
      expect(ISSUANCE_TRANSITIONS[operation].name).toMatch(/^[\u4e00-\u9fff，]+$/);
    }
  });
});
