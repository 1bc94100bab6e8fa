import { AnomalyDriver } from '../support/anomaly-driver';
import { problemOf } from '../support/api-client';
import { eventually } from '../support/case-driver';
import { STORY_MS, withProduct } from '../support/with-product';

const RIGHT = '重型普通货车';

describe('an objection to the data of a certificate', () => {
  const { product, driver } = withProduct();
  const anomalies = () => new AnomalyDriver(product(), driver());

  it(
    'of the holder is accepted, investigated and upheld; the certificate carries 核查中 until it is settled',
    async () => {
      const certificate = await anomalies().certificate();
      expect(await anomalies().publicMarks(certificate)).toEqual([]);
      const filed = await anomalies().filed('company1', anomalies().objection(certificate));
      expect(filed).toMatchObject({ state: 'filed', fields: ['车辆类型'] });
      expect(await anomalies().publicMarks(certificate)).toEqual(['underInvestigation']);
      await anomalies().acted(filed.id, 'accept', {});
      const comparison = await anomalies().get<{ record: object; fields: readonly object[] }>(
        filed.id,
        '/comparison',
      );
      expect(comparison).toMatchObject({
        record: { outcome: 'found' },
        fields: [
          {
            field: '车辆类型',
            registered: '重型半挂牵引车',
            claims: [{ value: RIGHT }],
            recorded: '重型半挂牵引车',
            agrees: true,
          },
        ],
      });
      await anomalies().acted(filed.id, 'decide', { decision: 'uphold', reason: '与业务档案一致' });
      expect(await anomalies().publicMarks(certificate)).toEqual([]);
      await anomalies().acted(filed.id, 'reply');
      expect((await anomalies().view(filed.id)).state).toBe('awaitingReceipt');
      const mine = await anomalies().get<{
        replies: readonly { number: string; paragraphs: readonly string[] }[];
      }>(filed.id, '/replies', 'company1');
      expect(mine.replies[0]?.number).toMatch(/〔2026〕\d+号$/);
      expect(mine.replies[0]?.paragraphs.join()).toContain('予以维持');
      const closed = await anomalies().untilState(filed.id, 'closed');
      expect(closed).toMatchObject({ conclusion: 'upheld', objections: [{ receivedHow: 'opened' }] });
      expect((await anomalies().deadlines(filed.id)).map(({ key, state }) => [key, state])).toEqual([
        ['ANOMALY_ACCEPT', 'met'],
        ['ANOMALY_DECIDE', 'met'],
        ['ANOMALY_REPLY', 'met'],
        ['ANOMALY_UNREACHABLE', 'met'],
      ]);
    },
    STORY_MS,
  );

  it(
    'that is right is corrected: the case ends with the new version in force, and everyone who used the wrong field is told once',
    async () => {
      const certificate = await anomalies().certificate();
      const operator = product().person('operator1');
      const read = `/api/v1/certificates/${certificate.id}/face?purpose=${encodeURIComponent('核对车辆')}`;
      expect((await operator('GET', read)).status).toBe(200);
      expect((await product().agency('GET', read)).status).toBe(200);
      expect((await product().person('company1')('GET', read)).status).toBe(200);
      const filed = await anomalies().filed('company1', anomalies().objection(certificate));
      await anomalies().acted(filed.id, 'accept', {});
      await driver().layDownRecord({
        ...certificate.body,
        face: { ...certificate.body.face, 车辆类型: RIGHT },
      });
      await anomalies().acted(filed.id, 'decide', {
        decision: 'correct',
        reason: '行驶证所载车辆类型与登记不符',
        corrections: { 车辆类型: RIGHT },
      });
      const replying = await anomalies().untilState(filed.id, 'replying');
      expect(replying.conclusion).toBe('corrected');
      const [version] = await driver().rows<{
        version: string;
        state: string;
        marks: string[];
        masked_face: object;
      }>(
        `select version, state, marks, masked_face from certificate_version where certificate_id = $1 and state = 'inForce'`,
        [certificate.id],
      );
      expect(version).toMatchObject({ version: '002', marks: [], masked_face: { 车辆类型: RIGHT } });
      const uses = await anomalies().get<{
        users: readonly { principalKind: string; purposes: readonly string[]; toldAt: string | null }[];
        anonymousVerifications: number;
      }>(filed.id, '/affected-uses');
      expect(uses.users.map(({ principalKind, toldAt }) => [principalKind, toldAt !== null])).toEqual([
        ['person', true],
        ['agency', true],
      ]);
      const told = await driver().rows<{ n: number }>(
        `select count(*)::int as n from notice where natural_key like $1`,
        [`anomalyCase/${filed.id}/user/%`],
      );
      expect(told).toEqual([{ n: 2 }]);
      await anomalies().acted(filed.id, 'reply');
      await anomalies().get(filed.id, '/replies', 'company1');
      expect(await anomalies().untilState(filed.id, 'closed')).toMatchObject({ toldUsers: 2 });
    },
    STORY_MS,
  );

  it(
    'joins the open case about the same field, and both objectors get the same reply',
    async () => {
      const certificate = await anomalies().certificate();
      const first = await anomalies().filed('company1', anomalies().objection(certificate));
      const second = await anomalies().file('partner1', {
        ...anomalies().objection(certificate, { identifier: certificate.identifier }),
        certificateId: undefined,
      });
      expect(second.status).toBe(200);
      expect(JSON.parse(second.text).id).toBe(first.id);
      const again = await anomalies().file('company1', anomalies().objection(certificate));
      expect(problemOf(again).code).toBe('alreadyObjected');
      await anomalies().acted(first.id, 'accept', {});
      await anomalies().acted(first.id, 'decide', { decision: 'uphold', reason: '登记无误' });
      await anomalies().acted(first.id, 'reply');
      await anomalies().get(first.id, '/replies', 'company1');
      expect((await anomalies().view(first.id)).state).toBe('awaitingReceipt');
      const partner = await anomalies().get<{ replies: readonly unknown[] }>(
        first.id,
        '/replies',
        'partner1',
      );
      expect(partner.replies).toHaveLength(1);
      expect((await anomalies().view(first.id, 'partner1')).objections).toHaveLength(1);
      expect((await anomalies().untilState(first.id, 'closed')).objections).toHaveLength(2);
    },
    STORY_MS,
  );

  it(
    'is sent back for evidence: the clocks stand still, and go on from where they stood when it is supplied',
    async () => {
      const certificate = await anomalies().certificate();
      const { id } = await anomalies().filed('company1', anomalies().objection(certificate));
      await anomalies().acted(id, 'accept', {});
      await anomalies().acted(id, 'send-back', { reason: '请提供行驶证复印件' });
      expect(await anomalies().view(id, 'company1')).toMatchObject({
        state: 'awaitingEvidence',
        reason: '请提供行驶证复印件',
        availableActions: ['supplyEvidence', 'withdraw'],
      });
      const suspended = (await anomalies().deadlines(id)).find(({ key }) => key === 'ANOMALY_DECIDE');
      expect(suspended).toMatchObject({ state: 'suspended', due_at: null });
      await anomalies().acted(id, 'supply-evidence', { explanation: '见附件' }, 'company1');
      expect((await anomalies().view(id)).state).toBe('investigating');
      const resumed = (await anomalies().deadlines(id)).find(({ key }) => key === 'ANOMALY_DECIDE');
      expect(resumed).toMatchObject({ state: 'running', round: 1 });
      const task = await driver().task(id, 'investigator1');
      expect(task.dueAt === null ? null : new Date(task.dueAt)).toEqual(resumed?.due_at);
      await anomalies().acted(id, 'withdraw', { reason: '已核实无误' }, 'company1');
      await anomalies().untilState(id, 'withdrawn');
      expect(await anomalies().publicMarks(certificate)).toEqual([]);
    },
    STORY_MS,
  );

  it(
    'is investigated again without the evidence that nobody supplied within the policy’s days',
    async () => {
      const certificate = await anomalies().certificate();
      const { id } = await anomalies().filed('company1', anomalies().objection(certificate));
      await anomalies().acted(id, 'accept', {});
      await anomalies().acted(id, 'send-back', { reason: '请补充' });
      product().clock.advance(30 * 86_400_000);
      await product().conductor.tell('anomalyCase', id);
      await eventually(
        'investigated again',
        () => anomalies().view(id, 'city'),
        ({ state }) => state === 'investigating',
      );
    },
    STORY_MS,
  );
});
