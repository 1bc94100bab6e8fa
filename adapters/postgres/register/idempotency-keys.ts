import { timingSafeEqual } from 'node:crypto';
import type { Knex } from 'knex';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { Idempotency } from '../../../ports/idempotency';

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
  return createOnce(transaction, principal, idempotency, resource, async () => accepted(resource.resourceId));
}

/**
 * As {@link claimIdempotencyKey} for work that may still refuse: `create` runs only for a new key and answers the id of
 * what it made; a refusal (which must come before it writes) leaves the key unused, so that the amended request may take it.
 */
export async function createOnce(
  transaction: Knex.Transaction,
  principal: string,
  idempotency: Idempotency,
  resource: Pick<NewResource, 'resourceKind' | 'now'>,
  create: () => Promise<Result<string, Refusal>>,
): Promise<Result<{ readonly resourceId: string; readonly replayed: boolean }, Refusal>> {
  const known = await lockKey(transaction, principal, idempotency);
  if (!known.ok) return known;
  if (known.value !== null) return accepted({ resourceId: known.value, replayed: true });
  const created = await create();
  if (!created.ok) return created;
  const { method, path, key, bodyDigest } = idempotency;
  await transaction('idempotency_key').insert({
    principal,
    method,
    path,
    key,
    body_digest: Buffer.from(bodyDigest),
    resource_kind: resource.resourceKind,
    resource_id: created.value,
    created_at: resource.now,
  });
  return accepted({ resourceId: created.value, replayed: false });
}

/** What the key created before; null: nothing. Nobody else gets the key until the transaction ends. */
async function lockKey(
  transaction: Knex.Transaction,
  principal: string,
  { method, path, key, bodyDigest }: Idempotency,
): Promise<Result<string | null, Refusal>> {
  const name = [principal, method, path, key];
  const { rows: locks } = await transaction.raw<{ rows: { locked: boolean }[] }>(
    "SELECT pg_try_advisory_xact_lock(hashtextextended(array_to_string(?::text[], '|'), 0)) AS locked",
    [name],
  );
  if (locks[0]?.locked !== true) return refused({ code: 'idempotencyKeyInProgress' });
  const known = await transaction<KeyRow>('idempotency_key')
    .where({ principal, method, path, key } as object)
    .first();
  if (known === undefined) return accepted(null);
  const isSame =
    known.body_digest.length === bodyDigest.length && timingSafeEqual(known.body_digest, bodyDigest);
  return isSame ? accepted(known.resource_id) : refused({ code: 'idempotencyKeyReused' });
}
