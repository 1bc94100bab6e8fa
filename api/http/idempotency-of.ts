import { createHash } from 'node:crypto';
import type { Principal } from '../../domain/shared/principal';
import type { Idempotency } from '../../ports/idempotency';
import type { Call } from './route';

/** The key of a call, bound to what was sent. */
export function idempotencyOf({ method, path, idempotencyKey, rawBody }: Call<Principal>): Idempotency {
  return { method, path, key: idempotencyKey, bodyDigest: createHash('sm3').update(rawBody).digest() };
}
