import { proxyLocalActivities } from '@temporalio/workflow';
import type { CertificateChangeActivities } from '../../activities/certificate-change';
import { conduct } from '../shared/conduct';

/** Database only, so a killed worker repeats it at once. */
const register = proxyLocalActivities<CertificateChangeActivities>({
  startToCloseTimeout: '5s',
  localRetryThreshold: '10s',
  retry: { initialInterval: '100ms', maximumInterval: '5s', backoffCoefficient: 2 },
});

/**
 * Conducts one change of a certificate (art. 8): its review and its clocks. What opens a new version is produced by the
 * workflow of its issuance, whose ⑥ ends the change and tells it.
 * @param changeId the change; the workflow id is `certificateChange/<changeId>`.
 */
export async function certificateChange(changeId: string): Promise<void> {
  await conduct(() => register.settleCertificateChange(changeId));
}
