/** Sealed bytes addressed by SM3. Written, flushed and renamed before `put` answers; nothing is ever overwritten. */
export interface FileStore {
  /** Stores bytes and answers their digest (SM3, lower-case hex); storing the same bytes again is harmless. */
  put(bytes: Uint8Array): Promise<string>;
  /** The bytes of a digest, checked against it while read; null when there is no such file. Throws when they do not match. */
  get(digest: string): Promise<Uint8Array | null>;
}
