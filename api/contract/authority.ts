import { z } from 'zod';
import { AUTHORITY_KINDS, AUTHORITY_LEVELS } from '../../domain/organisation/authority';
import { endpoint } from '../http/endpoint';
import { agenciesAnd, BUSINESS_ROLES, people } from './access';
import {
  actionsSchema,
  creditCodeSchema,
  dateSchema,
  idParams,
  idSchema,
  legalDateSchema,
  pageSchema,
  textSchema,
} from './shapes';

const TAG = '单位';
const readers = agenciesAnd(...BUSINESS_ROLES, 'systemAdministrator', 'securityAdministrator', 'auditor');
const keepers = people('cityAdministrator', 'systemAdministrator');

const nameSchema = z.string().trim().min(1).max(200).meta({ description: '单位全称' });
const tradeSchema = z
  .string()
  .regex(/^[a-z][A-Za-z]{1,39}$/, '应为条线代码，例如 transport')
  .nullable()
  .meta({ description: '条线；综合部门为 null' });

export const authoritySchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(['active', 'succeeded']).meta({ description: '存续，或已由承继单位承继' }),
    creditCode: z.string(),
    name: z.string(),
    kind: z.enum(AUTHORITY_KINDS),
    level: z.enum(AUTHORITY_LEVELS),
    areaCode: z.string(),
    trade: z.string().nullable(),
    isIssuing: z.boolean().meta({ description: '是否发证单位' }),
    parentId: z.string().nullable(),
    competentDepartmentId: z.string().nullable().meta({ description: '市级主管部门' }),
    successorId: z.string().nullable(),
    successorBasis: z.string().nullable().meta({ description: '承继的依据文件' }),
    entrustment: z
      .strictObject({ byId: z.string(), basis: z.string(), endsOn: dateSchema.nullable() })
      .nullable()
      .meta({ description: '受委托组织的委托机关、依据，以及自哪一日起终止' }),
    activeFrom: dateSchema,
    activeUntil: dateSchema.nullable().meta({ description: '自该日起不再存续' }),
    revision: z.number().int(),
    availableActions: actionsSchema(['change', 'succeed']),
  })
  .meta({ id: 'Authority', description: '单位' });

export const listAuthorities = endpoint({
  method: 'get',
  path: '/authorities',
  operationId: 'listAuthorities',
  tag: TAG,
  summary: '全部单位',
  access: readers,
  responses: { 200: { description: '单位', schema: pageSchema(authoritySchema) } },
});

export const getAuthority = endpoint({
  method: 'get',
  path: '/authorities/{id}',
  operationId: 'getAuthority',
  tag: TAG,
  summary: '查看一个单位',
  access: readers,
  params: idParams,
  responses: { 200: { description: '单位，ETag 为其版本', schema: authoritySchema } },
});

export const addAuthority = endpoint({
  method: 'post',
  path: '/authorities',
  operationId: 'addAuthority',
  tag: TAG,
  summary: '登记单位',
  access: keepers,
  headers: ['Idempotency-Key'],
  body: {
    kind: 'json',
    schema: z.strictObject({
      creditCode: creditCodeSchema,
      name: nameSchema,
      kind: z.enum(AUTHORITY_KINDS),
      level: z.enum(AUTHORITY_LEVELS),
      areaCode: z.string().regex(/^\d{6}$/, '应为六位行政区划代码'),
      trade: tradeSchema.default(null),
      isIssuing: z.boolean(),
      parentId: idSchema.nullable().default(null),
      competentDepartmentId: idSchema.nullable().default(null),
      entrustment: z
        .strictObject({
          byId: idSchema,
          basis: textSchema(500, '委托书或法律依据'),
          endsOn: legalDateSchema.nullable(),
        })
        .nullable()
        .default(null),
      activeFrom: legalDateSchema,
    }),
    screened: true,
  },
  responses: { 201: { description: '单位', schema: authoritySchema } },
});

export const changeAuthority = endpoint({
  method: 'patch',
  path: '/authorities/{id}',
  operationId: 'changeAuthority',
  tag: TAG,
  summary: '变更单位',
  description: '只填写要变更的成员。更名不改变已签发的证照；委托期限届满后不能再签发。',
  access: keepers,
  params: idParams,
  headers: ['If-Match'],
  body: {
    kind: 'json',
    schema: z.strictObject({
      name: nameSchema.optional(),
      trade: tradeSchema.optional(),
      isIssuing: z.boolean().optional(),
      parentId: idSchema.nullable().optional(),
      competentDepartmentId: idSchema.nullable().optional(),
      entrustmentEndsOn: legalDateSchema.nullable().optional(),
    }),
    screened: true,
  },
  responses: { 200: { description: '单位', schema: authoritySchema } },
});

export const succeedAuthority = endpoint({
  method: 'post',
  path: '/authorities/{id}/succession',
  operationId: 'succeedAuthority',
  tag: TAG,
  summary: '单位合并、撤销后由另一单位承继',
  description: '承继单位即时接管该单位的全部证照和在办事项；该单位自承继之日起不能再签发。',
  access: people('cityAdministrator'),
  params: idParams,
  body: {
    kind: 'json',
    schema: z.strictObject({
      successorId: idSchema,
      on: legalDateSchema,
      basis: textSchema(500, '划转、合并文件的名称和文号'),
    }),
    screened: true,
  },
  responses: { 200: { description: '单位', schema: authoritySchema } },
});
