import { z } from 'zod';
import { UP_REPORT_STATES } from '../../domain/up-report/up-report-state';
import { endpoint } from '../http/endpoint';
import { ANYBODY_SIGNED_IN, agenciesAnd, BUSINESS_ROLES, INITIATOR_ROLES } from './access';
import { actionsSchema, idParams, instantSchema, pageQuery, pageSchema } from './shapes';

const TAG = '机构与往来';

export const upReportSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(UP_REPORT_STATES).meta({ description: '待上报、已上报、被退回、隔离' }),
    certificateVersionId: z.string(),
    operationCode: z.string(),
    receipt: z.string().nullable(),
    reason: z.string().nullable(),
    updatedAt: instantSchema,
    availableActions: actionsSchema([]),
  })
  .meta({ id: 'UpReport', description: '归集上报(本地模拟的上级平台)' });

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

export const listUpReports = endpoint({
  method: 'get',
  path: '/up-reports',
  operationId: 'listUpReports',
  tag: TAG,
  summary: '归集上报',
  access: agenciesAnd(...BUSINESS_ROLES, 'auditor'),
  query: pageQuery.extend({
    state: z
      .string()
      .regex(/^[A-Za-z]{1,30}$/, '应为状态名')
      .optional()
      .meta({ description: '上报状态' }),
  }),
  responses: { 200: { description: '一页上报', schema: pageSchema(upReportSchema) } },
});

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
