import { z } from 'zod';
import { endpoint } from '../http/endpoint';
import { ANYBODY_SIGNED_IN, agenciesAnd, INITIATOR_ROLES } from './access';
import { actionsSchema, idParams, instantSchema, pageQuery, pageSchema } from './shapes';

const TAG = '机构与往来';

export const attachmentSchema = z
  .strictObject({ id: z.string(), state: z.literal('stored'), availableActions: actionsSchema([]) })
  .meta({ id: 'Attachment', description: '附件' });

export const noticeSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(['unread', 'read']),
    title: z.string(),
    body: z.string(),
    link: z.string().nullable(),
    createdAt: instantSchema,
    readAt: instantSchema.nullable(),
    availableActions: actionsSchema(['markRead']),
  })
  .meta({ id: 'Notice', description: '站内信' });

export const addAttachment = endpoint({
  method: 'post',
  path: '/attachments',
  operationId: 'addAttachment',
  tag: TAG,
  summary: '上传附件',
  description: 'multipart/form-data，一个名为 file 的部分，不超过 20 MB。文件名带有密级标志的被拒绝。',
  access: agenciesAnd(
    ...INITIATOR_ROLES,
    'reviewer',
    'investigator',
    'sealKeeper',
    'bannerAdministrator',
    'cityAdministrator',
    'holder',
    'relyingPartyUser',
  ),
  headers: ['Idempotency-Key'],
  body: { kind: 'file' },
  responses: { 201: { description: '附件', schema: attachmentSchema } },
});

export const listNotices = endpoint({
  method: 'get',
  path: '/notices',
  operationId: 'listNotices',
  tag: TAG,
  summary: '站内信',
  access: ANYBODY_SIGNED_IN,
  query: pageQuery.extend({
    unread: z.enum(['true', 'false']).default('false').meta({ description: '只看未读' }),
  }),
  responses: { 200: { description: '一页站内信', schema: pageSchema(noticeSchema) } },
});

export const readNotice = endpoint({
  method: 'post',
  path: '/notices/{id}/read',
  operationId: 'readNotice',
  tag: TAG,
  summary: '标为已读',
  access: ANYBODY_SIGNED_IN,
  params: idParams,
  responses: { 204: { description: '已标为已读' } },
});
