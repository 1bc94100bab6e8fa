import { z } from 'zod';
import type { HolderReportKind } from '../../domain/certificate-change/holder-report';
import { HOLDER_REPORT_KINDS } from '../../domain/certificate-change/holder-report';
import { endpoint } from '../http/endpoint';
import { agenciesAnd, INITIATOR_ROLES, people } from './access';
import { actionsSchema, idParams, reasonSchema } from './shapes';

const TAG = '证照变动';
const KINDS = Object.keys(HOLDER_REPORT_KINDS) as readonly HolderReportKind[];

export const holderReportSchema = z
  .strictObject({ id: z.string(), state: z.literal('recorded'), availableActions: actionsSchema([]) })
  .meta({ id: 'HolderReport', description: '持证主体变更的报告' });

export const reportHolder = endpoint({
  method: 'post',
  path: '/holder-reports',
  operationId: 'reportHolder',
  tag: TAG,
  summary: '报告持证主体更名、死亡或终止',
  description:
    '该主体名下每一份有效证照的发证单位各得到一件核实任务；证照不会自动终止。不回答该主体有哪些证照。',
  access: agenciesAnd(...INITIATOR_ROLES),
  headers: ['Idempotency-Key'],
  body: {
    kind: 'json',
    screened: true,
    schema: z.strictObject({
      kind: z.enum(KINDS).meta({ description: '更名 renamed、死亡 dead、终止 dissolved' }),
      code: z.string().min(1).max(100).meta({ description: '持证主体代码' }),
    }),
  },
  responses: { 201: { description: '已记录', schema: holderReportSchema } },
});

export const keepCertificate = endpoint({
  method: 'post',
  path: '/certificates/{id}/dependency-conclusions',
  operationId: 'keepCertificate',
  tag: TAG,
  summary: '关联证照核实后维持',
  access: people('operator'),
  params: idParams,
  body: { kind: 'json', schema: z.strictObject({ reason: reasonSchema }), screened: true },
  responses: { 204: { description: '任务已办结，证照不变' } },
});
