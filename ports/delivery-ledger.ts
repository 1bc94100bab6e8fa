import type { DeliveryState } from '../domain/delivery/lifecycle';
import type { PortalAnswer, PortalDelivery } from './delivery-channel';

export interface DeliveryStanding {
  readonly state: DeliveryState;
  /** Milliseconds, by the register's clock, until the next try of one that waits to be picked up; null when none is planned. */
  readonly nextAttemptInMs: number | null;
}

/** Step ⑦ as its activity sees the register. */
export interface DeliveryLedger {
  whereItStands(deliveryId: string): Promise<DeliveryStanding>;
  /** What to hand to the portal, without the file; null when the delivery is closed. */
  order(deliveryId: string): Promise<Omit<PortalDelivery, 'ofd'> | null>;
  /** Stores the portal's answer with its proof unaltered, tells the holder, or opens 待领取. Idempotent. */
  recordAnswer(deliveryId: string, answer: PortalAnswer): Promise<DeliveryStanding>;
  /** Shows people that the channel is not answering. */
  recordFault(deliveryId: string, reason: string): Promise<void>;
}
