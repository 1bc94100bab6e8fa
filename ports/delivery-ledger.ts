import type { DeliveryState } from '../domain/delivery/lifecycle';
import type { PortalAnswer, PortalDelivery } from './delivery-channel';

export interface DeliveryStanding {
  readonly state: DeliveryState;
  /** Nothing has to be done any more. */
  readonly isClosed: boolean;
  /** The portal is to be asked now. */
  readonly isAttemptDue: boolean;
  /** Milliseconds, by the register's clock, until time makes something due; null when nothing does. */
  readonly lookAgainInMs: number | null;
}

/** Step ⑦ as its activity sees the register. */
export interface DeliveryLedger {
  /** Rings the clocks that are due, reminds the holder, and says what is to be done. Idempotent. */
  settle(deliveryId: string): Promise<DeliveryStanding>;
  /** What to hand to the portal, without the file; null when the delivery is closed. */
  order(deliveryId: string): Promise<Omit<PortalDelivery, 'ofd'> | null>;
  /** Stores the portal's answer with its proof unaltered, tells the holder, or opens 待领取. Idempotent. */
  recordAnswer(deliveryId: string, answer: PortalAnswer): Promise<DeliveryStanding>;
  /** Shows people that the channel is not answering. */
  recordFault(deliveryId: string, reason: string): Promise<void>;
}
