import { PostgresAnomalyLedger } from '../../adapters/postgres/anomaly/anomaly-ledger';
import { recordRead } from '../../adapters/postgres/evidence/read-audit';
import type { Principal } from '../../domain/shared/principal';
import { personId } from '../../main/demonstration/seed-accounts';
import { AnomalyDriver, type IssuedCertificate } from '../support/anomaly-driver';
import { problemOf } from '../support/api-client';
import { eventually } from '../support/case-driver';
import { STORY_MS, withProduct } from '../support/with-product';

const RIGHT = '重型普通货车';
const PARTNER: Principal = {
  kind: 'relyingParty',
  personId: personId('partner1'),
  displayName: '赵敏',
  authorityId: null,
};

interface Uses {
  readonly since: string;
  readonly users: readonly {
    readonly principalKind: string;
    readonly uses: number;
    readonly purposes: readonly string[];
    readonly toldAt: string | null;
  }[];
  readonly anonymousVerifications: number;
}

describe('those who used a field that was wrong', () => {
  const { product, driver } = withProduct();
  const anomalies = () => new AnomalyDriver(product(), driver());

  /** A relying party has read a version, as it does once it has access (art. 14). */
  async function partnerReads(certificate: IssuedCertificate, fields: readonly string[], purpose: string) {
    await product().foundation.register.within(PARTNER, (transaction) =>
      recordRead(transaction, {
        principal: PARTNER,
        purpose,
        traceId: 'test',
        resourceKind: 'certificate',
        resourceId: certificate.id,
        certificateVersionId: certificate.versionId,
        fields,
        unmasked: false,
        readAt: product().clock.now(),
      }),
    );
  }

  async function corrected(certificate: IssuedCertificate, field: string, value: string): Promise<string> {
    const { id } = await anomalies().filed('company1', {
      ...anomalies().objection(certificate),
      claims: [{ field, ground: 'accuracy', claimedValue: value }],
    });
    await anomalies().acted(id, 'accept', {});
    await driver().layDownRecord({ ...certificate.body, face: { ...certificate.body.face, [field]: value } });
    await anomalies().acted(id, 'decide', {
      decision: 'correct',
      reason: '有误',
      corrections: { [field]: value },
    });
    return id;
  }

  const countsOf = (caseId: string) =>
    driver().rows(
      `select (select count(*)::int from task where case_id = $1) as tasks,
              (select count(*)::int from event where case_id = $1) as events,
              (select count(*)::int from notice where natural_key like '%' || $1 || '%') as notices,
              (select count(*)::int from anomaly_told_user where anomaly_case_id = $1) as told,
              (select count(*)::int from outbox where dedupe_key like 'webhook/anomalyCase/' || $1 || '%') as webhooks`,
      [caseId],
    );

  it(
    'are those whose read had the field, in every version that said the same; each is told once; the settling is idempotent',
    async () => {
      const certificate = await anomalies().certificate();
      await partnerReads(certificate, ['车辆类型', '车辆号牌'], '贷款审核');
      await partnerReads(certificate, ['车辆类型'], '贷后检查');
      await partnerReads(certificate, ['车辆号牌'], '只看号牌');
      const first = await corrected(certificate, '备注', '更正一次');
      await anomalies().untilState(first, 'replying');
      expect((await anomalies().get<Uses>(first, '/affected-uses')).users).toEqual([]);
      await product().agency('GET', `/api/v1/certificates/${certificate.id}/files/pdf?purpose=archive`);
      await product().anonymous('GET', certificate.verificationPath);
      await eventually(
        'the verification is counted',
        () =>
          driver().rows<{ n: number }>(
            'select coalesce(sum(verifications), 0)::int as n from verification_count where certificate_version_id = $1',
            [certificate.versionId],
          ),
        ([row]) => row?.n === 1,
      );
      const id = await corrected(
        {
          ...certificate,
          body: { ...certificate.body, face: { ...certificate.body.face, 备注: '更正一次' } },
        },
        '车辆类型',
        RIGHT,
      );
      await anomalies().untilState(id, 'replying');
      const uses = await anomalies().get<Uses>(id, '/affected-uses');
      expect(uses.users.map(({ principalKind, uses: n, purposes }) => [principalKind, n, purposes])).toEqual([
        ['relyingParty', 2, ['贷后检查', '贷款审核']],
        ['agency', 1, ['archive']],
      ]);
      expect(uses.users.every(({ toldAt }) => toldAt !== null)).toBe(true);
      expect(uses.anonymousVerifications).toBe(1);
      const told = await product().person('partner1')('GET', '/api/v1/notices?limit=50');
      expect(told.text).toContain('您使用过的证照信息有误');
      const before = await countsOf(id);
      const ledger = new PostgresAnomalyLedger(product().foundation);
      await Promise.all([ledger.settle(id), ledger.settle(id), ledger.settle(id)]);
      expect(await countsOf(id)).toEqual(before);
      await anomalies().acted(id, 'reply');
      expect(problemOf(await anomalies().act(id, 'reply')).code).toBe('transitionNotAllowed');
    },
    STORY_MS,
  );

  it(
    'are counted from the instant that the investigator found, when he found one',
    async () => {
      const certificate = await anomalies().certificate();
      await partnerReads(certificate, ['车辆类型'], '还是对的时候');
      product().clock.advance(60_000);
      const since = product().clock.now().toISOString();
      const { id } = await anomalies().filed('company1', anomalies().objection(certificate));
      await anomalies().acted(id, 'accept', {});
      await driver().layDownRecord({
        ...certificate.body,
        face: { ...certificate.body.face, 车辆类型: RIGHT },
      });
      const future = await anomalies().act(id, 'decide', {
        decision: 'correct',
        reason: '有误',
        corrections: { 车辆类型: RIGHT },
        wrongSince: new Date(product().clock.now().getTime() + 3_600_000).toISOString(),
      });
      expect([future.status, future.text]).toEqual([422, expect.stringContaining('/wrongSince')]);
      await anomalies().acted(id, 'decide', {
        decision: 'correct',
        reason: '有误',
        corrections: { 车辆类型: RIGHT },
        wrongSince: since,
      });
      expect(await anomalies().untilState(id, 'replying')).toMatchObject({ toldUsers: 0 });
    },
    STORY_MS,
  );

  it(
    'are told in pages when they are many, and the case goes on when the last of them is told',
    async () => {
      const certificate = await anomalies().certificate();
      await driver().rows(
        `insert into read_audit (principal_kind, principal_id, purpose, resource_kind, resource_id, certificate_version_id, fields, unmasked, trace_id, read_at)
         select 'agency', 'agency:' || gen_random_uuid(), '批量核对', 'certificate', $1, $2, '{车辆类型}', true, 'test', $3
         from generate_series(1, 450)`,
        [certificate.id, certificate.versionId, product().clock.now()],
      );
      const id = await corrected(certificate, '车辆类型', RIGHT);
      expect(await anomalies().untilState(id, 'replying')).toMatchObject({ toldUsers: 450 });
      const pages = await driver().rows(
        `select (facts->>'told')::int as told from event where case_id = $1 and kind = 'anomalyCase.tellUsers' order by recorded_at, told desc`,
        [id],
      );
      expect(pages).toEqual([{ told: 200 }, { told: 200 }, { told: 50 }]);
    },
    STORY_MS,
  );

  it(
    'see 核查中 on the new version too, while another field of it is disputed',
    async () => {
      const certificate = await anomalies().certificate();
      const other = await anomalies().filed('partner1', {
        claims: [{ field: '车辆号牌', ground: 'accuracy', claimedValue: null }],
        explanation: '与行驶证不符',
        identifier: certificate.identifier,
      });
      const id = await corrected(certificate, '车辆类型', RIGHT);
      await anomalies().untilState(id, 'replying');
      const versions = () =>
        driver().rows(
          'select version, state, marks from certificate_version where certificate_id = $1 order by version',
          [certificate.id],
        );
      expect(await versions()).toEqual([
        { version: '001', state: 'superseded', marks: [] },
        { version: '002', state: 'inForce', marks: ['underInvestigation'] },
      ]);
      const refused = await anomalies().file('operator1', {
        ...anomalies().objection(certificate),
        claims: [{ field: '车辆号牌', ground: 'accuracy' }],
      });
      expect(JSON.parse(refused.text).id).toBe(other.id);
      await anomalies().acted(other.id, 'withdraw', { reason: '误会' }, 'partner1');
      await anomalies().acted(other.id, 'withdraw', { reason: '误会' }, 'operator1');
      expect(await versions()).toMatchObject([{ marks: [] }, { version: '002', marks: [] }]);
    },
    STORY_MS,
  );

  it(
    'cannot be guessed: a relying party names a certificate by what it holds, and two open cases are objected to one by one',
    async () => {
      const certificate = await anomalies().certificate();
      const byId = await anomalies().file('partner1', anomalies().objection(certificate));
      expect(byId.status).toBe(404);
      const code = certificate.verificationPath.split('/').at(-1);
      const claim = (field: string) => ({ field, ground: 'accuracy', claimedValue: null });
      const byCode = (...fields: string[]) => ({
        verificationCode: code,
        claims: fields.map(claim),
        explanation: '有误',
      });
      expect((await anomalies().file('partner1', byCode('车辆类型'))).status).toBe(201);
      expect((await anomalies().file('holder1', byCode('车辆号牌'))).status).toBe(201);
      const both = await anomalies().file('company1', {
        ...anomalies().objection(certificate),
        claims: [claim('车辆类型'), claim('车辆号牌')],
      });
      expect(problemOf(both).code).toBe('disputeSpansCases');
      const unknown = await anomalies().file('company1', {
        ...anomalies().objection(certificate),
        claims: [claim('不存在')],
      });
      expect([unknown.status, unknown.text]).toEqual([422, expect.stringContaining('/claims/0/field')]);
    },
    STORY_MS,
  );
});
