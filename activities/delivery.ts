import type { DeliveryPortal } from '../ports/delivery-channel';
import type { DeliveryLedger, DeliveryStanding } from '../ports/delivery-ledger';
import type { FileStore } from '../ports/file-store';

/** Step ⑦ as its workflow calls it. */
export interface DeliveryActivities {
  deliver(deliveryId: string): Promise<DeliveryStanding>;
  settleDelivery(deliveryId: string): Promise<DeliveryStanding>;
}

export interface DeliveryPorts {
  readonly ledger: DeliveryLedger;
  readonly portal: DeliveryPortal;
  readonly files: FileStore;
}

/** Hands a sealed file to the portal (art. 9); the portal answers the same for the same delivery, so repeating is safe. */
export function createDeliveryActivities({ ledger, portal, files }: DeliveryPorts): DeliveryActivities {
  return {
    settleDelivery: (deliveryId) => ledger.settle(deliveryId),
    async deliver(deliveryId) {
      const order = await ledger.order(deliveryId);
      if (order === null) return ledger.settle(deliveryId);
      const ofd = await files.get(order.fileDigest);
      if (ofd === null)
        throw new Error(`file ${order.fileDigest} of delivery ${deliveryId} is not in the store`);
      try {
        return await ledger.recordAnswer(deliveryId, await portal.deliver({ ...order, ofd }));
      } catch (fault) {
        await ledger.recordFault(deliveryId, fault instanceof Error ? fault.message : 'unknown fault');
        throw fault;
      }
    },
  };
}
