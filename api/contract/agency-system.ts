import { z } from 'zod';
import { endpoint } from '../http/endpoint';
import { people } from './access';
import { actionsSchema, idParams, idSchema, instantSchema, pageSchema } from './shapes';

const TAG = '业务系统';
const administrators = people('systemAdministrator');
const readers = people('systemAdministrator', 'auditor');

export const agencySystemSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(['active', 'stopped']),
    authorityId: z.string(),
    name: z.string(),
    callbackHosts: z.array(z.string()).meta({ description: '允许回调的主机' }),
    hasWebhookSecret: z.boolean(),
    recordPort: z
      .strictObject({ url: z.string(), keyId: z.string().nullable() })
      .nullable()
      .meta({ description: '业务系统自有台账的地址和本系统在那里的密钥编号；密钥本身不再显示' }),
    createdAt: instantSchema,
    availableActions: actionsSchema(['stop', 'resume', 'setRecordPort', 'renewWebhookSecret', 'issueKey']),
  })
  .meta({ id: 'AgencySystem', description: '业务系统' });

export const agencyKeySchema = z
  .strictObject({
    id: z.string().meta({ description: '密钥编号，即签名中的 keyId' }),
    state: z.enum(['live', 'expired', 'revoked']),
    agencySystemId: z.string(),
    validFrom: instantSchema,
    validUntil: instantSchema.nullable(),
    revokedAt: instantSchema.nullable(),
    availableActions: actionsSchema(['revoke']),
  })
  .meta({ id: 'AgencyKey', description: '业务系统的签名密钥' });

const SHOWN_ONCE = '只显示这一次；以同一 Idempotency-Key 重复请求时为 null';

export const listAgencySystems = endpoint({
  method: 'get',
  path: '/agency-systems',
  operationId: 'listAgencySystems',
  tag: TAG,
  summary: '业务系统',
  access: readers,
  responses: { 200: { description: '业务系统', schema: pageSchema(agencySystemSchema) } },
});

export const addAgencySystem = endpoint({
  method: 'post',
  path: '/agency-systems',
  operationId: 'addAgencySystem',
  tag: TAG,
  summary: '登记业务系统',
  access: administrators,
  headers: ['Idempotency-Key'],
  body: {
    kind: 'json',
    schema: z.strictObject({
      authorityId: idSchema,
      name: z.string().trim().min(1).max(200),
      callbackHosts: z
        .array(
          z
            .string()
            .max(253)
            .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, '应为小写的主机名'),
        )
        .max(10)
        .default([]),
    }),
    screened: true,
  },
  responses: { 201: { description: '业务系统', schema: agencySystemSchema } },
});

export const setRecordPort = endpoint({
  method: 'put',
  path: '/agency-systems/{id}/record-port',
  operationId: 'setRecordPort',
  tag: TAG,
  summary: '设置自有台账的地址和密钥',
  description: '本系统以该密钥签名，向业务系统查询其自有记录并比对(第八条)。每个业务系统各有自己的密钥。',
  access: administrators,
  params: idParams,
  body: {
    kind: 'json',
    schema: z.strictObject({
      url: z
        .url({ protocol: /^https?$/ })
        .max(500)
        .regex(/^[^?#@]*[^/?#@]$/, '不得带有账号、参数或片段，不以斜杠结尾'),
      keyId: z.string().regex(/^[A-Za-z0-9._-]{3,64}$/, '应为 3 至 64 位字母、数字、点、下划线、连字符'),
      secret: z.string().min(16).max(200).meta({ description: '与业务系统共享的密钥' }),
    }),
    screened: false,
  },
  responses: { 200: { description: '业务系统', schema: agencySystemSchema } },
});

export const removeRecordPort = endpoint({
  method: 'delete',
  path: '/agency-systems/{id}/record-port',
  operationId: 'removeRecordPort',
  tag: TAG,
  summary: '取消自有台账的地址和密钥',
  access: administrators,
  params: idParams,
  responses: { 200: { description: '业务系统', schema: agencySystemSchema } },
});

export const renewWebhookSecret = endpoint({
  method: 'post',
  path: '/agency-systems/{id}/webhook-secret',
  operationId: 'renewWebhookSecret',
  tag: TAG,
  summary: '更换回调密钥',
  description: '旧密钥即时失效。',
  access: administrators,
  params: idParams,
  responses: {
    200: {
      description: '新的回调密钥',
      schema: z
        .strictObject({
          id: z.string(),
          state: z.enum(['active', 'stopped']),
          secret: z.string().meta({ description: '只显示这一次' }),
          availableActions: actionsSchema([]),
        })
        .meta({ id: 'WebhookSecret', description: '回调密钥(Standard Webhooks 1.0)' }),
    },
  },
});

export const stopAgencySystem = endpoint({
  method: 'post',
  path: '/agency-systems/{id}/stop',
  operationId: 'stopAgencySystem',
  tag: TAG,
  summary: '停用业务系统',
  description: '其全部密钥即时不被接受。',
  access: administrators,
  params: idParams,
  responses: { 200: { description: '业务系统', schema: agencySystemSchema } },
});

export const resumeAgencySystem = endpoint({
  method: 'post',
  path: '/agency-systems/{id}/resume',
  operationId: 'resumeAgencySystem',
  tag: TAG,
  summary: '恢复业务系统',
  access: administrators,
  params: idParams,
  responses: { 200: { description: '业务系统', schema: agencySystemSchema } },
});

export const listAgencyKeys = endpoint({
  method: 'get',
  path: '/agency-keys',
  operationId: 'listAgencyKeys',
  tag: TAG,
  summary: '签名密钥',
  access: readers,
  responses: { 200: { description: '签名密钥', schema: pageSchema(agencyKeySchema) } },
});

export const issueAgencyKey = endpoint({
  method: 'post',
  path: '/agency-keys',
  operationId: 'issueAgencyKey',
  tag: TAG,
  summary: '发放签名密钥',
  description: '一个业务系统同时最多两个有效密钥，以便不停机更换。',
  access: administrators,
  headers: ['Idempotency-Key'],
  body: {
    kind: 'json',
    schema: z.strictObject({
      agencySystemId: idSchema,
      validUntil: z.iso
        .datetime({ offset: true })
        .nullable()
        .default(null)
        .meta({ description: '不填为长期有效' }),
    }),
    screened: false,
  },
  responses: {
    201: {
      description: '签名密钥',
      schema: agencyKeySchema
        .extend({ secret: z.string().nullable().meta({ description: SHOWN_ONCE }) })
        .meta({ id: 'IssuedAgencyKey', description: '新发放的签名密钥' }),
    },
  },
});

export const revokeAgencyKey = endpoint({
  method: 'post',
  path: '/agency-keys/{id}/revoke',
  operationId: 'revokeAgencyKey',
  tag: TAG,
  summary: '吊销签名密钥',
  access: administrators,
  params: z.object({
    id: z
      .string()
      .regex(/^[A-Za-z0-9._-]{3,64}$/)
      .meta({ description: '密钥编号' }),
  }),
  responses: { 200: { description: '签名密钥', schema: agencyKeySchema } },
});
