import type { AnomalyLedger, AnomalyStanding } from '../ports/anomaly-ledger';

/** Anomaly cases as their workflow calls them. */
export interface AnomalyCaseActivities {
  settleAnomalyCase(caseId: string): Promise<AnomalyStanding>;
}

/** The one step of an anomaly case that nobody presses a button for: whatever is due (art. 20). */
export function createAnomalyCaseActivities(ledger: AnomalyLedger): AnomalyCaseActivities {
  return { settleAnomalyCase: (caseId) => ledger.settle(caseId) };
}
