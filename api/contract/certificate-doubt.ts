import { z } from 'zod';
import { DOUBT_ENDS, PLANNED_OPERATION_CODES } from '../../domain/certificate/status-in-doubt';
import { endpoint } from '../http/endpoint';
import { people } from './access';
import { actionsSchema, instantSchema, legalDateSchema, reasonSchema, textSchema } from './shapes';

export const certificateDoubtSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(['standing', 'lifted']).meta({ description: '存疑，或已解除' }),
    certificateId: z.string(),
    certificateNumber: z.string(),
    authorityId: z.string(),
    plannedOperation: z.enum(PLANNED_OPERATION_CODES),
    eventId: z.string().nullable().meta({ description: '所属不可抗力事件' }),
    setAt: instantSchema,
    liftedAt: instantSchema.nullable(),
    liftKind: z
      .enum(DOUBT_ENDS)
      .nullable()
      .meta({ description: '因决定已录入(entered)或经核实(confirmed)解除' }),
    availableActions: actionsSchema(['confirm']),
  })
  .meta({ id: 'CertificateDoubt', description: '状态存疑' });

const certificateMembers = {
  certificateNumber: textSchema(200, '证照编号'),
  catalogCode: z
    .string()
    .regex(/^[0-9A-Z]{18}\d{3}$/, '应为 21 位证照类型代码')
    .nullable()
    .default(null)
    .meta({ description: '证照类型代码，仅当同一编号有多份证照时需要' }),
};

export const markCertificateDoubt = endpoint({
  method: 'post',
  path: '/certificates/doubts',
  operationId: 'markCertificateDoubt',
  tag: '证照',
  summary: '标注或解除状态存疑',
  description:
    '决定已以纸质作出而尚未录入时，由发证单位(或市级代为)按证照编号标注，核验即答“无法确认”。录入该决定后自动解除；经核实无须录入的，由另一人解除。',
  access: people('operator', 'reviewer', 'windowClerk', 'cityAdministrator'),
  headers: ['Idempotency-Key'],
  body: {
    kind: 'json',
    schema: z.discriminatedUnion('action', [
      z.strictObject({
        action: z.literal('set'),
        ...certificateMembers,
        plannedOperation: z.enum(PLANNED_OPERATION_CODES).meta({ description: '纸质决定的内容' }),
        decision: z
          .strictObject({
            name: textSchema(400, '决定书名称'),
            number: textSchema(400, '文号'),
            date: legalDateSchema,
            organ: textSchema(400, '决定机关'),
          })
          .meta({ description: '纸质决定' }),
      }),
      z.strictObject({ action: z.literal('lift'), ...certificateMembers, reason: reasonSchema }),
    ]),
    screened: true,
  },
  responses: { 200: { description: '状态存疑', schema: certificateDoubtSchema } },
});
