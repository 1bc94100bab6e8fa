import { openCases } from '../../adapters/postgres/case/open-cases';
import { workflowId } from '../../adapters/temporal/temporal-conductor';
import type { ConductedKind } from '../../ports/conductor';
import type { ActivityName } from '../support/activity-gates';
import { anIssuance, type IssuanceBody } from '../support/builders/issuance-body';
import { eventually } from '../support/case-driver';
import { STORY_MS, withProduct } from '../support/with-product';

const COMPANY_CODE = '91150602MA0DEM013X';
const PAGE = 2;

describe('a case whose workflow Temporal has lost, started again from the register', () => {
  const { product, driver } = withProduct();
  afterEach(() => product().gates.open());

  /** Temporal forgets the case, as when its database is deleted. */
  async function forget(kind: ConductedKind, id: string): Promise<void> {
    const handle = product().temporal.workflow.getHandle(workflowId(kind, id));
    await handle.terminate('the memory of Temporal is lost');
  }

  /** What `npm run resume` does. */
  async function resume(): Promise<void> {
    for await (const page of openCases(product().foundation.register, PAGE)) {
      await Promise.all(page.map(({ kind, id }) => product().conductor.startAgain(kind, id)));
    }
  }

  async function heldAt(gate: ActivityName, when: 'before' | 'after', body: IssuanceBody): Promise<string> {
    product().gates.close(gate, when);
    const id = await driver().submitWithRecord(body);
    await eventually(
      `the line is held at ${gate}`,
      async () => product().gates.hits(gate),
      (hits) => hits > 0,
    );
    return id;
  }

  async function dueInstants(id: string): Promise<readonly unknown[]> {
    return (await driver().deadlines(id)).map(({ key, round, start_at, due_at }) => ({
      key,
      round,
      start_at,
      due_at,
    }));
  }

  /** One certificate, one number, one signature per file, one delivery per holder, which arrives. */
  async function expectOneOfEach(id: string): Promise<void> {
    const issued = await driver().untilState(id, 'issued');
    const [counted] = await driver().rows(
      `select (select count(*)::int from certificate where created_by_issuance_id = $1) as certificates,
              (select count(*)::int from number_record where issuance_id = $1) as numbers,
              (select count(*)::int from seal_signature where certificate_version_id = $2) as signatures,
              (select count(*)::int from sealing_intent where issuance_id = $1 and state = 'open') as open_intents,
              (select count(*)::int from up_report where certificate_version_id = $2) as reports,
              (select count(*)::int from event where case_id = $1 and kind = 'issuance.issue') as issues`,
      [id, issued.certificate?.versionId],
    );
    expect(counted).toEqual({
      certificates: 1,
      numbers: 1,
      signatures: 2,
      open_intents: 0,
      reports: 1,
      issues: 1,
    });
    await eventually(
      'both holders have it',
      () =>
        driver().rows<{ state: string }>('select state from delivery where certificate_version_id = $1', [
          issued.certificate?.versionId,
        ]),
      (rows) => rows.length === 2 && rows.every(({ state }) => state === 'delivered'),
    );
  }

  const LINE: readonly (readonly [ActivityName, 'before' | 'after'])[] = [
    ['admit', 'before'],
    ['admit', 'after'],
    ['compare', 'after'],
    ['openReview', 'after'],
    ['prepare', 'before'],
    ['prepare', 'after'],
    ['seal', 'after'],
    ['correspond', 'after'],
    ['issue', 'after'],
  ];

  it.each(LINE)(
    'lost around %s (%s): the same end and the same deadlines',
    async (gate, when) => {
      const id = await heldAt(gate, when, anIssuance('不动产权证书'));
      const before = await dueInstants(id);
      await forget('issuance', id);
      product().gates.open();
      await resume();
      await expectOneOfEach(id);
      expect(await dueInstants(id)).toEqual(before);
    },
    STORY_MS,
  );

  it(
    'lost under review, also after the decision, before anybody told the case',
    async () => {
      const body = anIssuance('不动产权证书');
      const id = await driver().submit(body);
      await driver().untilState(id, 'underReview');
      const before = await dueInstants(id);
      await forget('issuance', id);
      await driver().review(id, 'approve');
      expect((await driver().view(id)).state).toBe('underReview');
      await resume();
      await expectOneOfEach(id);
      expect(await dueInstants(id)).toEqual(before);
    },
    STORY_MS,
  );

  it(
    'lost while it is sent back: the resubmission finds its way',
    async () => {
      const body = anIssuance('不动产权证书');
      const id = await driver().submit(body);
      await driver().review(id, 'sendBack', '请补正');
      await driver().untilState(id, 'sentBack');
      await forget('issuance', id);
      await resume();
      await driver().layDownRecord(body);
      await driver().resubmit(id, body);
      await expectOneOfEach(id);
    },
    STORY_MS,
  );

  it(
    'lost while it waits for a seal: goes on when the seal is resumed',
    async () => {
      await driver().changeSeal('registration', 'stop');
      const id = await driver().submitWithRecord(anIssuance('不动产权证书'));
      await driver().untilState(id, 'awaitingSeal');
      const before = await dueInstants(id);
      await forget('issuance', id);
      await resume();
      await driver().changeSeal('registration', 'resume');
      await expectOneOfEach(id);
      expect(await dueInstants(id)).toEqual(before);
    },
    STORY_MS,
  );

  it(
    'lost while a delivery waits: delivered once when asked again',
    async () => {
      await driver().tellSimulator('portal', `accounts/${COMPANY_CODE}`, { registered: false });
      const id = await driver().submitWithRecord(anIssuance());
      const { certificate } = await driver().untilState(id, 'issued');
      const delivery = () =>
        driver().rows<{ id: string; state: string }>(
          'select id, state from delivery where certificate_version_id = $1',
          [certificate?.versionId],
        );
      const [held] = await eventually('待领取', delivery, (rows) => rows[0]?.state === 'awaitingPickup');
      await forget('delivery', held?.id ?? '');
      await resume();
      await driver().tellSimulator('portal', `accounts/${COMPANY_CODE}`, { registered: true });
      await product().person('window1')('POST', `/api/v1/deliveries/${held?.id}/retry`);
      await eventually('delivered', delivery, (rows) => rows[0]?.state === 'delivered');
    },
    STORY_MS,
  );

  it(
    'is left alone when it is at its end, and runs once when it is resumed beside a running one',
    async () => {
      const id = await driver().submit(anIssuance());
      await driver().untilState(id, 'underReview');
      const run = async () =>
        (await product().temporal.workflow.getHandle(workflowId('issuance', id)).describe()).runId;
      const before = await run();
      await resume();
      expect(await run()).toBe(before);
    },
    STORY_MS,
  );
});
