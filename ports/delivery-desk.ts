import type { CounterReceiver } from '../domain/delivery/counter-pickup';
import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import type { PortalReceipt } from './delivery-channel';

export interface DeliveryExemption {
  /** The law and its article. */
  readonly legalBasis: string;
  /** 文号 of the finding; null where the law itself exempts. */
  readonly documentNumber: string | null;
  readonly reason: string;
}

/** What people and the portal do about a delivery (art. 9). */
export interface DeliveryDesk {
  /**
   * 窗口领取 by a window clerk who checked the identity. The 送达回证 gets its number in the same transaction. The same
   * hand-over again is accepted. It supplements the portal and never counts as its delivery.
   */
  pickUp(
    principal: Principal,
    deliveryId: string,
    receiver: CounterReceiver,
  ): Promise<Result<{ readonly paperId: string; readonly paperNumber: string }, Refusal>>;
  /** A receipt that the portal sends by itself; trusted by its signature alone. The same receipt again is accepted. */
  takeReceipt(deliveryId: string, receipt: PortalReceipt): Promise<Result<null, Refusal>>;
  /** 依法免予送达, by a reviewer; recorded with its basis. */
  exempt(
    principal: Principal,
    deliveryId: string,
    exemption: DeliveryExemption,
  ): Promise<Result<null, Refusal>>;
}
