import { z } from 'zod';
import { CHANGE_KIND_NAMES } from '../../domain/certificate-change/change-kind';
import { TASK_OPERATIONS, TASK_REMARK_OPERATIONS, TASK_STATES } from '../../domain/task/lifecycle';
import { REVIEW_DECISIONS, TASK_CASE_KINDS, TASK_DECISIONS, TASK_KINDS } from '../../domain/task/task-kind';
import { endpoint } from '../http/endpoint';
import { BUSINESS_ROLES, people } from './access';
import { faceSchemaSchema, faceValuesSchema } from './face';
import {
  actionsSchema,
  dateSchema,
  idParams,
  instantSchema,
  pageQuery,
  pageSchema,
  purposeQuery,
  reasonSchema,
} from './shapes';

const TAG = '任务';
const access = people(...BUSINESS_ROLES);

export const TASK_QUEUES = ['mine', 'unclaimed', 'done', 'copied'] as const;
const COMPARISON_OUTCOMES = ['same', 'different', 'agencyRecordNotFound', 'notCompared'] as const;

export const taskSchema = z
  .strictObject({
    id: z.string(),
    kind: z.enum(TASK_KINDS),
    state: z.enum(TASK_STATES),
    caseKind: z.enum(TASK_CASE_KINDS),
    caseId: z.string(),
    subject: z.string().meta({ description: '事项名称，如证照名称' }),
    reference: z.string().meta({ description: '业务编号、证照编号或案件编号' }),
    authorityId: z.string(),
    openedAt: instantSchema,
    dueAt: instantSchema.nullable().meta({ description: '办理期限；日历未发布时为 null' }),
    claimedBy: z.strictObject({ personId: z.string(), displayName: z.string() }).nullable(),
    claimedAt: instantSchema.nullable(),
    decision: z.enum(TASK_DECISIONS).nullable().meta({ description: '办结方式；done 表示已在事项中办结' }),
    decisionReason: z.string().nullable(),
    decidedAt: instantSchema.nullable(),
    takesEffectAt: instantSchema.nullable().meta({ description: '在此之前可以撤销决定' }),
    availableActions: actionsSchema([...TASK_OPERATIONS, ...TASK_REMARK_OPERATIONS]),
  })
  .meta({ id: 'Task', description: '任务' });

const reviewMaterialSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(TASK_STATES),
    task: taskSchema,
    faceSchema: faceSchemaSchema,
    face: faceValuesSchema,
    holders: z.array(
      z.strictObject({ name: z.string(), code: z.string().nullable(), share: z.string().nullable() }),
    ),
    comparison: z
      .strictObject({
        outcome: z.enum(COMPARISON_OUTCOMES),
        differences: z.array(
          z.strictObject({ element: z.string(), requested: z.string(), recorded: z.string() }),
        ),
      })
      .nullable()
      .meta({ description: '与业务系统记录的比对；尚未比对时为 null' }),
    decision: z
      .strictObject({ name: z.string(), number: z.string(), date: dateSchema, organ: z.string() })
      .nullable(),
    attachmentIds: z.array(z.string()),
    change: z
      .strictObject({
        id: z.string(),
        operation: z.enum(CHANGE_KIND_NAMES),
        reason: z.string(),
        legalGround: z.strictObject({ law: z.string(), article: z.string() }).nullable(),
        differences: z.array(
          z.strictObject({
            element: z.string(),
            before: z.string().nullable(),
            after: z.string().nullable(),
          }),
        ),
      })
      .nullable()
      .meta({ description: '所审核的证照变动，及新版本与原版本不同的要素；新发为 null' }),
    availableActions: actionsSchema([...TASK_OPERATIONS, ...TASK_REMARK_OPERATIONS]),
  })
  .meta({ id: 'ReviewMaterial', description: '审核材料；本次查阅已记录' });

export const listTasks = endpoint({
  method: 'get',
  path: '/tasks',
  operationId: 'listTasks',
  tag: TAG,
  summary: '任务列表',
  access,
  query: pageQuery.extend({
    queue: z.enum(TASK_QUEUES).default('mine').meta({ description: '我的、待认领、我已办、抄送我' }),
    kind: z.enum(TASK_KINDS).optional().meta({ description: '任务种类' }),
    dueBefore: z.iso
      .datetime({ offset: true })
      .optional()
      .meta({ description: '只列在此时刻之前到期的任务' }),
    reference: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .meta({ description: '业务编号、证照编号或案件编号，全文一致' }),
  }),
  responses: { 200: { description: '一页任务，剩余时间少的在前', schema: pageSchema(taskSchema) } },
});

export const getTask = endpoint({
  method: 'get',
  path: '/tasks/{id}',
  operationId: 'getTask',
  tag: TAG,
  summary: '查看一个任务',
  access,
  params: idParams,
  responses: { 200: { description: '任务', schema: taskSchema } },
});

export const getReviewMaterial = endpoint({
  method: 'get',
  path: '/tasks/{id}/material',
  operationId: 'getReviewMaterial',
  tag: TAG,
  summary: '审核材料',
  access,
  params: idParams,
  headers: ['Use-Purpose'],
  query: purposeQuery,
  responses: { 200: { description: '照面、比对结果、持证主体和依据', schema: reviewMaterialSchema } },
});

export const getDraftPage = endpoint({
  method: 'get',
  path: '/tasks/{id}/draft-page',
  operationId: 'getDraftPage',
  tag: TAG,
  summary: '待审核证照的排版草样',
  access,
  params: idParams,
  headers: ['Use-Purpose'],
  query: purposeQuery,
  responses: { 200: { description: '草样图片', mediaTypes: ['image/png'] } },
});

export const claimTask = endpoint({
  method: 'post',
  path: '/tasks/{id}/claim',
  operationId: 'claimTask',
  tag: TAG,
  summary: '认领任务',
  access,
  params: idParams,
  responses: { 200: { description: '任务', schema: taskSchema } },
});

export const releaseTask = endpoint({
  method: 'post',
  path: '/tasks/{id}/release',
  operationId: 'releaseTask',
  tag: TAG,
  summary: '退回待认领',
  access,
  params: idParams,
  responses: { 200: { description: '任务', schema: taskSchema } },
});

export const decideTask = endpoint({
  method: 'post',
  path: '/tasks/{id}/decide',
  operationId: 'decideTask',
  tag: TAG,
  summary: '作出决定',
  description: '退回和不予签发须说明理由。决定在 takesEffectAt 生效，此前可以撤销。',
  access,
  params: idParams,
  body: {
    kind: 'json',
    schema: z.strictObject({
      decision: z.enum(REVIEW_DECISIONS).meta({ description: '通过、退回补正、不予签发' }),
      reason: reasonSchema.nullable().default(null),
    }),
    screened: true,
  },
  responses: { 200: { description: '任务', schema: taskSchema } },
});

export const undoDecision = endpoint({
  method: 'delete',
  path: '/tasks/{id}/decision',
  operationId: 'undoDecision',
  tag: TAG,
  summary: '撤销刚才的决定',
  access,
  params: idParams,
  responses: { 200: { description: '任务', schema: taskSchema } },
});
