import { z } from 'zod';
import { ROLES } from '../../domain/shared/principal';
import { endpoint } from '../http/endpoint';
import { ANYBODY_SIGNED_IN, PUBLIC } from './access';
import { actionsSchema, instantSchema } from './shapes';

const TAG = '会话';

export const meSchema = z
  .strictObject({
    id: z.string().meta({ description: '主体名称，例如 person:…' }),
    state: z.literal('signedIn'),
    kind: z.enum(['person', 'holder', 'relyingParty', 'agency']),
    displayName: z.string(),
    authorityId: z.string().nullable(),
    roles: z.array(z.strictObject({ code: z.enum(ROLES), name: z.string() })),
    csrfToken: z
      .string()
      .nullable()
      .meta({ description: '本会话的 CSRF 令牌，页面重新加载后由此取得；业务系统为 null' }),
    demonstration: z.boolean().meta({ description: '是否演示环境' }),
    serverTime: instantSchema,
    availableActions: actionsSchema(['signOut']),
  })
  .meta({ id: 'Me', description: '当前主体' });

export const sessionSchema = z
  .strictObject({
    id: z.literal('current'),
    state: z.literal('signedIn'),
    csrfToken: z.string().meta({ description: '写操作须在 X-CSRF-Token 请求头中带上' }),
    secondFactor: z
      .enum(['used', 'offInDemonstration', 'notEnrolled'])
      .meta({ description: '是否使用了第二因素；演示环境关闭并在此说明' }),
    missing: z
      .array(z.enum(['password', 'secondFactor']))
      .meta({ description: '使用系统之前还须完成的事：设置自己的口令、绑定动态口令' }),
    expiresAt: instantSchema,
    me: meSchema,
    availableActions: actionsSchema(['signOut']),
  })
  .meta({ id: 'Session', description: '登录会话；令牌在 HttpOnly Cookie 中' });

export const signIn = endpoint({
  method: 'post',
  path: '/sessions',
  operationId: 'signIn',
  tag: TAG,
  summary: '登录',
  access: PUBLIC,
  body: {
    kind: 'json',
    schema: z.strictObject({
      username: z.string().min(1).max(100).meta({ description: '用户名' }),
      password: z.string().min(1).max(200).meta({ description: '密码' }),
      otp: z
        .string()
        .regex(/^\d{6}$/, '应为 6 位数字')
        .nullable()
        .default(null)
        .meta({ description: '动态口令' }),
    }),
    screened: false,
  },
  responses: { 201: { description: '会话', schema: sessionSchema } },
});

export const signOut = endpoint({
  method: 'delete',
  path: '/sessions/current',
  operationId: 'signOut',
  tag: TAG,
  summary: '退出登录',
  access: ANYBODY_SIGNED_IN,
  duringSetUp: true,
  responses: { 204: { description: '已退出' } },
});

export const getMe = endpoint({
  method: 'get',
  path: '/me',
  operationId: 'getMe',
  tag: TAG,
  summary: '当前主体',
  access: { kind: 'signedIn', agencies: true, roles: 'every' },
  duringSetUp: true,
  responses: { 200: { description: '当前主体', schema: meSchema } },
});
