import type { Knex } from 'knex';
import { passwordProblem } from '../../../domain/organisation/password-rules';
import { type Principal, principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../../domain/shared/result';
import type {
  AccountWithPassword,
  Credentials,
  PendingSecondFactor,
  PersonView,
} from '../../../ports/accounts';
import type { Idempotency } from '../../../ports/idempotency';
import { recordSecurityEvent, type SecurityEventKind } from '../evidence/record-security-event';
import { createOnce } from '../register/idempotency-keys';
import { shanghaiText } from '../register/shanghai-text';
import { ACCOUNTS, type AccountOptions, accountView, endSessions, lockPerson, officer } from './account-work';
import { newOneTimePassword } from './one-time-password';
import { hashPassword, verifyPassword } from './password-hash';
import { adoptSecondFactor, proposeSecondFactor, useOneTimeCode } from './second-factor';
import { digestOfToken } from './session-digest';
import { countTry, forgetTries } from './sign-in-tries';

interface OwnRow {
  readonly id: string;
  readonly username: string;
  readonly password_hash: string;
  readonly totp_secret_cipher: Buffer | null;
  readonly totp_pending_cipher: Buffer | null;
  readonly totp_pending_until: Date | null;
  readonly failed_logins: number;
  readonly locked_until: Date | null;
}

/**
 * Passwords and second factors. A system administrator sets a one-time password, a security administrator removes a lost
 * second factor; who has no second factor gets in with a one-time password only, so neither takes an account over alone.
 */
export class PostgresCredentials implements Credentials {
  readonly #options: AccountOptions;

  constructor(options: AccountOptions) {
    this.#options = options;
  }

  async resetPassword(
    principal: Principal,
    personId: string,
    idempotency: Idempotency,
  ): Promise<Result<AccountWithPassword, Refusal>> {
    const administrator = officer(principal, 'systemAdministrator');
    if (!administrator.ok) return administrator;
    if (administrator.value.personId === personId) return refused({ code: 'secondPersonRequired' });
    const now = this.#options.clock.now();
    const password = await newOneTimePassword(now);
    return this.#options.register.within(principal, async (transaction) => {
      const reset = await createOnce(
        transaction,
        principalName(principal),
        idempotency,
        { resourceKind: 'passwordReset', now },
        async () => {
          if ((await lockPerson(transaction, personId)) === undefined) return refused({ code: 'notFound' });
          await transaction('person').where({ id: personId }).update({
            password_hash: password.hash,
            one_time_password_until: password.until,
            failed_logins: 0,
            locked_until: null,
          });
          await endSessions(transaction, personId, now);
          await this.#note(transaction, principal, 'passwordReset', { personId }, now);
          return accepted(personId);
        },
      );
      if (!reset.ok) return reset;
      const person = await accountView(transaction, this.#options, reset.value.resourceId);
      return accepted({ person, oneTimePassword: reset.value.replayed ? null : password.text });
    });
  }

  async removeSecondFactor(
    principal: Principal,
    personId: string,
    reason: string,
  ): Promise<Result<PersonView, Refusal>> {
    const administrator = officer(principal, 'securityAdministrator');
    if (!administrator.ok) return administrator;
    if (administrator.value.personId === personId) return refused({ code: 'secondPersonRequired' });
    const now = this.#options.clock.now();
    return this.#options.register.within(principal, async (transaction) => {
      const person = await lockPerson(transaction, personId);
      if (person === undefined) return refused<Refusal>({ code: 'notFound' });
      if (!person.has_second_factor) return refused<Refusal>({ code: 'transitionNotAllowed' });
      await transaction('person').where({ id: personId }).update({
        totp_secret_cipher: null,
        totp_last_step: null,
        totp_pending_cipher: null,
        totp_pending_until: null,
      });
      await endSessions(transaction, personId, now);
      await this.#note(transaction, principal, 'secondFactorRemoved', { personId, reason }, now);
      return accepted(await accountView(transaction, this.#options, personId));
    });
  }

  async changeOwnPassword(
    principal: Principal,
    { current, next, sessionToken }: Parameters<Credentials['changeOwnPassword']>[1],
  ): Promise<Result<null, Refusal>> {
    const { register, clock } = this.#options;
    const now = clock.now();
    const own = await this.#tryOwn(principal, now);
    if (!own.ok) return own;
    if (!(await verifyPassword(current, own.value.password_hash))) {
      return refusedAt('passwordWrong', '/currentPassword', '应为当前口令');
    }
    const problem = passwordProblem(next, own.value.username);
    if (problem !== null) return refusedAt('contentInvalid', '/newPassword', problem);
    if (next.normalize('NFKC') === current.normalize('NFKC')) {
      return refusedAt('contentInvalid', '/newPassword', '不得与当前口令相同');
    }
    const hash = await hashPassword(next);
    return register.within(ACCOUNTS, async (transaction) => {
      // Somebody who reset or changed it meanwhile was later: his password stands.
      const changed = await transaction('person')
        .where({ id: own.value.id, password_hash: own.value.password_hash })
        .update({ password_hash: hash, one_time_password_until: null });
      if (changed === 0) return refusedAt('passwordWrong', '/currentPassword', '应为当前口令');
      await forgetTries(transaction, own.value.id);
      await endSessions(transaction, own.value.id, now, digestOfToken(sessionToken));
      await this.#note(transaction, principal, 'passwordChanged', {}, now);
      return accepted(null);
    });
  }

  async beginSecondFactor(
    principal: Principal,
    otp: string | null,
  ): Promise<Result<PendingSecondFactor, Refusal>> {
    const { register, cipher, clock } = this.#options;
    const now = clock.now();
    const own = await this.#tryOwn(principal, now);
    if (!own.ok) return own;
    return register.within(ACCOUNTS, async (transaction) => {
      const { id, totp_secret_cipher: present } = own.value;
      if (present !== null) {
        const bound = { id, totp_secret_cipher: present };
        const isRight = otp !== null && (await useOneTimeCode(transaction, cipher, bound, otp, now));
        if (!isRight) return this.#wrongCode(transaction, principal, now);
      }
      await forgetTries(transaction, id);
      const pending = await proposeSecondFactor(transaction, cipher, own.value, now);
      return accepted({ ...pending, expiresAt: shanghaiText(pending.expiresAt) });
    });
  }

  async confirmSecondFactor(principal: Principal, otp: string): Promise<Result<null, Refusal>> {
    const { register, cipher, clock } = this.#options;
    const now = clock.now();
    const own = await this.#tryOwn(principal, now);
    if (!own.ok) return own;
    return register.within(ACCOUNTS, async (transaction) => {
      const { id, totp_pending_cipher: pending, totp_pending_until: until } = own.value;
      if (pending === null || until === null || until <= now) {
        await forgetTries(transaction, id);
        return refused<Refusal>({ code: 'transitionNotAllowed' });
      }
      const bound = { id, totp_pending_cipher: pending };
      if (!(await adoptSecondFactor(transaction, cipher, bound, otp, now))) {
        return this.#wrongCode(transaction, principal, now);
      }
      await forgetTries(transaction, id);
      await this.#note(transaction, principal, 'secondFactorEnrolled', {}, now);
      return accepted(null);
    });
  }

  /** The caller's own row; the try counts, so that a stolen session cannot guess its way to the account. */
  async #tryOwn(principal: Principal, now: Date): Promise<Result<OwnRow, Refusal>> {
    if (principal.kind === 'agency' || principal.kind === 'system') return refused({ code: 'notPermitted' });
    return this.#options.register.within(ACCOUNTS, async (transaction) => {
      const row = await transaction<OwnRow>('person').where({ id: principal.personId }).forUpdate().first();
      if (row === undefined) return refused<Refusal>({ code: 'signInRequired' });
      return (await countTry(transaction, row, now)) ? accepted(row) : refused({ code: 'accountLocked' });
    });
  }

  async #wrongCode(
    transaction: Knex.Transaction,
    principal: Principal,
    now: Date,
  ): Promise<Result<never, Refusal>> {
    await this.#note(transaction, principal, 'oneTimeCodeWrong', {}, now);
    return refusedAt('oneTimeCodeWrong', '/otp', '应为动态口令应用当前显示的 6 位数字');
  }

  async #note(
    transaction: Knex.Transaction,
    principal: Principal,
    kind: SecurityEventKind,
    detail: Readonly<Record<string, string | null>>,
    occurredAt: Date,
  ): Promise<void> {
    await recordSecurityEvent(transaction, { kind, principal: principalName(principal), detail, occurredAt });
  }
}

function refusedAt(code: Refusal['code'], pointer: string, expected: string): Result<never, Refusal> {
  return refused({ code, problems: [{ pointer, code, expected }] });
}
