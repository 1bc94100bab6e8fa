import fc from 'fast-check';
import {
  applyDeliveryTransition,
  DELIVERY_OPERATIONS,
  DELIVERY_STATES,
  DELIVERY_TRANSITIONS,
  type DeliveryOperation,
  type DeliveryState,
} from '../../../domain/delivery/lifecycle';
import {
  finalStates,
  type Lifecycle,
  operationSequences,
  reachableFrom,
  statesPassed,
} from '../shared/walk-transition-table';

const LIFECYCLE: Lifecycle<DeliveryState, DeliveryOperation> = {
  states: DELIVERY_STATES,
  first: 'pending',
  table: DELIVERY_TRANSITIONS,
  operations: DELIVERY_OPERATIONS,
  apply: applyDeliveryTransition,
};

describe('the lifecycle of a delivery', () => {
  it('never leaves its table, and a delivered certificate is never delivered again', () => {
    fc.assert(
      fc.property(operationSequences(LIFECYCLE), (operations) => {
        const passed = statesPassed(LIFECYCLE, operations);
        operations.forEach((operation, index) => {
          const [before = 'pending', after] = passed.slice(index, index + 2);
          const { from, to } = LIFECYCLE.table[operation];
          expect(after).toBe(from.includes(before) ? to : before);
        });
        const end = passed.indexOf('delivered');
        if (end >= 0) expect(new Set(passed.slice(end))).toEqual(new Set(['delivered']));
      }),
    );
  });

  it('ends delivered or exempted, and can be delivered from every state that is not final', () => {
    expect(finalStates(LIFECYCLE)).toEqual(['delivered', 'exempted']);
    for (const state of DELIVERY_STATES.filter((one) => !finalStates(LIFECYCLE).includes(one))) {
      expect(reachableFrom(LIFECYCLE, state)).toContain('delivered');
    }
    expect([...reachableFrom(LIFECYCLE, 'pending')].sort()).toEqual([...DELIVERY_STATES].sort());
  });

  it('never reaches a wrong person by itself: somebody must have it tried again', () => {
    expect(applyDeliveryTransition('wrongPerson', 'deliver').ok).toBe(false);
    expect(applyDeliveryTransition('wrongPerson', 'retry')).toEqual({ ok: true, value: 'pending' });
  });
});
