import type { Knex } from 'knex';
import { Secret, TOTP } from 'otpauth';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';

const PERIOD_SECONDS = 30;

/** One-time codes as authenticator apps make them: RFC 6238, SHA-1, six digits, 30 seconds. */
function totp(secret: Secret, label: string): TOTP {
  return new TOTP({ issuer: '鄂尔多斯市电子证照', label, secret, period: PERIOD_SECONDS, digits: 6 });
}

const PENDING_MS = 15 * 60_000;

/** Effect: the person has a new second factor at once, for the first accounts of an installation. Out: its otpauth:// address. */
export async function enrolSecondFactor(
  transaction: Knex.Transaction,
  cipher: PersonalDataCipher,
  person: { readonly id: string; readonly username: string },
): Promise<string> {
  const secret = new Secret({ size: 20 });
  await transaction('person')
    .where({ id: person.id })
    .update({
      totp_secret_cipher: cipher.encrypt(secret.base32, cipherPlace('person.totp_secret_cipher', person.id)),
      totp_last_step: null,
    });
  return totp(secret, person.username).toString();
}

/**
 * Effect: a new second factor waits for a quarter of an hour for its first code; the present one holds until then.
 * Out: what an authenticator needs, to be shown once. Secrets are stored encrypted only.
 */
export async function proposeSecondFactor(
  transaction: Knex.Transaction,
  cipher: PersonalDataCipher,
  person: { readonly id: string; readonly username: string },
  now: Date,
): Promise<{ readonly otpauthUrl: string; readonly secret: string; readonly expiresAt: Date }> {
  const secret = new Secret({ size: 20 });
  const expiresAt = new Date(now.getTime() + PENDING_MS);
  await transaction('person')
    .where({ id: person.id })
    .update({
      totp_pending_cipher: cipher.encrypt(
        secret.base32,
        cipherPlace('person.totp_pending_cipher', person.id),
      ),
      totp_pending_until: expiresAt,
    });
  return { otpauthUrl: totp(secret, person.username).toString(), secret: secret.base32, expiresAt };
}

/**
 * Whether a code is one of the factor that waits. Effect when it is: that factor replaces the present one, and the code's
 * step is used up with it.
 */
export async function adoptSecondFactor(
  transaction: Knex.Transaction,
  cipher: PersonalDataCipher,
  person: { readonly id: string; readonly totp_pending_cipher: Uint8Array },
  code: string,
  now: Date,
): Promise<boolean> {
  const base32 = cipher.decrypt(
    person.totp_pending_cipher,
    cipherPlace('person.totp_pending_cipher', person.id),
  );
  const step = matchingStep(base32, code, now);
  if (step === null) return false;
  await transaction('person')
    .where({ id: person.id })
    .update({
      totp_secret_cipher: cipher.encrypt(base32, cipherPlace('person.totp_secret_cipher', person.id)),
      totp_last_step: step,
      totp_pending_cipher: null,
      totp_pending_until: null,
    });
  return true;
}

/**
 * Whether a one-time code is right now, one step of clock difference either way allowed. Effect: its step and all older ones
 * are used up, so that a code seen by somebody else is worth nothing; exactly one of several callers with one code gets true.
 */
export async function useOneTimeCode(
  transaction: Knex.Transaction,
  cipher: PersonalDataCipher,
  person: { readonly id: string; readonly totp_secret_cipher: Uint8Array },
  code: string,
  now: Date,
): Promise<boolean> {
  const base32 = cipher.decrypt(
    person.totp_secret_cipher,
    cipherPlace('person.totp_secret_cipher', person.id),
  );
  const step = matchingStep(base32, code, now);
  if (step === null) return false;
  const { rowCount } = await transaction.raw<{ rowCount: number }>(
    'UPDATE person SET totp_last_step = :step WHERE id = :id AND (totp_last_step IS NULL OR totp_last_step < :step)',
    { step, id: person.id },
  );
  return rowCount === 1;
}

/** The time step whose code this is, one step of clock difference either way allowed; null when it is none. */
function matchingStep(base32: string, code: string, now: Date): number | null {
  const difference = totp(Secret.fromBase32(base32), '').validate({
    token: code.replaceAll(/\s/g, ''),
    timestamp: now.getTime(),
    window: 1,
  });
  return difference === null ? null : Math.floor(now.getTime() / 1000 / PERIOD_SECONDS) + difference;
}
