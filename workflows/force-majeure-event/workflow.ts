import { proxyLocalActivities } from '@temporalio/workflow';
import type { ForceMajeureActivities } from '../../activities/force-majeure';
import { conduct } from '../shared/conduct';

/** Database only, so a killed worker repeats it at once. */
const register = proxyLocalActivities<ForceMajeureActivities>({
  startToCloseTimeout: '5s',
  localRetryThreshold: '10s',
  retry: { initialInterval: '100ms', maximumInterval: '5s', backoffCoefficient: 2 },
});

/**
 * Conducts one force-majeure event (art. 10): its clocks, and its items in pages; an item has no workflow, it is made up by
 * that of its own case.
 * @param eventId the event; the workflow id is `forceMajeureEvent/<eventId>`.
 */
export async function forceMajeureEvent(eventId: string): Promise<void> {
  await conduct(() => register.settleForceMajeureEvent(eventId));
}
