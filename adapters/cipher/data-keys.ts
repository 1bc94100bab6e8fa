import { hmacSm3 } from '../../documents/sm/sm3';

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

/** 32 random bytes per key id, as the installation keeps them; the oldest comes first. */
export interface MasterKeys {
  readonly currentKeyId: string;
  readonly keys: ReadonlyMap<string, Uint8Array>;
}

/**
 * In: the ring that rotates and the ring of the look-up key. Out: data keys derived from them by HMAC-SM3 with a label
 * for each use, so that no key serves two purposes. Of the look-up ring the oldest key counts, whatever was added since.
 */
export function deriveDataKeys(ring: MasterKeys, lookupRing: MasterKeys): DataKeys {
  const [oldestLookup] = lookupRing.keys.values();
  if (oldestLookup === undefined) throw new Error('the look-up key is missing');
  const lookupKey = hmacSm3(oldestLookup, Buffer.from('ecert look-up', 'utf8'));
  const keys = new Map<string, DataKey>();
  for (const [id, master] of ring.keys) {
    keys.set(id, {
      encryptionKey: hmacSm3(master, Buffer.from('ecert encryption', 'utf8')).subarray(0, 16),
      macKey: hmacSm3(master, Buffer.from('ecert integrity', 'utf8')),
      lookupKey,
    });
  }
  return { currentKeyId: ring.currentKeyId, keys };
}
