import { z } from 'zod';
import { endpoint } from '../http/endpoint';
import { INITIATOR_ROLES, people } from './access';
import { issuanceSchema } from './issuance';
import { actionsSchema, idParams, instantSchema, pageQuery, pageSchema } from './shapes';

const TAG = '签发草稿';
const access = people(...INITIATOR_ROLES);

const catalogCodeSchema = z
  .string()
  .regex(/^[0-9A-Z]{18}\d{3}$/, '应为 21 位证照类型代码')
  .meta({ description: '证照类型代码' });

/** Unfinished, so nothing but its being an object is asked; judged whole when it is submitted. */
const draftBodySchema = z
  .custom<Readonly<Record<string, unknown>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    '应为对象',
  )
  .meta({
    type: 'object',
    additionalProperties: true,
    description: '未填完的签发申请，成员同 IssuanceRequest，均可暂缺',
  });

export const issuanceDraftSchema = z
  .strictObject({
    id: z.string(),
    state: z.literal('draft'),
    catalogCode: z.string(),
    revision: z.number().int(),
    updatedAt: instantSchema,
    body: draftBodySchema,
    availableActions: actionsSchema(['save', 'submit', 'discard']),
  })
  .meta({ id: 'IssuanceDraft', description: '签发草稿；提交之前不产生任何效力' });

export const createIssuanceDraft = endpoint({
  method: 'post',
  path: '/issuance-drafts',
  operationId: 'createIssuanceDraft',
  tag: TAG,
  summary: '新建草稿',
  access,
  headers: ['Idempotency-Key'],
  body: {
    kind: 'json',
    schema: z.strictObject({ catalogCode: catalogCodeSchema, body: draftBodySchema }),
    screened: true,
  },
  responses: { 201: { description: '草稿', schema: issuanceDraftSchema } },
});

export const listIssuanceDrafts = endpoint({
  method: 'get',
  path: '/issuance-drafts',
  operationId: 'listIssuanceDrafts',
  tag: TAG,
  summary: '我的草稿',
  access,
  query: pageQuery,
  responses: { 200: { description: '一页草稿', schema: pageSchema(issuanceDraftSchema) } },
});

export const getIssuanceDraft = endpoint({
  method: 'get',
  path: '/issuance-drafts/{id}',
  operationId: 'getIssuanceDraft',
  tag: TAG,
  summary: '查看一份草稿',
  access,
  params: idParams,
  responses: { 200: { description: '草稿，ETag 为其版本', schema: issuanceDraftSchema } },
});

export const saveIssuanceDraft = endpoint({
  method: 'put',
  path: '/issuance-drafts/{id}',
  operationId: 'saveIssuanceDraft',
  tag: TAG,
  summary: '保存草稿',
  access,
  params: idParams,
  headers: ['If-Match'],
  body: { kind: 'json', schema: z.strictObject({ body: draftBodySchema }), screened: true },
  responses: { 200: { description: '草稿', schema: issuanceDraftSchema } },
});

export const discardIssuanceDraft = endpoint({
  method: 'delete',
  path: '/issuance-drafts/{id}',
  operationId: 'discardIssuanceDraft',
  tag: TAG,
  summary: '丢弃草稿',
  access,
  params: idParams,
  responses: { 204: { description: '已丢弃' } },
});

export const submitIssuanceDraft = endpoint({
  method: 'post',
  path: '/issuance-drafts/{id}/submit',
  operationId: 'submitIssuanceDraft',
  tag: TAG,
  summary: '提交草稿',
  description: '按签发申请的全部规则审查；填有补录原因的作为补录，由另一人确认。',
  access,
  params: idParams,
  headers: ['Idempotency-Key', 'Prefer'],
  responses: {
    200: { description: '相同 Idempotency-Key 的提交已办结', schema: issuanceSchema },
    201: { description: '已办结', schema: issuanceSchema },
    202: { description: '已受理，办理中', schema: issuanceSchema },
  },
});

export const copyLastIssuance = endpoint({
  method: 'post',
  path: '/issuance-drafts/copy-from-last',
  operationId: 'copyLastIssuance',
  tag: TAG,
  summary: '以最近一件同类办件为底新建草稿',
  access,
  headers: ['Idempotency-Key'],
  body: { kind: 'json', schema: z.strictObject({ catalogCode: catalogCodeSchema }), screened: false },
  responses: { 201: { description: '草稿，不含编号和日期', schema: issuanceDraftSchema } },
});
