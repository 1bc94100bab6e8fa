/** The client's Idempotency-Key and the digest of what it sent; kept beside the resource it created for at least seven days. */
export interface Idempotency {
  readonly method: string;
  readonly path: string;
  readonly key: string;
  /** SM3 of the raw body. */
  readonly bodyDigest: Uint8Array;
}
