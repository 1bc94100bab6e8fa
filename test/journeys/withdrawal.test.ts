import type { ActivityName } from '../support/activity-gates';
import { problemOf } from '../support/api-client';
import { anIssuance, type IssuanceBody } from '../support/builders/issuance-body';
import { eventually } from '../support/case-driver';
import { STORY_MS, withProduct } from '../support/with-product';

interface NumberRow extends Readonly<Record<string, unknown>> {
  readonly number: string;
  readonly state: string;
  readonly gap_reason: string | null;
}

describe('a case that its initiator withdraws', () => {
  const { product, driver } = withProduct();
  afterEach(() => product().gates.open());

  async function heldAt(gate: ActivityName, body: IssuanceBody): Promise<string> {
    product().gates.close(gate);
    const id = await driver().submitWithRecord(body);
    await eventually(
      `the line is held at ${gate}`,
      async () => product().gates.hits(gate),
      (hits) => hits > 0,
    );
    return id;
  }

  function numberOf(issuanceId: string): Promise<readonly NumberRow[]> {
    return driver().rows<NumberRow>(
      'select number, state, gap_reason from number_record where issuance_id = $1',
      [issuanceId],
    );
  }

  async function expectGone(id: string): Promise<void> {
    const view = await driver().untilState(id, 'withdrawn');
    expect(view).toMatchObject({
      stateReason: { code: 'withdrawn', detail: '申请人撤回' },
      certificate: null,
    });
    const left = await driver().rows<{ left: number }>(
      `select (select count(*) from uniqueness_reservation where issuance_id = $1)
            + (select count(*) from sealing_intent where issuance_id = $1 and state = 'open')
            + (select count(*) from task where case_id = $1 and state <> 'closed')
            + (select count(*) from deadline where case_id = $1 and state in ('running', 'awaitingCalendar'))
            + (select count(*) from delivery d join issuance i on i.certificate_version_id = d.certificate_version_id
               where i.id = $1) as left`,
      [id],
    );
    expect(Number(left[0]?.left)).toBe(0);
  }

  it.each(['admit', 'compare', 'openReview', 'prepare', 'seal'] as const)(
    'held before %s, is withdrawn and leaves nothing open, also when the step comes through late',
    async (gate) => {
      const body = anIssuance('不动产权证书');
      const id = await heldAt(gate, body);
      expect((await driver().withdraw(id)).status).toBe(200);
      product().gates.open();
      await expectGone(id);
      await eventually(
        'the workflow ends',
        () => product().temporal.workflow.getHandle(`issuance/${id}`).describe(),
        ({ status }) => status.name === 'COMPLETED',
      );
      await expectGone(id);
      if (gate === 'seal') {
        expect(await numberOf(id)).toEqual([
          expect.objectContaining({ state: 'gap', gap_reason: '撤件：申请人撤回' }),
        ]);
      }
    },
    STORY_MS,
  );

  it(
    'under review or sent back, is withdrawn, and its task disappears from the inbox',
    async () => {
      for (const decision of [null, 'sendBack'] as const) {
        const id = await driver().submit(anIssuance());
        await driver().untilState(id, 'underReview');
        if (decision !== null) {
          await driver().review(id, decision, '请补正');
          await driver().untilState(id, 'sentBack');
        }
        expect((await driver().withdraw(id)).status).toBe(200);
        await expectGone(id);
      }
    },
    STORY_MS,
  );

  it(
    'gives the agency its number and its subject back',
    async () => {
      const body = anIssuance();
      const id = await heldAt('seal', body);
      await driver().withdraw(id);
      product().gates.open();
      await expectGone(id);
      const again = await driver().submitWithRecord({ ...body, businessNumber: `${body.businessNumber}-2` });
      const { certificate } = await driver().untilState(again, 'issued');
      expect(certificate?.number).toBe(body.face['道路运输证号']);
    },
    STORY_MS,
  );

  it(
    'gives the next number after a gap, never the same again',
    async () => {
      const first = await heldAt('seal', anIssuance('不动产权证书'));
      await driver().withdraw(first);
      product().gates.open();
      await driver().untilState(first, 'withdrawn');
      const second = await driver().submitWithRecord(anIssuance('不动产权证书'));
      const { certificate } = await driver().untilState(second, 'issued');
      const [gap] = await numberOf(first);
      expect(certificate?.number).not.toBe(gap?.number);
    },
    STORY_MS,
  );

  it.each(['correspond', 'issue'] as const)(
    'is refused once it is sealed (held before %s), and is issued',
    async (gate) => {
      const id = await heldAt(gate, anIssuance());
      expect(problemOf(await driver().withdraw(id))).toMatchObject({ status: 409, code: 'alreadySealed' });
      product().gates.open();
      await driver().untilState(id, 'issued');
      expect(problemOf(await driver().withdraw(id))).toMatchObject({ status: 409, code: 'alreadySealed' });
    },
    STORY_MS,
  );
});
