import { TOTP, URI } from 'otpauth';
import { addPerson } from '../../../../adapters/postgres/organisation/add-person';
import { PostgresSessions } from '../../../../adapters/postgres/organisation/sessions';
import type { Register } from '../../../../adapters/postgres/register/register';
import { openRegister } from '../../../../adapters/postgres/register/register';
import { CIPHER, INTEGRITY } from '../../../support/register-rows';
import type { TestDatabase } from '../../../support/test-database';
import { createTestDatabase } from '../../../support/test-database';

const NOW = new Date('2026-11-23T02:00:00Z');

describe('the first accounts of an installation', () => {
  let database: TestDatabase;
  let register: Register;
  const clock = { now: () => NOW };

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 2 });
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  const aPerson = (override: object = {}) => ({
    username: 'first-administrator',
    displayName: '系统管理员',
    role: 'systemAdministrator' as const,
    authorityCode: null,
    areaCode: null,
    trade: null,
    ...override,
  });
  const deps = () => ({ register, cipher: CIPHER, integrity: INTEGRITY, clock });

  it('signs in with the password and second factor that were shown once, and with neither alone', async () => {
    const added = await addPerson(deps(), aPerson());
    if (!added.ok) throw new Error(added.refusal.code);
    const factor = URI.parse(added.value.secondFactor);
    if (!(factor instanceof TOTP)) throw new Error('not a time-based factor');
    const sessions = new PostgresSessions({ ...deps(), secondFactor: 'required' });
    const { password } = added.value;
    await expect(sessions.signIn('first-administrator', password, null)).resolves.toMatchObject({
      refusal: { code: 'secondFactorRequired' },
    });
    const otp = factor.generate({ timestamp: NOW.getTime() });
    await expect(sessions.signIn('first-administrator', 'something else', otp)).resolves.toMatchObject({
      ok: false,
    });
    await expect(sessions.signIn('first-administrator', password, otp)).resolves.toMatchObject({ ok: true });
  });

  it('are refused under a user name that is taken and at an authority that is not in the register', async () => {
    await addPerson(deps(), aPerson({ username: 'taken' }));
    await expect(addPerson(deps(), aPerson({ username: 'taken' }))).resolves.toMatchObject({
      refusal: { code: 'userNameTaken' },
    });
    await expect(
      addPerson(deps(), aPerson({ username: 'nobody', authorityCode: '91150602MA0000000X' })),
    ).resolves.toMatchObject({ refusal: { code: 'notFound' } });
  });
});
