import { z } from 'zod';
import { EXEMPTION_GROUNDS } from '../../domain/ingestion/collection-gap';
import { endpoint } from '../http/endpoint';
import { agenciesAnd, BUSINESS_ROLES } from './access';
import {
  actionsSchema,
  dateSchema,
  idSchema,
  instantSchema,
  legalDateSchema,
  pageSchema,
  textSchema,
} from './shapes';

const TAG = '应归尽归';
const MAX_NUMBERS = 10_000;

const catalogCode = z.string().regex(/^[0-9A-Z]{21}$/, '应为 21 位证照类型代码');

export const collectionCountRequestSchema = z
  .strictObject({
    catalogCode,
    firstDay: legalDateSchema,
    lastDay: legalDateSchema,
    counted: z
      .number()
      .int()
      .min(0)
      .max(10_000_000)
      .meta({ description: '业务系统在这些日期(含首尾)发证的件数' }),
    businessNumbers: z
      .array(textSchema(100, '业务编号'))
      .max(MAX_NUMBERS)
      .nullable()
      .default(null)
      .meta({ description: '业务编号清单；给出后按编号列出缺口' }),
  })
  .refine(({ firstDay, lastDay }) => firstDay <= lastDay, { path: ['lastDay'], message: '不得早于首日' })
  .refine(
    ({ counted, businessNumbers }) =>
      businessNumbers === null ||
      (businessNumbers.length === counted && new Set(businessNumbers).size === counted),
    { path: ['businessNumbers'], message: '清单应不重复，且条数与 counted 一致' },
  )
  .meta({ id: 'CollectionCountRequest', description: '业务系统的件数' });

export const collectionExemptionRequestSchema = z
  .strictObject({
    catalogCode,
    businessNumber: textSchema(100, '业务编号'),
    recordedOn: legalDateSchema,
    ground: z.enum(EXEMPTION_GROUNDS).meta({ description: '依法不电子化、技术认定、纸质档案无法辨认' }),
    basis: textSchema(300, '依据或说明'),
  })
  .meta({ id: 'CollectionExemptionRequest', description: '没有电子证照的纸质记录及其理由' });

export const collectionGapSchema = z
  .strictObject({
    authorityId: z.string(),
    catalogCode: z.string(),
    certificateName: z.string(),
    firstDay: dateSchema,
    lastDay: dateSchema,
    state: z.enum(['complete', 'gap', 'unknown']),
    registered: z.number().int().meta({ description: '本系统登记(制发或归集)' }),
    counted: z.number().int().nullable().meta({ description: '业务系统件数' }),
    exempted: z.number().int(),
    ratePercent: z.number().nullable().meta({ description: '归集率，百分数，只舍不入' }),
    missing: z.number().int().nullable(),
    missingHere: z.array(z.string()).nullable().meta({ description: '业务系统有、本系统没有的业务编号' }),
    unknownThere: z
      .array(z.string())
      .nullable()
      .meta({ description: '本系统有、业务系统清单没有的业务编号' }),
    toldAt: instantSchema,
    availableActions: actionsSchema([]),
  })
  .meta({ id: 'CollectionGap', description: '一个单位、一类证照、一段日期的归集对账' });

export const countCollection = endpoint({
  method: 'post',
  path: '/collection-counts',
  operationId: 'countCollection',
  tag: TAG,
  summary: '报送业务系统的件数',
  access: agenciesAnd('operator'),
  headers: ['Idempotency-Key'],
  body: { kind: 'json', schema: collectionCountRequestSchema, screened: true },
  responses: { 201: { description: '对账结果', schema: collectionGapSchema } },
});

export const listCollectionGaps = endpoint({
  method: 'get',
  path: '/collection-counts',
  operationId: 'listCollectionGaps',
  tag: TAG,
  summary: '应归尽归：登记数、业务件数、归集率和缺口',
  access: agenciesAnd(...BUSINESS_ROLES, 'auditor'),
  query: z.strictObject({
    month: z.string().regex(/^[1-9]\d{3}-(0[1-9]|1[0-2])$/, '应为 YYYY-MM'),
    authority: idSchema.optional(),
  }),
  responses: { 200: { description: '对账结果', schema: pageSchema(collectionGapSchema) } },
});

export const exemptFromCollection = endpoint({
  method: 'post',
  path: '/collection-exemptions',
  operationId: 'exemptFromCollection',
  tag: TAG,
  summary: '登记没有电子证照的纸质记录',
  access: agenciesAnd('operator'),
  headers: ['Idempotency-Key'],
  body: { kind: 'json', schema: collectionExemptionRequestSchema, screened: true },
  responses: {
    201: {
      description: '已登记',
      schema: z
        .strictObject({ id: z.string(), state: z.literal('recorded'), availableActions: actionsSchema([]) })
        .meta({ id: 'CollectionExemption' }),
    },
  },
});
