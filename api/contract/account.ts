import { z } from 'zod';
import { ROLES } from '../../domain/shared/principal';
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
  reasonSchema,
} from './shapes';

const TAG = '人员与账号';
const administrators = people('systemAdministrator');
const staff = people(...BUSINESS_ROLES, 'systemAdministrator');
const readers = people(...BUSINESS_ROLES, 'systemAdministrator', 'securityAdministrator', 'auditor');

const grantSchema = z.strictObject({
  role: z.enum(ROLES),
  areaCode: z
    .string()
    .regex(/^\d{6}$/, '应为六位行政区划代码')
    .nullable()
    .default(null)
    .meta({ description: '旗区管理员、监督员的管辖区域' }),
  authorityId: idSchema.nullable().default(null).meta({ description: '发证单位各角色所在单位' }),
  trade: z
    .string()
    .regex(/^[a-z][A-Za-z]{1,39}$/, '应为条线代码，例如 transport')
    .nullable()
    .default(null)
    .meta({ description: '主管部门管理员的条线；其他角色可据此缩小范围' }),
});

const roleAssignmentSchema = z.strictObject({
  id: z.string(),
  role: z.enum(ROLES),
  areaCode: z.string().nullable(),
  authorityId: z.string().nullable(),
  trade: z.string().nullable(),
  grantedAt: instantSchema,
  endsAt: instantSchema.nullable(),
});

export const PERSON_ACTIONS = [
  'disable',
  'enable',
  'grantRole',
  'endRole',
  'resetPassword',
  'removeSecondFactor',
  'setLeave',
  'endLeave',
] as const;

export const personSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(['active', 'disabled']),
    displayName: z.string(),
    authorityId: z.string().nullable(),
    leave: z
      .strictObject({ from: dateSchema, until: dateSchema.nullable(), substituteId: z.string() })
      .nullable()
      .meta({ description: '休假与代办人；截止日为休假的最后一天' }),
    account: z
      .strictObject({
        username: z.string(),
        hasSecondFactor: z.boolean(),
        oneTimePasswordUntil: instantSchema
          .nullable()
          .meta({ description: '一次性口令的有效期；本人已设置口令时为 null' }),
        lockedUntil: instantSchema.nullable(),
        roles: z.array(roleAssignmentSchema),
        createdAt: instantSchema,
      })
      .nullable()
      .meta({ description: '账号；只有三员可见' }),
    availableActions: actionsSchema(PERSON_ACTIONS),
  })
  .meta({ id: 'Person', description: '人员' });

const personWithPasswordSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(['active', 'disabled']),
    oneTimePassword: z.string().nullable().meta({
      description: '一次性口令，三日内有效，只显示这一次；以同一 Idempotency-Key 重复请求时为 null',
    }),
    person: personSchema,
    availableActions: actionsSchema(PERSON_ACTIONS),
  })
  .meta({ id: 'PersonWithPassword', description: '人员及其一次性口令' });

const one = { 200: { description: '人员', schema: personSchema } } as const;

export const listPeople = endpoint({
  method: 'get',
  path: '/people',
  operationId: 'listPeople',
  tag: TAG,
  summary: '人员',
  description: '三员可见全部人员及其账号；其他人员只见本单位在用人员的姓名和休假。',
  access: readers,
  query: pageQuery.extend({ authorityId: idSchema.optional().meta({ description: '只看某单位的人员' }) }),
  responses: { 200: { description: '一页人员', schema: pageSchema(personSchema) } },
});

export const getPerson = endpoint({
  method: 'get',
  path: '/people/{id}',
  operationId: 'getPerson',
  tag: TAG,
  summary: '查看一名人员',
  access: readers,
  params: idParams,
  responses: one,
});

export const addPerson = endpoint({
  method: 'post',
  path: '/people',
  operationId: 'addPerson',
  tag: TAG,
  summary: '建立账号',
  description:
    '系统管理员、安全管理员、审计员相互分离，且不兼任其他角色。账号以一次性口令首次登录，须先设置自己的口令并绑定动态口令。',
  access: administrators,
  headers: ['Idempotency-Key'],
  body: {
    kind: 'json',
    schema: z.strictObject({
      username: z
        .string()
        .regex(/^[a-z][a-z0-9._-]{2,39}$/, '应为 3 至 40 位小写字母、数字、点、下划线、连字符，以字母开头'),
      displayName: z.string().trim().min(1).max(100),
      authorityId: idSchema.nullable().default(null).meta({ description: '所在单位；三员为 null' }),
      roles: z.array(grantSchema).min(1).max(20),
    }),
    screened: true,
  },
  responses: { 201: { description: '人员', schema: personWithPasswordSchema } },
});

export const disablePerson = endpoint({
  method: 'post',
  path: '/people/{id}/disable',
  operationId: 'disablePerson',
  tag: TAG,
  summary: '停用账号',
  description: '即时生效，其会话全部结束。不能停用自己的账号。',
  access: administrators,
  params: idParams,
  body: { kind: 'json', schema: z.strictObject({ reason: reasonSchema }), screened: true },
  responses: one,
});

export const enablePerson = endpoint({
  method: 'post',
  path: '/people/{id}/enable',
  operationId: 'enablePerson',
  tag: TAG,
  summary: '重新启用账号',
  access: administrators,
  params: idParams,
  responses: one,
});

export const grantRole = endpoint({
  method: 'post',
  path: '/people/{id}/roles',
  operationId: 'grantRole',
  tag: TAG,
  summary: '授予角色',
  description: '同一范围的同一角色已经授予时不再授予。不能给自己授予角色。',
  access: administrators,
  params: idParams,
  body: { kind: 'json', schema: grantSchema, screened: false },
  responses: one,
});

export const endRole = endpoint({
  method: 'delete',
  path: '/people/{id}/roles/{assignmentId}',
  operationId: 'endRole',
  tag: TAG,
  summary: '终止角色',
  access: administrators,
  params: z.object({ id: idSchema, assignmentId: idSchema }),
  responses: one,
});

export const resetPassword = endpoint({
  method: 'post',
  path: '/people/{id}/password-reset',
  operationId: 'resetPassword',
  tag: TAG,
  summary: '重置口令',
  description: '给出新的一次性口令，并结束其全部会话。动态口令仍然有效，由安全管理员另行解除。',
  access: administrators,
  params: idParams,
  headers: ['Idempotency-Key'],
  responses: { 201: { description: '人员', schema: personWithPasswordSchema } },
});

export const removeSecondFactor = endpoint({
  method: 'post',
  path: '/people/{id}/second-factor/remove',
  operationId: 'removeSecondFactor',
  tag: TAG,
  summary: '解除动态口令',
  description: '用于手机遗失等情形。此后须由系统管理员重置口令，本人以一次性口令登录后重新绑定。',
  access: people('securityAdministrator'),
  params: idParams,
  body: { kind: 'json', schema: z.strictObject({ reason: reasonSchema }), screened: true },
  responses: one,
});

export const setLeave = endpoint({
  method: 'put',
  path: '/people/{id}/leave',
  operationId: 'setLeave',
  tag: TAG,
  summary: '登记休假和代办人',
  description: '由本人或系统管理员登记。代办人在此期间具有休假人在本单位的角色；一人一名代办人。',
  access: staff,
  params: idParams,
  body: {
    kind: 'json',
    schema: z.strictObject({
      from: legalDateSchema,
      until: legalDateSchema.nullable(),
      substituteId: idSchema,
    }),
    screened: false,
  },
  responses: one,
});

export const endLeave = endpoint({
  method: 'delete',
  path: '/people/{id}/leave',
  operationId: 'endLeave',
  tag: TAG,
  summary: '结束休假',
  access: staff,
  params: idParams,
  responses: one,
});
