import { openCases } from '../../adapters/postgres/case/open-cases';
import { workflowId } from '../../adapters/temporal/temporal-conductor';
import type { AnomalyState } from '../../domain/anomaly/lifecycle';
import { AnomalyDriver, type IssuedCertificate } from '../support/anomaly-driver';
import { eventually } from '../support/case-driver';
import { STORY_MS, withProduct } from '../support/with-product';

const RIGHT = '重型普通货车';
const PAGE = 2;

describe('an anomaly case whose workflow Temporal has lost, started again from the register', () => {
  const { product, driver } = withProduct();
  const anomalies = () => new AnomalyDriver(product(), driver());
  afterEach(() => product().gates.open());

  async function forget(id: string): Promise<void> {
    const handle = product().temporal.workflow.getHandle(workflowId('anomalyCase', id));
    await handle.terminate('the memory of Temporal is lost');
  }

  async function resume(): Promise<void> {
    for await (const page of openCases(product().foundation.register, PAGE)) {
      await Promise.all(page.map(({ kind, id }) => product().conductor.startAgain(kind, id)));
    }
  }

  async function runs(id: string): Promise<boolean> {
    try {
      const { status } = await product()
        .temporal.workflow.getHandle(workflowId('anomalyCase', id))
        .describe();
      return status.name === 'RUNNING';
    } catch {
      return false;
    }
  }

  /** What brings a case into each state in which it may stand when Temporal forgets it. */
  const WAYS: Readonly<
    Partial<Record<AnomalyState, (id: string, certificate: IssuedCertificate) => Promise<void>>>
  > = {
    filed: async () => undefined,
    investigating: (id) => anomalies().acted(id, 'accept', {}),
    awaitingEvidence: async (id) => {
      await anomalies().acted(id, 'accept', {});
      await anomalies().acted(id, 'send-back', { reason: '请补充' });
    },
    correcting: async (id, certificate) => {
      await anomalies().acted(id, 'accept', {});
      await driver().layDownRecord({
        ...certificate.body,
        face: { ...certificate.body.face, 车辆类型: RIGHT },
      });
      product().gates.close('seal');
      await anomalies().acted(id, 'decide', {
        decision: 'correct',
        reason: '有误',
        corrections: { 车辆类型: RIGHT },
      });
    },
    replying: async (id) => {
      await anomalies().acted(id, 'accept', {});
      await anomalies().acted(id, 'decide', { decision: 'uphold', reason: '无误' });
    },
    awaitingReceipt: async (id) => {
      await anomalies().acted(id, 'accept', {});
      await anomalies().acted(id, 'decide', { decision: 'uphold', reason: '无误' });
      await anomalies().acted(id, 'reply');
    },
  };

  /** From wherever it stands to its end, by people alone. */
  async function finish(id: string): Promise<void> {
    const { state } = await anomalies().view(id);
    if (state === 'filed') await anomalies().acted(id, 'accept', {});
    if (state === 'awaitingEvidence') {
      await anomalies().acted(id, 'supply-evidence', { explanation: '见附件' }, 'company1');
    }
    if (state === 'filed' || state === 'awaitingEvidence' || state === 'investigating') {
      await anomalies().acted(id, 'decide', { decision: 'uphold', reason: '无误' });
    }
    await anomalies().untilState(id, state === 'awaitingReceipt' ? 'awaitingReceipt' : 'replying');
    if (state !== 'awaitingReceipt') await anomalies().acted(id, 'reply');
    await anomalies().get(id, '/replies', 'company1');
    await anomalies().untilState(id, 'closed');
  }

  it.each(Object.keys(WAYS) as AnomalyState[])(
    'lost while it is %s: the same clocks, and the same end',
    async (state) => {
      const certificate = await anomalies().certificate();
      const { id } = await anomalies().filed('company1', anomalies().objection(certificate));
      await WAYS[state]?.(id, certificate);
      await anomalies().untilState(id, state);
      await eventually('conducted', () => runs(id), Boolean);
      const before = await anomalies().deadlines(id);
      await forget(id);
      product().gates.open();
      await resume();
      const kept = before.map(({ key, round, start_at: startAt }) => [key, round, startAt]);
      const now = await anomalies().deadlines(id);
      expect(now.slice(0, kept.length).map(({ key, round, start_at: at }) => [key, round, at])).toEqual(
        state === 'correcting' ? expect.arrayContaining(kept.slice(0, 1)) : kept,
      );
      await finish(id);
      expect(await anomalies().publicMarks(certificate)).toEqual([]);
      const [events] = await driver().rows<{ n: number }>(
        `select count(*)::int as n from event where case_id = $1 and kind = 'anomalyCase.receive'`,
        [id],
      );
      expect(events).toEqual({ n: 1 });
    },
    STORY_MS,
  );
});
