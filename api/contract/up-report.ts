import { z } from 'zod';
import { DIFFERENCE_HANDLINGS, DIFFERENCE_KINDS } from '../../domain/up-report/compare-day';
import { UP_REPORT_STATE_NAMES } from '../../domain/up-report/lifecycle';
import { UP_REPORT_STATES } from '../../domain/up-report/up-report-state';
import { endpoint } from '../http/endpoint';
import { agenciesAnd, BUSINESS_ROLES, people } from './access';
import {
  actionsSchema,
  dateSchema,
  idParams,
  instantSchema,
  pageQuery,
  pageSchema,
  textSchema,
} from './shapes';

const TAG = '归集上报';

export const upReportSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(UP_REPORT_STATES),
    stateName: z.enum(Object.values(UP_REPORT_STATE_NAMES)),
    certificateId: z.string(),
    certificateVersionId: z.string(),
    certificateNumber: z.string(),
    certificateName: z.string(),
    authorityId: z.string(),
    operationCode: z.string().meta({ description: '业务操作代码' }),
    receipt: z.string().nullable().meta({ description: '上级平台的回执号' }),
    reason: z.string().nullable().meta({ description: '退回或隔离的原因' }),
    mended: z.string().nullable().meta({ description: '最近一次修正的说明' }),
    round: z.number().int().meta({ description: '第几次上报' }),
    attempts: z.number().int(),
    createdAt: instantSchema,
    updatedAt: instantSchema,
    reportedAt: instantSchema.nullable(),
    availableActions: actionsSchema(['retry']),
  })
  .meta({ id: 'UpReport', description: '归集上报(本地模拟的上级平台)' });

export const upReportReconciliationSchema = z
  .strictObject({
    id: z.string(),
    date: dateSchema,
    state: z.enum(['agreed', 'different']),
    reportedCount: z.number().int().meta({ description: '本市当日收到回执的上报数(全市)' }),
    receivedCount: z.number().int().meta({ description: '上级平台当日收到的上报数(全市)' }),
    differenceCount: z.number().int(),
    comparedAt: instantSchema,
    differences: z
      .array(
        z.strictObject({
          kind: z.enum(DIFFERENCE_KINDS),
          handling: z.enum(DIFFERENCE_HANDLINGS),
          upReportId: z.string().nullable(),
          regionReportId: z.string().nullable(),
        }),
      )
      .meta({ description: '范围内的不一致' }),
    availableActions: actionsSchema([]),
  })
  .meta({ id: 'UpReportReconciliation', description: '与上级平台的一日对账' });

export const listUpReports = endpoint({
  method: 'get',
  path: '/up-reports',
  operationId: 'listUpReports',
  tag: TAG,
  summary: '归集上报',
  access: agenciesAnd(...BUSINESS_ROLES, 'auditor'),
  query: pageQuery.extend({
    state: z.enum(UP_REPORT_STATES).optional().meta({ description: '待上报、已上报、被退回、隔离' }),
  }),
  responses: { 200: { description: '一页上报', schema: pageSchema(upReportSchema) } },
});

export const getUpReport = endpoint({
  method: 'get',
  path: '/up-reports/{id}',
  operationId: 'getUpReport',
  tag: TAG,
  summary: '一条上报',
  access: agenciesAnd(...BUSINESS_ROLES, 'auditor'),
  params: idParams,
  responses: { 200: { description: '上报', schema: upReportSchema } },
});

export const retryUpReport = endpoint({
  method: 'post',
  path: '/up-reports/{id}/retry',
  operationId: 'retryUpReport',
  tag: TAG,
  summary: '修正后重新上报',
  description: '按目录现行的类型名称和登记簿的现值重新上报；被退回或隔离的上报从不丢弃。',
  access: people('operator'),
  params: idParams,
  body: {
    kind: 'json',
    schema: z.strictObject({ mended: textSchema(500, '修正了什么') }).meta({ id: 'UpReportRetryRequest' }),
    screened: true,
  },
  responses: { 200: { description: '上报', schema: upReportSchema } },
});

export const listUpReportReconciliations = endpoint({
  method: 'get',
  path: '/up-report-reconciliations',
  operationId: 'listUpReportReconciliations',
  tag: TAG,
  summary: '与上级平台的逐日对账(最近 60 日)',
  access: people(...BUSINESS_ROLES, 'auditor'),
  responses: { 200: { description: '对账', schema: pageSchema(upReportReconciliationSchema) } },
});
