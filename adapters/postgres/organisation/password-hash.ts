import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** RFC 7914; 32 MiB and some 80 ms per try, so that a stolen table is slow to guess. */
const COST = { N: 32_768, r: 8, p: 1 } as const;
const MAX_MEMORY_BYTES = 256 * 1024 * 1024;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const FORM = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+)$/;

/** A hash of a password nobody has: verifying against it costs what verifying a real one costs. */
export const UNKNOWN_PASSWORD_HASH = `scrypt$${COST.N}$${COST.r}$${COST.p}$${Buffer.alloc(SALT_BYTES).toString('base64')}$${Buffer.alloc(KEY_BYTES).toString('base64')}`;

/** In: a password, normalised here (NFKC), so that input methods do not matter. Out: `scrypt$N$r$p$salt$key`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, COST);
  return `scrypt$${COST.N}$${COST.r}$${COST.p}$${salt.toString('base64')}$${key.toString('base64')}`;
}

/** Whether a password has the hash; compared in constant time, with the cost that the hash itself names. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const parts = FORM.exec(stored);
  if (parts === null) throw new Error('a stored password hash is ill-formed');
  const [, n, r, p, salt = '', key = ''] = parts;
  const expected = Buffer.from(key, 'base64');
  const cost = { N: Number(n), r: Number(r), p: Number(p) };
  const derived = await derive(password, Buffer.from(salt, 'base64'), cost);
  return derived.length === expected.length && timingSafeEqual(derived, expected);
}

async function derive(
  password: string,
  salt: Uint8Array,
  cost: { readonly N: number; readonly r: number; readonly p: number },
): Promise<Buffer> {
  const normalised = Buffer.from(password.normalize('NFKC'), 'utf8');
  return new Promise((resolve, reject) => {
    scrypt(normalised, salt, KEY_BYTES, { ...cost, maxmem: MAX_MEMORY_BYTES }, (fault, key) => {
      if (fault === null) resolve(key);
      else reject(fault);
    });
  });
}
