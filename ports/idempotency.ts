import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';

/** The client's Idempotency-Key and the digest of what it sent; kept beside the resource it created for at least seven days. */
export interface Idempotency {
  readonly method: string;
  readonly path: string;
  readonly key: string;
  /** SM3 of the raw body. */
  readonly bodyDigest: Uint8Array;
}

/**
 * What an earlier request with the same key created. Asked before the content is judged, so that a repeated
 * request gets the same answer even if the catalogue, an entitlement or a draft has changed since.
 */
export interface Replays {
  /** Null: the key is new. Refuses `idempotencyKeyReused` when the key was used with another body. */
  replayOf(
    principal: Principal,
    idempotency: Idempotency,
  ): Promise<Result<{ readonly issuanceId: string } | null, Refusal>>;
}
