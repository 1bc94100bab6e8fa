/** The keys of one key id; the id is stored with everything that they protected. */
export interface DataKey {
  /** SM4, 16 bytes. */
  readonly encryptionKey: Uint8Array;
  /** HMAC-SM3, at least 32 bytes. */
  readonly macKey: Uint8Array;
  /**
   * HMAC-SM3, at least 32 bytes; the same under every key id. A look-up digest cannot be made anew where its plaintext
   * is not stored (accounts of holders, uniqueness reservations) or where the row is immutable (codes of issued
   * versions), so rotation replaces the other two keys and keeps this one.
   */
  readonly lookupKey: Uint8Array;
}

export interface DataKeys {
  /** Used for everything written from now on. */
  readonly currentKeyId: string;
  readonly keys: ReadonlyMap<string, DataKey>;
}

const KEY_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** Throws when keys are missing, too short, or have different look-up keys; out: the current key. */
export function checkDataKeys({ currentKeyId, keys }: DataKeys): DataKey {
  const current = keys.get(currentKeyId);
  if (current === undefined) throw new Error(`there is no data key "${currentKeyId}"`);
  for (const [id, key] of keys) {
    if (!KEY_ID.test(id)) throw new Error('a data key has an ill-formed id');
    if (key.encryptionKey.length !== 16) throw new Error(`data key "${id}": the SM4 key must have 16 bytes`);
    if (key.macKey.length < 32 || key.lookupKey.length < 32) {
      throw new Error(`data key "${id}": keys for HMAC-SM3 must have at least 32 bytes`);
    }
    if (!Buffer.from(key.lookupKey).equals(current.lookupKey)) {
      throw new Error(`data key "${id}" has another look-up key: rotation keeps the look-up key`);
    }
  }
  return current;
}
