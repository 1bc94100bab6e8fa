import fc from 'fast-check';
import type { CertificateState } from '../../../domain/certificate/lifecycle';
import {
  applyTransition,
  CERTIFICATE_STATE_DESCRIPTIONS,
  CERTIFICATE_STATES,
  certificateTransition,
} from '../../../domain/certificate/lifecycle';
import type { ChangeKind } from '../../../domain/certificate-change/change-kind';
import {
  CHANGE_KIND_NAMES,
  CHANGE_KINDS,
  changeKind,
  changeObstacle,
  mayBegin,
  opensVersion,
  possibleChanges,
} from '../../../domain/certificate-change/change-kind';
import { changeReviewNeed } from '../../../domain/certificate-change/change-review-need';
import {
  applyChangeTransition,
  availableChangeOperations,
  CHANGE_OPERATIONS,
  CHANGE_STATE_NAMES,
  CHANGE_STATES,
  CHANGE_TRANSITIONS,
  type ChangeOperation,
  type ChangeState,
  isChangeFinal,
} from '../../../domain/certificate-change/lifecycle';
import {
  finalStates,
  type Lifecycle,
  operationSequences,
  reachableFrom,
  statesPassed,
} from '../shared/walk-transition-table';

const LIFECYCLE: Lifecycle<ChangeState, ChangeOperation> = {
  states: CHANGE_STATES,
  first: 'received',
  table: CHANGE_TRANSITIONS,
  operations: CHANGE_OPERATIONS,
  apply: applyChangeTransition,
};

describe('the case of a change', () => {
  it('never leaves its table and stays at its end, whatever is asked of it in whatever order', () => {
    fc.assert(
      fc.property(operationSequences(LIFECYCLE), (operations) => {
        const passed = statesPassed(LIFECYCLE, operations);
        operations.forEach((operation, index) => {
          const [before = 'received', after] = passed.slice(index, index + 2);
          const { from, to } = LIFECYCLE.table[operation];
          expect(after).toBe(from.includes(before) ? to : before);
        });
        const end = passed.findIndex(isChangeFinal);
        if (end >= 0) expect(new Set(passed.slice(end)).size).toBe(1);
      }),
    );
  });

  it('ends done, refused, withdrawn or pre-empted, and can from every open state', () => {
    expect(finalStates(LIFECYCLE)).toEqual(['done', 'refused', 'withdrawn', 'preempted']);
    for (const state of CHANGE_STATES.filter((candidate) => !isChangeFinal(candidate))) {
      const reached = reachableFrom(LIFECYCLE, state);
      expect([...reached]).toEqual(expect.arrayContaining(['done', 'withdrawn', 'preempted']));
      expect(applyChangeTransition(state, 'preempt').ok).toBe(true);
    }
    expect([...reachableFrom(LIFECYCLE, 'received')].sort()).toEqual([...CHANGE_STATES].sort());
  });

  it('is done only by way of an approval or of passing without one', () => {
    fc.assert(
      fc.property(operationSequences(LIFECYCLE), (operations) => {
        const passed = statesPassed(LIFECYCLE, operations);
        const done = passed.indexOf('done');
        if (done >= 0) expect(passed.slice(0, done)).toContain('approved');
      }),
    );
  });

  it('lets the initiator withdraw or resubmit and the reviewer decide', () => {
    const asked = (by: 'initiator' | 'reviewer') =>
      new Set(CHANGE_STATES.flatMap((state) => availableChangeOperations(state, by)));
    expect(asked('initiator')).toEqual(new Set(['withdraw', 'resubmit']));
    expect(asked('reviewer')).toEqual(new Set(['approve', 'sendBack', 'refuse']));
  });

  it('has a Chinese name of its own for each state', () => {
    expect(new Set(Object.values(CHANGE_STATE_NAMES)).size).toBe(CHANGE_STATES.length);
  });
});

const AGENCY = {
  kind: 'agency',
  agencySystemId: 'a',
  keyId: 'k',
  authorityId: 'u',
  scope: { everything: false, authorityIds: ['u'], trades: [], pairs: [], evidence: false },
} as const;
const PLAIN = { marks: [], handling: 'issue', periodicInspection: true } as const;

describe('which change may begin', () => {
  it('agrees with the table of a certificate’s own transitions, state by state', () => {
    for (const state of CERTIFICATE_STATES) {
      const possible = possibleChanges({ ...PLAIN, state, hasOpenChange: false });
      for (const kind of CHANGE_KIND_NAMES) {
        expect(possible.includes(kind)).toBe(applyTransition(state, kind).ok);
      }
    }
  });

  it('is none beside an open change but those that are never held', () => {
    for (const state of CERTIFICATE_STATES) {
      for (const kind of possibleChanges({ ...PLAIN, state, hasOpenChange: true })) {
        expect(certificateTransition(kind).preemptsOpenChange).toBe(true);
      }
    }
    expect(changeObstacle('renew', { ...PLAIN, state: 'inForce', hasOpenChange: true })).toBe('changeOpen');
  });

  it('opens no version of what this city does not produce, and inspects only types that are inspected', () => {
    const mirrored = { ...PLAIN, state: 'inForce', hasOpenChange: false, handling: 'mirror' } as const;
    expect(possibleChanges(mirrored).filter(opensVersion)).toEqual([]);
    const never = { ...PLAIN, state: 'inForce', hasOpenChange: false, periodicInspection: false } as const;
    expect(changeObstacle('inspectPeriodically', never)).toBe('operationNotForType');
  });

  it('has an address of its own for every kind, and a second person for what the table says', () => {
    expect(new Set(Object.values(CHANGE_KINDS).map(({ path }) => path)).size).toBe(CHANGE_KIND_NAMES.length);
    for (const kind of CHANGE_KIND_NAMES) {
      const { twoPersons, opensNewVersion } = certificateTransition(kind);
      expect(opensVersion(kind)).toBe(opensNewVersion);
      expect(changeReviewNeed(kind, { kind: 'none' }, 0) !== null).toBe(twoPersons);
      if (twoPersons) expect(mayBegin(kind, AGENCY)).toBe(false);
      if (changeKind(kind).origin === null) expect(changeReviewNeed(kind, { kind: 'always' }, 0)).toBeNull();
    }
  });
});

interface World {
  /** States of the issued versions, oldest first. */
  readonly versions: readonly CertificateState[];
  readonly open: ChangeKind | null;
}
type Command = ChangeKind | 'finish' | 'giveUp' | 'expire' | 'takeEffect';
const isLive = (state: CertificateState) => CERTIFICATE_STATE_DESCRIPTIONS[state].phase === 'live';

/** What the register does with a command, by the tables alone. */
function next(world: World, command: Command, ahead: boolean): World {
  const newest = world.versions.at(-1) ?? 'draft';
  const ended = (to: CertificateState): World => ({
    versions: [...world.versions.slice(0, -1), to],
    open: null,
  });
  if (command === 'giveUp') return { ...world, open: null };
  if (command === 'finish') {
    if (world.open === null) return world;
    const outcome = applyTransition(newest, world.open);
    if (!outcome.ok) return world;
    const followed = ahead ? 'notYetInForce' : 'inForce';
    return { versions: [...world.versions.slice(0, -1), outcome.value.state, followed], open: null };
  }
  if (command === 'expire' || command === 'takeEffect') {
    const marks = world.open === 'renew' ? (['renewalPending'] as const) : [];
    const outcome = applyTransition(newest, command, marks);
    if (!outcome.ok) return world;
    return command === 'expire'
      ? ended(outcome.value.state)
      : { ...world, versions: [...world.versions.slice(0, -1), outcome.value.state] };
  }
  const obstacle = changeObstacle(command, { ...PLAIN, state: newest, hasOpenChange: world.open !== null });
  if (obstacle !== null) return world;
  if (opensVersion(command)) return { ...world, open: command };
  const outcome = applyTransition(newest, command);
  return outcome.ok ? ended(outcome.value.state) : world;
}

describe('the versions of one certificate', () => {
  const commands = fc.array(
    fc.tuple(
      fc.constantFrom<Command>(
        ...CHANGE_KIND_NAMES,
        'finish',
        'finish',
        'finish',
        'giveUp',
        'expire',
        'takeEffect',
      ),
      fc.boolean(),
    ),
    { maxLength: 80 },
  );

  it('are never live two at a time, whatever is commanded in whatever order', () => {
    fc.assert(
      fc.property(commands, (sequence) => {
        let world: World = { versions: ['inForce'], open: null };
        for (const [command, ahead] of sequence) {
          world = next(world, command, ahead);
          expect(world.versions.filter(isLive).length).toBeLessThanOrEqual(1);
          expect(world.versions.slice(0, -1).some(isLive)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});
