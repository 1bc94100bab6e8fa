import { aFileBody, problemOf } from '../support/api-client';
import { anIssuance, type SampleName } from '../support/builders/issuance-body';
import { eventually } from '../support/case-driver';
import { STORY_MS, withProduct } from '../support/with-product';

const COMPANY_CODE = '91150602MA0DEM013X';
const DAY_MS = 24 * 3_600_000;

interface DeliveryRow extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly state: string;
  readonly holder_ordinal: number;
  readonly reminders: number;
  readonly proof: string | null;
  readonly portal_receipt: string | null;
}

describe('a delivery (art. 9)', () => {
  const { product, driver } = withProduct();
  afterEach(async () => {
    await driver().tellSimulator('portal', `accounts/${COMPANY_CODE}`, { registered: true });
  });

  async function deliveriesOf(issuanceId: string): Promise<readonly DeliveryRow[]> {
    const { certificate } = await driver().untilState(issuanceId, 'issued');
    return driver().rows<DeliveryRow>(
      `select id, state, holder_ordinal, reminders, proof, portal_receipt from delivery
       where certificate_version_id = $1 order by holder_ordinal`,
      [certificate?.versionId],
    );
  }

  async function untilState(issuanceId: string, state: string): Promise<DeliveryRow> {
    const rows = await eventually(
      `the delivery of ${issuanceId} is ${state}`,
      () => deliveriesOf(issuanceId),
      ([row]) => row?.state === state,
    );
    const [row] = rows;
    if (row === undefined) throw new Error('the issue opened no delivery');
    return row;
  }

  async function held(
    name: SampleName = '道路运输证',
  ): Promise<DeliveryRow & { readonly issuanceId: string }> {
    await driver().tellSimulator('portal', `accounts/${COMPANY_CODE}`, { registered: false });
    const issuanceId = await driver().submitWithRecord(anIssuance(name));
    return { ...(await untilState(issuanceId, 'awaitingPickup')), issuanceId };
  }

  function act(username: string, id: string, what: string, body: unknown) {
    return product().person(username)('POST', `/api/v1/deliveries/${id}/${what}`, { body });
  }

  async function authorisation(): Promise<string> {
    const scan = aFileBody('授权委托书.pdf', Buffer.from('%PDF-1.7\n'));
    const stored = await product().person('window1')('POST', '/api/v1/attachments', {
      ...scan,
      headers: { ...scan.headers, 'idempotency-key': 'authorisation-0001' },
    });
    const { id }: { id: string } = JSON.parse(stored.text);
    return id;
  }

  it(
    'to somebody the portal does not know opens the ten days of 待领取 and a task, and stops the office’s hour',
    async () => {
      const { id } = await held();
      const clocks = await driver().rows(
        `select key, state from deadline where case_kind = 'delivery' and case_id = $1 order by key`,
        [id],
      );
      expect(clocks).toEqual([
        { key: 'DELIVERY', state: 'met' },
        { key: 'LICENCE_DELIVERY', state: 'running' },
        { key: 'PENDING_PICKUP', state: 'running' },
      ]);
      const task = await driver().task(id, 'window1');
      expect(task.kind).toBe('pickup');
    },
    STORY_MS,
  );

  it(
    'is handed over at the counter to an agent with an authorisation only, against a numbered 送达回证; the portal still delivers later',
    async () => {
      const { id, issuanceId } = await held();
      const receiver = { kind: 'holder', name: '演示运输有限公司', code: COMPANY_CODE };
      expect(problemOf(await act('window1', id, 'pickups', { receiver }))).toMatchObject({
        status: 422,
        pointers: ['/receiver/kind'],
      });
      const agent = { kind: 'agent', name: '乌云𠅤', code: '150699198503120121' };
      expect(problemOf(await act('window1', id, 'pickups', { receiver: agent })).pointers).toEqual([
        '/receiver/authorisationAttachmentId',
      ]);
      expect(problemOf(await act('reviewer1', id, 'pickups', { receiver: agent })).status).toBe(403);
      const proven = { ...agent, authorisationAttachmentId: await authorisation() };
      const handed = await act('window1', id, 'pickups', { receiver: proven });
      expect(handed.body).toMatchObject({
        state: 'pickedUp',
        paper: { number: expect.stringMatching(/〔\d{4}〕\d+号$/) },
      });
      const again = await act('window1', id, 'pickups', { receiver: proven });
      const { paper }: { paper: { id: string; number: string } } = JSON.parse(again.text);
      expect(handed.body).toMatchObject({ paper });
      const page = await product().person('window1')('GET', `/api/v1/official-papers/${paper.id}`, {
        headers: { accept: 'text/html', 'use-purpose': 'archive' },
      });
      expect(page.text).toContain('电子证照送达回证');
      expect(page.text).toContain('乌云𠅤（代理人）');
      await driver().tellSimulator('portal', `accounts/${COMPANY_CODE}`, { registered: true });
      expect((await act('window1', id, 'retry', undefined)).status).toBe(202);
      await untilState(issuanceId, 'delivered');
    },
    STORY_MS,
  );

  it(
    'waits for the receipt that the portal sends by itself, and takes none that the portal did not sign',
    async () => {
      await driver().tellSimulator('portal', `accounts/${COMPANY_CODE}`, { receipt: 'later' });
      const issuanceId = await driver().submitWithRecord(anIssuance());
      const waiting = await untilState(issuanceId, 'awaitingReceipt');
      const forged = await product().anonymous('POST', `/api/v1/deliveries/${waiting.id}/receipts`, {
        body: { receipt: 'MSB0', proof: '{"deliveryId":"x"}', proofSignature: 'MAYCAQECAQE=' },
      });
      expect(problemOf(forged)).toMatchObject({ status: 422, code: 'receiptNotProven' });
      await driver().tellSimulator('portal', 'callback', { url: `${product().origin}/api/v1` });
      const second = await driver().submitWithRecord(anIssuance());
      const delivered = await untilState(second, 'delivered');
      expect(delivered.portal_receipt).toMatch(/^MSB/);
      product().clock.advance(3_600_000);
      for (const username of ['window1', 'reviewer1']) product().signInAgain(username);
      await product().conductor.tell('delivery', waiting.id);
      await untilState(issuanceId, 'delivered');
    },
    STORY_MS,
  );

  it(
    'is one for each co-owner: who is not registered holds nobody else up, and has his own when he is',
    async () => {
      const body = anIssuance('不动产权证书');
      const [, second] = body['holders'] as readonly { readonly code: string }[];
      await driver().tellSimulator('portal', `accounts/${second?.code}`, { registered: false });
      const issuanceId = await driver().submitWithRecord(body);
      const states = (rows: readonly DeliveryRow[]) => rows.map(({ state }) => state).join(' ');
      const [, held] = await eventually(
        'one has it, the other is waited for',
        () => deliveriesOf(issuanceId),
        (rows) => states(rows) === 'delivered awaitingPickup',
      );
      await driver().tellSimulator('portal', `accounts/${second?.code}`, { registered: true });
      expect((await act('window1', held?.id ?? '', 'retry', undefined)).status).toBe(202);
      const rows = await eventually(
        'both have it',
        () => deliveriesOf(issuanceId),
        (all) => states(all) === 'delivered delivered',
      );
      expect(new Set(rows.map(({ portal_receipt }) => portal_receipt)).size).toBe(2);
    },
    STORY_MS,
  );

  it(
    'that the law exempts is recorded with its basis by a reviewer, and nothing waits for it any more',
    async () => {
      const { id } = await held();
      const exemption = { legalBasis: '《某法》第十条', documentNumber: null, reason: '涉及未公开信息' };
      expect(problemOf(await act('window1', id, 'exempt', exemption)).status).toBe(403);
      expect((await act('reviewer1', id, 'exempt', exemption)).body).toMatchObject({ state: 'exempted' });
      const open = await driver().rows(
        `select key from deadline where case_kind = 'delivery' and case_id = $1 and state = 'running'`,
        [id],
      );
      expect(open).toEqual([]);
    },
    STORY_MS,
  );

  it(
    'reminds the holder while the portal is asked in vain day by day',
    async () => {
      const { id, issuanceId } = await held();
      product().clock.advance(DAY_MS);
      await product().conductor.tell('delivery', id);
      await eventually(
        'reminded once',
        () => deliveriesOf(issuanceId),
        ([row]) => row?.reminders === 1,
      );
      const notices = await driver().rows('select title from notice where natural_key = $1', [
        `delivery/${id}/reminder/1`,
      ]);
      expect(notices).toEqual([{ title: '您有电子证照待领取' }]);
    },
    STORY_MS,
  );
});
