/** Chains the leaves of events and signs the head; run by one process at a time (advisory lock). */
export interface EventLogSequencer {
  /** Chains what has arrived; answers how many leaves were added. */
  sequence(limit: number): Promise<number>;
  /** Signs the present head when it has grown since the last signature. */
  signHead(): Promise<void>;
}
