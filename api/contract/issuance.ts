import { z } from 'zod';
import { HOLDER_CODE_TYPE_CODES, HOLDER_KINDS } from '../../domain/certificate/holder-code-type';
import { CERTIFICATE_STATES } from '../../domain/certificate/lifecycle';
import { ISSUANCE_OPERATIONS, ISSUANCE_STATES } from '../../domain/issuance/lifecycle';
import { endpoint } from '../http/endpoint';
import { agenciesAnd, BUSINESS_ROLES, INITIATOR_ROLES } from './access';
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

const TAG = '签发';
const ORIGINS = ['agency', 'form', 'backEntry'] as const;

const namedPersonSchema = z.strictObject({
  name: textSchema(200, '姓名'),
  id: textSchema(200, '证件号码或工号'),
});

const holderSchema = z
  .strictObject({
    kind: z
      .enum(HOLDER_KINDS)
      .meta({ description: '自然人 person、法人 organisation、非法人组织 unincorporated' }),
    name: z.string().max(400).meta({ description: '姓名或名称' }),
    codeType: z
      .string()
      .max(10)
      .nullable()
      .default(null)
      .meta({ description: `持证主体代码类型代码：${HOLDER_CODE_TYPE_CODES.join('、')}` }),
    code: z.string().max(100).nullable().default(null).meta({ description: '持证主体代码，校验位须正确' }),
    share: z.string().max(40).nullable().default(null).meta({ description: '份额，例如 1/2 或 50%' }),
  })
  .meta({ id: 'RequestedHolder', description: '持证主体' });

/** Shape only; what the values mean is judged by the rules of the type once it is known. */
export const issuanceRequestSchema = z
  .strictObject({
    catalogCode: z
      .string()
      .regex(/^[0-9A-Z]{18}\d{3}$/, '应为 21 位证照类型代码')
      .meta({ description: '证照类型代码' }),
    businessNumber: textSchema(200, '业务系统中的办件编号，不超过 64 字'),
    decidedAt: z.iso.datetime({ offset: true }).meta({ description: '业务系统作出决定的时刻' }),
    decision: z
      .strictObject({
        name: textSchema(400, '决定书名称'),
        number: textSchema(400, '文号'),
        date: z.string().max(40).meta({ description: '决定日期 YYYY-MM-DD' }),
        organ: textSchema(400, '决定机关'),
      })
      .nullable()
      .default(null)
      .meta({ description: '所依据的决定；行政许可证照必填' }),
    holders: z.array(holderSchema).max(500).meta({ description: '持证主体，可有多个的类型按顺序列出' }),
    face: z
      .custom<Readonly<Record<string, unknown>>>(
        (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
        '应为以要素名称或代码为键的对象',
      )
      .meta({
        type: 'object',
        additionalProperties: true,
        description: '照面信息，键为照面要素的中文名称或代码；与元数据绑定的要素可不填写，填写则须一致',
      }),
    validFrom: z.string().max(40).meta({ description: '有效期起始日期 YYYY-MM-DD' }),
    validUntil: z.string().max(40).nullable().meta({ description: '有效期截止日期；长期为 null' }),
    issuedOn: z.string().max(40).meta({ description: '发证日期 YYYY-MM-DD' }),
    operator: namedPersonSchema.meta({ description: '经办人' }),
    agent: namedPersonSchema.nullable().default(null).meta({ description: '代办人' }),
    acceptingAuthority: textSchema(400, '受理单位').nullable().default(null),
    attachments: z.array(idSchema).max(50).default([]).meta({ description: '已上传附件的编号' }),
    callbackUrl: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .nullable()
      .default(null)
      .meta({ description: '办结后回调的地址，主机须已登记' }),
    backEntryReason: z
      .string()
      .min(1)
      .max(2000)
      .nullable()
      .default(null)
      .meta({ description: '补录原因；仅在补录以前颁发的证照时填写' }),
  })
  .meta({ id: 'IssuanceRequest', description: '签发申请' });

export const issuanceSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(ISSUANCE_STATES).meta({ description: '办件状态' }),
    origin: z.enum(ORIGINS).meta({ description: '来源：业务系统、表单、补录' }),
    catalogCode: z.string(),
    certificateName: z.string(),
    authorityId: z.string(),
    businessNumber: z.string(),
    decidedAt: instantSchema,
    receivedAt: instantSchema,
    updatedAt: instantSchema,
    closedAt: instantSchema.nullable(),
    revision: z.number().int(),
    waitingFor: z
      .string()
      .nullable()
      .meta({ description: '正在等待什么，例如 agencyUnavailable、sealExpired' }),
    stateReason: z
      .strictObject({ code: z.string(), detail: z.string() })
      .nullable()
      .meta({ description: '退回、不予签发的原因' }),
    certificateId: z.string().nullable(),
    certificate: z
      .strictObject({
        id: z.string(),
        versionId: z.string(),
        number: z.string(),
        identifier: z.string(),
        state: z.enum(CERTIFICATE_STATES),
        verificationUrl: z.string().nullable(),
      })
      .nullable()
      .meta({ description: '形成的证照；尚未形成时为 null' }),
    availableActions: actionsSchema(ISSUANCE_OPERATIONS),
  })
  .meta({ id: 'Issuance', description: '签发办件' });

const readers = agenciesAnd(...BUSINESS_ROLES, 'auditor');
const initiators = agenciesAnd(...INITIATOR_ROLES);

export const createIssuance = endpoint({
  method: 'post',
  path: '/issuances',
  operationId: 'createIssuance',
  tag: TAG,
  summary: '提交签发申请',
  description:
    '格式、编码或照面有误，或带有密级标志的申请在此被拒绝，不留下任何记录。带 Prefer: wait=N 时最多等待 20 秒；在此期间办结则答 201(重复提交时 200)，否则答 202。',
  access: initiators,
  headers: ['Idempotency-Key', 'Prefer'],
  body: { kind: 'json', schema: issuanceRequestSchema, screened: true },
  responses: {
    200: { description: '相同 Idempotency-Key 的申请已办结', schema: issuanceSchema },
    201: { description: '已办结', schema: issuanceSchema },
    202: { description: '已受理，办理中', schema: issuanceSchema },
  },
});

export const listIssuances = endpoint({
  method: 'get',
  path: '/issuances',
  operationId: 'listIssuances',
  tag: TAG,
  summary: '查询签发办件',
  access: readers,
  query: pageQuery.extend({
    state: z.enum(ISSUANCE_STATES).optional().meta({ description: '办件状态' }),
    businessNumber: z.string().min(1).max(200).optional().meta({ description: '办件编号，完全一致' }),
  }),
  responses: { 200: { description: '一页办件', schema: pageSchema(issuanceSchema) } },
});

export const getIssuance = endpoint({
  method: 'get',
  path: '/issuances/{id}',
  operationId: 'getIssuance',
  tag: TAG,
  summary: '查看一件签发办件',
  description: '带 Prefer: wait=N 时等到办结或需要人办理，最多 20 秒。',
  access: readers,
  params: idParams,
  headers: ['Prefer'],
  responses: { 200: { description: '办件', schema: issuanceSchema } },
});

export const getIssuanceRequest = endpoint({
  method: 'get',
  path: '/issuances/{id}/request',
  operationId: 'getIssuanceRequest',
  tag: TAG,
  summary: '取回一件办件的申请内容，以便补正',
  description:
    '只有提交该申请的业务系统，或受理单位的经办人、窗口人员可用。内容未脱敏，本次查阅连同用途一并记录。',
  access: initiators,
  params: idParams,
  query: purposeQuery,
  headers: ['Use-Purpose'],
  responses: {
    200: {
      description: '申请内容，可改正后重新提交',
      schema: z
        .strictObject({
          id: z.string(),
          state: z.enum(ISSUANCE_STATES),
          request: issuanceRequestSchema,
          availableActions: actionsSchema(ISSUANCE_OPERATIONS),
        })
        .meta({ id: 'IssuanceRequestReadBack', description: '一件办件的申请内容' }),
    },
  },
});

export const withdrawIssuance = endpoint({
  method: 'post',
  path: '/issuances/{id}/withdraw',
  operationId: 'withdrawIssuance',
  tag: TAG,
  summary: '撤件(签章之前)',
  access: initiators,
  params: idParams,
  body: { kind: 'json', schema: z.strictObject({ reason: reasonSchema }), screened: true },
  responses: { 200: { description: '办件', schema: issuanceSchema } },
});

export const resubmitIssuance = endpoint({
  method: 'post',
  path: '/issuances/{id}/resubmit',
  operationId: 'resubmitIssuance',
  tag: TAG,
  summary: '补正后重新提交',
  access: initiators,
  params: idParams,
  headers: ['Prefer'],
  body: { kind: 'json', schema: issuanceRequestSchema, screened: true },
  responses: {
    200: { description: '已办结', schema: issuanceSchema },
    202: { description: '已受理，办理中', schema: issuanceSchema },
  },
});
