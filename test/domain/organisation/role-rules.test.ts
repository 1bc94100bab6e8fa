import fc from 'fast-check';
import { successionProblem, type UnitInLine } from '../../../domain/organisation/authority';
import { passwordProblem } from '../../../domain/organisation/password-rules';
import { grantProblems, isOfficerRole, mayHoldTogether } from '../../../domain/organisation/role-rules';
import { ROLES } from '../../../domain/shared/principal';

describe('roles held together', () => {
  const roles = fc.array(fc.constantFrom(...ROLES), { minLength: 1, maxLength: 6 });

  it('never put an administrator beside anything else', () => {
    fc.assert(
      fc.property(roles, (held) => {
        const different = new Set(held);
        const hasOfficer = held.some(isOfficerRole);
        if (hasOfficer && different.size > 1) expect(mayHoldTogether(held)).toBe(false);
        if (different.size === 1) expect(mayHoldTogether(held)).toBe(true);
      }),
    );
  });

  it('allow less, never more, when a role is added', () => {
    fc.assert(
      fc.property(roles, fc.constantFrom(...ROLES), (held, more) => {
        if (mayHoldTogether([...held, more])) expect(mayHoldTogether(held)).toBe(true);
      }),
    );
  });

  it('let an operator also be a reviewer: it is the case that keeps them apart', () => {
    expect(mayHoldTogether(['operator', 'reviewer', 'windowClerk'])).toBe(true);
  });

  it('need every part of their scope and no other', () => {
    const nothing = { areaCode: null, authorityId: null, trade: null };
    const pointersOf = (grant: Parameters<typeof grantProblems>[0]) =>
      grantProblems(grant, '/roles/0').map(({ pointer }) => pointer);
    expect(pointersOf({ ...nothing, role: 'operator' })).toEqual(['/roles/0/authorityId']);
    expect(pointersOf({ ...nothing, role: 'bannerAdministrator', areaCode: '110000' })).toEqual([
      '/roles/0/areaCode',
    ]);
    expect(pointersOf({ ...nothing, role: 'cityAdministrator', trade: 'transport' })).toEqual([
      '/roles/0/trade',
    ]);
    expect(pointersOf({ ...nothing, role: 'departmentAdministrator', trade: 'transport' })).toEqual([]);
  });
});

describe('succession', () => {
  it('keeps every line free of circles, whatever is merged with whatever', () => {
    const merges = fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 20 });
    fc.assert(
      fc.property(merges, (wanted) => {
        let units: readonly UnitInLine[] = Array.from({ length: 7 }, (_, n) => ({
          id: String(n),
          successorId: null,
        }));
        for (const [from, to] of wanted) {
          const [unit, successor] = [units[from], units[to]];
          if (unit === undefined || successor === undefined) continue;
          if (successionProblem(unit, successor, units) !== null) continue;
          units = units.map((each) => (each === unit ? { ...each, successorId: successor.id } : each));
        }
        for (const { id } of units) {
          let steps = 0;
          for (let at: string | null = id; at !== null; steps += 1) {
            expect(steps).toBeLessThan(8);
            at = units.find((each) => each.id === at)?.successorId ?? null;
          }
        }
      }),
    );
  });
});

describe('passwords', () => {
  it.each([
    ['Kurz-1', false],
    ['nurkleinbuchstaben', false],
    ['kleine-buchstaben-', false],
    ['Gross-klein-ohne', true],
    ['鄂尔多斯Abcdef1', true],
    ['Naren-2026-xx', false],
  ])('%s is judged', (password, isGood) => {
    expect(passwordProblem(password, 'naren') === null).toBe(isGood);
  });
});
