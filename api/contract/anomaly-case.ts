import { z } from 'zod';
import { ANOMALY_STATES } from '../../domain/anomaly/lifecycle';
import { endpoint } from '../http/endpoint';
import { BUSINESS_ROLES, people } from './access';
import {
  affectedUsesSchema,
  anomalyCaseSchema,
  attachmentsSchema,
  comparisonSchema,
  decisionSchema,
  longText,
  newObjectionSchema,
  repliesSchema,
} from './anomaly-shapes';
import { idParams, idSchema, pageQuery, pageSchema, purposeQuery, reasonSchema, textSchema } from './shapes';

const TAG = '异常数据核查';
const objectors = people(...BUSINESS_ROLES, 'holder', 'relyingPartyUser');
const readers = people(...BUSINESS_ROLES, 'holder', 'relyingPartyUser', 'auditor');
const office = people(...BUSINESS_ROLES);
const investigators = people('investigator');

const CASE_200 = { 200: { description: '案件', schema: anomalyCaseSchema } } as const;

export const fileObjection = endpoint({
  method: 'post',
  path: '/anomaly-cases',
  operationId: 'fileObjection',
  tag: TAG,
  summary: '提出异议',
  description:
    '证照即时标记为核查中。同一要素已有在办案件的，并入该案(答 200)，异议人得到同一答复；同一异议人就同一要素多次被维持的，在限制期内不予受理。',
  access: objectors,
  headers: ['Idempotency-Key'],
  body: { kind: 'json', schema: newObjectionSchema, screened: true },
  responses: {
    200: { description: '并入的在办案件，或重复提交', schema: anomalyCaseSchema },
    201: { description: '新的案件', schema: anomalyCaseSchema },
  },
});

export const listAnomalyCases = endpoint({
  method: 'get',
  path: '/anomaly-cases',
  operationId: 'listAnomalyCases',
  tag: TAG,
  summary: '核查案件列表',
  access: readers,
  query: pageQuery.extend({
    state: z.enum(ANOMALY_STATES).optional().meta({ description: '案件状态' }),
    certificateId: idSchema.optional().meta({ description: '证照编号(UUID)' }),
  }),
  responses: { 200: { description: '一页案件', schema: pageSchema(anomalyCaseSchema) } },
});

export const getAnomalyCase = endpoint({
  method: 'get',
  path: '/anomaly-cases/{id}',
  operationId: 'getAnomalyCase',
  tag: TAG,
  summary: '查看核查案件',
  access: readers,
  params: idParams,
  responses: CASE_200,
});

export const getAnomalyComparison = endpoint({
  method: 'get',
  path: '/anomaly-cases/{id}/comparison',
  operationId: 'getAnomalyComparison',
  tag: TAG,
  summary: '登记值、异议值、业务库值对照',
  description: '每次查看都即时向业务系统取数；业务系统无法访问时照实说明，并给出上次取得的值。',
  access: office,
  params: idParams,
  headers: ['Use-Purpose'],
  query: purposeQuery,
  responses: { 200: { description: '对照', schema: comparisonSchema } },
});

export const getAffectedUses = endpoint({
  method: 'get',
  path: '/anomaly-cases/{id}/affected-uses',
  operationId: 'getAffectedUses',
  tag: TAG,
  summary: '使用过有误要素的单位和人员',
  access: office,
  params: idParams,
  responses: { 200: { description: '使用者', schema: affectedUsesSchema } },
});

export const getAnomalyReplies = endpoint({
  method: 'get',
  path: '/anomaly-cases/{id}/replies',
  operationId: 'getAnomalyReplies',
  tag: TAG,
  summary: '异常核查告知书',
  description: '异议人查看自己的告知书即为签收；工作人员可预览和查看全部。',
  access: objectors,
  params: idParams,
  responses: { 200: { description: '告知书', schema: repliesSchema } },
});

export const getAnomalyEvidence = endpoint({
  method: 'get',
  path: '/anomaly-cases/{id}/evidence/{attachmentId}',
  operationId: 'getAnomalyEvidence',
  tag: TAG,
  summary: '查看证据附件',
  access: objectors,
  params: idParams.extend({ attachmentId: idSchema }),
  headers: ['Use-Purpose'],
  query: purposeQuery,
  responses: { 200: { description: '附件', mediaTypes: ['application/octet-stream'] } },
});

const act = <const Name extends string>(
  name: Name,
  operationId: string,
  summary: string,
  schema: z.ZodType,
) =>
  ({
    method: 'post',
    path: `/anomaly-cases/{id}/${name}`,
    operationId,
    tag: TAG,
    summary,
    access: investigators,
    params: idParams,
    body: { kind: 'json', schema, screened: true },
    responses: CASE_200,
  }) as const;

const becauseSchema = z.strictObject({ reason: reasonSchema });
const acceptSchema = z.strictObject({
  admissible: z.boolean().default(true).meta({ description: '受理；false 为不予受理，须说明理由' }),
  reason: reasonSchema.nullable().default(null),
});
const transferSchema = z.strictObject({
  authorityId: idSchema.meta({ description: '转往的单位' }),
  reason: reasonSchema,
});
const handOverSchema = z.strictObject({
  organ: textSchema(200, '接收移送的外省(市)单位'),
  reference: textSchema(100, '国家通道的移送编号'),
  receipt: textSchema(200, '接收回执'),
  reason: reasonSchema,
});
const evidenceSchema = z.strictObject({
  attachmentIds: attachmentsSchema,
  explanation: longText('补充说明，不超过 2000 字'),
});
const attemptSchema = z.strictObject({
  objectionId: idSchema,
  channel: z.enum(['telephone', 'visit', 'announcement']).meta({ description: '电话、上门、公告' }),
  note: reasonSchema,
});

export const acceptAnomalyCase = endpoint({
  ...act('accept', 'acceptAnomalyCase', '受理或不予受理', acceptSchema),
  body: { kind: 'json', schema: acceptSchema, screened: true },
});
export const sendBackAnomalyCase = endpoint({
  ...act('send-back', 'sendBackAnomalyCase', '退回补充材料(暂停计时)', becauseSchema),
  body: { kind: 'json', schema: becauseSchema, screened: true },
});
export const decideAnomalyCase = endpoint({
  ...act('decide', 'decideAnomalyCase', '作出核查结论', decisionSchema),
  body: { kind: 'json', schema: decisionSchema, screened: true },
});
export const transferAnomalyCase = endpoint({
  ...act('transfer', 'transferAnomalyCase', '转办(时限不重新起算)', transferSchema),
  body: { kind: 'json', schema: transferSchema, screened: true },
  responses: { 204: { description: '已转办；案件归接收单位，不再由本单位查看' } },
});
export const handOverAnomalyCase = endpoint({
  ...act('hand-over', 'handOverAnomalyCase', '跨省移送', handOverSchema),
  body: { kind: 'json', schema: handOverSchema, screened: true },
});
export const recordContactAttempt = endpoint({
  ...act('contact-attempts', 'recordContactAttempt', '记录一次联系异议人', attemptSchema),
  body: { kind: 'json', schema: attemptSchema, screened: true },
});
export const withdrawObjection = endpoint({
  ...act('withdraw', 'withdrawObjection', '撤回异议', becauseSchema),
  access: objectors,
  body: { kind: 'json', schema: becauseSchema, screened: true },
});
export const supplyAnomalyEvidence = endpoint({
  ...act('supply-evidence', 'supplyAnomalyEvidence', '补充材料(恢复计时)', evidenceSchema),
  access: objectors,
  body: { kind: 'json', schema: evidenceSchema, screened: true },
});

export const replyToObjectors = endpoint({
  method: 'post',
  path: '/anomaly-cases/{id}/reply',
  operationId: 'replyToObjectors',
  tag: TAG,
  summary: '向异议人发出告知书',
  access: investigators,
  params: idParams,
  responses: CASE_200,
});
