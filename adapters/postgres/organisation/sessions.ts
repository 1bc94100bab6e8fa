import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Knex } from 'knex';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { SystemPrincipal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../../domain/shared/result';
import type { Clock } from '../../../ports/clock';
import type { Sessions, SetUpStep, SignedInSession } from '../../../ports/identity';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import { recordSecurityEvent } from '../evidence/record-security-event';
import type { Register } from '../register/register';
import { UNKNOWN_PASSWORD_HASH, verifyPassword } from './password-hash';
import { resolveScope } from './resolve-scope';
import { useOneTimeCode } from './second-factor';
import { digestOfToken } from './session-digest';
import { countTry, forgetTries } from './sign-in-tries';

const GATE: SystemPrincipal = { kind: 'system', component: 'sessions' };

const IDLE_MS = 30 * 60_000;
const LIFETIME_MS = 12 * 3_600_000;
/** The idle clock is written at most once a minute, so that reading a page costs no write. */
const RENEWAL_MS = 60_000;
const SECRET_BYTES = 32;
const MAX_PASSWORD_LENGTH = 256;

export interface SessionsOptions {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
  /** The demonstration may switch the second factor off and says so; production never does. */
  readonly secondFactor: 'required' | 'offInDemonstration';
}

interface PersonRow {
  readonly id: string;
  readonly username: string;
  readonly display_name: string;
  readonly authority_id: string | null;
  readonly holder_lookup: Buffer | null;
  readonly password_hash: string;
  readonly one_time_password_until: Date | null;
  readonly totp_secret_cipher: Buffer | null;
  readonly state: 'active' | 'disabled';
  readonly failed_logins: number;
  readonly locked_until: Date | null;
}

interface SessionRow {
  readonly token_digest: Buffer;
  readonly csrf_digest: Buffer;
  readonly person_id: string;
  readonly last_seen_at: Date;
  readonly expires_at: Date;
  readonly ended_at: Date | null;
}

/** Sessions of people in the register. Only digests of the cookie and of the CSRF token are kept. */
export class PostgresSessions implements Sessions {
  readonly #options: SessionsOptions;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /**
   * Every try is counted before the password is looked at, so that tries at the same moment cannot pass the limit of five;
   * a success sets the count back. An unknown name costs as much time as a known one.
   */
  async signIn(
    username: string,
    password: string,
    otp: string | null,
  ): Promise<Result<SignedInSession, Refusal>> {
    const now = this.#options.clock.now();
    if (password.length > MAX_PASSWORD_LENGTH) return refused({ code: 'signInFailed' });
    const person = await this.#countTry(username, now);
    if (person === 'locked') return refused({ code: 'accountLocked' });
    const isRight = await verifyPassword(password, person?.password_hash ?? UNKNOWN_PASSWORD_HASH);
    if (person === null || !isRight || person.state !== 'active') {
      await this.#recordFailure(person, now);
      return refused({ code: 'signInFailed' });
    }
    const { one_time_password_until: oneTimeUntil } = person;
    if (oneTimeUntil !== null && oneTimeUntil <= now) return refused({ code: 'oneTimePasswordExpired' });
    return this.#options.register.within(GATE, async (transaction) => {
      const factor = await this.#checkSecondFactor(transaction, person, otp, now);
      if (factor !== null) return refused({ code: factor });
      return accepted(await this.#open(transaction, person, now));
    });
  }

  async authenticate(token: string, csrfToken: string | null): ReturnType<Sessions['authenticate']> {
    const now = this.#options.clock.now();
    const digest = digestOfToken(token);
    return this.#options.register.within(GATE, async (transaction) => {
      const session = await transaction<SessionRow>('session').where({ token_digest: digest }).first();
      if (session === undefined || session.ended_at !== null || session.expires_at <= now) {
        return refused({ code: 'signInRequired' });
      }
      if (now.getTime() - session.last_seen_at.getTime() > IDLE_MS) {
        await endSession(transaction, digest, now);
        return refused({ code: 'sessionIdle' });
      }
      const person = await transaction<PersonRow>('person').where({ id: session.person_id }).first();
      if (person === undefined || person.state !== 'active') return refused({ code: 'signInRequired' });
      if (now.getTime() - session.last_seen_at.getTime() > RENEWAL_MS) {
        await transaction('session').where({ token_digest: digest }).update({ last_seen_at: now });
      }
      return accepted({
        principal: await this.#principalOf(transaction, person, now),
        csrfTokenMatches:
          csrfToken !== null && timingSafeEqual(digestOfToken(csrfToken), session.csrf_digest),
        missing: this.#missingSetUp(person),
      });
    });
  }

  csrfTokenOf(token: string): string {
    return csrfTokenOf(token);
  }

  async signOut(token: string): Promise<void> {
    const now = this.#options.clock.now();
    await this.#options.register.within(GATE, (transaction) =>
      endSession(transaction, digestOfToken(token), now),
    );
  }

  /** Null: nobody of that name. */
  async #countTry(username: string, now: Date): Promise<PersonRow | 'locked' | null> {
    return this.#options.register.within(GATE, async (transaction) => {
      const person = await transaction<PersonRow>('person').where({ username }).forUpdate().first();
      if (person === undefined) return null;
      return (await countTry(transaction, person, now)) ? person : 'locked';
    });
  }

  /** What the person has to do before anything else: replace a password that somebody else knew, enrol a second factor. */
  #missingSetUp(person: PersonRow): readonly SetUpStep[] {
    const steps: SetUpStep[] = [];
    if (person.one_time_password_until !== null) steps.push('password');
    if (this.#options.secondFactor === 'required' && person.totp_secret_cipher === null) {
      steps.push('secondFactor');
    }
    return steps;
  }

  async #recordFailure(person: PersonRow | null, now: Date): Promise<void> {
    await this.#options.register.within(GATE, async (transaction) => {
      if (person === null) {
        // The name that was typed is not kept: people type passwords into the wrong field.
        return recordSecurityEvent(transaction, {
          kind: 'signInFailed',
          principal: 'unknown',
          detail: {},
          occurredAt: now,
        });
      }
      const current = await transaction<PersonRow>('person').where({ id: person.id }).first();
      const isLocked = (current?.locked_until ?? now) > now;
      await recordSecurityEvent(transaction, {
        kind: isLocked ? 'accountLocked' : 'signInFailed',
        principal: `person:${person.id}`,
        detail: { failures: current?.failed_logins ?? null },
        occurredAt: now,
      });
    });
  }

  /** Null when the second factor is right or off, else the refusal; the count of tries then stays. */
  async #checkSecondFactor(
    transaction: Knex.Transaction,
    person: PersonRow,
    otp: string | null,
    now: Date,
  ): Promise<'secondFactorRequired' | 'signInFailed' | null> {
    if (this.#options.secondFactor === 'offInDemonstration') return null;
    const { totp_secret_cipher: secret } = person;
    // Without a second factor only a password that was just handed over opens the door, and only as far as enrolling one.
    if (secret === null && person.one_time_password_until !== null) return null;
    if (secret === null || otp === null) return 'secondFactorRequired';
    const bound = { id: person.id, totp_secret_cipher: secret };
    if (await useOneTimeCode(transaction, this.#options.cipher, bound, otp, now)) return null;
    await recordSecurityEvent(transaction, {
      kind: 'oneTimeCodeWrong',
      principal: `person:${person.id}`,
      detail: {},
      occurredAt: now,
    });
    return 'signInFailed';
  }

  async #open(transaction: Knex.Transaction, person: PersonRow, now: Date): Promise<SignedInSession> {
    const token = randomBytes(SECRET_BYTES).toString('base64url');
    const csrfToken = csrfTokenOf(token);
    const expiresAt = new Date(now.getTime() + LIFETIME_MS);
    await forgetTries(transaction, person.id);
    await transaction('session').insert({
      token_digest: digestOfToken(token),
      csrf_digest: digestOfToken(csrfToken),
      person_id: person.id,
      created_at: now,
      last_seen_at: now,
      expires_at: expiresAt,
    });
    await recordSecurityEvent(transaction, {
      kind: 'signedIn',
      principal: `person:${person.id}`,
      detail: { secondFactor: this.#factorUsed(person) },
      occurredAt: now,
    });
    return {
      token,
      csrfToken,
      principal: await this.#principalOf(transaction, person, now),
      secondFactor: this.#factorUsed(person),
      missing: this.#missingSetUp(person),
      expiresAt: shanghaiInstant(expiresAt.getTime()),
    };
  }

  #factorUsed(person: PersonRow): SignedInSession['secondFactor'] {
    if (this.#options.secondFactor === 'offInDemonstration') return 'offInDemonstration';
    return person.totp_secret_cipher === null ? 'notEnrolled' : 'used';
  }

  async #principalOf(
    transaction: Knex.Transaction,
    person: PersonRow,
    now: Date,
  ): Promise<SignedInSession['principal']> {
    const { roles, scope } = await resolveScope(transaction, this.#options.integrity, person.id, now);
    const named = { personId: person.id, displayName: person.display_name };
    if (person.holder_lookup !== null && roles.includes('holder')) {
      return { kind: 'holder', ...named, holderLookup: person.holder_lookup.toString('hex') };
    }
    if (roles.includes('relyingPartyUser')) {
      return { kind: 'relyingParty', ...named, authorityId: person.authority_id };
    }
    return { kind: 'person', ...named, authorityId: person.authority_id, roles, scope };
  }
}

async function endSession(transaction: Knex.Transaction, digest: Buffer, now: Date): Promise<void> {
  await transaction('session')
    .where({ token_digest: digest })
    .whereNull('ended_at')
    .update({ ended_at: now });
}

/** Follows from the session's own secret, so that a page that was loaded again gets the same one and nothing more is stored. */
function csrfTokenOf(token: string): string {
  return createHmac('sha256', token).update('ecert csrf token').digest('base64url');
}
