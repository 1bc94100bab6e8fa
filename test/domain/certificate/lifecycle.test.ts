import fc from 'fast-check';
import type { CertificateOperation, CertificateState } from '../../../domain/certificate/lifecycle';
import {
  applyTransition,
  availableTransitions,
  CERTIFICATE_MARKS,
  CERTIFICATE_OPERATIONS,
  CERTIFICATE_STATE_DESCRIPTIONS,
  CERTIFICATE_STATES,
  certificateTransition,
  isCancellationOutstanding,
  mayCarryMark,
  VERSION_ORIGINS,
} from '../../../domain/certificate/lifecycle';

const operations = fc.array(fc.constantFrom(...CERTIFICATE_OPERATIONS), { maxLength: 30 });

function walk(start: CertificateState, path: readonly CertificateOperation[]): CertificateState[] {
  const visited = [start];
  let state = start;
  for (const operation of path) {
    const next = applyTransition(state, operation);
    if (!next.ok) continue;
    state = next.value.state;
    visited.push(state);
  }
  return visited;
}

const phaseOf = (state: CertificateState) => CERTIFICATE_STATE_DESCRIPTIONS[state].phase;
const LEGAL_EFFECT: readonly CertificateState[] = ['inForce', 'suspended', 'notYetInForce'];

describe('life of a certificate version', () => {
  it('never leaves the table, whatever is tried', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CERTIFICATE_STATES), operations, (start, path) => {
        for (const state of walk(start, path)) expect(CERTIFICATE_STATES).toContain(state);
      }),
    );
  });

  it('never comes back to life after an ending: only a reinstatement helps, and it makes a new version', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CERTIFICATE_STATES), operations, (start, path) => {
        const visited = walk(start, path);
        const end = visited.findIndex((state) => phaseOf(state) === 'ended');
        if (end >= 0) expect(visited.slice(end).every((state) => phaseOf(state) === 'ended')).toBe(true);
      }),
    );
    for (const state of CERTIFICATE_STATES.filter((candidate) => phaseOf(candidate) === 'ended')) {
      for (const operation of availableTransitions(state)) {
        expect(certificateTransition(operation).opensNewVersion).toBe(operation === 'reinstate');
      }
      const reinstated = applyTransition(state, 'reinstate');
      if (state === 'superseded') expect(reinstated.ok).toBe(false);
      else expect(reinstated).toMatchObject({ ok: true, value: { state, opensNewVersion: true } });
    }
  });

  it('can be ended from wherever it has legal effect, and from wherever it is prepared it can be given up or issued', () => {
    const reached = (start: CertificateState): ReadonlySet<CertificateState> => {
      const found = new Set([start]);
      for (const state of found) {
        for (const operation of availableTransitions(state)) {
          const next = applyTransition(state, operation);
          if (next.ok) found.add(next.value.state);
        }
      }
      return found;
    };
    for (const state of CERTIFICATE_STATES) {
      expect([state, [...reached(state)].some((next) => phaseOf(next) === 'ended')]).toEqual([state, true]);
      if (phaseOf(state) === 'live') expect(reached(state)).toContain('cancelled');
      if (phaseOf(state) === 'preparing') expect(reached(state)).toContain('draft');
    }
  });

  it('gains legal effect through sealing and issue only', () => {
    for (const operation of CERTIFICATE_OPERATIONS) {
      const { from, to } = certificateTransition(operation);
      if (to === 'unchanged' || !LEGAL_EFFECT.includes(to)) continue;
      for (const state of from) {
        if (phaseOf(state) === 'preparing')
          expect([operation, state]).toEqual([expect.stringMatching(/^issue/), 'awaitingSeal']);
      }
    }
  });

  it('is ended only with a decision, except by time, by a successor or before it was sealed', () => {
    for (const operation of CERTIFICATE_OPERATIONS) {
      const { to, decision } = certificateTransition(operation);
      if (to === 'unchanged' || phaseOf(to) !== 'ended') continue;
      if (operation === 'expire') expect(decision).toBe('none');
      else expect(decision).toBe(to === 'superseded' ? 'ofNewVersion' : 'required');
    }
    expect(certificateTransition('suspend').decision).toBe('required');
    expect(certificateTransition('reinstate')).toMatchObject({ decision: 'required', twoPersons: true });
  });

  it.each([
    ['inForce', 'suspend', 'suspended'],
    ['suspended', 'resume', 'inForce'],
    ['inForce', 'transferOut', 'transferredOut'],
    ['transferredOut', 'undoTransferOut', 'inForce'],
    ['suspended', 'expire', 'expired'],
    ['revoked', 'cancel', 'cancelled'],
    ['rescinded', 'cancel', 'cancelled'],
    ['recalled', 'cancel', 'cancelled'],
    ['expired', 'revoke', 'revoked'],
    ['notYetInForce', 'takeEffect', 'inForce'],
    ['inForce', 'renew', 'superseded'],
    ['inForce', 'inspectPeriodically', 'inForce'],
  ] as const)('goes from %s by %s to %s', (from, operation, to) => {
    expect(applyTransition(from, operation)).toMatchObject({ ok: true, value: { state: to } });
  });

  it.each([
    ['suspended', 'renew'],
    ['cancelled', 'rescind'],
    ['voided', 'cancel'],
    ['superseded', 'revoke'],
    ['draft', 'issue'],
    ['underReview', 'issue'],
    ['awaitingSeal', 'cancel'],
    ['transferredOut', 'suspend'],
  ] as const)('refuses in %s to %s and says from where it would be possible', (state, operation) => {
    const outcome = applyTransition(state, operation);
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'transitionNotAllowed', state, operation } });
    if (!outcome.ok) expect(outcome.refusal.allowedFrom).not.toContain(state);
  });

  it('stays in force beyond its end while a renewal filed in time is undecided', () => {
    expect(applyTransition('inForce', 'expire', ['renewalPending'])).toMatchObject({
      ok: false,
      refusal: { code: 'renewalPending' },
    });
    expect(applyTransition('inForce', 'expire', ['underInvestigation'])).toMatchObject({
      value: { state: 'expired', marks: ['underInvestigation'] },
    });
  });

  it('keeps only the marks that make sense beside the new state', () => {
    expect(applyTransition('inForce', 'cancel', CERTIFICATE_MARKS)).toMatchObject({ value: { marks: [] } });
    expect(applyTransition('inForce', 'suspend', CERTIFICATE_MARKS)).toMatchObject({
      value: { marks: ['underInvestigation', 'statusInDoubt'] },
    });
    for (const state of CERTIFICATE_STATES.filter((candidate) => phaseOf(candidate) === 'preparing')) {
      expect(CERTIFICATE_MARKS.filter((mark) => mayCarryMark(state, mark))).toEqual([]);
    }
  });

  it('pre-empts an open change by what is never held: suspending and every ending', () => {
    const preempting = CERTIFICATE_OPERATIONS.filter(
      (operation) => certificateTransition(operation).preemptsOpenChange,
    );
    expect([...preempting].sort()).toEqual(['cancel', 'recall', 'rescind', 'revoke', 'suspend', 'void']);
  });

  it('knows which ended versions still have to be cancelled formally', () => {
    expect(CERTIFICATE_STATES.filter(isCancellationOutstanding)).toEqual([
      'expired',
      'rescinded',
      'recalled',
      'revoked',
    ]);
    for (const state of CERTIFICATE_STATES.filter(isCancellationOutstanding)) {
      expect(availableTransitions(state)).toContain('cancel');
    }
  });

  it('reports the ministry’s codes', () => {
    const codes = Object.fromEntries(
      CERTIFICATE_STATES.map((state) => [state, CERTIFICATE_STATE_DESCRIPTIONS[state].ministryCode]),
    );
    expect(codes).toMatchObject({
      inForce: '01',
      suspended: '02',
      rescinded: '03',
      cancelled: '04',
      expired: '05',
      transferredOut: '06',
      revoked: '07',
    });
    expect(
      (
        [
          'issue',
          'renew',
          'suspend',
          'expire',
          'cancel',
          'resume',
          'transferIn',
          'amend',
          'undoTransferOut',
        ] as const
      ).map((operation) => certificateTransition(operation).ministryCode),
    ).toEqual(['01', '02', '03', '04', '05', '06', '08', '09', '10']);
  });

  it('begins under a second person’s eyes only where the law or practice wants one', () => {
    const origins = Object.entries(VERSION_ORIGINS).filter(([, { twoPersons }]) => twoPersons);
    expect(origins.map(([origin]) => origin)).toEqual(['reinstatement', 'backEntry']);
  });

  it('reaches every state from a draft', () => {
    const reached = new Set<CertificateState>(['draft']);
    for (let grown = true; grown; ) {
      const before = reached.size;
      for (const state of [...reached]) {
        for (const operation of availableTransitions(state)) {
          const next = applyTransition(state, operation);
          if (next.ok) reached.add(next.value.state);
        }
      }
      grown = reached.size > before;
    }
    expect([...reached].sort()).toEqual([...CERTIFICATE_STATES].sort());
  });
});
