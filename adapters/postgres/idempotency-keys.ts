import { timingSafeEqual } from 'node:crypto';
import type { Knex } from 'knex';
import type { Refusal } from '../../domain/shared/refusals';
import type { Result } from '../../domain/shared/result';
import { accepted, refused } from '../../domain/shared/result';
import type { Idempotency } from '../../ports/idempotency';

export interface NewResource {
  readonly resourceKind: string;
  readonly resourceId: string;
  readonly now: Date;
}

interface KeyRow {
  readonly body_digest: Buffer;
  readonly resource_id: string;
}

/**
 * Takes a client's key for a new resource in the transaction that creates it, so that both exist or neither.
 * The same key and body answers the resource it created before; another body is refused; while another
 * transaction holds the key, 409. Keys are per principal, method and path.
 */
export async function claimIdempotencyKey(
  transaction: Knex.Transaction,
  principal: string,
  idempotency: Idempotency,
  resource: NewResource,
): Promise<Result<{ readonly resourceId: string; readonly replayed: boolean }, Refusal>> {
  const { method, path, key, bodyDigest } = idempotency;
  const name = [principal, method, path, key];
  const { rows: locks } = await transaction.raw<{ rows: { locked: boolean }[] }>(
    "SELECT pg_try_advisory_xact_lock(hashtextextended(array_to_string(?::text[], '|'), 0)) AS locked",
    [name],
  );
  if (locks[0]?.locked !== true) return refused({ code: 'idempotencyKeyInProgress' });
  const known = await transaction<KeyRow>('idempotency_key')
    .where({ principal, method, path, key } as object)
    .first();
  if (known !== undefined) {
    const isSame =
      known.body_digest.length === bodyDigest.length && timingSafeEqual(known.body_digest, bodyDigest);
    return isSame
      ? accepted({ resourceId: known.resource_id, replayed: true })
      : refused({ code: 'idempotencyKeyReused' });
  }
  await transaction('idempotency_key').insert({
    principal,
    method,
    path,
    key,
    body_digest: Buffer.from(bodyDigest),
    resource_kind: resource.resourceKind,
    resource_id: resource.resourceId,
    created_at: resource.now,
  });
  return accepted({ resourceId: resource.resourceId, replayed: false });
}
