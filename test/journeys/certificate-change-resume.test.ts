import { openCases } from '../../adapters/postgres/case/open-cases';
import { workflowId } from '../../adapters/temporal/temporal-conductor';
import type { ConductedKind } from '../../ports/conductor';
import type { ActivityName } from '../support/activity-gates';
import { anIssuance } from '../support/builders/issuance-body';
import { eventually } from '../support/case-driver';
import { aBusinessLicence, ChangeDriver, changeOf, nextVersion } from '../support/change-driver';
import { STORY_MS, withProduct } from '../support/with-product';

const PAGE = 2;

describe('a change whose workflow Temporal has lost, started again from the register', () => {
  const { product } = withProduct();
  const driver = () => new ChangeDriver(product());
  afterEach(() => product().gates.open());

  async function forget(kind: ConductedKind, id: string): Promise<void> {
    await product()
      .temporal.workflow.getHandle(workflowId(kind, id))
      .terminate('the memory of Temporal is lost');
  }

  async function resume(): Promise<void> {
    for await (const page of openCases(product().foundation.register, PAGE)) {
      await Promise.all(page.map(({ kind, id }) => product().conductor.startAgain(kind, id)));
    }
  }

  function deadlines(id: string) {
    return driver().rows(
      "select key, round, start_at, due_at from deadline where case_kind = 'certificateChange' and case_id = $1 order by key, round",
      [id],
    );
  }

  /** A licence in force, which is always reviewed, and the amendment that an operator asks for. */
  async function underReview() {
    const body = aBusinessLicence();
    const issuance = await driver().submitWithRecord(body);
    await driver().review(issuance, 'approve');
    const { certificate } = await driver().untilState(issuance, 'issued');
    const next = nextVersion(body, { face: { 经营范围: '道路危险货物运输' } });
    await driver().layDownRecord(next);
    const asked = await driver().askAs('operator1', certificate?.id ?? '', 'amendments', next);
    const { id } = changeOf(asked);
    await started('certificateChange', id);
    return { id, next };
  }

  /** Until the workflow runs, so that there is something to lose. */
  async function started(kind: ConductedKind, id: string): Promise<void> {
    await eventually(
      `${kind} ${id} runs`,
      async () => {
        const handle = product().temporal.workflow.getHandle(workflowId(kind, id));
        return handle.describe().then(
          ({ status }) => status.name === 'RUNNING',
          () => false,
        );
      },
      (isRunning) => isRunning,
    );
  }

  it(
    'under review, also after the decision: approved and produced once, by the same deadlines',
    async () => {
      const { id } = await underReview();
      const before = await deadlines(id);
      await forget('certificateChange', id);
      await driver().review(id, 'approve');
      await resume();
      const done = await driver().untilChange(id, 'done');
      expect(done.newVersion?.version).toBe('002');
      expect(await deadlines(id)).toEqual(before);
    },
    STORY_MS,
  );

  it(
    'sent back: the resubmission finds its way',
    async () => {
      const { id, next } = await underReview();
      await driver().review(id, 'sendBack', '请补正');
      await driver().untilChange(id, 'sentBack');
      await forget('certificateChange', id);
      await resume();
      await product().person('operator1')('POST', `/api/v1/certificate-changes/${id}/resubmit`, {
        body: next,
      });
      await driver().review(id, 'approve');
      expect((await driver().untilChange(id, 'done')).newVersion?.version).toBe('002');
    },
    STORY_MS,
  );

  it.each([
    ['admit', 'before'],
    ['prepare', 'after'],
    ['seal', 'after'],
    ['issue', 'before'],
    ['issue', 'after'],
  ] as const satisfies readonly (readonly [ActivityName, 'before' | 'after'])[])(
    'in production, held around %s (%s): one version, one signature per file, one report',
    async (gate, when) => {
      const body = anIssuance();
      const certificateId = await driver().issued(body);
      const next = nextVersion(body);
      await driver().layDownRecord(next);
      product().gates.close(gate, when);
      const change = await driver().change(certificateId, 'amendments', next);
      await eventually(
        `held at ${gate}`,
        async () => product().gates.hits(gate),
        (hits) => hits > 0,
      );
      await forget('issuance', change.issuance?.id ?? '');
      product().gates.open();
      await resume();
      const done = await driver().untilChange(change.id, 'done');
      const counted = await driver().rows(
        `select (select count(*)::int from certificate_version where certificate_id = $1 and issued_at is not null) as versions,
                (select count(*)::int from certificate_version where certificate_id = $1 and state = 'inForce') as live,
                (select count(*)::int from seal_signature where certificate_version_id = $2) as signatures,
                (select count(*)::int from up_report where certificate_version_id = $2) as reports`,
        [certificateId, done.newVersion?.versionId],
      );
      expect(counted).toEqual([{ versions: 2, live: 1, signatures: 2, reports: 1 }]);
    },
    STORY_MS,
  );
});
