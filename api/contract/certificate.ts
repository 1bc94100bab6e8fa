import { z } from 'zod';
import {
  CERTIFICATE_MARKS,
  CERTIFICATE_OPERATIONS,
  CERTIFICATE_STATES,
} from '../../domain/certificate/lifecycle';
import { CHANGE_KIND_NAMES } from '../../domain/certificate-change/change-kind';
import { CHANGE_STATES } from '../../domain/certificate-change/lifecycle';
import { endpoint } from '../http/endpoint';
import { agenciesAnd, BUSINESS_ROLES } from './access';
import { faceSchemaSchema, faceValuesSchema } from './face';
import {
  actionsSchema,
  dateSchema,
  idParams,
  idSchema,
  instantSchema,
  pageQuery,
  pageSchema,
  purposeQuery,
} from './shapes';

const TAG = '证照';

export const maskedHolderSchema = z
  .strictObject({ name: z.string(), code: z.string().nullable(), share: z.string().nullable() })
  .meta({ id: 'MaskedHolder', description: '脱敏后的持证主体' });

export const certificateSchema = z
  .strictObject({
    id: z.string(),
    versionId: z.string(),
    version: z.string().meta({ description: '版本号，例如 001' }),
    state: z.enum(CERTIFICATE_STATES),
    marks: z.array(z.enum(CERTIFICATE_MARKS)).meta({ description: '状态之外的标记' }),
    number: z.string().meta({ description: '证照编号' }),
    identifier: z.string().meta({ description: '证照标识' }),
    catalogCode: z.string(),
    certificateName: z.string(),
    authorityId: z.string(),
    issuingAuthority: z.string(),
    maskedHolders: z.array(maskedHolderSchema),
    maskedFace: faceValuesSchema,
    validFrom: dateSchema,
    validUntil: dateSchema.nullable().meta({ description: '长期为 null' }),
    issuedOn: dateSchema,
    issuedAt: instantSchema.nullable(),
    endedAt: instantSchema.nullable(),
    openChange: z
      .strictObject({
        id: z.string(),
        operation: z.enum(CHANGE_KIND_NAMES),
        state: z.enum(CHANGE_STATES),
        since: instantSchema,
      })
      .nullable()
      .meta({ description: '正在办理的变动；没有的为 null' }),
    inspections: z
      .array(
        z.strictObject({
          endorsedOn: dateSchema,
          result: z.enum(['passed', 'failed']),
          nextDueOn: dateSchema.nullable(),
        }),
      )
      .meta({ description: '年检签注，最近的在前' }),
    availableActions: actionsSchema(CERTIFICATE_OPERATIONS),
  })
  .meta({ id: 'Certificate', description: '证照(一个版本)，个人信息已脱敏' });

const certificateFaceSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(CERTIFICATE_STATES),
    masked: z.boolean(),
    faceSchema: faceSchemaSchema,
    face: faceValuesSchema,
    availableActions: actionsSchema([]),
  })
  .meta({ id: 'CertificateFace', description: '照面信息；本次查阅已记录' });

const eventSchema = z
  .strictObject({
    id: z.string(),
    kind: z.string(),
    state: z.literal('recorded'),
    operationCode: z.string().nullable().meta({ description: '业务操作代码' }),
    actor: z.record(z.string(), z.string().nullable()),
    facts: z.record(z.string(), z.unknown()),
    occurredAt: instantSchema,
    availableActions: actionsSchema([]),
  })
  .meta({ id: 'CertificateEvent', description: '证照事件' });

const useSchema = z
  .strictObject({
    readAt: instantSchema,
    principalKind: z.string(),
    who: z.string(),
    purpose: z.string(),
    fields: z.array(z.string()),
    unmasked: z.boolean(),
  })
  .meta({ id: 'CertificateUse', description: '一次查阅记录' });

const versionQuery = z
  .string()
  .regex(/^\d{3}$/, '应为三位版本号')
  .optional()
  .meta({ description: '版本号，例如 001；缺省为最新版本' });

const readers = agenciesAnd(...BUSINESS_ROLES, 'holder');
const evidenceReaders = agenciesAnd(...BUSINESS_ROLES, 'holder', 'auditor');

export const searchCertificates = endpoint({
  method: 'get',
  path: '/certificates',
  operationId: 'searchCertificates',
  tag: TAG,
  summary: '检索证照',
  access: readers,
  query: pageQuery.extend({
    q: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .meta({ description: '证照编号、证照标识，或持证主体的完整名称、代码' }),
    list: z.enum(['expiring', 'expiredNotCancelled', 'endedNotCancelled']).optional().meta({
      description: '即将到期 expiring、过期未注销 expiredNotCancelled、应注销未注销 endedNotCancelled',
    }),
    withinDays: z
      .enum(['30', '60', '90'])
      .default('90')
      .meta({ description: '即将到期的天数；只与 list=expiring 同用' }),
  }),
  responses: { 200: { description: '一页证照', schema: pageSchema(certificateSchema) } },
});

export const getCertificate = endpoint({
  method: 'get',
  path: '/certificates/{id}',
  operationId: 'getCertificate',
  tag: TAG,
  summary: '查看一份证照',
  access: readers,
  params: idParams,
  responses: { 200: { description: '证照的当前版本', schema: certificateSchema } },
});

export const getCertificateFace = endpoint({
  method: 'get',
  path: '/certificates/{id}/face',
  operationId: 'getCertificateFace',
  tag: TAG,
  summary: '查阅照面信息',
  description: '须说明用途；unmask=true 时给出未脱敏内容，用途即为理由。每次查阅都被记录。',
  access: readers,
  params: idParams,
  headers: ['Use-Purpose'],
  query: purposeQuery.extend({
    version: versionQuery,
    unmask: z.enum(['true', 'false']).default('false').meta({ description: '是否查看未脱敏内容' }),
  }),
  responses: { 200: { description: '照面信息', schema: certificateFaceSchema } },
});

export const getCertificateFile = endpoint({
  method: 'get',
  path: '/certificates/{id}/files/{kind}',
  operationId: 'getCertificateFile',
  tag: TAG,
  summary: '下载证照文件',
  description: '须说明用途，每次下载都被记录。OFD 为准，PDF 与 PNG 为派生件。',
  access: readers,
  params: z.object({
    id: idSchema,
    kind: z.enum(['ofd', 'pdf', 'png']).meta({ description: '文件格式' }),
  }),
  headers: ['Use-Purpose'],
  query: purposeQuery.extend({ version: versionQuery }),
  responses: {
    200: { description: '文件', mediaTypes: ['application/ofd', 'application/pdf', 'image/png'] },
  },
});

export const listCertificateEvents = endpoint({
  method: 'get',
  path: '/certificates/{id}/events',
  operationId: 'listCertificateEvents',
  tag: TAG,
  summary: '证照的事件',
  access: evidenceReaders,
  params: idParams,
  query: pageQuery,
  responses: { 200: { description: '一页事件', schema: pageSchema(eventSchema) } },
});

export const listCertificateVersions = endpoint({
  method: 'get',
  path: '/certificates/{id}/versions',
  operationId: 'listCertificateVersions',
  tag: TAG,
  summary: '证照的各个版本',
  access: readers,
  params: idParams,
  responses: { 200: { description: '各版本，从早到晚', schema: pageSchema(certificateSchema) } },
});

export const listCertificateUses = endpoint({
  method: 'get',
  path: '/certificates/{id}/uses',
  operationId: 'listCertificateUses',
  tag: TAG,
  summary: '谁查阅过该证照',
  access: evidenceReaders,
  params: idParams,
  query: pageQuery,
  responses: { 200: { description: '一页查阅记录', schema: pageSchema(useSchema) } },
});
