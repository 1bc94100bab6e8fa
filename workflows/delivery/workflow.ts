import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { DeliveryActivities } from '../../activities/delivery';
import { goOnAfreshWhenLong } from '../shared/go-on-afresh';
import { Nudge } from '../shared/nudge';

const register = proxyLocalActivities<Pick<DeliveryActivities, 'settleDelivery'>>({
  startToCloseTimeout: '5s',
  retry: { initialInterval: '100ms', maximumInterval: '5s', backoffCoefficient: 2 },
});

/** The portal may be down for hours: tried again for as long as it takes, and people see that it is. */
const portal = proxyActivities<Pick<DeliveryActivities, 'deliver'>>({
  startToCloseTimeout: '30s',
  heartbeatTimeout: '4s',
  retry: { initialInterval: '1s', maximumInterval: '30s', backoffCoefficient: 2 },
});

/**
 * Step ⑦ for one holder: hands the certificate to the regional portal until it answers, waits for the receipt that comes
 * later, and keeps the proof. While the holder is not registered (待领取) it is tried again from time to time or when
 * somebody asks, and people are reminded as the register's clocks say; that may take years, so a long history goes on in a
 * fresh one.
 * @param deliveryId the delivery; the workflow id is `delivery/<deliveryId>`.
 */
export async function delivery(deliveryId: string): Promise<void> {
  const nudge = new Nudge();
  let standing = await portal.deliver(deliveryId);
  while (!standing.isClosed) {
    await goOnAfreshWhenLong();
    nudge.reset();
    standing = await register.settleDelivery(deliveryId);
    if (standing.isAttemptDue) standing = await portal.deliver(deliveryId);
    else if (!standing.isClosed) await nudge.within(standing.lookAgainInMs);
  }
}
