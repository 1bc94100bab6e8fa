import { z } from 'zod';
import {
  ANOMALY_CONCLUSIONS,
  ANOMALY_OPERATIONS,
  ANOMALY_STATES,
  OBJECTOR_KINDS,
} from '../../domain/anomaly/lifecycle';
import { OBJECTION_GROUNDS } from '../../domain/anomaly/objection';
import { actionsSchema, idSchema, instantSchema, reasonSchema, textSchema } from './shapes';

const RECORD_OUTCOMES = ['found', 'notFound', 'unavailable', 'notConnected'] as const;
/** A longer free text of an objector. */
export const longText = (description: string) => z.string().trim().min(1).max(2000).meta({ description });
export const attachmentsSchema = z
  .array(idSchema)
  .max(20)
  .default([])
  .meta({ description: '证据附件的编号' });

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

export const comparisonSchema = z
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

export const affectedUsesSchema = z
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

export const repliesSchema = z
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

export const decisionSchema = z
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
