import { z } from 'zod';
import { RUNG_KINDS, RUNG_RECIPIENTS } from '../../domain/sla/escalation-ladder';
import { SLA_UNITS } from '../../domain/sla/sla-policy';
import { endpoint } from '../http/endpoint';
import { ANYBODY_SIGNED_IN, people } from './access';
import { actionsSchema, dateSchema, instantSchema, legalDateSchema, pageSchema, textSchema } from './shapes';

const TAG = '时限设置';
const city = people('cityAdministrator');

const dayKindSchema = z
  .enum(['dayOff', 'worked'])
  .meta({ description: 'dayOff 放假或补休，worked 调休上班' });

const shownDaySchema = z.strictObject({
  date: dateSchema,
  kind: dayKindSchema,
  name: z.string(),
  notice: z.string(),
});

export const calendarYearSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(['loaded', 'missing']).meta({ description: '已载入，或尚未载入' }),
    year: z.number().int(),
    days: z.array(shownDaySchema),
    regionalDays: z.array(shownDaySchema).meta({ description: '本地节日' }),
    coveredFrom: dateSchema.nullable(),
    coveredTo: dateSchema.nullable().meta({ description: '工作日历已覆盖到的最后一日' }),
    version: z.number().int(),
    availableActions: actionsSchema(['load']),
  })
  .meta({ id: 'CalendarYear', description: '一年的工作日历' });

export const calendarEffectSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(['previewed', 'loaded']).meta({ description: '仅预览，或已载入' }),
    year: z.number().int(),
    isChange: z.boolean().meta({ description: '与已载入的不同' }),
    moving: z.number().int().meta({ description: '到期时间变动的时限数' }),
    staying: z.number().int().meta({ description: '不变的时限数' }),
    moves: z.array(
      z.strictObject({
        caseKind: z.string(),
        key: z.string(),
        from: instantSchema.nullable(),
        to: instantSchema.nullable(),
        direction: z.enum(['earlier', 'later', 'nowKnown', 'nowUnknown']),
        deadlines: z.number().int(),
        deadlineIds: z.array(z.string()).meta({ description: '其中若干项' }),
      }),
    ),
    availableActions: actionsSchema([]),
  })
  .meta({ id: 'CalendarEffect', description: '载入日历对未办结时限的影响' });

const yearParams = z.object({
  year: z.coerce.number().int().min(2000).max(2100).meta({ description: '年份' }),
});

export const getCalendarYear = endpoint({
  method: 'get',
  path: '/work-calendar/{year}',
  operationId: 'getCalendarYear',
  tag: TAG,
  summary: '一年的工作日历',
  access: ANYBODY_SIGNED_IN,
  params: yearParams,
  responses: { 200: { description: '工作日历', schema: calendarYearSchema } },
});

const enteredDay = {
  date: legalDateSchema,
  kind: dayKindSchema,
  name: textSchema(40, '节日名称，或“调休上班”'),
};

export const putCalendarYear = endpoint({
  method: 'put',
  path: '/work-calendar/{year}',
  operationId: 'putCalendarYear',
  tag: TAG,
  summary: '载入一年的工作日历',
  description:
    'preview=true 时只回答哪些未办结时限由何时变到何时，不写入。载入后，未办结时限一律从最初的起算时间重新计算，保留原到期时间和理由。',
  access: city,
  params: yearParams,
  query: z.strictObject({
    preview: z.enum(['true', 'false']).default('false').meta({ description: '只预览' }),
  }),
  body: {
    kind: 'json',
    schema: z.strictObject({
      notice: textSchema(100, '国务院办公厅通知的文号'),
      days: z.array(z.strictObject(enteredDay)).max(150),
      regionalDays: z
        .array(z.strictObject({ ...enteredDay, notice: textSchema(100, '本地节日依据的文号') }))
        .max(60)
        .default([]),
    }),
    screened: true,
  },
  responses: { 200: { description: '影响', schema: calendarEffectSchema } },
});

const basisSchema = z.strictObject({
  title: z.string().max(200).meta({ description: '依据的名称' }),
  documentNumber: z.string().max(100).nullable(),
  article: z.string().max(100).nullable(),
  note: z.string().max(500).nullable(),
});

export const slaPolicySchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(['hard', 'policy']).meta({ description: '法定时限，或由市里设定的时限' }),
    key: z.string(),
    name: z.string(),
    startsAt: z.string().meta({ description: '起算点' }),
    value: z.number().int(),
    unit: z.enum(SLA_UNITS),
    basis: basisSchema,
    version: z.number().int(),
    availableActions: actionsSchema(['change', 'tighten']),
  })
  .meta({ id: 'SlaPolicy', description: '时限' });

export const listSlaPolicies = endpoint({
  method: 'get',
  path: '/sla-policies',
  operationId: 'listSlaPolicies',
  tag: TAG,
  summary: '时限设置',
  access: ANYBODY_SIGNED_IN,
  responses: { 200: { description: '时限', schema: pageSchema(slaPolicySchema) } },
});

export const putSlaPolicies = endpoint({
  method: 'put',
  path: '/sla-policies',
  operationId: 'putSlaPolicies',
  tag: TAG,
  summary: '修改时限',
  description:
    '全部修改或全不修改。version 为读取时的版本。法定时限只能缩短。已经起算的时限不变，此后起算的按新时限。',
  access: city,
  body: {
    kind: 'json',
    schema: z.strictObject({
      policies: z
        .array(
          z.strictObject({
            key: z.string().regex(/^[A-Z][A-Z_]{2,50}$/, '应为时限代码'),
            version: z.number().int().min(1),
            value: z.number().meta({ description: '数值' }),
            unit: z.enum(SLA_UNITS),
            basis: basisSchema,
          }),
        )
        .min(1)
        .max(100),
    }),
    screened: true,
  },
  responses: { 200: { description: '时限', schema: pageSchema(slaPolicySchema) } },
});

const minuteSchema = z.number().int().min(0).max(1440);

const clockRuleShape = {
  officeHours: z.strictObject({
    opensAtMinute: minuteSchema.meta({ description: '上班时间，自 0 时起的分钟数' }),
    closesAtMinute: minuteSchema.meta({ description: '下班时间，自 0 时起的分钟数' }),
  }),
  receivedOutsideHours: z
    .enum(['asFiled', 'nextWorkingDay'])
    .meta({ description: '夜间、节假日收到的：按收到当日，或视为次一工作日' }),
  nearWorkingDays: z.number().int().min(1).max(20).meta({ description: '到期前几个工作日为“临近”' }),
  basis: textSchema(500, '依据'),
};

export const clockRuleSchema = z
  .strictObject({
    id: z.literal('clock-rule'),
    state: z.literal('current'),
    ...clockRuleShape,
    version: z.number().int(),
    availableActions: actionsSchema(['change']),
  })
  .meta({ id: 'ClockRule', description: '办公时间与收件起算规则' });

export const getClockRule = endpoint({
  method: 'get',
  path: '/clock-rule',
  operationId: 'getClockRule',
  tag: TAG,
  summary: '办公时间与收件起算规则',
  access: ANYBODY_SIGNED_IN,
  responses: { 200: { description: '规则', schema: clockRuleSchema } },
});

export const putClockRule = endpoint({
  method: 'put',
  path: '/clock-rule',
  operationId: 'putClockRule',
  tag: TAG,
  summary: '修改办公时间与收件起算规则',
  description: '此后起算的时限适用；已经起算的仍按原规则。',
  access: city,
  body: { kind: 'json', schema: z.strictObject(clockRuleShape), screened: true },
  responses: { 200: { description: '规则', schema: clockRuleSchema } },
});

const rungSchema = z.strictObject({
  key: z.string().regex(/^[a-z][A-Za-z]{1,29}$/, '应为英文代码'),
  kind: z.enum(RUNG_KINDS).meta({
    description: 'fraction 按办理时间的比例，closingTime 到期日下班时，due 到期，daily 超期后每日',
  }),
  fraction: z.number().nullable(),
  recipients: z.array(z.enum(RUNG_RECIPIENTS)).max(4).meta({
    description:
      'taskHolder 任务持有人，responsiblePerson 专人，bureauAndDepartment 旗区局和主管部门，city 市',
  }),
});

export const ladderSchema = z
  .strictObject({
    id: z.literal('escalation-ladder'),
    state: z.literal('current'),
    ladder: z.array(rungSchema),
    availableActions: actionsSchema(['change']),
  })
  .meta({ id: 'EscalationLadder', description: '逐级提醒' });

export const getEscalationLadder = endpoint({
  method: 'get',
  path: '/escalation-ladder',
  operationId: 'getEscalationLadder',
  tag: TAG,
  summary: '逐级提醒',
  access: ANYBODY_SIGNED_IN,
  responses: { 200: { description: '逐级提醒', schema: ladderSchema } },
});

export const putEscalationLadder = endpoint({
  method: 'put',
  path: '/escalation-ladder',
  operationId: 'putEscalationLadder',
  tag: TAG,
  summary: '修改逐级提醒',
  access: city,
  body: {
    kind: 'json',
    schema: z.strictObject({ ladder: z.array(rungSchema).min(1).max(10) }),
    screened: false,
  },
  responses: { 200: { description: '逐级提醒', schema: ladderSchema } },
});
