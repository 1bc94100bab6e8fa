import fc from 'fast-check';
import {
  applyTaskTransition,
  type ClaimAttempt,
  checkClaim,
  TASK_OPERATIONS,
  TASK_STATES,
  TASK_TRANSITIONS,
  type TaskOperation,
  type TaskState,
} from '../../../domain/task/lifecycle';
import {
  finalStates,
  type Lifecycle,
  operationSequences,
  reachableFrom,
  statesPassed,
} from '../shared/walk-transition-table';

const LIFECYCLE: Lifecycle<TaskState, TaskOperation> = {
  states: TASK_STATES,
  first: 'open',
  table: TASK_TRANSITIONS,
  operations: TASK_OPERATIONS,
  apply: applyTaskTransition,
};

function anAttempt(override: Partial<ClaimAttempt> = {}): ClaimAttempt {
  return { state: 'open', queueRole: 'reviewer', excludedPersonId: 'operator', ...override };
}

describe('the lifecycle of a task', () => {
  it('never leaves its table, and stays closed once it is closed', () => {
    fc.assert(
      fc.property(operationSequences(LIFECYCLE), (operations) => {
        const passed = statesPassed(LIFECYCLE, operations);
        operations.forEach((operation, index) => {
          const [before = 'open', after] = passed.slice(index, index + 2);
          const { from, to } = LIFECYCLE.table[operation];
          expect(after).toBe(from.includes(before) ? to : before);
        });
        const end = passed.indexOf('closed');
        if (end >= 0) expect(new Set(passed.slice(end))).toEqual(new Set(['closed']));
      }),
    );
  });

  it('can be closed from every state, and only closing is final', () => {
    expect(finalStates(LIFECYCLE)).toEqual(['closed']);
    for (const state of TASK_STATES) expect(reachableFrom(LIFECYCLE, state)).toContain('closed');
  });

  it('is decided only by whoever claimed it before', () => {
    fc.assert(
      fc.property(operationSequences(LIFECYCLE), (operations) => {
        const passed = statesPassed(LIFECYCLE, operations);
        passed.forEach((state, index) => {
          const before = passed[index - 1];
          if (state === 'decided' && before !== 'decided') expect(before).toBe('claimed');
        });
      }),
    );
  });
});

describe('claiming a task', () => {
  it('is allowed to anybody with the role of its queue', () => {
    expect(checkClaim(anAttempt(), { personId: 'reviewer', roles: ['reviewer'] }).ok).toBe(true);
  });

  it('is refused to the operator of the case, whatever roles were given since', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.constantFrom(...TASK_STATES), (roles, state) => {
        expect(
          checkClaim(anAttempt({ state }), { personId: 'operator', roles: ['reviewer', ...roles] }),
        ).toEqual({ ok: false, refusal: { code: 'operatorMayNotReview' } });
      }),
    );
  });

  it('is refused without the role, and for a task that is not open', () => {
    expect(checkClaim(anAttempt(), { personId: 'other', roles: ['operator'] })).toEqual({
      ok: false,
      refusal: { code: 'roleMissing' },
    });
    for (const state of TASK_STATES.filter((candidate) => candidate !== 'open')) {
      expect(checkClaim(anAttempt({ state }), { personId: 'other', roles: ['reviewer'] })).toEqual({
        ok: false,
        refusal: { code: 'taskNotOpen' },
      });
    }
  });
});
