import { TOTP, URI } from 'otpauth';
import { PostgresCredentials } from '../../../../adapters/postgres/organisation/credentials';
import { PostgresLeaveDesk } from '../../../../adapters/postgres/organisation/leave-desk';
import { PostgresPeopleDesk } from '../../../../adapters/postgres/organisation/people-desk';
import { PostgresRoleDesk } from '../../../../adapters/postgres/organisation/role-desk';
import { PostgresSessions } from '../../../../adapters/postgres/organisation/sessions';
import { openRegister, type Register } from '../../../../adapters/postgres/register/register';
import type { RoleGrant } from '../../../../domain/organisation/role-rules';
import { legalDate } from '../../../../domain/shared/legal-date';
import type { PersonPrincipal, Role } from '../../../../domain/shared/principal';
import type { NewAccount, PersonView } from '../../../../ports/accounts';
import { anIdempotency } from '../../../support/builders/idempotency';
import {
  addAuthority,
  addPerson,
  CIPHER,
  INTEGRITY,
  nextNumber,
  person,
  SYSTEM,
  TestClock,
} from '../../../support/register-rows';
import { createTestDatabase, type TestDatabase } from '../../../support/test-database';

const OWN_PASSWORD = 'Eigen-2026!';
const DAY_MS = 24 * 3_600_000;

/** Passwords are slow to check on purpose. */
jest.setTimeout(60_000);

describe('accounts', () => {
  let database: TestDatabase;
  let register: Register;
  let clock: TestClock;
  let authorityId: string;
  let administrator: PersonPrincipal;
  let security: PersonPrincipal;
  const options = () => ({ register, cipher: CIPHER, integrity: INTEGRITY, clock });
  const people = () => new PostgresPeopleDesk(options());
  const roles = () => new PostgresRoleDesk(options());
  const leaves = () => new PostgresLeaveDesk(options());
  const credentials = () => new PostgresCredentials(options());
  const sessions = () => new PostgresSessions({ ...options(), secondFactor: 'required' });

  beforeAll(async () => {
    database = await createTestDatabase();
    register = await openRegister(database.appUrl, { poolMax: 6 });
    await register.within(SYSTEM, async (trx) => {
      authorityId = await addAuthority(trx);
      administrator = person({ personId: await addPerson(trx), roles: ['systemAdministrator'] });
      security = person({ personId: await addPerson(trx), roles: ['securityAdministrator'] });
    });
  });
  beforeEach(() => {
    clock = new TestClock();
  });
  afterAll(async () => {
    await register.destroy();
    await database.drop();
  });

  const grantOf = (role: Role, more: Partial<RoleGrant> = {}): RoleGrant => ({
    role,
    areaCode: null,
    authorityId: null,
    trade: null,
    ...more,
  });
  const anAccount = (override: Partial<NewAccount> = {}): NewAccount => ({
    username: `naren-${nextNumber()}`,
    displayName: '娜仁',
    authorityId,
    roles: [grantOf('operator', { authorityId })],
    ...override,
  });
  const added = async (account = anAccount(), idempotency = anIdempotency()) => {
    const answer = await people().add(administrator, account, idempotency);
    if (!answer.ok) throw new Error(answer.refusal.code);
    return { account, ...answer.value };
  };
  const eventsOf = async (kind: string, personId: string): Promise<number> =>
    register.within(SYSTEM, async (trx) => {
      const rows: readonly { readonly detail: { readonly personId?: string } }[] = await trx('security_event')
        .where({ kind })
        .select('detail');
      return rows.filter(({ detail }) => detail.personId === personId).length;
    });
  const asSelf = ({ id }: PersonView, more: Partial<PersonPrincipal> = {}): PersonPrincipal => ({
    ...person({ personId: id, authorityId, roles: ['operator'], scope: { authorityIds: [authorityId] } }),
    ...more,
  });

  describe('that are added', () => {
    it('are added once per key, and show their password once', async () => {
      const key = anIdempotency();
      const first = await added(anAccount({ username: 'once-only' }), key);
      const again = await added(first.account, key);
      expect(first.oneTimePassword).toMatch(/^[\w-]{16}$/);
      expect(again).toMatchObject({ person: { id: first.person.id }, oneTimePassword: null });
      expect(await eventsOf('accountAdded', first.person.id)).toBe(1);
      expect(await eventsOf('roleGranted', first.person.id)).toBe(1);
      const other = await people().add(administrator, anAccount({ username: 'once-only' }), anIdempotency());
      expect(other).toMatchObject({
        refusal: { code: 'userNameTaken', problems: [{ pointer: '/username' }] },
      });
    });

    it('are refused whole, with the place, when a unit or a scope is wrong', async () => {
      const unknown = '00000000-0000-4000-8000-000000000099';
      const cases: readonly (readonly [Partial<NewAccount>, string])[] = [
        [{ authorityId: unknown }, '/authorityId'],
        [{ roles: [grantOf('reviewer', { authorityId: unknown })] }, '/roles/0/authorityId'],
        [{ roles: [grantOf('reviewer')] }, '/roles/0/authorityId'],
        [{ roles: [grantOf('bannerAdministrator', { areaCode: '150600' })] }, '/roles/0/areaCode'],
        [{ roles: [grantOf('departmentAdministrator')] }, '/roles/0/trade'],
        [{ roles: [grantOf('auditor', { authorityId })] }, '/roles/0/authorityId'],
        [{ roles: [grantOf('holder')] }, '/roles/0/role'],
      ];
      for (const [override, pointer] of cases) {
        const answer = await people().add(administrator, anAccount(override), anIdempotency());
        expect([pointer, answer]).toEqual([
          pointer,
          {
            ok: false,
            refusal: { code: 'contentInvalid', problems: [expect.objectContaining({ pointer })] },
          },
        ]);
      }
    });

    it('are added by a system administrator only', async () => {
      for (const roles of [['cityAdministrator'], ['securityAdministrator'], ['operator']] as const) {
        const other = person({ personId: administrator.personId, roles, scope: { everything: true } });
        expect(await people().add(other, anAccount(), anIdempotency())).toMatchObject({
          refusal: { code: 'notPermitted' },
        });
      }
    });
  });

  describe('and their roles', () => {
    it('keep the three administrators apart from each other and from business, also one after the other', async () => {
      const both = anAccount({ roles: [grantOf('auditor'), grantOf('systemAdministrator')] });
      expect(await people().add(administrator, both, anIdempotency())).toMatchObject({
        refusal: { code: 'rolesMustBeSeparate', problems: [{ pointer: '/roles' }] },
      });
      const { person: staff } = await added();
      expect(await roles().grant(administrator, staff.id, grantOf('securityAdministrator'))).toMatchObject({
        refusal: { code: 'rolesMustBeSeparate' },
      });
      const { person: auditor } = await added(anAccount({ authorityId: null, roles: [grantOf('auditor')] }));
      expect(
        await roles().grant(administrator, auditor.id, grantOf('reviewer', { authorityId })),
      ).toMatchObject({ refusal: { code: 'rolesMustBeSeparate' } });
    });

    it('let only one of two grants pass that must be apart, when both come at the same moment', async () => {
      const { person: somebody } = await added();
      const held = somebody.account?.roles[0]?.id ?? '';
      await roles().end(administrator, somebody.id, held);
      const answers = await Promise.all([
        roles().grant(administrator, somebody.id, grantOf('auditor')),
        roles().grant(administrator, somebody.id, grantOf('reviewer', { authorityId })),
      ]);
      expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    });

    it('are granted once, and ended with the rest left', async () => {
      const { person: staff } = await added();
      const reviewer = grantOf('reviewer', { authorityId });
      await roles().grant(administrator, staff.id, reviewer);
      const twice = await roles().grant(administrator, staff.id, reviewer);
      if (!twice.ok) throw new Error(twice.refusal.code);
      const held = twice.value.account?.roles ?? [];
      expect(held.map(({ role }) => role).toSorted()).toEqual(['operator', 'reviewer']);
      const operator = held.find(({ role }) => role === 'operator');
      const ended = await roles().end(administrator, staff.id, operator?.id ?? '');
      expect(ended).toMatchObject({ value: { account: { roles: [{ role: 'reviewer' }] } } });
      expect(await roles().end(administrator, staff.id, operator?.id ?? '')).toMatchObject({
        refusal: { code: 'notFound' },
      });
    });

    it('are nobody’s own to grant, and neither is one’s account', async () => {
      const own = administrator.personId;
      const refusal = { code: 'secondPersonRequired' };
      expect(await roles().grant(administrator, own, grantOf('reviewer', { authorityId }))).toMatchObject({
        refusal,
      });
      expect(await people().disable(administrator, own, '测试')).toMatchObject({ refusal });
      expect(await credentials().resetPassword(administrator, own, anIdempotency())).toMatchObject({
        refusal,
      });
      expect(await credentials().removeSecondFactor(security, security.personId, '测试')).toMatchObject({
        refusal,
      });
    });
  });

  it('are seen whole by the three administrators, and by colleagues without the account', async () => {
    const { person: staff, account } = await added();
    const stranger = person({ personId: staff.id, roles: ['operator'], authorityId: null });
    expect(await people().find(asSelf(staff), staff.id)).toMatchObject({
      displayName: '娜仁',
      account: null,
    });
    expect(await people().find(stranger, staff.id)).toBeNull();
    expect(await people().find(security, staff.id)).toMatchObject({
      account: { username: account.username, hasSecondFactor: false, roles: [{ role: 'operator' }] },
    });
    const seen: string[] = [];
    for (let cursor: string | null = null; ; ) {
      const page = await people().list(administrator, null, { limit: 2, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
      if (cursor === null) break;
    }
    const all = await register.within(SYSTEM, async (trx) => trx('person').select('id'));
    expect(seen.toSorted()).toEqual(all.map(({ id }) => id).toSorted());
    const colleagues = await people().list(asSelf(staff), null, { limit: 100, cursor: null });
    expect(colleagues.items.every(({ account: shown }) => shown === null)).toBe(true);
    expect(colleagues.items.map(({ id }) => id)).not.toContain(administrator.personId);
  });

  it('are closed with their sessions, and opened again', async () => {
    const { person: staff, account, oneTimePassword } = await added();
    const session = await sessions().signIn(account.username, oneTimePassword ?? '', null);
    if (!session.ok) throw new Error(session.refusal.code);
    expect(await people().disable(administrator, staff.id, '调离')).toMatchObject({
      value: { state: 'disabled' },
    });
    expect(await sessions().authenticate(session.value.token, null)).toMatchObject({
      refusal: { code: 'signInRequired' },
    });
    expect(await people().disable(administrator, staff.id, '调离')).toMatchObject({
      refusal: { code: 'transitionNotAllowed' },
    });
    expect(await people().enable(administrator, staff.id)).toMatchObject({ value: { state: 'active' } });
    expect(await eventsOf('accountDisabled', staff.id)).toBe(1);
  });

  describe('at their first sign-in', () => {
    const enrol = async (self: PersonPrincipal, otp: string | null = null): Promise<TOTP> => {
      const begun = await credentials().beginSecondFactor(self, otp);
      if (!begun.ok) throw new Error(begun.refusal.code);
      const factor = URI.parse(begun.value.otpauthUrl);
      if (!(factor instanceof TOTP)) throw new Error('not a time-based factor');
      return factor;
    };
    const codeNow = (factor: TOTP): string => factor.generate({ timestamp: clock.now().getTime() });
    const setUp = async () => {
      const made = await added();
      const self = asSelf(made.person);
      const opened = await sessions().signIn(made.account.username, made.oneTimePassword ?? '', null);
      if (!opened.ok) throw new Error(opened.refusal.code);
      const changed = await credentials().changeOwnPassword(self, {
        current: made.oneTimePassword ?? '',
        next: OWN_PASSWORD,
        sessionToken: opened.value.token,
      });
      if (!changed.ok) throw new Error(changed.refusal.code);
      const factor = await enrol(self);
      expect(await credentials().confirmSecondFactor(self, codeNow(factor))).toMatchObject({ ok: true });
      return { ...made, self, factor, token: opened.value.token };
    };

    it('get as far as setting a password of their own and enrolling a second factor', async () => {
      const { person: staff, account, oneTimePassword } = await added();
      const opened = await sessions().signIn(account.username, oneTimePassword ?? '', null);
      expect(opened).toMatchObject({
        value: { secondFactor: 'notEnrolled', missing: ['password', 'secondFactor'] },
      });
      if (!opened.ok) return;
      const { token } = opened.value;
      const self = asSelf(staff);
      await credentials().changeOwnPassword(self, {
        current: oneTimePassword ?? '',
        next: OWN_PASSWORD,
        sessionToken: token,
      });
      expect(await sessions().authenticate(token, null)).toMatchObject({
        value: { missing: ['secondFactor'] },
      });
      const factor = await enrol(self);
      expect(await credentials().confirmSecondFactor(self, '000000')).toMatchObject({
        refusal: { code: 'oneTimeCodeWrong', problems: [{ pointer: '/otp' }] },
      });
      await credentials().confirmSecondFactor(self, codeNow(factor));
      expect(await sessions().authenticate(token, null)).toMatchObject({ value: { missing: [] } });
      clock.advance(30_000);
      expect(await sessions().signIn(account.username, OWN_PASSWORD, codeNow(factor))).toMatchObject({
        value: { secondFactor: 'used', missing: [] },
      });
    });

    it('are too late with a password that is three days old', async () => {
      const { account, oneTimePassword } = await added();
      clock.advance(3 * DAY_MS);
      expect(await sessions().signIn(account.username, oneTimePassword ?? '', null)).toMatchObject({
        refusal: { code: 'oneTimePasswordExpired' },
      });
    });

    it('ask for a password that is worth it, and for the present one, and lock out who guesses it', async () => {
      const { account, self, token } = await setUp();
      const change = (current: string, next: string) =>
        credentials().changeOwnPassword(self, { current, next, sessionToken: token });
      for (const weak of ['short-1A', 'onlylowercase-', `A-${account.username}`, OWN_PASSWORD]) {
        const answer = await change(OWN_PASSWORD, weak);
        expect([weak, answer.ok]).toEqual([weak, false]);
      }
      clock.advance(16 * 60_000);
      for (let attempt = 0; attempt < 5; attempt += 1) {
        expect(await change('guess', 'Neu-2026!!')).toMatchObject({ ok: false });
      }
      expect(await change(OWN_PASSWORD, 'Neu-2026!!')).toMatchObject({ refusal: { code: 'accountLocked' } });
    });

    it('end every other session with a new password', async () => {
      const { account, factor, token, self } = await setUp();
      clock.advance(30_000);
      const second = await sessions().signIn(account.username, OWN_PASSWORD, codeNow(factor));
      if (!second.ok) throw new Error(second.refusal.code);
      await credentials().changeOwnPassword(self, {
        current: OWN_PASSWORD,
        next: 'Neu-2026!!x',
        sessionToken: second.value.token,
      });
      expect(await sessions().authenticate(second.value.token, null)).toMatchObject({ ok: true });
      expect(await sessions().authenticate(token, null)).toMatchObject({
        refusal: { code: 'signInRequired' },
      });
    });

    it('replace a second factor only with a code of the present one, which holds until the new one is confirmed', async () => {
      const { account, self, factor } = await setUp();
      expect(await credentials().beginSecondFactor(self, null)).toMatchObject({
        refusal: { code: 'oneTimeCodeWrong' },
      });
      clock.advance(30_000);
      const next = await enrol(self, codeNow(factor));
      clock.advance(30_000);
      expect(await sessions().signIn(account.username, OWN_PASSWORD, codeNow(factor))).toMatchObject({
        ok: true,
      });
      expect(await credentials().confirmSecondFactor(self, codeNow(next))).toMatchObject({ ok: true });
      clock.advance(30_000);
      expect(await sessions().signIn(account.username, OWN_PASSWORD, codeNow(factor))).toMatchObject({
        ok: false,
      });
      clock.advance(30_000);
      expect(await sessions().signIn(account.username, OWN_PASSWORD, codeNow(next))).toMatchObject({
        ok: true,
      });
    });

    it('have a quarter of an hour to confirm a second factor', async () => {
      const { person: staff } = await added();
      const factor = await enrol(asSelf(staff));
      clock.advance(15 * 60_000);
      expect(await credentials().confirmSecondFactor(asSelf(staff), codeNow(factor))).toMatchObject({
        refusal: { code: 'transitionNotAllowed' },
      });
    });

    it('are taken over by neither administrator alone', async () => {
      const { person: staff, account } = await setUp();
      const removed = await credentials().removeSecondFactor(security, staff.id, '手机遗失');
      expect(removed).toMatchObject({ value: { account: { hasSecondFactor: false } } });
      expect(await credentials().removeSecondFactor(administrator, staff.id, '测试')).toMatchObject({
        refusal: { code: 'notPermitted' },
      });
      expect(await credentials().resetPassword(security, staff.id, anIdempotency())).toMatchObject({
        refusal: { code: 'notPermitted' },
      });
      expect(await sessions().signIn(account.username, OWN_PASSWORD, null)).toMatchObject({
        refusal: { code: 'secondFactorRequired' },
      });
      const key = anIdempotency();
      const reset = await credentials().resetPassword(administrator, staff.id, key);
      if (!reset.ok) throw new Error(reset.refusal.code);
      expect(await credentials().resetPassword(administrator, staff.id, key)).toMatchObject({
        value: { oneTimePassword: null },
      });
      expect(
        await sessions().signIn(account.username, reset.value.oneTimePassword ?? '', null),
      ).toMatchObject({ value: { missing: ['password', 'secondFactor'] } });
    });

    it('still need their second factor after a reset of the password', async () => {
      const { person: staff, account } = await setUp();
      const reset = await credentials().resetPassword(administrator, staff.id, anIdempotency());
      if (!reset.ok) throw new Error(reset.refusal.code);
      expect(
        await sessions().signIn(account.username, reset.value.oneTimePassword ?? '', null),
      ).toMatchObject({ refusal: { code: 'secondFactorRequired' } });
    });
  });

  describe('of people on leave', () => {
    const FROM = legalDate('2026-11-23');
    const UNTIL = legalDate('2026-11-30');
    const leaveOf = (substituteId: string) => ({ from: FROM, until: UNTIL, substituteId });
    const rolesAfterSignIn = async (username: string, password: string) => {
      const opened = await sessions().signIn(username, password, null);
      if (!opened.ok || opened.value.principal.kind !== 'person') throw new Error('not signed in');
      return opened.value.principal.roles;
    };

    it('give the named substitute their roles for that time, entered by themselves', async () => {
      const absent = await added(anAccount({ roles: [grantOf('reviewer', { authorityId })] }));
      const substitute = await added();
      const self = asSelf(absent.person);
      expect(await leaves().set(self, absent.person.id, leaveOf(substitute.person.id))).toMatchObject({
        value: { leave: leaveOf(substitute.person.id), account: null },
      });
      const password = substitute.oneTimePassword ?? '';
      expect(await rolesAfterSignIn(substitute.account.username, password)).toEqual(['operator', 'reviewer']);
      await leaves().end(self, absent.person.id);
      expect(await rolesAfterSignIn(substitute.account.username, password)).toEqual(['operator']);
      expect(await eventsOf('leaveSet', absent.person.id)).toBe(1);
      expect(await leaves().end(self, absent.person.id)).toMatchObject({
        refusal: { code: 'transitionNotAllowed' },
      });
    });

    it('name nobody who is away, disabled, of another unit, an administrator or themselves', async () => {
      const { person: absent } = await added();
      const away = await added();
      const third = await added();
      await leaves().set(administrator, away.person.id, leaveOf(third.person.id));
      const disabled = await added();
      await people().disable(administrator, disabled.person.id, '离职');
      const elsewhere = await register.within(SYSTEM, async (trx) =>
        addPerson(trx, { authority_id: await addAuthority(trx) }),
      );
      const auditor = await added(anAccount({ roles: [grantOf('auditor')] }));
      for (const id of [away.person.id, disabled.person.id, elsewhere, auditor.person.id, absent.id]) {
        expect(await leaves().set(administrator, absent.id, leaveOf(id))).toMatchObject({
          refusal: { code: 'substituteUnsuitable', problems: [{ pointer: '/substituteId' }] },
        });
      }
    });

    it('are entered for nobody else, and not for the past', async () => {
      const { person: absent } = await added();
      const { person: colleague } = await added();
      expect(await leaves().set(asSelf(colleague), absent.id, leaveOf(colleague.id))).toMatchObject({
        refusal: { code: 'notPermitted' },
      });
      const outsider = asSelf(colleague, { authorityId: null });
      expect(await leaves().set(outsider, absent.id, leaveOf(colleague.id))).toMatchObject({
        refusal: { code: 'notFound' },
      });
      const past = { ...leaveOf(colleague.id), until: legalDate('2026-11-22') };
      expect(await leaves().set(asSelf(absent), absent.id, past)).toMatchObject({
        refusal: { code: 'contentInvalid', problems: [{ pointer: '/until' }] },
      });
    });
  });
});
