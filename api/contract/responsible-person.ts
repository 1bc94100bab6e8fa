import { z } from 'zod';
import { RESPONSIBLE_PERSON_STATES } from '../../domain/organisation/responsible-person';
import { endpoint } from '../http/endpoint';
import { BUSINESS_ROLES, people } from './access';
import {
  actionsSchema,
  dateSchema,
  idParams,
  idSchema,
  instantSchema,
  legalDateSchema,
  pageQuery,
  pageSchema,
} from './shapes';

const TAG = '专人专管';
const readers = people(...BUSINESS_ROLES, 'auditor');
const appointers = people('cityAdministrator', 'bannerAdministrator', 'departmentAdministrator');

export const responsiblePersonSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(RESPONSIBLE_PERSON_STATES).meta({ description: '已提交备案，或市里已备案' }),
    authorityId: z.string(),
    trade: z.string().nullable().meta({ description: '条线；null 为该单位所有条线' }),
    personId: z.string(),
    displayName: z.string(),
    substituteId: z.string().nullable(),
    substituteName: z.string().nullable(),
    fromOn: dateSchema,
    untilOn: dateSchema.nullable().meta({ description: '自该日起由他人接任' }),
    filingNumber: z.string().meta({ description: '备案号' }),
    appointedAt: instantSchema,
    filedAt: instantSchema.nullable(),
    availableActions: actionsSchema(['handover', 'file']),
  })
  .meta({ id: 'ResponsiblePerson', description: '专人(第二十二条)' });

export const vacancySchema = z
  .strictObject({
    id: z.string(),
    state: z.literal('vacant'),
    authorityId: z.string(),
    name: z.string(),
    areaCode: z.string(),
    coveredTrades: z.array(z.string()).meta({ description: '已有专人的条线' }),
    availableActions: actionsSchema(['appoint']),
  })
  .meta({ id: 'Vacancy', description: '没有专人的发证单位' });

export const listResponsiblePersons = endpoint({
  method: 'get',
  path: '/responsible-persons',
  operationId: 'listResponsiblePersons',
  tag: TAG,
  summary: '专人',
  access: readers,
  query: pageQuery.extend({
    authorityId: idSchema.optional(),
    current: z.enum(['true', 'false']).default('true').meta({ description: '只看现任' }),
  }),
  responses: { 200: { description: '一页专人', schema: pageSchema(responsiblePersonSchema) } },
});

export const listVacancies = endpoint({
  method: 'get',
  path: '/responsible-persons/vacancies',
  operationId: 'listVacancies',
  tag: TAG,
  summary: '没有专人的发证单位',
  access: appointers,
  responses: { 200: { description: '单位', schema: pageSchema(vacancySchema) } },
});

const personShape = {
  personId: idSchema,
  substituteId: idSchema.nullable().default(null).meta({ description: '替补' }),
  fromOn: legalDateSchema,
};

export const appointResponsiblePerson = endpoint({
  method: 'post',
  path: '/responsible-persons',
  operationId: 'appointResponsiblePerson',
  tag: TAG,
  summary: '指定专人并报市备案',
  access: appointers,
  headers: ['Idempotency-Key'],
  body: {
    kind: 'json',
    schema: z.strictObject({
      authorityId: idSchema,
      trade: z
        .string()
        .min(1)
        .max(60)
        .nullable()
        .default(null)
        .meta({ description: '条线；null 为所有条线' }),
      ...personShape,
    }),
    screened: false,
  },
  responses: { 201: { description: '专人', schema: responsiblePersonSchema } },
});

export const handOverResponsibility = endpoint({
  method: 'post',
  path: '/responsible-persons/{id}/handover',
  operationId: 'handOverResponsibility',
  tag: TAG,
  summary: '专人交接',
  description: '原专人任至 fromOn 前一日，新专人自 fromOn 起任，中间没有空档。',
  access: appointers,
  params: idParams,
  body: { kind: 'json', schema: z.strictObject(personShape), screened: false },
  responses: { 200: { description: '新任专人', schema: responsiblePersonSchema } },
});

export const fileResponsiblePerson = endpoint({
  method: 'post',
  path: '/responsible-persons/{id}/file',
  operationId: 'fileResponsiblePerson',
  tag: TAG,
  summary: '市里备案',
  access: people('cityAdministrator'),
  params: idParams,
  responses: { 200: { description: '专人', schema: responsiblePersonSchema } },
});
