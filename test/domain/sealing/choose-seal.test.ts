import fc from 'fast-check';
import type { CandidateMandate, CandidateSeal } from '../../../domain/sealing/choose-seal';
import { chooseSeal, SEAL_WAITS } from '../../../domain/sealing/choose-seal';

const NOW = Date.parse('2026-11-23T10:00:00+08:00');
const DAY_MS = 86_400_000;

function aSeal(override: Partial<CandidateSeal> = {}): CandidateSeal {
  return {
    sealId: 'seal-1',
    kind: 'approval',
    state: 'inUse',
    validFromMs: NOW - DAY_MS,
    validUntilMs: NOW + 365 * DAY_MS,
    ...override,
  };
}

function aMandate(override: Partial<CandidateMandate> = {}): CandidateMandate {
  return {
    mandateId: 'mandate-1',
    sealId: 'seal-1',
    validFromMs: NOW - DAY_MS,
    validUntilMs: NOW + DAY_MS,
    volumeCap: 10,
    used: 0,
    ended: false,
    ...override,
  };
}

function chosen(seals: readonly CandidateSeal[], mandates: readonly CandidateMandate[], now = NOW): string {
  const choice = chooseSeal('approval', seals, mandates, now);
  return choice.ok ? `${choice.value.sealId} by ${choice.value.mandateId}` : choice.refusal;
}

describe('choosing the seal that seals automatically', () => {
  it('takes the seal in use under its mandate', () => {
    expect(chosen([aSeal()], [aMandate()])).toBe('seal-1 by mandate-1');
  });

  it('says why none can be used, the most fundamental reason first', () => {
    const cases: readonly (readonly [string, readonly CandidateSeal[], readonly CandidateMandate[]])[] = [
      ['sealMissing', [], [aMandate()]],
      ['sealMissing', [aSeal({ kind: 'official' })], [aMandate()]],
      ['sealMissing', [aSeal({ state: 'cancelled' })], [aMandate()]],
      ['sealStopped', [aSeal({ state: 'stopped', validUntilMs: NOW })], []],
      ['sealNotYetValid', [aSeal({ validFromMs: NOW + 1 })], []],
      ['sealExpired', [aSeal({ validUntilMs: NOW })], []],
      ['mandateMissing', [aSeal()], []],
      ['mandateMissing', [aSeal()], [aMandate({ sealId: 'other' })]],
      ['mandateEnded', [aSeal()], [aMandate({ ended: true })]],
      ['mandateEnded', [aSeal()], [aMandate({ validUntilMs: NOW })]],
      ['mandateEnded', [aSeal()], [aMandate({ validFromMs: NOW + 1 })]],
      ['mandateCapReached', [aSeal()], [aMandate({ used: 10 })]],
    ];
    for (const [why, seals, mandates] of cases) {
      expect(chosen(seals, mandates)).toBe(why);
      expect(SEAL_WAITS).toHaveProperty(why);
    }
  });

  it('counts the first instant of a period in and its end out', () => {
    expect(chosen([aSeal({ validFromMs: NOW })], [aMandate({ validFromMs: NOW })])).toBe(
      'seal-1 by mandate-1',
    );
  });

  it('prefers the seal that ends last, so that a renewed seal replaces the old one', () => {
    const renewed = aSeal({ sealId: 'seal-2', validUntilMs: NOW + 730 * DAY_MS });
    const its = aMandate({ mandateId: 'mandate-2', sealId: 'seal-2' });
    expect(chosen([aSeal(), renewed], [aMandate(), its])).toBe('seal-2 by mandate-2');
    expect(chosen([aSeal(), renewed], [aMandate()])).toBe('seal-1 by mandate-1');
  });

  it('goes on under the next mandate when the cap of the first is used up', () => {
    const next = aMandate({ mandateId: 'mandate-2' });
    expect(chosen([aSeal()], [aMandate({ used: 10 }), next])).toBe('seal-1 by mandate-2');
  });

  it('never chooses a seal or mandate that may not be used, whatever the candidates', () => {
    const offsetMs = fc.integer({ min: -3, max: 3 });
    const seals = fc.array(
      fc.record({
        sealId: fc.constantFrom('a', 'b', 'c'),
        kind: fc.constantFrom('approval' as const, 'official' as const),
        state: fc.constantFrom('inUse' as const, 'stopped' as const, 'cancelled' as const),
        validFromMs: offsetMs,
        validUntilMs: offsetMs,
      }),
      { maxLength: 4 },
    );
    const mandates = fc.array(
      fc.record({
        mandateId: fc.uuid(),
        sealId: fc.constantFrom('a', 'b', 'c'),
        validFromMs: offsetMs,
        validUntilMs: offsetMs,
        volumeCap: fc.integer({ min: 1, max: 2 }),
        used: fc.integer({ min: 0, max: 2 }),
        ended: fc.boolean(),
      }),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(seals, mandates, (candidates, granted) => {
        const usableSeals = candidates.filter(
          (seal) =>
            seal.kind === 'approval' &&
            seal.state === 'inUse' &&
            seal.validFromMs <= 0 &&
            seal.validUntilMs > 0,
        );
        const usable = granted.filter(
          (mandate) =>
            usableSeals.some(({ sealId }) => sealId === mandate.sealId) &&
            !mandate.ended &&
            mandate.validFromMs <= 0 &&
            mandate.validUntilMs > 0 &&
            mandate.used < mandate.volumeCap,
        );
        const choice = chooseSeal('approval', candidates, granted, 0);
        expect(choice.ok).toBe(usable.length > 0);
        if (choice.ok) {
          expect(usable.map(({ mandateId, sealId }) => ({ mandateId, sealId }))).toContainEqual(choice.value);
        }
      }),
    );
  });
});
