import { z } from 'zod';
import {
  AFFECTED_OPERATIONS,
  ITEM_STATES,
  ITEM_SUBJECT_KINDS,
} from '../../domain/force-majeure/affected-item';
import {
  FORCE_MAJEURE_CAUSE_CODES,
  STATEMENT_KINDS,
  type StatementKind,
} from '../../domain/force-majeure/declaration';
import { FORCE_MAJEURE_ACTIONS, FORCE_MAJEURE_STATES } from '../../domain/force-majeure/lifecycle';
import { endpoint } from '../http/endpoint';
import { BUSINESS_ROLES, people } from './access';
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

const TAG = '不可抗力';
const DECLARANTS = people('operator', 'bannerAdministrator', 'cityAdministrator');
const UNITS = people('operator', 'bannerAdministrator');
const CITY = people('cityAdministrator');
const READERS = people(...BUSINESS_ROLES, 'auditor');
const STATEMENT_KIND_CODES = Object.keys(STATEMENT_KINDS) as StatementKind[];

const instant = (description: string) => z.iso.datetime({ offset: true }).meta({ description });
const catalogCodeSchema = z
  .string()
  .regex(/^[0-9A-Z]{18}\d{3}$/, '应为 21 位证照类型代码')
  .meta({ description: '证照类型代码' });
const operationSchema = z
  .enum(AFFECTED_OPERATIONS)
  .meta({ description: '环节：制发 issue、归集 collect、更新 update、注销 cancel' });

const evidenceSchema = z
  .array(
    z.strictObject({
      description: textSchema(500, '证明什么'),
      attachmentId: idSchema.nullable().default(null).meta({ description: '附件；没有文件时为 null' }),
    }),
  )
  .min(1)
  .max(20)
  .meta({ description: '证据，至少一项' });

const scopeMembers = {
  authorityIds: z.array(idSchema).min(1).max(50).meta({ description: '受影响的单位' }),
  catalogCodes: z.array(catalogCodeSchema).min(1).max(50).meta({ description: '受影响的证照类型' }),
  operations: z.array(operationSchema).min(1).max(4).meta({ description: '受影响的环节' }),
};

const groundSchema = z.strictObject({
  unforeseeable: textSchema(2000, '为何不能预见'),
  unavoidable: textSchema(2000, '为何不能避免'),
  insurmountable: textSchema(2000, '为何不能克服'),
});

const telephoneReportSchema = z.strictObject({
  calledAt: instant('电话报告的时刻'),
  caller: textSchema(100, '谁打的电话'),
  receivedBy: textSchema(100, '市级谁接的电话'),
});

const declarationSchema = z.strictObject({
  ...scopeMembers,
  cause: z.enum(FORCE_MAJEURE_CAUSE_CODES).meta({ description: '原因' }),
  occurredAt: instant('发生的时刻'),
  knownAt: instant('知道发生的时刻，报告时限由此起算，昼夜计'),
  ground: groundSchema.meta({ description: '不能预见、不能避免且不能克服，逐项说明' }),
  emergencyMeasures: textSchema(2000, '已采取的应急措施'),
  evidence: evidenceSchema,
  telephoneReport: telephoneReportSchema
    .nullable()
    .default(null)
    .meta({ description: '事后补录已以电话报告的事件时填写；市级可代单位补录' }),
});

const clearanceSchema = z.strictObject({
  clearedAt: instant('故障消除的时刻，不早于发生、不晚于现在'),
  reason: reasonSchema,
  evidence: evidenceSchema,
});

const progressSchema = z.strictObject({
  operation: operationSchema,
  total: z.number().int(),
  done: z.number().int(),
  excepted: z.number().int(),
  open: z.number().int(),
});

const summaryMembers = {
  id: z.string(),
  state: z.enum(FORCE_MAJEURE_STATES),
  number: z.string().meta({ description: '事件编号' }),
  authorityId: z.string().meta({ description: '申报单位' }),
  authorityName: z.string(),
  cause: z.enum(FORCE_MAJEURE_CAUSE_CODES),
  occurredAt: instantSchema,
  knownAt: instantSchema,
  declaredAt: instantSchema,
  enteredAfterwards: z.boolean().meta({ description: '事后补录的电话报告' }),
  reportedAt: instantSchema.nullable(),
  receiptNumber: z.string().nullable().meta({ description: '市级回执编号' }),
  reportDueAt: instantSchema.nullable(),
  decidedAt: instantSchema.nullable(),
  round: z.number().int().meta({ description: '第几次，复发一次加一' }),
  clearedAt: instantSchema.nullable(),
  recoveryDueAt: instantSchema.nullable().meta({ description: '补办期限；未消除或工作日历未发布时为 null' }),
  awaitingCalendar: z.boolean().meta({ description: '补办期限待工作日历发布后确定' }),
  overdueAt: instantSchema.nullable().meta({ description: '发现补办逾期的时刻' }),
  closedAt: instantSchema.nullable(),
  progress: z.array(progressSchema).meta({ description: '各环节的补办进度，以本人可见的事项计' }),
  availableActions: actionsSchema(FORCE_MAJEURE_ACTIONS),
};

export const forceMajeureSummarySchema = z
  .strictObject(summaryMembers)
  .meta({ id: 'ForceMajeureSummary', description: '不可抗力事件(列表)' });

const finalReportSchema = z.strictObject({
  facts: z.record(z.string(), z.unknown()).meta({ description: '由登记库生成的事实' }),
  text: z.string().meta({ description: '报告正文' }),
});

export const forceMajeureSchema = z
  .strictObject({
    ...summaryMembers,
    scope: z.array(
      z.strictObject({
        authorityId: z.string(),
        authorityName: z.string(),
        catalogCode: z.string(),
        certificateName: z.string(),
        operations: z.array(operationSchema),
        includedAt: instantSchema,
      }),
    ),
    ground: groundSchema,
    emergencyMeasures: z.string(),
    evidence: z.array(z.strictObject({ description: z.string(), attachmentId: z.string().nullable() })),
    telephoneReport: telephoneReportSchema.nullable(),
    statements: z
      .array(
        z.strictObject({
          kind: z.enum(STATEMENT_KIND_CODES),
          round: z.number().int(),
          at: instantSchema.meta({ description: '所陈述的时刻' }),
          statedAt: instantSchema,
          reason: z.string(),
          evidence: z.array(z.strictObject({ description: z.string(), attachmentId: z.string().nullable() })),
        }),
      )
      .meta({ description: '认定、扩大范围、消除、异议、核定、复发的经过' }),
    finalReport: finalReportSchema.nullable().meta({ description: '处置情况报告' }),
  })
  .meta({ id: 'ForceMajeureEvent', description: '不可抗力事件' });

export const affectedItemSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(ITEM_STATES),
    eventId: z.string(),
    authorityId: z.string(),
    catalogCode: z.string(),
    operation: operationSchema,
    subjectKind: z.enum(ITEM_SUBJECT_KINDS),
    subjectId: z.string().nullable(),
    reference: z.string().meta({ description: '业务编号、证照编号或日期' }),
    origin: z.enum(['collected', 'marked']).meta({ description: '系统收集，或经办人登记' }),
    causeCode: z.string(),
    since: instantSchema,
    closedAt: instantSchema.nullable(),
    proofEventId: z.string().nullable().meta({ description: '证明已补办的登记事件' }),
    proofReference: z.string().nullable().meta({ description: '登记之外的证明，例如上报回执号' }),
    availableActions: actionsSchema(['close']),
  })
  .meta({ id: 'AffectedItem', description: '受影响事项' });

const one = { 200: { description: '事件', schema: forceMajeureSchema } };

export const declareForceMajeure = endpoint({
  method: 'post',
  path: '/force-majeure-events',
  operationId: 'declareForceMajeure',
  tag: TAG,
  summary: '申报不可抗力',
  description: '单位经办人为本单位、旗区管理员为辖区单位申报；市级可补录单位以电话报告的事件。',
  access: DECLARANTS,
  headers: ['Idempotency-Key'],
  body: { kind: 'json', schema: declarationSchema, screened: true },
  responses: {
    200: { description: '同一请求此前已申报的事件', schema: forceMajeureSchema },
    201: { description: '事件', schema: forceMajeureSchema },
  },
});

export const listForceMajeure = endpoint({
  method: 'get',
  path: '/force-majeure-events',
  operationId: 'listForceMajeure',
  tag: TAG,
  summary: '不可抗力事件列表',
  access: READERS,
  query: pageQuery.extend({
    state: z.enum(FORCE_MAJEURE_STATES).optional().meta({ description: '事件状态' }),
  }),
  responses: { 200: { description: '一页事件', schema: pageSchema(forceMajeureSummarySchema) } },
});

export const getForceMajeure = endpoint({
  method: 'get',
  path: '/force-majeure-events/{id}',
  operationId: 'getForceMajeure',
  tag: TAG,
  summary: '查看不可抗力事件',
  access: READERS,
  params: idParams,
  responses: one,
});

export const listAffectedItems = endpoint({
  method: 'get',
  path: '/force-majeure-events/{id}/items',
  operationId: 'listAffectedItems',
  tag: TAG,
  summary: '受影响事项',
  access: READERS,
  params: idParams,
  query: pageQuery.extend({
    state: z.enum(ITEM_STATES).optional().meta({ description: '事项状态' }),
    operation: operationSchema.optional(),
  }),
  responses: { 200: { description: '一页事项', schema: pageSchema(affectedItemSchema) } },
});

export const reportForceMajeure = endpoint({
  method: 'post',
  path: '/force-majeure-events/{id}/report',
  operationId: 'reportForceMajeure',
  tag: TAG,
  summary: '向市电子证照管理部门报告',
  access: UNITS,
  params: idParams,
  responses: one,
});

export const recogniseForceMajeure = endpoint({
  method: 'post',
  path: '/force-majeure-events/{id}/recognise',
  operationId: 'recogniseForceMajeure',
  tag: TAG,
  summary: '认定',
  access: CITY,
  params: idParams,
  body: { kind: 'json', schema: z.strictObject({ reason: reasonSchema }), screened: true },
  responses: one,
});

export const rejectForceMajeure = endpoint({
  method: 'post',
  path: '/force-majeure-events/{id}/reject',
  operationId: 'rejectForceMajeure',
  tag: TAG,
  summary: '不予认定',
  description: '受影响事项恢复原时限。',
  access: CITY,
  params: idParams,
  body: { kind: 'json', schema: z.strictObject({ reason: reasonSchema }), screened: true },
  responses: one,
});

export const extendForceMajeureScope = endpoint({
  method: 'post',
  path: '/force-majeure-events/{id}/extend-scope',
  operationId: 'extendForceMajeureScope',
  tag: TAG,
  summary: '扩大范围',
  access: CITY,
  params: idParams,
  body: {
    kind: 'json',
    schema: z.strictObject({ ...scopeMembers, reason: reasonSchema }),
    screened: true,
  },
  responses: one,
});

export const clearForceMajeure = endpoint({
  method: 'post',
  path: '/force-majeure-events/{id}/clear',
  operationId: 'clearForceMajeure',
  tag: TAG,
  summary: '故障消除',
  description: '申报或更正消除时间，三个工作日的补办期限由此起算；有异议时由市级以此核定。',
  access: DECLARANTS,
  params: idParams,
  body: { kind: 'json', schema: clearanceSchema, screened: true },
  responses: one,
});

export const disputeForceMajeureClearance = endpoint({
  method: 'post',
  path: '/force-majeure-events/{id}/dispute-clearance',
  operationId: 'disputeForceMajeureClearance',
  tag: TAG,
  summary: '对消除时间提出异议',
  access: DECLARANTS,
  params: idParams,
  body: { kind: 'json', schema: clearanceSchema, screened: true },
  responses: one,
});

export const recurForceMajeure = endpoint({
  method: 'post',
  path: '/force-majeure-events/{id}/recur',
  operationId: 'recurForceMajeure',
  tag: TAG,
  summary: '故障复发',
  access: UNITS,
  params: idParams,
  body: {
    kind: 'json',
    schema: z.strictObject({
      recurredAt: instant('复发的时刻，不早于消除、不晚于现在'),
      reason: reasonSchema,
      evidence: evidenceSchema,
    }),
    screened: true,
  },
  responses: one,
});

export const closeForceMajeure = endpoint({
  method: 'post',
  path: '/force-majeure-events/{id}/close',
  operationId: 'closeForceMajeure',
  tag: TAG,
  summary: '办结并生成处置情况报告',
  access: DECLARANTS,
  params: idParams,
  responses: one,
});

export const markAffectedItem = endpoint({
  method: 'post',
  path: '/force-majeure-events/{id}/items',
  operationId: 'markAffectedItem',
  tag: TAG,
  summary: '登记无法办理的事项',
  access: UNITS,
  params: idParams,
  headers: ['Idempotency-Key'],
  body: {
    kind: 'json',
    schema: z.strictObject({
      operation: operationSchema,
      subjectKind: z
        .enum(ITEM_SUBJECT_KINDS)
        .meta({ description: '已有的事项，或尚未能提交、录入的业务编号、证照编号' }),
      subjectId: idSchema.nullable().default(null).meta({ description: '已有事项的编号' }),
      authorityId: idSchema,
      catalogCode: catalogCodeSchema,
      reference: textSchema(200, '业务编号或证照编号'),
      cause: textSchema(500, '为何无法办理'),
      since: instant('自何时无法办理'),
    }),
    screened: true,
  },
  responses: {
    200: { description: '同一请求此前登记的事项', schema: affectedItemSchema },
    201: { description: '事项', schema: affectedItemSchema },
  },
});

export const closeAffectedItem = endpoint({
  method: 'post',
  path: '/force-majeure-events/{id}/items/{itemId}/close',
  operationId: 'closeAffectedItem',
  tag: TAG,
  summary: '受影响事项销号',
  description: '以证明已补办的登记事件，或说明不再补办的理由。随本身业务办结的事项自动销号。',
  access: UNITS,
  params: idParams.extend({ itemId: idSchema }),
  body: {
    kind: 'json',
    schema: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('proof'), proofEventId: idSchema }),
      z.strictObject({ kind: z.literal('exception'), reason: reasonSchema }),
    ]),
    screened: true,
  },
  responses: { 200: { description: '事项', schema: affectedItemSchema } },
});
