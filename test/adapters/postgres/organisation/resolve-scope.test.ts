import { setLeave } from '../../../../adapters/postgres/organisation/person-leave';
import { hasRoleAt, resolveScope } from '../../../../adapters/postgres/organisation/resolve-scope';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import { legalDate } from '../../../../domain/shared/legal-date';
import { NO_SCOPE, type Role } from '../../../../domain/shared/principal';
import { addAuthority, addPerson, assignRole, INTEGRITY, NOON, SYSTEM } from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

describe('roles and scope', () => {
  let database: TestDatabase;
  let register: Register;
  let authority: string;
  let merged: string;
  let elsewhere: string;
  const resolve = async (personId: string, now = NOON): ReturnType<typeof resolveScope> =>
    register.within(SYSTEM, (trx) => resolveScope(trx, INTEGRITY, personId, now));
  const withRole = async (role: Role, columns: Parameters<typeof assignRole>[3] = {}): Promise<string> =>
    register.within(SYSTEM, async (trx) => {
      const personId = await addPerson(trx);
      await assignRole(trx, personId, role, columns);
      return personId;
    });

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 4 });
    await register.within(SYSTEM, async (trx) => {
      authority = await addAuthority(trx, { area_code: '150602' });
      const between = await addAuthority(trx, { area_code: '150603', successor_id: authority });
      merged = await addAuthority(trx, { area_code: '150603', successor_id: between });
      elsewhere = await addAuthority(trx, { area_code: '150625' });
      await trx('authority').where({ id: between }).update({ area_code: '150627' });
    });
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  it('give the city administrator and a city-wide supervisor everything', async () => {
    for (const personId of [
      await withRole('cityAdministrator'),
      await withRole('supervisor'),
      await withRole('supervisor', { area_code: '150600' }),
    ]) {
      expect((await resolve(personId)).scope).toEqual({ ...NO_SCOPE, everything: true });
    }
  });

  it('give a banner its own area and no other', async () => {
    const { scope } = await resolve(await withRole('bannerAdministrator', { area_code: '150625' }));
    expect(scope).toEqual({ ...NO_SCOPE, authorityIds: [elsewhere] });
    expect((await resolve(await withRole('bannerAdministrator', { area_code: '150600' }))).scope).toEqual(
      NO_SCOPE,
    );
  });

  it('give a department its trade everywhere', async () => {
    const { scope } = await resolve(await withRole('departmentAdministrator', { trade: 'housing' }));
    expect(scope).toEqual({ ...NO_SCOPE, trades: ['housing'] });
  });

  it('give staff their authority and those it succeeded, however long ago', async () => {
    const { scope, roles } = await resolve(
      await withRole('operator', { authority_id: authority, area_code: '150602' }),
    );
    expect(roles).toEqual(['operator']);
    expect(scope.authorityIds).toHaveLength(3);
    expect(scope.authorityIds).toEqual(expect.arrayContaining([authority, merged]));
    const pair = await resolve(await withRole('reviewer', { authority_id: elsewhere, trade: 'housing' }));
    expect(pair.scope).toEqual({ ...NO_SCOPE, pairs: [`${elsewhere}:housing`] });
  });

  it('give staff without an authority, and the three administrators, no row', async () => {
    for (const role of [
      'operator',
      'systemAdministrator',
      'securityAdministrator',
      'relyingPartyUser',
      'holder',
    ] as const) {
      expect((await resolve(await withRole(role))).scope).toEqual(NO_SCOPE);
    }
    expect((await resolve(await withRole('auditor'))).scope).toEqual({ ...NO_SCOPE, evidence: true });
  });

  it('end with the assignment and do not begin before it', async () => {
    const ended = await withRole('operator', { authority_id: authority, ends_at: NOON });
    expect((await resolve(ended)).roles).toEqual([]);
    const future = await withRole('operator', {
      authority_id: authority,
      granted_at: new Date(NOON.getTime() + 1),
    });
    expect((await resolve(future)).roles).toEqual([]);
  });

  it('refuse an assignment that was changed behind the product’s back', async () => {
    const personId = await withRole('operator', { authority_id: authority });
    await register.within(SYSTEM, (trx) =>
      trx('role_assignment').where({ person_id: personId }).update({ role: 'cityAdministrator' }),
    );
    await expect(resolve(personId)).rejects.toThrow(/HMAC-SM3/);
  });

  describe('of a substitute', () => {
    let absent: string;
    let substitute: string;
    beforeEach(async () => {
      absent = await withRole('reviewer', { authority_id: elsewhere });
      substitute = await withRole('operator', { authority_id: authority });
      await register.within(SYSTEM, async (trx) => {
        await assignRole(trx, absent, 'cityAdministrator');
        await setLeave(trx, INTEGRITY, {
          personId: absent,
          from: legalDate('2026-11-20'),
          until: legalDate('2026-11-23'),
          substituteId: substitute,
        });
      });
    });

    it('include those of whoever is on leave at an authority, and nothing higher, from the first to the last day', async () => {
      const during = await resolve(substitute);
      expect(during.roles).toEqual(['operator', 'reviewer']);
      expect(during.scope.everything).toBe(false);
      expect(during.scope.authorityIds).toEqual(expect.arrayContaining([authority, elsewhere]));
      expect((await resolve(substitute, new Date('2026-11-24T00:00:00+08:00'))).roles).toEqual(['operator']);
      expect((await resolve(substitute, new Date('2026-11-19T23:59:59+08:00'))).roles).toEqual(['operator']);
    });

    it('hold at the very authority only', async () => {
      const at = async (role: Role, authorityId: string): Promise<boolean> =>
        register.within(SYSTEM, (trx) =>
          hasRoleAt(trx, INTEGRITY, { personId: substitute, role, authorityId, now: NOON }),
        );
      expect(await at('reviewer', elsewhere)).toBe(true);
      expect(await at('reviewer', authority)).toBe(false);
      expect(await at('operator', merged)).toBe(true);
    });

    it('are refused when the leave was written behind the product’s back', async () => {
      const intruder = await withRole('windowClerk', { authority_id: authority });
      await register.within(SYSTEM, (trx) =>
        trx('person').where({ id: absent }).update({ substitute_id: intruder }),
      );
      await expect(resolve(intruder)).rejects.toThrow(/HMAC-SM3/);
    });
  });
});
