import { proxyLocalActivities } from '@temporalio/workflow';
import type { AnomalyCaseActivities } from '../../activities/anomaly-case';
import { conduct } from '../shared/conduct';

/** Database only, so a killed worker repeats it at once. */
const register = proxyLocalActivities<AnomalyCaseActivities>({
  startToCloseTimeout: '5s',
  localRetryThreshold: '10s',
  retry: { initialInterval: '100ms', maximumInterval: '5s', backoffCoefficient: 2 },
});

/**
 * Conducts one anomaly case (art. 20): its clocks, the evidence that is waited for, the correction that ends it and the
 * receipts. What people do they do in the register, and the case looks again.
 * @param caseId the case; the workflow id is `anomalyCase/<caseId>`.
 */
export async function anomalyCase(caseId: string): Promise<void> {
  await conduct(() => register.settleAnomalyCase(caseId));
}
