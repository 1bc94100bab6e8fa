import { Secret, TOTP, URI } from 'otpauth';
import { hashPassword, verifyPassword } from '../../../../adapters/postgres/organisation/password-hash';
import { enrolSecondFactor } from '../../../../adapters/postgres/organisation/second-factor';
import { PostgresSessions } from '../../../../adapters/postgres/organisation/sessions';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import {
  addAuthority,
  addPerson,
  assignRole,
  CIPHER,
  INTEGRITY,
  SYSTEM,
  TestClock,
} from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

const PASSWORD = 'Ordos-2026!鄂';
const MINUTE_MS = 60_000;

/** Many transactions, or passwords that are slow to check on purpose, on a machine that others use too. */
jest.setTimeout(60_000);

describe('sessions', () => {
  let database: TestDatabase;
  let register: Register;
  let hash: string;
  let clock: TestClock;
  let personId: string;
  let username: string;
  const sessions = (
    secondFactor: 'required' | 'offInDemonstration' = 'offInDemonstration',
  ): PostgresSessions =>
    new PostgresSessions({ register, cipher: CIPHER, integrity: INTEGRITY, clock, secondFactor });
  const codeOf = async (kind: string): Promise<number> =>
    register.within(SYSTEM, async (trx) => {
      const rows: readonly unknown[] = await trx('security_event').where({
        kind,
        principal: `person:${personId}`,
      });
      return rows.length;
    });

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 8 });
    hash = await hashPassword(PASSWORD);
  });
  beforeEach(async () => {
    clock = new TestClock();
    await register.within(SYSTEM, async (trx) => {
      const authorityId = await addAuthority(trx);
      personId = await addPerson(trx, { authority_id: authorityId, password_hash: hash });
      await assignRole(trx, personId, 'operator', { authority_id: authorityId });
      username = (await trx('person').where({ id: personId }).first('username')).username;
    });
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  it('hash a password with a salt, whatever the input method composed', async () => {
    expect(await hashPassword(PASSWORD)).not.toBe(hash);
    expect(await verifyPassword(PASSWORD.normalize('NFD'), hash)).toBe(true);
    expect(await verifyPassword(`${PASSWORD} `, hash)).toBe(false);
  });

  it('sign in a person with the right password and know who calls', async () => {
    const signedIn = await sessions().signIn(username, PASSWORD, null);
    expect(signedIn).toMatchObject({
      ok: true,
      value: {
        secondFactor: 'offInDemonstration',
        principal: { kind: 'person', personId, roles: ['operator'] },
      },
    });
    if (!signedIn.ok) return;
    const { token, csrfToken } = signedIn.value;
    expect(await sessions().authenticate(token, csrfToken)).toMatchObject({
      value: { csrfTokenMatches: true, principal: { personId } },
    });
    expect(await sessions().authenticate(token, token)).toMatchObject({ value: { csrfTokenMatches: false } });
    expect(await sessions().authenticate(token, null)).toMatchObject({ value: { csrfTokenMatches: false } });
    expect(await sessions().authenticate(csrfToken, null)).toEqual({
      ok: false,
      refusal: { code: 'signInRequired' },
    });
  });

  it('keep no secret that could be used again', async () => {
    const signedIn = await sessions().signIn(username, PASSWORD, null);
    const stored = await register.within(SYSTEM, async (trx) =>
      JSON.stringify(await trx('session').select()),
    );
    expect(signedIn.ok).toBe(true);
    if (signedIn.ok) expect(stored).not.toContain(Buffer.from(signedIn.value.token).toString('hex'));
  });

  it('give the same answer to an unknown name and a wrong password', async () => {
    expect(await sessions().signIn('nobody', PASSWORD, null)).toEqual({
      ok: false,
      refusal: { code: 'signInFailed' },
    });
    expect(await sessions().signIn(username, 'wrong', null)).toEqual({
      ok: false,
      refusal: { code: 'signInFailed' },
    });
  });

  it('lock for 15 minutes after five failures in a row, also against the right password', async () => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(await sessions().signIn(username, 'wrong', null)).toMatchObject({
        refusal: { code: 'signInFailed' },
      });
    }
    expect(await sessions().signIn(username, PASSWORD, null)).toMatchObject({
      refusal: { code: 'accountLocked' },
    });
    expect(await codeOf('accountLocked')).toBe(1);
    clock.advance(15 * MINUTE_MS - 1);
    expect(await sessions().signIn(username, PASSWORD, null)).toMatchObject({
      refusal: { code: 'accountLocked' },
    });
    clock.advance(1);
    expect(await sessions().signIn(username, PASSWORD, null)).toMatchObject({ ok: true });
  });

  it('forget earlier failures after a success', async () => {
    for (let round = 0; round < 2; round += 1) {
      for (let attempt = 0; attempt < 4; attempt += 1) await sessions().signIn(username, 'wrong', null);
      expect(await sessions().signIn(username, PASSWORD, null)).toMatchObject({ ok: true });
    }
  });

  it('look at no more than five passwords when many are tried at the same moment', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => sessions().signIn(username, 'wrong', null)),
    );
    const failed = answers.filter((answer) => !answer.ok && answer.refusal.code === 'signInFailed');
    expect(failed).toHaveLength(5);
  });

  it('lock themselves after 30 idle minutes, and end after twelve hours', async () => {
    const signedIn = await sessions().signIn(username, PASSWORD, null);
    if (!signedIn.ok) throw new Error('not signed in');
    const { token } = signedIn.value;
    for (let minutes = 0; minutes < 12 * 60 - 30; minutes += 30) {
      clock.advance(30 * MINUTE_MS);
      expect(await sessions().authenticate(token, null)).toMatchObject({ ok: true });
    }
    clock.advance(30 * MINUTE_MS);
    expect(await sessions().authenticate(token, null)).toMatchObject({ refusal: { code: 'signInRequired' } });
    const second = await sessions().signIn(username, PASSWORD, null);
    if (!second.ok) throw new Error('not signed in');
    clock.advance(30 * MINUTE_MS + 1);
    expect(await sessions().authenticate(second.value.token, null)).toMatchObject({
      refusal: { code: 'sessionIdle' },
    });
    expect(await sessions().authenticate(second.value.token, null)).toMatchObject({
      refusal: { code: 'signInRequired' },
    });
  });

  it('end with a sign-out and with the account', async () => {
    const first = await sessions().signIn(username, PASSWORD, null);
    const second = await sessions().signIn(username, PASSWORD, null);
    if (!first.ok || !second.ok) throw new Error('not signed in');
    await sessions().signOut(first.value.token);
    expect(await sessions().authenticate(first.value.token, null)).toMatchObject({
      refusal: { code: 'signInRequired' },
    });
    await register.within(SYSTEM, (trx) =>
      trx('person').where({ id: personId }).update({ state: 'disabled' }),
    );
    expect(await sessions().authenticate(second.value.token, null)).toMatchObject({
      refusal: { code: 'signInRequired' },
    });
    expect(await sessions().signIn(username, PASSWORD, null)).toMatchObject({
      refusal: { code: 'signInFailed' },
    });
  });

  describe('with the second factor', () => {
    let totp: TOTP;
    beforeEach(async () => {
      const address = await register.within(SYSTEM, (trx) =>
        enrolSecondFactor(trx, CIPHER, { id: personId, username }),
      );
      const parsed = URI.parse(address);
      if (!(parsed instanceof TOTP)) throw new Error('not a TOTP address');
      totp = parsed;
    });
    const code = (offsetMs = 0): string => totp.generate({ timestamp: clock.now().getTime() + offsetMs });

    it('ask for a code, and take one that is at most one step off', async () => {
      expect(await sessions('required').signIn(username, PASSWORD, null)).toMatchObject({
        refusal: { code: 'secondFactorRequired' },
      });
      expect(await sessions('required').signIn(username, PASSWORD, code(-90_000))).toMatchObject({
        refusal: { code: 'signInFailed' },
      });
      expect(await sessions('required').signIn(username, PASSWORD, code(-30_000))).toMatchObject({
        ok: true,
        value: { secondFactor: 'used' },
      });
    });

    it('take a code once, and no older one after it', async () => {
      const [older, present] = [code(-30_000), code()];
      expect(await sessions('required').signIn(username, PASSWORD, present)).toMatchObject({ ok: true });
      expect(await sessions('required').signIn(username, PASSWORD, present)).toMatchObject({
        refusal: { code: 'signInFailed' },
      });
      expect(await sessions('required').signIn(username, PASSWORD, older)).toMatchObject({
        refusal: { code: 'signInFailed' },
      });
    });

    it('give a code to one of many who have it at the same moment', async () => {
      const present = code();
      const answers = await Promise.all(
        Array.from({ length: 4 }, () => sessions('required').signIn(username, PASSWORD, present)),
      );
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    });

    it('let nobody in who has not enrolled one', async () => {
      await register.within(SYSTEM, (trx) =>
        trx('person').where({ id: personId }).update({ totp_secret_cipher: null }),
      );
      const guess = new TOTP({ secret: new Secret() }).generate();
      expect(await sessions('required').signIn(username, PASSWORD, guess)).toMatchObject({
        refusal: { code: 'secondFactorRequired' },
      });
    });

    it('count a wrong code as a failure', async () => {
      for (let attempt = 0; attempt < 5; attempt += 1)
        await sessions('required').signIn(username, PASSWORD, '000000');
      expect(await sessions('required').signIn(username, PASSWORD, code())).toMatchObject({
        refusal: { code: 'accountLocked' },
      });
    });
  });
});
