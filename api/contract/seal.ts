import { z } from 'zod';
import { endpoint } from '../http/endpoint';
import { BUSINESS_ROLES, people } from './access';
import {
  actionsSchema,
  dateSchema,
  idParams,
  idSchema,
  instantSchema,
  legalDateSchema,
  pageSchema,
  reasonSchema,
} from './shapes';

const TAG = '印章';
const readers = people(...BUSINESS_ROLES, 'auditor');
const keepers = people('sealKeeper');

export const sealSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(['inUse', 'stopped', 'cancelled']),
    stateReason: z.string().nullable(),
    authorityId: z.string(),
    name: z.string(),
    kind: z.string(),
    validFrom: z.string(),
    validUntil: z.string(),
    availableActions: actionsSchema(['stop', 'resume']),
  })
  .meta({ id: 'Seal', description: '电子印章' });

export const SEAL_USE_MANDATE_STATES = ['notYetInForce', 'inForce', 'usedUp', 'expired', 'ended'] as const;

export const sealUseMandateSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(SEAL_USE_MANDATE_STATES),
    sealId: z.string(),
    catalogCode: z.string(),
    authorityId: z.string(),
    validFrom: dateSchema,
    validUntil: dateSchema,
    volumeCap: z.number().int().meta({ description: '用印次数上限' }),
    used: z.number().int().meta({ description: '已用次数' }),
    endedAt: instantSchema.nullable(),
    availableActions: actionsSchema(['end']),
  })
  .meta({ id: 'SealUseMandate', description: '自动用印授权' });

export const listSeals = endpoint({
  method: 'get',
  path: '/seals',
  operationId: 'listSeals',
  tag: TAG,
  summary: '电子印章',
  access: readers,
  responses: { 200: { description: '印章', schema: pageSchema(sealSchema) } },
});

export const stopSeal = endpoint({
  method: 'post',
  path: '/seals/{id}/stop',
  operationId: 'stopSeal',
  tag: TAG,
  summary: '停用印章',
  access: keepers,
  params: idParams,
  body: { kind: 'json', schema: z.strictObject({ reason: reasonSchema }), screened: false },
  responses: { 200: { description: '印章', schema: sealSchema } },
});

export const resumeSeal = endpoint({
  method: 'post',
  path: '/seals/{id}/resume',
  operationId: 'resumeSeal',
  tag: TAG,
  summary: '恢复使用印章',
  description: '等待该印章的办件随后自行继续。',
  access: keepers,
  params: idParams,
  responses: { 200: { description: '印章', schema: sealSchema } },
});

export const listSealUseMandates = endpoint({
  method: 'get',
  path: '/seal-use-mandates',
  operationId: 'listSealUseMandates',
  tag: TAG,
  summary: '用印授权',
  access: readers,
  responses: { 200: { description: '授权', schema: pageSchema(sealUseMandateSchema) } },
});

export const grantSealUseMandate = endpoint({
  method: 'post',
  path: '/seal-use-mandates',
  operationId: 'grantSealUseMandate',
  tag: TAG,
  summary: '授予自动用印授权',
  access: keepers,
  headers: ['Idempotency-Key'],
  body: {
    kind: 'json',
    schema: z.strictObject({
      sealId: idSchema,
      catalogCode: z.string().regex(/^[0-9A-Z]{18}\d{3}$/, '应为 21 位证照类型代码'),
      validFrom: legalDateSchema,
      validUntil: legalDateSchema,
      volumeCap: z.number().int().min(1).max(10_000_000),
    }),
    screened: false,
  },
  responses: { 201: { description: '授权', schema: sealUseMandateSchema } },
});

export const endSealUseMandate = endpoint({
  method: 'post',
  path: '/seal-use-mandates/{id}/end',
  operationId: 'endSealUseMandate',
  tag: TAG,
  summary: '终止用印授权',
  access: keepers,
  params: idParams,
  responses: { 200: { description: '授权', schema: sealUseMandateSchema } },
});
