/** A sealed file that still lacks its timestamp token. */
export interface FileToStamp {
  readonly digest: string;
  /** How often it was tried, with this time. */
  readonly attempts: number;
  /** The value of its last signature, over which the token is asked. */
  readonly signature: Uint8Array;
  readonly imprint: 'sm3' | 'sha256';
}

/** Tokens are obtained after the fact and kept beside the file, which never changes (rule 11). */
export interface TimestampLedger {
  /** Files without a token whose turn it is, oldest first; each is counted as tried and not given again for a while. */
  due(limit: number): Promise<readonly FileToStamp[]>;
  recordToken(digest: string, token: Uint8Array): Promise<void>;
  recordFault(digest: string, reason: string): Promise<void>;
  /** How many files lack a token, and since when the oldest does (seconds). */
  backlog(): Promise<{ readonly files: number; readonly oldestAgeSeconds: number }>;
}
