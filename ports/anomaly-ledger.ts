/** An anomaly case as its workflow sees it: nothing personal, spans by the register's clock. */
export interface AnomalyStanding {
  readonly isClosed: boolean;
  readonly lookAgainInMs: number | null;
}

/** What time and other lifecycles make due in an anomaly case. */
export interface AnomalyLedger {
  /**
   * Does all that is due: evidence that was not supplied, a correction that is in force or came to nothing, receipts,
   * an objector who could not be reached, rungs of the ladder. Idempotent.
   */
  settle(caseId: string): Promise<AnomalyStanding>;
}
