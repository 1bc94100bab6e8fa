import { z } from 'zod';
import { endpoint } from '../http/endpoint';
import { ANYBODY_SIGNED_IN } from './access';
import { actionsSchema, instantSchema } from './shapes';

const TAG = '会话';

const otpSchema = z
  .string()
  .regex(/^\d{6}$/, '应为 6 位数字')
  .meta({ description: '动态口令应用当前显示的 6 位数字' });

const pendingSecondFactorSchema = z
  .strictObject({
    id: z.literal('current'),
    state: z.literal('pending'),
    otpauthUrl: z.string().meta({ description: '供动态口令应用扫描的 otpauth:// 地址，只显示这一次' }),
    secret: z.string().meta({ description: '供手工输入的密钥(Base32)，只显示这一次' }),
    expiresAt: instantSchema.meta({ description: '须在此之前确认' }),
    availableActions: actionsSchema(['confirm']),
  })
  .meta({ id: 'PendingSecondFactor', description: '待确认的动态口令' });

export const changeOwnPassword = endpoint({
  method: 'put',
  path: '/me/password',
  operationId: 'changeOwnPassword',
  tag: TAG,
  summary: '设置自己的口令',
  description: '10 至 128 个字符，含三种字符，不含用户名。本人的其他会话全部结束。',
  access: ANYBODY_SIGNED_IN,
  duringSetUp: true,
  body: {
    kind: 'json',
    schema: z.strictObject({
      currentPassword: z.string().min(1).max(200),
      newPassword: z.string().min(1).max(200),
    }),
    screened: false,
  },
  responses: { 204: { description: '已设置' } },
});

export const beginSecondFactor = endpoint({
  method: 'post',
  path: '/me/second-factor',
  operationId: 'beginSecondFactor',
  tag: TAG,
  summary: '绑定动态口令',
  description: '已绑定时须给出现有的动态口令；新的在确认之后才取代它。',
  access: ANYBODY_SIGNED_IN,
  duringSetUp: true,
  body: {
    kind: 'json',
    schema: z.strictObject({ otp: otpSchema.nullable().default(null) }),
    screened: false,
  },
  responses: { 201: { description: '待确认的动态口令', schema: pendingSecondFactorSchema } },
});

export const confirmSecondFactor = endpoint({
  method: 'post',
  path: '/me/second-factor/confirm',
  operationId: 'confirmSecondFactor',
  tag: TAG,
  summary: '以首个动态口令确认绑定',
  access: ANYBODY_SIGNED_IN,
  duringSetUp: true,
  body: { kind: 'json', schema: z.strictObject({ otp: otpSchema }), screened: false },
  responses: { 204: { description: '已绑定' } },
});
