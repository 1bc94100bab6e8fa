import { z } from 'zod';
import { endpoint } from '../http/endpoint';
import { BUSINESS_ROLES, people } from './access';
import { idParams, idSchema, instantSchema, reasonSchema, textSchema } from './shapes';
import { taskSchema } from './task';

const TAG = '任务';
const access = people(...BUSINESS_ROLES);
const TASK_200 = { 200: { description: '任务', schema: taskSchema } } as const;
const MOST_AT_ONCE = 100;
const usernameSchema = textSchema(64, '用户名');

export const requestTaskHandover = endpoint({
  method: 'post',
  path: '/tasks/{id}/request-handover',
  operationId: 'requestTaskHandover',
  tag: TAG,
  summary: '请求办理人移交任务',
  access,
  params: idParams,
  responses: TASK_200,
});

export const transferTask = endpoint({
  method: 'post',
  path: '/tasks/{id}/transfer',
  operationId: 'transferTask',
  tag: TAG,
  summary: '转办或改派',
  description: '办理人转办，或监督员、管理员在管辖范围内改派。时限不变。',
  access,
  params: idParams,
  body: {
    kind: 'json',
    schema: z.strictObject({ toUsername: usernameSchema, reason: reasonSchema }),
    screened: true,
  },
  responses: TASK_200,
});

export const sendBackTask = endpoint({
  method: 'post',
  path: '/tasks/{id}/send-back',
  operationId: 'sendBackTask',
  tag: TAG,
  summary: '退回补正',
  description: '与决定 sendBack 相同。',
  access,
  params: idParams,
  body: { kind: 'json', schema: z.strictObject({ reason: reasonSchema }), screened: true },
  responses: TASK_200,
});

export const urgeTask = endpoint({
  method: 'post',
  path: '/tasks/{id}/urge',
  operationId: 'urgeTask',
  tag: TAG,
  summary: '催办',
  description: '冷却时间内不能再次催办，答复中给出可再次催办的时刻。',
  access,
  params: idParams,
  responses: TASK_200,
});

export const commentTask = endpoint({
  method: 'post',
  path: '/tasks/{id}/comment',
  operationId: 'commentTask',
  tag: TAG,
  summary: '留言',
  access,
  params: idParams,
  body: {
    kind: 'json',
    schema: z.strictObject({ text: textSchema(1000, '留言，1 至 1000 字') }),
    screened: true,
  },
  responses: TASK_200,
});

export const copyTask = endpoint({
  method: 'post',
  path: '/tasks/{id}/copy-to',
  operationId: 'copyTask',
  tag: TAG,
  summary: '抄送',
  access,
  params: idParams,
  body: {
    kind: 'json',
    schema: z.strictObject({ usernames: z.array(usernameSchema).min(1).max(20) }),
    screened: true,
  },
  responses: TASK_200,
});

const remarkSchema = z
  .strictObject({
    kind: z.enum(['transfer', 'urge', 'comment', 'copy', 'handoverRequest']),
    at: instantSchema,
    by: z.string(),
    to: z.string().nullable(),
    text: z.string().nullable(),
  })
  .meta({ id: 'TaskRemark', description: '任务上的转办、催办、留言、抄送或移交请求' });

export const listTaskRemarks = endpoint({
  method: 'get',
  path: '/tasks/{id}/remarks',
  operationId: 'listTaskRemarks',
  tag: TAG,
  summary: '任务上的往来',
  access,
  params: idParams,
  responses: {
    200: { description: '按时间先后', schema: z.strictObject({ items: z.array(remarkSchema) }) },
  },
});

const bulkRowSchema = z
  .strictObject({
    taskId: z.string(),
    ok: z.boolean(),
    code: z.string().nullable().meta({ description: '未办成的原因代码' }),
    detail: z.string().nullable().meta({ description: '未办成的原因' }),
  })
  .meta({ id: 'BulkTaskRow', description: '批量操作中一个任务的结果' });

export const bulkTasks = endpoint({
  method: 'post',
  path: '/tasks/bulk',
  operationId: 'bulkTasks',
  tag: TAG,
  summary: '批量认领或转办',
  description: `一次最多 ${MOST_AT_ONCE} 个；每个任务单独办理，互不影响，逐项给出结果。`,
  access,
  body: {
    kind: 'json',
    schema: z.discriminatedUnion('operation', [
      z.strictObject({
        operation: z.literal('claim'),
        taskIds: z.array(idSchema).min(1).max(MOST_AT_ONCE),
      }),
      z.strictObject({
        operation: z.literal('transfer'),
        taskIds: z.array(idSchema).min(1).max(MOST_AT_ONCE),
        toUsername: usernameSchema,
        reason: reasonSchema,
      }),
    ]),
    screened: true,
  },
  responses: {
    200: {
      description: '逐项结果，次序与请求相同',
      schema: z
        .strictObject({ rows: z.array(bulkRowSchema) })
        .meta({ id: 'BulkTaskResult', description: '批量操作的结果' }),
    },
  },
});
