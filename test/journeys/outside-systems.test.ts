import { anIssuance } from '../support/builders/issuance-body';
import { eventually } from '../support/case-driver';
import { STORY_MS, withProduct } from '../support/with-product';

const COMPANY_CODE = '91150602MA0DEM013X';

interface DeliveryRow extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly portal_receipt: string | null;
}

describe('an issuance while the outside world fails', () => {
  const { product, driver } = withProduct();
  afterEach(async () => {
    for (const name of ['agency', 'portal'] as const) {
      await driver().tellSimulator(name, 'faults', { mode: 'none' });
    }
    await driver().tellSimulator('portal', `accounts/${COMPANY_CODE}`, { registered: true });
  });

  async function deliveryOf(issuanceId: string): Promise<DeliveryRow> {
    const { certificate } = await driver().untilState(issuanceId, 'issued');
    const [row] = await driver().rows<DeliveryRow>(
      'select id, state, attempts, last_error, portal_receipt from delivery where certificate_version_id = $1',
      [certificate?.versionId],
    );
    if (row === undefined) throw new Error('the issue opened no delivery');
    return row;
  }

  function untilDelivery(issuanceId: string, holds: (row: DeliveryRow) => boolean): Promise<DeliveryRow> {
    return eventually(`the delivery of ${issuanceId}`, () => deliveryOf(issuanceId), holds);
  }

  it.each(['down', 'error500', 'garbage', 'cutHalfWay'] as const)(
    'waits visibly while the agency answers %s, never skips the comparison, and goes on by itself',
    async (mode) => {
      const body = anIssuance();
      await driver().layDownRecord(body);
      await driver().tellSimulator('agency', 'faults', { mode });
      const id = await driver().submit(body);
      const waiting = await driver().untilWaitingFor(id, 'agencyUnavailable');
      expect(waiting.state).toBe('comparing');
      await driver().tellSimulator('agency', 'faults', { mode: 'none' });
      const issued = await driver().untilState(id, 'issued');
      expect(issued.waitingFor).toBeNull();
      const [row] = await driver().rows('select comparison_outcome from issuance where id = $1', [id]);
      expect(row).toEqual({ comparison_outcome: 'same' });
    },
    STORY_MS,
  );

  it(
    'is delivered as soon as the portal is well again, once, with its receipt and proof',
    async () => {
      await driver().tellSimulator('portal', 'faults', { mode: 'error500' });
      const id = await driver().submitWithRecord(anIssuance());
      const refused = await untilDelivery(id, ({ attempts }) => attempts >= 2);
      expect(refused.portal_receipt).toBeNull();
      await driver().tellSimulator('portal', 'faults', { mode: 'none' });
      const delivered = await untilDelivery(id, ({ state }) => state === 'delivered');
      expect(delivered.attempts).toBeGreaterThan(refused.attempts);
      expect(delivered.portal_receipt).toMatch(/^MSB/);
    },
    STORY_MS,
  );

  it(
    'is 待领取 while the holder is not registered, and delivered when somebody asks again after the registration',
    async () => {
      await driver().tellSimulator('portal', `accounts/${COMPANY_CODE}`, { registered: false });
      const id = await driver().submitWithRecord(anIssuance());
      const held = await untilDelivery(id, ({ state }) => state === 'awaitingPickup');
      await driver().tellSimulator('portal', `accounts/${COMPANY_CODE}`, { registered: true });
      const retried = await product().person('window1')('POST', `/api/v1/deliveries/${held.id}/retry`);
      expect(retried.status).toBe(202);
      await untilDelivery(id, ({ state }) => state === 'delivered');
    },
    STORY_MS,
  );

  it(
    'is not delivered to a wrong person: the window clerks are told, and a retry after the correction delivers',
    async () => {
      await driver().tellSimulator('portal', `accounts/${COMPANY_CODE}`, { registered: true, name: '别人' });
      const id = await driver().submitWithRecord(anIssuance());
      const wrong = await untilDelivery(id, ({ state }) => state === 'wrongPerson');
      expect(wrong.last_error).toContain('不一致');
      const told = await driver().rows('select recipient_role from notice where natural_key like $1', [
        `delivery/${wrong.id}/wrongPerson/%`,
      ]);
      expect(told).toEqual([{ recipient_role: 'windowClerk' }]);
      await driver().tellSimulator('portal', `accounts/${COMPANY_CODE}`, { registered: true, name: null });
      await product().person('window1')('POST', `/api/v1/deliveries/${wrong.id}/retry`);
      await untilDelivery(id, ({ state }) => state === 'delivered');
    },
    STORY_MS,
  );
});
