import type { DeliveryPortal, PortalAnswer, PortalDelivery } from '../../../ports/delivery-channel';

/** The portal, which may be down for a while, and what it knows of its users. */
export class PortalSwitch implements DeliveryPortal {
  isDown = false;
  readonly #portal: DeliveryPortal;
  readonly #baseUrl: string;

  constructor(portal: DeliveryPortal, baseUrl: string) {
    this.#portal = portal;
    this.#baseUrl = baseUrl;
  }

  deliver(delivery: PortalDelivery): Promise<PortalAnswer> {
    if (this.isDown) return Promise.reject(new Error('the portal does not answer'));
    return this.#portal.deliver(delivery);
  }

  /** What the portal's own register says of a code. */
  async tellAccount(code: string, account: object): Promise<void> {
    const answer = await fetch(`${this.#baseUrl}/control/accounts/${encodeURIComponent(code)}`, {
      method: 'PUT',
      body: JSON.stringify(account),
    });
    if (!answer.ok) throw new Error(`the portal refused an account: ${answer.status}`);
  }
}
