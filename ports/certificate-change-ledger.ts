/** Where a change stands, for its workflow; nothing personal. */
export interface ChangeStanding {
  readonly isClosed: boolean;
  /** Until time alone makes something due; null when nothing does. */
  readonly lookAgainInMs: number | null;
}

/** A change as its activities see the register. */
export interface CertificateChangeLedger {
  /** Does all that a decision in effect and its clocks make due; idempotent. */
  settle(changeId: string): Promise<ChangeStanding>;
}
