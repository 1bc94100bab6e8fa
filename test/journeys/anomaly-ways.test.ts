import { createHash } from 'node:crypto';
import { PostgresAnomalyDesk } from '../../adapters/postgres/anomaly/anomaly-desk';
import { unitId } from '../../main/demonstration/seed-units';
import { openAgencyRecords } from '../../main/outside-systems';
import { AnomalyDriver } from '../support/anomaly-driver';
import { aFileBody, problemOf } from '../support/api-client';
import { anIssuance } from '../support/builders/issuance-body';
import { hasRole } from '../support/builders/role-change';
import { changeDefinition } from '../support/builders/seal-change';
import { viewOf } from '../support/case-driver';
import { STORY_MS, withProduct } from '../support/with-product';

const TRANSPORT_CODE = '11100000000019713D013';
const DAY_MS = 86_400_000;

describe('an anomaly case that takes another way', () => {
  const { product, driver } = withProduct();
  const anomalies = () => new AnomalyDriver(product(), driver());

  async function filed(over: Readonly<Record<string, unknown>> = {}) {
    const certificate = await anomalies().certificate();
    const view = await anomalies().filed('company1', anomalies().objection(certificate, over));
    return { certificate, id: view.id };
  }

  it(
    'is transferred twice: the task moves, no clock starts anew, and the authority that passed it on sees it no longer',
    async () => {
      const { foundation } = product();
      await hasRole(foundation, 'dept-housing', 'investigator', 'city-housing');
      await hasRole(foundation, 'window1', 'investigator', 'city-transport');
      product().signInAgain('window1');
      const { id } = await filed();
      const before = await anomalies().deadlines(id);
      await anomalies().acted(id, 'transfer', {
        authorityId: unitId('city-housing'),
        reason: '非我单位数据',
      });
      expect((await product().person('investigator1')('GET', `/api/v1/anomaly-cases/${id}`)).status).toBe(
        404,
      );
      await anomalies().acted(id, 'accept', {}, 'dept-housing');
      const running = await anomalies().deadlines(id);
      await anomalies().acted(
        id,
        'transfer',
        { authorityId: unitId('city-transport'), reason: '应由交通部门核查' },
        'dept-housing',
      );
      const task = await driver().task(id, 'window1');
      expect(task.kind).toBe('anomalyAcceptance');
      await anomalies().acted(id, 'accept', {}, 'window1');
      const after = await anomalies().deadlines(id);
      expect(after.map(({ key, due_at }) => [key, due_at])).toEqual(
        running.map(({ key, due_at }) => [key, due_at]),
      );
      expect(after.find(({ key }) => key === 'ANOMALY_ACCEPT')?.due_at).toEqual(before[0]?.due_at);
      expect(await anomalies().view(id, 'company1')).toMatchObject({ state: 'investigating', transfers: 2 });
      const own = await anomalies().act(
        id,
        'transfer',
        { authorityId: unitId('city-transport'), reason: '再转' },
        'window1',
      );
      expect(problemOf(own).code).toBe('contentInvalid');
      await anomalies().acted(id, 'decide', { decision: 'uphold', reason: '无误' }, 'window1');
    },
    STORY_MS,
  );

  it(
    'is handed over across provinces with the national channel’s reference, and ends here with the reply',
    async () => {
      const { certificate, id } = await filed();
      await anomalies().acted(id, 'accept', {});
      await anomalies().acted(id, 'hand-over', {
        organ: '陕西省交通运输厅',
        reference: 'GJ-2026-0001',
        receipt: 'HZ-2026-0001',
        reason: '车辆登记数据由外省管理',
      });
      expect(await anomalies().publicMarks(certificate)).toEqual([]);
      await anomalies().acted(id, 'reply');
      const papers = await driver().rows(`select kind from official_paper where case_id = $1 order by kind`, [
        id,
      ]);
      expect(papers).toEqual([{ kind: 'anomalyHandOver' }, { kind: 'anomalyReply' }]);
      const { replies } = await anomalies().get<{ replies: readonly { paragraphs: readonly string[] }[] }>(
        id,
        '/replies',
        'company1',
      );
      expect(replies[0]?.paragraphs.join()).toContain('GJ-2026-0001');
      expect((await anomalies().untilState(id, 'closed')).conclusion).toBe('handedOver');
    },
    STORY_MS,
  );

  it(
    'is refused as not admissible with a reason and a paper of its own kind',
    async () => {
      const { id } = await filed();
      expect(problemOf(await anomalies().act(id, 'accept', { admissible: false })).code).toBe(
        'reasonRequired',
      );
      await anomalies().acted(id, 'accept', { admissible: false, reason: '所述内容不属于照面信息' });
      await anomalies().acted(id, 'reply');
      const papers = await driver().rows(`select kind from official_paper where case_id = $1`, [id]);
      expect(papers).toEqual([{ kind: 'anomalyRefusal' }]);
    },
    STORY_MS,
  );

  it(
    'says that the agency is down, shows what it said before, and goes on',
    async () => {
      const { id } = await filed();
      await anomalies().acted(id, 'accept', {});
      type Compared = {
        record: { outcome: string; answeredAt: string | null };
        fields: readonly { recorded: string | null }[];
      };
      const before = await anomalies().get<Compared>(id, '/comparison');
      expect(before.record.outcome).toBe('found');
      await driver().tellSimulator('agency', 'faults', { mode: 'error500' });
      const down = await anomalies().get<Compared>(id, '/comparison');
      await driver().tellSimulator('agency', 'faults', { mode: 'none' });
      expect(down.record).toMatchObject({ outcome: 'unavailable', answeredAt: before.record.answeredAt });
      expect(down.fields[0]?.recorded).toBe('重型半挂牵引车');
      const alarms = await driver().rows('select title from notice where natural_key like $1', [
        `anomalyCase/${id}/recordUnavailable/%`,
      ]);
      expect(alarms).toEqual([{ title: '核查时业务系统无法访问' }]);
      const reads = await driver().rows(
        `select resource_kind, fields, unmasked from read_audit where resource_id = $1`,
        [id],
      );
      expect(reads).toHaveLength(2);
      expect(reads[0]).toEqual({ resource_kind: 'anomalyCase', fields: ['车辆类型'], unmasked: true });
    },
    STORY_MS,
  );

  it(
    'ends the certificate when it should not stand: voided at once, its users told',
    async () => {
      const { certificate, id } = await filed();
      await product().person('operator1')(
        'GET',
        `/api/v1/certificates/${certificate.id}/files/pdf?purpose=x`,
      );
      await anomalies().acted(id, 'accept', {});
      const decision = await anomalies().attachment('investigator1', '作废决定书.pdf');
      await anomalies().acted(id, 'decide', {
        decision: 'endCertificate',
        operation: 'void',
        reason: '签发时车辆已注销登记',
        document: {
          name: '作废决定书',
          number: '东审服〔2026〕3号',
          date: '2026-11-23',
          organ: '东胜区行政审批和政务服务局',
        },
        legalGround: { law: '中华人民共和国行政许可法', article: '第六十九条' },
        attachmentIds: [decision],
      });
      expect(await anomalies().untilState(id, 'replying')).toMatchObject({
        conclusion: 'certificateEnded',
        toldUsers: 1,
      });
      const [version] = await driver().rows('select state, marks from certificate_version where id = $1', [
        certificate.versionId,
      ]);
      expect(version).toEqual({ state: 'voided', marks: [] });
    },
    STORY_MS,
  );

  it(
    'shows evidence to the investigator, and nobody files with the file of another',
    async () => {
      const evidence = await anomalies().attachment('company1');
      const certificate = await anomalies().certificate();
      const stolen = await anomalies().file('partner1', {
        ...anomalies().objection(certificate, {
          identifier: certificate.identifier,
          attachmentIds: [evidence],
        }),
        certificateId: undefined,
      });
      expect(problemOf(stolen).code).toBe('contentInvalid');
      const { id } = await anomalies().filed(
        'company1',
        anomalies().objection(certificate, { attachmentIds: [evidence] }),
      );
      const shown = await product().person('investigator1')(
        'GET',
        `/api/v1/anomaly-cases/${id}/evidence/${evidence}`,
      );
      expect([shown.status, shown.text]).toEqual([200, '%PDF-1.7\n']);
      expect(
        (await product().person('holder1')('GET', `/api/v1/anomaly-cases/${id}/evidence/${evidence}`)).status,
      ).toBe(404);
    },
    STORY_MS,
  );

  it(
    'keeps the values from objectors and the case from strangers, and lets only an investigator act',
    async () => {
      const { id } = await filed();
      expect(
        (await product().person('company1')('GET', `/api/v1/anomaly-cases/${id}/comparison`)).status,
      ).toBe(403);
      expect((await product().person('holder1')('GET', `/api/v1/anomaly-cases/${id}`)).status).toBe(404);
      expect((await product().person('partner1')('GET', `/api/v1/anomaly-cases/${id}`)).status).toBe(404);
      expect((await anomalies().act(id, 'accept', {}, 'reviewer1')).status).toBe(403);
      const listed = await product().person('holder1')('GET', '/api/v1/anomaly-cases?limit=100');
      expect(listed.text).not.toContain(id);
      const secret = await anomalies().file('company1', {
        ...anomalies().objection({ ...(await anomalies().certificate()) }),
        explanation: '机密★十年',
      });
      expect(problemOf(secret).code).toBe('classifiedSuspected');
    },
    STORY_MS,
  );

  it(
    'is not investigated by whoever entered the disputed version',
    async () => {
      await hasRole(product().foundation, 'operator1', 'investigator');
      product().signInAgain('operator1');
      const body = anIssuance();
      await driver().layDownRecord(body);
      const accepted = await product().person('operator1')('POST', '/api/v1/issuances', {
        body,
        headers: { 'idempotency-key': 'operator-investigates-1' },
      });
      const { certificate } = await driver().untilState(viewOf(accepted).id, 'issued');
      const { id } = await anomalies().filed('company1', {
        certificateId: certificate?.id,
        claims: [{ field: '车辆类型', ground: 'accuracy' }],
        explanation: '有误',
      });
      expect(problemOf(await anomalies().act(id, 'accept', {}, 'operator1')).code).toBe(
        'operatorMayNotReview',
      );
      expect((await anomalies().view(id, 'operator1')).availableActions).toEqual([]);
      await anomalies().acted(id, 'accept', {});
    },
    STORY_MS,
  );

  it(
    'goes on for the others when one of them withdraws; the file verifies with the mark meanwhile',
    async () => {
      const { certificate, id } = await filed();
      await anomalies().filed('operator1', anomalies().objection(certificate));
      const ofd = await fetch(
        `${product().origin}/api/v1/certificates/${certificate.id}/files/ofd?purpose=check`,
        {
          headers: product().agencyHeaders(
            'GET',
            `/api/v1/certificates/${certificate.id}/files/ofd?purpose=check`,
          ),
        },
      );
      const verified = await product().anonymous('POST', '/api/v1/public/verify', {
        ...aFileBody('证照.ofd', Buffer.from(await ofd.arrayBuffer())),
      });
      expect(verified.text).toContain('underInvestigation');
      await anomalies().acted(id, 'withdraw', { reason: '误会' }, 'company1');
      expect((await anomalies().view(id)).state).toBe('filed');
      expect(await anomalies().publicMarks(certificate)).toEqual(['underInvestigation']);
      await anomalies().acted(id, 'withdraw', { reason: '误会' }, 'operator1');
      expect((await anomalies().view(id)).state).toBe('withdrawn');
      expect(await anomalies().publicMarks(certificate)).toEqual([]);
    },
    STORY_MS,
  );

  it(
    'is one case for one Idempotency-Key, and of the product itself it needs no receipt',
    async () => {
      const certificate = await anomalies().certificate();
      const body = anomalies().objection(certificate);
      const [first, second] = [
        await anomalies().file('company1', body, 'anomaly-once-0001'),
        await anomalies().file('company1', body, 'anomaly-once-0001'),
      ];
      expect([first.status, second.status]).toEqual([201, 200]);
      expect(JSON.parse(second.text).id).toBe(JSON.parse(first.text).id);
      const { foundation } = product();
      const desk = new PostgresAnomalyDesk({
        ...foundation,
        fileStore: foundation.files,
        agencyRecords: openAgencyRecords(foundation),
      });
      const other = await anomalies().certificate();
      const found = await desk.file(
        { kind: 'system', component: 'reconciliation' },
        {
          certificate: { by: 'id', id: other.id },
          claims: [{ field: '车辆类型', ground: 'timeliness', claimedValue: null }],
          explanation: '与业务系统不一致',
          contact: null,
          attachmentIds: [],
        },
        {
          method: 'SYSTEM',
          path: 'reconciliation',
          key: other.id,
          bodyDigest: createHash('sm3').update(other.id).digest(),
        },
      );
      if (!found.ok) throw new Error(found.refusal.code);
      const { caseId } = found.value;
      await anomalies().acted(caseId, 'accept', {});
      await anomalies().acted(caseId, 'decide', { decision: 'uphold', reason: '业务系统已更新' });
      await anomalies().acted(caseId, 'reply');
      const closed = await anomalies().untilState(caseId, 'closed');
      expect(closed.objections).toMatchObject([{ objectorKind: 'system', receivedHow: 'internal' }]);
    },
    STORY_MS,
  );

  it(
    'is investigated again when the correction is refused in its review',
    async () => {
      const { certificate, id } = await filed();
      await anomalies().acted(id, 'accept', {});
      await changeDefinition(product().foundation, TRANSPORT_CODE, (definition) => ({
        ...definition,
        reviewPolicy: { kind: 'always' },
      }));
      const wrong = await anomalies().act(id, 'decide', {
        decision: 'correct',
        reason: '有误',
        corrections: { 车辆号牌: '蒙K·99999' },
      });
      expect([wrong.status, wrong.text]).toEqual([422, expect.stringContaining('/corrections/车辆号牌')]);
      await anomalies().acted(id, 'decide', {
        decision: 'correct',
        reason: '有误',
        corrections: { 车辆类型: '重型普通货车' },
      });
      const { changeId } = await anomalies().view(id);
      await driver().review(changeId ?? '', 'refuse', '证据不足');
      const again = await anomalies().untilState(id, 'investigating');
      expect(again).toMatchObject({ conclusion: null, changeId: null });
      expect(await anomalies().publicMarks(certificate)).toEqual(['underInvestigation']);
      expect((await anomalies().deadlines(id)).filter(({ key }) => key === 'ANOMALY_DECIDE')).toMatchObject([
        { state: 'met' },
        { state: 'running', round: 2 },
      ]);
      await changeDefinition(product().foundation, TRANSPORT_CODE, (definition) => ({
        ...definition,
        reviewPolicy: { kind: 'none' },
      }));
    },
    STORY_MS,
  );
});

describe('an anomaly case as time goes by', () => {
  const { product, driver } = withProduct();
  const anomalies = () => new AnomalyDriver(product(), driver());

  it(
    'ends by announcement when an objector cannot be reached, with every attempt on record',
    async () => {
      const certificate = await anomalies().certificate();
      const { id, objections } = await anomalies().filed('company1', anomalies().objection(certificate));
      await anomalies().acted(id, 'accept', {});
      await anomalies().acted(id, 'decide', { decision: 'uphold', reason: '无误' });
      await anomalies().acted(id, 'reply');
      await anomalies().acted(id, 'contact-attempts', {
        objectionId: objections[0]?.id,
        channel: 'telephone',
        note: '电话无人接听',
      });
      product().clock.advance(31 * DAY_MS);
      await product().conductor.tell('anomalyCase', id);
      const closed = await anomalies().untilState(id, 'closed', 'city');
      expect(closed.objections).toMatchObject([{ receivedHow: 'announced', contactAttempts: 2 }]);
      const alarms = await driver().rows('select recipient_role from notice where natural_key = $1', [
        `anomalyCase/${id}/unreachable`,
      ]);
      expect(alarms).toEqual([{ recipient_role: 'supervisor' }]);
    },
    STORY_MS,
  );

  it(
    'is not opened for an objector who was told twice that the field is right, until the policy’s days are over',
    async () => {
      for (const name of ['company1', 'investigator1']) product().signInAgain(name);
      const certificate = await anomalies().certificate();
      for (const _ of [1, 2]) {
        const { id } = await anomalies().filed('company1', anomalies().objection(certificate));
        await anomalies().acted(id, 'accept', {});
        await anomalies().acted(id, 'decide', { decision: 'uphold', reason: '无误' });
      }
      const third = await anomalies().file('company1', anomalies().objection(certificate));
      expect(problemOf(third)).toMatchObject({ status: 409, code: 'objectedTooOften' });
      const otherField = anomalies().objection(certificate, {
        claims: [{ field: '经济类型', ground: 'accuracy', claimedValue: null }],
      });
      expect((await anomalies().file('company1', otherField)).status).toBe(201);
      product().clock.advance(181 * DAY_MS);
      product().signInAgain('company1');
      expect((await anomalies().file('company1', anomalies().objection(certificate))).status).toBe(201);
    },
    STORY_MS,
  );
});
