import { condition, proxyActivities, proxyLocalActivities, setHandler } from '@temporalio/workflow';
import type { DeliveryActivities } from '../../activities/delivery';
import { retrySignal } from './messages';

const register = proxyLocalActivities<Pick<DeliveryActivities, 'deliveryStanding'>>({
  startToCloseTimeout: '5s',
  retry: { initialInterval: '100ms', maximumInterval: '5s', backoffCoefficient: 2 },
});

/** The portal may be down for hours: tried again for as long as it takes, and people see that it is. */
const portal = proxyActivities<Pick<DeliveryActivities, 'deliver'>>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '30s', backoffCoefficient: 2 },
});

const LONGEST_WAIT_MS = 24 * 3_600_000;
const SHORTEST_WAIT_MS = 50;

/**
 * Step ⑦ for one holder: hands the certificate to the regional portal until it answers, keeps the proof, and
 * while the holder is not registered tries again from time to time (待领取).
 * @param deliveryId the delivery; the workflow id is `delivery/<deliveryId>`.
 */
export async function delivery(deliveryId: string): Promise<void> {
  let nudged = false;
  setHandler(retrySignal, () => {
    nudged = true;
  });
  for (;;) {
    nudged = false;
    let standing = await portal.deliver(deliveryId);
    while (standing.state === 'awaitingPickup' || standing.state === 'wrongPerson') {
      const waitMs =
        standing.nextAttemptAtMs === null ? LONGEST_WAIT_MS : standing.nextAttemptAtMs - Date.now();
      await condition(() => nudged, Math.min(Math.max(waitMs, SHORTEST_WAIT_MS), LONGEST_WAIT_MS));
      nudged = false;
      const isTime = standing.nextAttemptAtMs !== null && standing.nextAttemptAtMs <= Date.now();
      if (standing.state === 'awaitingPickup' && isTime) break;
      standing = await register.deliveryStanding(deliveryId);
    }
    if (standing.state === 'delivered' || standing.state === 'exempted') return;
  }
}
