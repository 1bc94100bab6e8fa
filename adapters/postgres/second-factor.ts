import type { Knex } from 'knex';
import { Secret, TOTP } from 'otpauth';
import type { PersonalDataCipher } from '../../ports/personal-data-cipher';
import { cipherPlace } from '../cipher/encrypted-columns';

const PERIOD_SECONDS = 30;

/** One-time codes as authenticator apps make them: RFC 6238, SHA-1, six digits, 30 seconds. */
function totp(secret: Secret, label: string): TOTP {
  return new TOTP({ issuer: '鄂尔多斯市电子证照', label, secret, period: PERIOD_SECONDS, digits: 6 });
}

/**
 * Effect: the person has a new second factor; the old one is void. Out: the otpauth:// address to show once as a QR code.
 * The secret is stored encrypted only.
 */
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
  const difference = totp(Secret.fromBase32(base32), '').validate({
    token: code.replaceAll(/\s/g, ''),
    timestamp: now.getTime(),
    window: 1,
  });
  if (difference === null) return false;
  const step = Math.floor(now.getTime() / 1000 / PERIOD_SECONDS) + difference;
  const { rowCount } = await transaction.raw<{ rowCount: number }>(
    'UPDATE person SET totp_last_step = :step WHERE id = :id AND (totp_last_step IS NULL OR totp_last_step < :step)',
    { step, id: person.id },
  );
  return rowCount === 1;
}
