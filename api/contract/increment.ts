import { z } from 'zod';
import { INCREMENT_COLUMNS } from '../../domain/ingestion/increment-columns';
import { INCREMENT_DAY_STATE_NAMES, INCREMENT_DAY_STATES } from '../../domain/ingestion/lifecycle';
import { INCREMENT_FORMATS, INCREMENT_ROW_STATES } from '../../domain/ingestion/upload-format';
import { endpoint } from '../http/endpoint';
import { agenciesAnd, BUSINESS_ROLES, INITIATOR_ROLES, people } from './access';
import {
  actionsSchema,
  dateSchema,
  idParams,
  idSchema,
  instantSchema,
  legalDateSchema,
  pageQuery,
  pageSchema,
  purposeQuery,
  textSchema,
} from './shapes';

const TAG = '每日增量归集';
const MAX_ROWS = 2_000;
const MAX_CELLS = 150;
const COLUMNS = Object.values(INCREMENT_COLUMNS)
  .map(({ name }) => name)
  .join('、');

const catalogCode = z
  .string()
  .regex(/^[0-9A-Z]{21}$/, '应为 21 位证照类型代码')
  .meta({ description: '证照类型代码' });
const month = z
  .string()
  .regex(/^[1-9]\d{3}-(0[1-9]|1[0-2])$/, '应为 YYYY-MM')
  .meta({ description: '月份 YYYY-MM' });

const cell = z
  .union([z.string().max(4_000), z.number(), z.null()])
  .transform((value) => (value === null ? '' : String(value)));
const row = z
  .record(z.string().min(1).max(100), cell)
  .refine((cells) => Object.keys(cells).length <= MAX_CELLS, `每行不超过 ${MAX_CELLS} 个要素`)
  .meta({ description: `一行，以列名为键：${COLUMNS}，以及该类型的照面要素(名称或代码)` });

export const incrementRequestSchema = z
  .union([
    z.strictObject({
      catalogCode,
      rows: z.array(row).min(1).max(MAX_ROWS),
      retryOf: idSchema.nullable().default(null).meta({ description: '补正哪一次上传的退回行' }),
    }),
    z.strictObject({
      catalogCode,
      zeroReport: z.strictObject({ date: legalDateSchema }).meta({ description: '该日没有增量(零报告)' }),
    }),
  ])
  .meta({ id: 'IncrementRequest', description: '当日增量或零报告' });

export const incrementFormSchema = z.strictObject({
  catalogCode,
  retryOf: idSchema.optional().meta({ description: '补正哪一次上传的退回行' }),
});

export const incrementUploadSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(['accepted', 'partlyRejected', 'rejected', 'zeroReported']),
    receipt: z.string().meta({ description: '收据号' }),
    authorityId: z.string(),
    catalogCode: z.string(),
    certificateName: z.string(),
    format: z.enum(INCREMENT_FORMATS),
    zeroReportFor: dateSchema.nullable(),
    retryOfId: z.string().nullable(),
    acceptedCount: z.number().int(),
    lateCount: z.number().int().meta({ description: '其中补报(晚于证照日期当日 24 时)' }),
    rejectedCount: z.number().int(),
    mendedCount: z.number().int().meta({ description: '退回行中后来已补正归集的' }),
    receivedAt: instantSchema,
    availableActions: actionsSchema(['retry']),
  })
  .meta({ id: 'IncrementUpload', description: '一次增量上传及其收据' });

const rowProblemSchema = z.strictObject({
  column: z.string().meta({ description: '列名；整行的问题为空' }),
  code: z.string(),
  expected: z.string().meta({ description: '应当怎样' }),
});

export const incrementRowSchema = z
  .strictObject({
    rowNumber: z.number().int().meta({ description: '文件中的行号(列名为第 1 行)' }),
    state: z.enum(INCREMENT_ROW_STATES),
    problems: z.array(rowProblemSchema),
    record: z
      .strictObject({
        businessNumber: z.string(),
        number: z.string(),
        recordedOn: dateSchema,
        isLate: z.boolean(),
        maskedFace: z.record(z.string(), z.unknown()),
        maskedHolders: z.array(z.strictObject({ name: z.string(), code: z.string().nullable() })),
      })
      .nullable()
      .meta({ description: '已归集的记录(脱敏)。未经签章，不作为电子证照展示' }),
  })
  .meta({ id: 'IncrementRow', description: '上传中的一行' });

export const incrementDaySchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(INCREMENT_DAY_STATES),
    stateName: z.enum(Object.values(INCREMENT_DAY_STATE_NAMES)),
    authorityId: z.string(),
    catalogCode: z.string(),
    certificateName: z.string(),
    date: dateSchema,
    inTimeCount: z.number().int(),
    lateCount: z.number().int(),
    zeroReportedAt: instantSchema.nullable(),
    caughtUpAt: instantSchema.nullable(),
    forceMajeureEventId: z.string().nullable(),
    availableActions: actionsSchema(['upload', 'reportZero']),
  })
  .meta({ id: 'IncrementDay', description: '一个单位、一类证照、一天的增量' });

export const incrementMonthSchema = z
  .strictObject({
    month: z.string(),
    days: z.array(incrementDaySchema),
    uploads: z.array(incrementUploadSchema).meta({ description: '该月最近的上传，至多 200 次' }),
  })
  .meta({ id: 'IncrementMonth', description: '一个月的增量日历' });

const basisSchema = z.strictObject({
  name: textSchema(100, '依据名称'),
  number: textSchema(100, '文号'),
  date: legalDateSchema.nullable(),
  note: textSchema(300, '说明').nullable(),
});

const exemptionSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('byLaw'), basis: basisSchema }),
    z.strictObject({
      kind: z.literal('technicalFinding'),
      findingBody: textSchema(100, '认定单位'),
      basis: basisSchema,
      expiresOn: legalDateSchema,
    }),
  ])
  .meta({ id: 'SynchronyExemption', description: '免予同步制发：依法(无到期日)，或技术认定(有到期日)' });

export const incrementModeRequestSchema = z
  .discriminatedUnion('mode', [
    z.strictObject({ mode: z.literal('synchronous') }),
    z.strictObject({ mode: z.literal('dailyIncrement'), exemption: exemptionSchema }),
  ])
  .meta({ id: 'IncrementModeRequest' });

export const incrementModeSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(['synchronous', 'dailyIncrement']),
    authorityId: z.string(),
    catalogCode: z.string(),
    exemption: z.record(z.string(), z.unknown()).nullable(),
    isExemptionInForce: z.boolean(),
    validFrom: dateSchema,
    validUntil: dateSchema.nullable(),
    availableActions: actionsSchema(['setMode']),
  })
  .meta({ id: 'IncrementMode', description: '一个单位、一类证照：同步制发或每日增量归集' });

export const deliverIncrement = endpoint({
  method: 'post',
  path: '/increments',
  operationId: 'deliverIncrement',
  tag: TAG,
  summary: '归集当日增量，或零报告',
  description: [
    `JSON(每次至多 ${MAX_ROWS} 行)，或 multipart/form-data：名为 file 的 CSV(UTF-8、GB18030)或 XLSX，至多 5000 行、20 MB，另有字段 catalogCode、retryOf。`,
    `列名：${COLUMNS}，以及该类型的照面要素。`,
    '证照日期决定归集到哪一天；晚于当日 24 时(以服务器收到最后一个字节为准)的记为补报。',
    '只有唯一含义的日期和号码才会规整，其余连同行号、列名和理由退回；带有涉密标志的行整行拒收，内容不保存。',
  ].join('\n\n'),
  access: agenciesAnd(...INITIATOR_ROLES),
  headers: ['Idempotency-Key'],
  body: { kind: 'jsonOrFile', schema: incrementRequestSchema, form: incrementFormSchema },
  responses: {
    200: { description: '相同 Idempotency-Key 的重复请求', schema: incrementUploadSchema },
    201: { description: '收据', schema: incrementUploadSchema },
  },
});

export const getIncrementMonth = endpoint({
  method: 'get',
  path: '/increments',
  operationId: 'getIncrementMonth',
  tag: TAG,
  summary: '一个月的增量日历和上传',
  access: agenciesAnd(...BUSINESS_ROLES, 'auditor'),
  query: z.strictObject({
    month,
    authority: idSchema.optional().meta({ description: '单位；不填为范围内全部' }),
    catalogCode: catalogCode.optional(),
  }),
  responses: { 200: { description: '增量日历', schema: incrementMonthSchema } },
});

export const listIncrementModes = endpoint({
  method: 'get',
  path: '/increments/modes',
  operationId: 'listIncrementModes',
  tag: TAG,
  summary: '各单位各类证照：同步制发或每日增量',
  access: agenciesAnd(...BUSINESS_ROLES, 'auditor'),
  responses: { 200: { description: '归集方式', schema: pageSchema(incrementModeSchema) } },
});

export const setIncrementMode = endpoint({
  method: 'put',
  path: '/increments/modes/{id}',
  operationId: 'setIncrementMode',
  tag: TAG,
  summary: '登记免予同步制发，或恢复同步制发',
  access: people('cityAdministrator'),
  params: idParams,
  body: { kind: 'json', schema: incrementModeRequestSchema, screened: true },
  responses: { 200: { description: '归集方式', schema: incrementModeSchema } },
});

export const getIncrementDay = endpoint({
  method: 'get',
  path: '/increments/days/{id}',
  operationId: 'getIncrementDay',
  tag: TAG,
  summary: '一天的增量',
  access: agenciesAnd(...BUSINESS_ROLES, 'auditor'),
  params: idParams,
  responses: { 200: { description: '一天', schema: incrementDaySchema } },
});

export const getIncrementUpload = endpoint({
  method: 'get',
  path: '/increments/{id}',
  operationId: 'getIncrementUpload',
  tag: TAG,
  summary: '一次上传的收据',
  access: agenciesAnd(...BUSINESS_ROLES, 'auditor'),
  params: idParams,
  responses: { 200: { description: '收据', schema: incrementUploadSchema } },
});

export const listIncrementRows = endpoint({
  method: 'get',
  path: '/increments/{id}/rows',
  operationId: 'listIncrementRows',
  tag: TAG,
  summary: '一次上传的各行结果',
  access: agenciesAnd(...BUSINESS_ROLES, 'auditor'),
  params: idParams,
  query: pageQuery.extend({ state: z.enum(INCREMENT_ROW_STATES).optional() }),
  responses: { 200: { description: '一页', schema: pageSchema(incrementRowSchema) } },
});

export const downloadIncrementErrors = endpoint({
  method: 'get',
  path: '/increments/{id}/errors.csv',
  operationId: 'downloadIncrementErrors',
  tag: TAG,
  summary: '下载退回的行和理由',
  description: '带有原行号和退回原因的 CSV，补正后可直接重新上传(retryOf 填本次上传的编号)。查阅被记录。',
  access: agenciesAnd(...INITIATOR_ROLES),
  headers: ['Use-Purpose'],
  params: idParams,
  query: purposeQuery,
  responses: { 200: { description: 'CSV(UTF-8)', mediaTypes: ['text/csv'] } },
});

export const retryIncrement = endpoint({
  method: 'post',
  path: '/increments/{id}/retry',
  operationId: 'retryIncrement',
  tag: TAG,
  summary: '退回的行按现行规则重新归集',
  description: '原样重新判断，例如目录已更正之后；需要改内容的，请下载退回的行补正后重新上传。',
  access: agenciesAnd(...INITIATOR_ROLES),
  headers: ['Idempotency-Key'],
  params: idParams,
  responses: {
    200: { description: '相同 Idempotency-Key 的重复请求', schema: incrementUploadSchema },
    201: { description: '新的收据', schema: incrementUploadSchema },
  },
});
