import { randomBytes } from 'node:crypto';
import { hashPassword } from './password-hash';

/** Long enough to hand it over on paper, short enough not to lie about. */
const VALID_MS = 3 * 24 * 3_600_000;
const BYTES = 12;

export interface OneTimePassword {
  /** Shown once, never stored. */
  readonly text: string;
  readonly hash: string;
  readonly until: Date;
}

/** A random password that its owner must replace at the first sign-in. Slow on purpose: make it outside of a transaction. */
export async function newOneTimePassword(now: Date): Promise<OneTimePassword> {
  const text = randomBytes(BYTES).toString('base64url');
  return { text, hash: await hashPassword(text), until: new Date(now.getTime() + VALID_MS) };
}
