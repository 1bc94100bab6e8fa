import { z } from 'zod';
import {
  ANOMALY_CONCLUSIONS,
  ANOMALY_OPERATIONS,
  ANOMALY_STATES,
  OBJECTOR_KINDS,
} from '../../domain/anomaly/lifecycle';
import { OBJECTION_GROUNDS } from '../../domain/anomaly/objection';
import { endpoint } from '../http/endpoint';
import { BUSINESS_ROLES, people } from './access';
import {
  actionsSchema,
  idParams,
  idSchema,
  instantSchema,
  pageQuery,
  pageSchema,
  purposeQuery,
  reasonSchema,
  textSchema,
} from './shapes';

const TAG = '异常数据核查';
const objectors = people(...BUSINESS_ROLES, 'holder', 'relyingPartyUser');
const readers = people(...BUSINESS_ROLES, 'holder', 'relyingPartyUser', 'auditor');
const office = people(...BUSINESS_ROLES);
const investigators = people('investigator');

const RECORD_OUTCOMES = ['found', 'notFound', 'unavailable', 'notConnected'] as const;
const longText = (description: string) => z.string().trim().min(1).max(2000).meta({ description });
const attachmentsSchema = z.array(idSchema).max(20).default([]).meta({ description: '证据附件的编号' });

const claimSchema = z
  .strictObject({
    field: textSchema(40, '照面要素的名称或代码'),
    ground: z.enum(OBJECTION_GROUNDS).meta({ description: '对准确性、完整性还是时效性有异议' }),
    claimedValue: z
      .string()
      .trim()
      .min(1)
      .max(2000)
      .nullable()
      .default(null)
      .meta({ description: '异议人认为正确的值；不知道时为 null' }),
  })
  .meta({ id: 'AnomalyClaim', description: '对一个照面要素的异议' });

export const newObjectionSchema = z
  .strictObject({
    certificateId: idSchema.optional().meta({ description: '证照编号(UUID)；三种指明方式择一' }),
    identifier: textSchema(120, '证照标识').optional(),
    verificationCode: textSchema(200, '证照上的核验码').optional(),
    claims: z.array(claimSchema).min(1).max(50).meta({ description: '有异议的要素' }),
    explanation: longText('情况说明，不超过 2000 字'),
    contact: textSchema(200, '联系方式').nullable().default(null),
    attachmentIds: attachmentsSchema,
  })
  .refine(
    ({ certificateId, identifier, verificationCode }) =>
      [certificateId, identifier, verificationCode].filter((named) => named !== undefined).length === 1,
    '应以证照编号、证照标识或核验码之一指明证照',
  )
  .meta({ id: 'NewObjection', description: '异议申请' });

const objectionSchema = z
  .strictObject({
    id: z.string(),
    ordinal: z.number().int(),
    objectorKind: z.enum(OBJECTOR_KINDS).meta({ description: '持证主体、用证单位、工作人员、系统比对' }),
    isGovernment: z.boolean().meta({ description: '政府用证单位，全程时限适用' }),
    isMine: z.boolean(),
    fields: z.array(z.string()),
    attachmentIds: z.array(z.string()),
    filedAt: instantSchema,
    withdrawnAt: instantSchema.nullable(),
    repliedAt: instantSchema.nullable(),
    receivedAt: instantSchema.nullable(),
    receivedHow: z
      .enum(['opened', 'announced', 'internal'])
      .nullable()
      .meta({ description: '本人查看、公告、系统内部' }),
    contactAttempts: z.number().int(),
  })
  .meta({ id: 'Objection', description: '一位异议人的异议' });

export const anomalyCaseSchema = z
  .strictObject({
    id: z.string(),
    number: z.string().meta({ description: '案号' }),
    state: z.enum(ANOMALY_STATES),
    authorityId: z.string().meta({ description: '核查单位' }),
    issuingAuthorityId: z.string().meta({ description: '发证单位' }),
    certificateId: z.string(),
    certificateVersionId: z.string(),
    certificateName: z.string(),
    certificateNumber: z.string(),
    fields: z.array(z.string()).meta({ description: '有异议的要素' }),
    objections: z.array(objectionSchema),
    conclusion: z.enum(ANOMALY_CONCLUSIONS).nullable(),
    reason: z.string().nullable().meta({ description: '退回或结论的理由；列表中为 null' }),
    changeId: z.string().nullable().meta({ description: '据此启动的证照变动' }),
    handOver: z
      .strictObject({ organ: z.string(), reference: z.string(), receipt: z.string() })
      .nullable()
      .meta({ description: '跨省移送' }),
    transfers: z.number().int().meta({ description: '转办次数' }),
    toldUsers: z.number().int().meta({ description: '已告知的使用者数' }),
    filedAt: instantSchema,
    acceptedAt: instantSchema.nullable(),
    decidedAt: instantSchema.nullable(),
    repliedAt: instantSchema.nullable(),
    closedAt: instantSchema.nullable(),
    dueAt: instantSchema.nullable().meta({ description: '最先到期的时限' }),
    availableActions: actionsSchema(ANOMALY_OPERATIONS),
  })
  .meta({ id: 'AnomalyCase', description: '异常数据核查案件' });

const comparisonSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(ANOMALY_STATES),
    record: z.strictObject({
      outcome: z.enum(RECORD_OUTCOMES).meta({ description: '业务系统：有记录、无记录、无法访问、未接入' }),
      answeredAt: instantSchema.nullable().meta({ description: '所示业务库值的取得时刻' }),
      askedAt: instantSchema,
    }),
    fields: z.array(
      z.strictObject({
        field: z.string(),
        registered: z.string().nullable().meta({ description: '登记值' }),
        claims: z
          .array(
            z.strictObject({
              objectionId: z.string(),
              ground: z.enum(OBJECTION_GROUNDS),
              value: z.string().nullable(),
            }),
          )
          .meta({ description: '异议值' }),
        recorded: z.string().nullable().meta({ description: '业务库值' }),
        agrees: z.boolean().nullable().meta({ description: '登记值与业务库值是否一致；有一方不明时为 null' }),
      }),
    ),
    explanations: z.array(
      z.strictObject({ objectionId: z.string(), explanation: z.string(), contact: z.string().nullable() }),
    ),
    availableActions: actionsSchema(ANOMALY_OPERATIONS),
  })
  .meta({ id: 'AnomalyComparison', description: '登记值、异议值、业务库值对照；本次查阅已记录' });

const affectedUsesSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(ANOMALY_STATES),
    since: instantSchema.meta({ description: '自何时起有误' }),
    users: z.array(
      z.strictObject({
        principalKind: z.string(),
        principalId: z.string(),
        authorityName: z.string().nullable(),
        uses: z.number().int(),
        firstAt: instantSchema,
        lastAt: instantSchema,
        purposes: z.array(z.string()),
        toldAt: instantSchema.nullable(),
      }),
    ),
    anonymousVerifications: z
      .number()
      .int()
      .meta({ description: '其间匿名核验的次数；核验者不明，无法告知' }),
    availableActions: actionsSchema([]),
  })
  .meta({ id: 'AffectedUses', description: '使用过有误要素的单位和人员' });

const repliesSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(ANOMALY_STATES),
    replies: z.array(
      z.strictObject({
        objectionId: z.string(),
        number: z.string().nullable().meta({ description: '文号；尚未发出时为 null，内容为预览' }),
        title: z.string(),
        paragraphs: z.array(z.string()),
        repliedAt: instantSchema.nullable(),
        receivedAt: instantSchema.nullable(),
      }),
    ),
    availableActions: actionsSchema([]),
  })
  .meta({ id: 'AnomalyReplies', description: '异常核查告知书；异议人查看即为签收' });

const decisionSchema = z
  .discriminatedUnion('decision', [
    z.strictObject({ decision: z.literal('uphold'), reason: reasonSchema }),
    z.strictObject({
      decision: z.literal('correct'),
      reason: reasonSchema,
      corrections: z
        .custom<Readonly<Record<string, unknown>>>(
          (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
          '应为以要素名称或代码为键的对象',
        )
        .meta({
          type: 'object',
          additionalProperties: true,
          description: '更正后的值，键为有异议要素的中文名称或代码',
        }),
      wrongSince: z.iso
        .datetime({ offset: true })
        .nullable()
        .default(null)
        .meta({ description: '自何时起有误；不填则自该值首次签发起' }),
    }),
    z.strictObject({
      decision: z.literal('endCertificate'),
      reason: reasonSchema,
      operation: z.enum(['void', 'rescind', 'cancel']).meta({ description: '签发错误作废、撤销、注销' }),
      document: z
        .strictObject({
          name: textSchema(400, '决定书名称'),
          number: textSchema(400, '文号'),
          date: z.string().max(40).meta({ description: '决定日期 YYYY-MM-DD' }),
          organ: textSchema(400, '决定机关'),
        })
        .meta({ description: '所依据的决定' }),
      legalGround: z
        .strictObject({ law: textSchema(400, '法律名称'), article: textSchema(400, '条款') })
        .meta({ description: '法律依据' }),
      attachmentIds: z.array(idSchema).min(1).max(20).meta({ description: '决定书附件的编号' }),
      wrongSince: z.iso
        .datetime({ offset: true })
        .nullable()
        .default(null)
        .meta({ description: '自何时起有误' }),
    }),
  ])
  .meta({ id: 'AnomalyDecision', description: '核查结论：无误·维持，有误·更正，有误·终止证照' });

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
