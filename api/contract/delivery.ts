import { z } from 'zod';
import { DELIVERY_OPERATIONS, DELIVERY_STATES } from '../../domain/delivery/lifecycle';
import { endpoint } from '../http/endpoint';
import { agenciesAnd, BUSINESS_ROLES, INITIATOR_ROLES } from './access';
import { actionsSchema, idParams, instantSchema, pageQuery, pageSchema } from './shapes';

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
