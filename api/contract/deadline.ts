import { z } from 'zod';
import { BOARD_STANDINGS, ENDED_STANDINGS } from '../../domain/sla/board-standing';
import { DEADLINE_STATES } from '../../domain/sla/deadline-state';
import { RUNG_RECIPIENTS } from '../../domain/sla/escalation-ladder';
import { SLA_UNITS } from '../../domain/sla/sla-policy';
import { instantMs } from '../../domain/sla/working-days';
import { endpoint } from '../http/endpoint';
import { agenciesAnd, BUSINESS_ROLES, PUBLIC } from './access';
import {
  actionsSchema,
  dateSchema,
  idParams,
  idSchema,
  instantSchema,
  pageQuery,
  pageSchema,
} from './shapes';

const TAG = '时限';
const readers = agenciesAnd(...BUSINESS_ROLES, 'auditor');
const STANDINGS = [...BOARD_STANDINGS, ...ENDED_STANDINGS] as const;

const codeSchema = z.string().regex(/^[A-Z][A-Z_]{2,50}$/, '应为时限代码，如 ISSUANCE_REVIEW');
const kindSchema = z.string().regex(/^[a-z][A-Za-z]{2,40}$/, '应为办件种类，如 issuance');
const tradeSchema = z.string().min(1).max(60);

/** A start as people enter it: an instant with its offset, or a date. */
export const startSchema = z
  .string()
  .max(40)
  .refine(isStart, '应为带时区的时间或日期，例如 2026-11-23T09:30:00+08:00 或 2026-11-23')
  .meta({ description: '起算时间(RFC 3339)或日期(YYYY-MM-DD)' });

export const dayExplanationSchema = z
  .strictObject({
    date: dateSchema,
    counted: z.boolean().meta({ description: '是否计入' }),
    ordinal: z.number().int().nullable().meta({ description: '第几个工作日' }),
    reason: z.string().meta({ description: '计入或不计入的理由' }),
    notice: z.string().nullable().meta({ description: '依据的通知' }),
  })
  .meta({ id: 'DayExplanation', description: '时限逐日说明' });

const deadlineShape = {
  id: z.string(),
  state: z.enum(DEADLINE_STATES),
  standing: z.enum(STANDINGS).nullable().meta({ description: '看板上的分档；无需继续的为 null' }),
  caseKind: z.string(),
  caseId: z.string(),
  key: z.string(),
  name: z.string().meta({ description: '时限名称' }),
  round: z.number().int(),
  authorityId: z.string(),
  trade: z.string(),
  subject: z.string().nullable(),
  reference: z.string().nullable().meta({ description: '业务编号' }),
  startAt: instantSchema,
  dueAt: instantSchema.nullable(),
  dueText: z.string().meta({ description: '到期说明，如 9月29日24时前' }),
  originalDueAt: instantSchema.nullable().meta({ description: '最初的到期时间' }),
  closedAt: instantSchema.nullable(),
  remainingMinutes: z.number().int().nullable().meta({ description: '剩余分钟(自然时间)，超期为负' }),
  remainingOfficeMinutes: z.number().int().nullable().meta({ description: '剩余分钟(办公时间)' }),
  availableActions: actionsSchema([]),
};

export const deadlineSchema = z.strictObject(deadlineShape).meta({ id: 'Deadline', description: '时限' });

export const deadlineDetailSchema = z
  .strictObject({
    ...deadlineShape,
    limit: z.strictObject({
      value: z.number().int(),
      unit: z.enum(SLA_UNITS),
      policyVersion: z.number().int(),
    }),
    basis: z.strictObject({
      title: z.string(),
      documentNumber: z.string().nullable(),
      article: z.string().nullable(),
      note: z.string().nullable(),
    }),
    hard: z.boolean().meta({ description: '法定时限' }),
    explanation: z.array(dayExplanationSchema),
    moves: z
      .array(
        z.strictObject({
          at: instantSchema,
          from: instantSchema.nullable(),
          to: instantSchema.nullable(),
          reason: z.string(),
        }),
      )
      .meta({ description: '历次变动：何时、由何时到何时、为什么' }),
    suspensions: z.array(
      z.strictObject({ from: instantSchema, until: instantSchema.nullable(), reason: z.string() }),
    ),
    postponedTo: instantSchema.nullable().meta({ description: '顺延到' }),
    rings: z
      .array(
        z.strictObject({
          rung: z.string(),
          dueAt: instantSchema,
          rangAt: instantSchema,
          told: z.array(z.enum(RUNG_RECIPIENTS)),
        }),
      )
      .meta({ description: '已发出的提醒；被后一级赶上的一级没有告知对象' }),
    nextRingAt: instantSchema.nullable(),
  })
  .meta({ id: 'DeadlineDetail', description: '时限及其说明' });

const countsShape = {
  enough: z.number().int(),
  near: z.number().int(),
  today: z.number().int(),
  overdue: z.number().int(),
  awaitingCalendar: z.number().int(),
  suspended: z.number().int(),
};

export const deadlineBoardSchema = z
  .strictObject({
    id: z.literal('board'),
    state: z.literal('current'),
    today: dateSchema,
    nearUntil: dateSchema.meta({ description: '“临近”的最后一日' }),
    total: z.strictObject(countsShape),
    lifecycles: z.array(z.strictObject({ caseKind: z.string(), ...countsShape })),
    authorities: z.array(z.strictObject({ authorityId: z.string(), name: z.string(), ...countsShape })),
    onTime: z.array(
      z.strictObject({
        month: z.string(),
        met: z.number().int(),
        late: z.number().int(),
        rate: z.number().nullable().meta({ description: '按时率，0 至 1' }),
      }),
    ),
    availableActions: actionsSchema([]),
  })
  .meta({ id: 'DeadlineBoard', description: '时限看板' });

const filterShape = {
  caseKind: kindSchema.optional().meta({ description: '办件种类' }),
  authorityId: idSchema.optional(),
  trade: tradeSchema.optional().meta({ description: '条线' }),
};

export const listDeadlines = endpoint({
  method: 'get',
  path: '/deadlines',
  operationId: 'listDeadlines',
  tag: TAG,
  summary: '时限',
  description: '未办结的按剩余时间从少到多；看板上的每个数以相同的筛选条件打开这里的列表。',
  access: readers,
  query: pageQuery.extend({
    state: z.enum(STANDINGS).optional().meta({ description: '分档；不填为所有未办结的' }),
    ...filterShape,
    key: codeSchema.optional().meta({ description: '时限代码' }),
    dueBefore: z
      .string()
      .max(40)
      .refine(isStart, '应为带时区的时间或日期')
      .optional()
      .meta({ description: '只看在此时间之前到期的' }),
    closedIn: z
      .string()
      .regex(/^[1-9]\d{3}-(0[1-9]|1[0-2])$/, '应为月份，如 2026-11')
      .optional()
      .meta({ description: '只看在该月办结的(state 为 met 或 late 时)' }),
  }),
  responses: { 200: { description: '一页时限', schema: pageSchema(deadlineSchema) } },
});

export const getDeadlineBoard = endpoint({
  method: 'get',
  path: '/deadlines/board',
  operationId: 'getDeadlineBoard',
  tag: TAG,
  summary: '时限看板',
  access: readers,
  query: z.strictObject(filterShape),
  responses: { 200: { description: '看板', schema: deadlineBoardSchema } },
});

export const getDeadline = endpoint({
  method: 'get',
  path: '/deadlines/{id}',
  operationId: 'getDeadline',
  tag: TAG,
  summary: '时限及逐日说明',
  access: readers,
  params: idParams,
  responses: { 200: { description: '时限', schema: deadlineDetailSchema } },
});

export const deadlineAnswerSchema = z
  .strictObject({
    id: z.literal('preview'),
    state: z.enum(['due', 'awaitingCalendar']),
    key: z.string().nullable(),
    value: z.number().int(),
    unit: z.enum(SLA_UNITS),
    startAt: z.string(),
    dueAt: instantSchema.nullable(),
    dueDate: dateSchema.nullable(),
    dueText: z.string(),
    missingYear: z.number().int().nullable().meta({ description: '等待哪一年的工作日历' }),
    explanation: z.array(dayExplanationSchema),
    availableActions: actionsSchema([]),
  })
  .meta({ id: 'DeadlineAnswer', description: '期限试算结果' });

const suspensionSchema = z
  .strictObject({ from: startSchema, until: startSchema })
  .refine(({ from, until }) => isStart(from) && isStart(until) && instantMs(from) <= instantMs(until), {
    message: '中止的结束时间不得早于开始时间',
  });

export const previewDeadline = endpoint({
  method: 'post',
  path: '/deadlines/preview',
  operationId: 'previewDeadline',
  tag: TAG,
  summary: '期限试算',
  description: '按时限代码，或按数值和单位，从起算时间计算到期日并逐日说明。任何人可用，不保存。',
  access: PUBLIC,
  body: {
    kind: 'json',
    schema: z
      .strictObject({
        key: codeSchema.optional(),
        value: z.number().int().min(1).max(250).optional(),
        unit: z.enum(SLA_UNITS).optional(),
        startAt: startSchema,
        suspensions: z.array(suspensionSchema).max(20).default([]),
      })
      .refine(
        ({ key, value, unit }) =>
          key === undefined
            ? value !== undefined && unit !== undefined
            : value === undefined && unit === undefined,
        { message: '应填写 key，或同时填写 value 和 unit' },
      ),
    screened: false,
  },
  responses: { 200: { description: '试算结果', schema: deadlineAnswerSchema } },
});

function isStart(text: string): boolean {
  try {
    instantMs(text);
    return true;
  } catch {
    return false;
  }
}
