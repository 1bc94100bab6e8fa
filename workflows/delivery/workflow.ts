import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { DeliveryActivities } from '../../activities/delivery';
import { Nudge } from '../shared/nudge';

type DeliveryStanding = Awaited<ReturnType<DeliveryActivities['deliver']>>;

const register = proxyLocalActivities<Pick<DeliveryActivities, 'deliveryStanding'>>({
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
 * Step ⑦ for one holder: hands the certificate to the regional portal until it answers and keeps the proof;
 * while the holder is not registered (待领取) it is tried again from time to time or when somebody asks.
 * @param deliveryId the delivery; the workflow id is `delivery/<deliveryId>`.
 */
export async function delivery(deliveryId: string): Promise<void> {
  const nudge = new Nudge();
  let standing: DeliveryStanding = await portal.deliver(deliveryId);
  while (standing.state !== 'delivered' && standing.state !== 'exempted') {
    standing = await nextStep(deliveryId, standing, nudge);
  }
}

async function nextStep(
  deliveryId: string,
  standing: DeliveryStanding,
  nudge: Nudge,
): Promise<DeliveryStanding> {
  if (standing.state === 'pending') return portal.deliver(deliveryId);
  nudge.reset();
  const now = await register.deliveryStanding(deliveryId);
  if (now.state !== 'awaitingPickup' && now.state !== 'wrongPerson') return now;
  const wasNudged = await nudge.within(now.nextAttemptInMs);
  return now.state === 'awaitingPickup' && !wasNudged ? portal.deliver(deliveryId) : now;
}
