import type { CounterReceiver } from '../../../domain/delivery/counter-pickup';
import type { Principal } from '../../../domain/shared/principal';
import { accepted, refused } from '../../../domain/shared/result';
import type { PortalReceipt } from '../../../ports/delivery-channel';
import type { DeliveryDesk } from '../../../ports/delivery-desk';
import { DELIVERY_ID } from './fake-ids';

/** Hands over to anybody but a holder of another name, and takes receipts that are signed `right`. */
export class FakeDeliveryDesk implements DeliveryDesk {
  async pickUp(_: Principal, __: string, receiver: CounterReceiver) {
    if (receiver.name === '别人') {
      return refused({
        code: 'pickupRefused' as const,
        problems: [{ pointer: '/receiver', code: 'identityMismatch', expected: '与持证主体一致' }],
      });
    }
    return accepted({ paperId: DELIVERY_ID, paperNumber: '鄂东审服〔2026〕1号' });
  }
  async takeReceipt(_: string, { proof }: PortalReceipt) {
    return proof === 'right' ? accepted(null) : refused({ code: 'receiptNotProven' as const });
  }
  async exempt() {
    return accepted(null);
  }
}
