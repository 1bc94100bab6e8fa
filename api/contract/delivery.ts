import { z } from 'zod';
import { RECEIVER_KINDS } from '../../domain/delivery/counter-pickup';
import { DELIVERY_OPERATIONS, DELIVERY_STATES } from '../../domain/delivery/lifecycle';
import { endpoint } from '../http/endpoint';
import { agenciesAnd, BUSINESS_ROLES, INITIATOR_ROLES, PUBLIC, people } from './access';
import {
  actionsSchema,
  idParams,
  idSchema,
  instantSchema,
  pageQuery,
  pageSchema,
  reasonSchema,
  textSchema,
} from './shapes';

const TAG = '送达';
const readers = agenciesAnd(...BUSINESS_ROLES, 'auditor');

export const deliverySchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(DELIVERY_STATES),
    certificateVersionId: z.string(),
    holderOrdinal: z.number().int().meta({ description: '第几位持证主体，从 1 起' }),
    channel: z.string(),
    attempts: z.number().int(),
    lastError: z.string().nullable(),
    deliveredAt: instantSchema.nullable(),
    portalReceipt: z.string().nullable().meta({ description: '门户回执号' }),
    availableActions: actionsSchema(DELIVERY_OPERATIONS),
  })
  .meta({ id: 'Delivery', description: '向一位持证主体的送达' });

export const listDeliveries = endpoint({
  method: 'get',
  path: '/deliveries',
  operationId: 'listDeliveries',
  tag: TAG,
  summary: '送达列表',
  access: readers,
  query: pageQuery.extend({
    state: z.enum(DELIVERY_STATES).optional().meta({ description: '送达状态' }),
  }),
  responses: { 200: { description: '一页送达', schema: pageSchema(deliverySchema) } },
});

export const getDelivery = endpoint({
  method: 'get',
  path: '/deliveries/{id}',
  operationId: 'getDelivery',
  tag: TAG,
  summary: '查看一次送达',
  access: readers,
  params: idParams,
  responses: { 200: { description: '送达', schema: deliverySchema } },
});

export const pickUpDelivery = endpoint({
  method: 'post',
  path: '/deliveries/{id}/pickups',
  operationId: 'pickUpDelivery',
  tag: TAG,
  summary: '窗口领取',
  description: '窗口人员核验身份后交付，出具送达回证。窗口领取是补充方式，不替代门户送达。',
  access: people('windowClerk'),
  params: idParams,
  body: {
    kind: 'json',
    schema: z.strictObject({
      receiver: z.strictObject({
        kind: z.enum(RECEIVER_KINDS).meta({ description: '本人、代理人或监护人' }),
        name: textSchema(100, '领取人姓名'),
        code: textSchema(64, '领取人证件号码'),
        authorisationAttachmentId: idSchema
          .nullable()
          .default(null)
          .meta({ description: '授权委托书或监护关系证明的附件编号；本人领取时为 null' }),
      }),
    }),
    screened: true,
  },
  responses: {
    200: {
      description: '已领取，并出具送达回证',
      schema: deliverySchema.extend({
        paper: z.strictObject({ id: z.string(), number: z.string().meta({ description: '送达回证文号' }) }),
      }),
    },
  },
});

export const takeDeliveryReceipt = endpoint({
  method: 'post',
  path: '/deliveries/{id}/receipts',
  operationId: 'takeDeliveryReceipt',
  tag: TAG,
  summary: '门户回执',
  description: '门户在持证主体收到后主动发来。无需登录：只采信门户私钥对证明文本的签名。',
  access: PUBLIC,
  params: idParams,
  body: {
    kind: 'json',
    schema: z.strictObject({
      receipt: textSchema(200, '回执号'),
      proof: textSchema(16_384, '证明文本，按原样保存'),
      proofSignature: z.base64().min(1).max(1000).meta({ description: '门户对证明文本的 SM2 签名(base64)' }),
    }),
    screened: false,
  },
  responses: { 204: { description: '已收到' } },
});

export const exemptDelivery = endpoint({
  method: 'post',
  path: '/deliveries/{id}/exempt',
  operationId: 'exemptDelivery',
  tag: TAG,
  summary: '依法免予送达',
  access: people('reviewer'),
  params: idParams,
  body: {
    kind: 'json',
    schema: z.strictObject({
      legalBasis: textSchema(200, '法律依据及条款'),
      documentNumber: textSchema(100, '认定文书文号').nullable().default(null),
      reason: reasonSchema,
    }),
    screened: true,
  },
  responses: { 200: { description: '送达', schema: deliverySchema } },
});

export const retryDelivery = endpoint({
  method: 'post',
  path: '/deliveries/{id}/retry',
  operationId: 'retryDelivery',
  tag: TAG,
  summary: '重新送达',
  access: agenciesAnd(...INITIATOR_ROLES),
  params: idParams,
  responses: { 202: { description: '重新送达中', schema: deliverySchema } },
});
