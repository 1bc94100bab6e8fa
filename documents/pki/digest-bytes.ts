import { createHash } from 'node:crypto';
import { oid } from './object-identifiers';

const NATIVE_NAMES: Readonly<Record<string, string>> = {
  [oid.sha256]: 'sha256',
  [oid.sha384]: 'sha384',
  [oid.sha512]: 'sha512',
  [oid.sm3]: 'sm3',
};
const WEAK: ReadonlySet<string> = new Set([oid.md5, oid.sha1]);

export type DigestOutcome =
  | { readonly kind: 'digest'; readonly value: Uint8Array }
  | { readonly kind: 'weak' }
  | { readonly kind: 'unsupported' };

/** Digest of the parts as if they were joined; MD5 and SHA-1 are `weak` and not computed. */
export function digestBytes(algorithm: string, parts: readonly Uint8Array[]): DigestOutcome {
  if (WEAK.has(algorithm)) return { kind: 'weak' };
  const name = NATIVE_NAMES[algorithm];
  if (name === undefined) return { kind: 'unsupported' };
  const hash = createHash(name);
  for (const part of parts) hash.update(part);
  return { kind: 'digest', value: hash.digest() };
}
