import { z } from 'zod';
import { CERTIFICATE_MARKS, CERTIFICATE_STATES } from '../../domain/certificate/lifecycle';
import { VERDICTS } from '../../domain/verification/judge-certificate';
import { CHECK_OUTCOMES } from '../../domain/verification/judge-file';
import { endpoint } from '../http/endpoint';
import { PUBLIC } from './access';
import { maskedHolderSchema } from './certificate';
import { faceValuesSchema } from './face';
import { dateSchema, instantSchema } from './shapes';

const TAG = '公众核验';

const publicCertificateSchema = z
  .strictObject({
    certificateName: z.string(),
    number: z.string(),
    identifier: z.string(),
    version: z.string(),
    state: z.enum(CERTIFICATE_STATES),
    stateName: z.string(),
    maskedHolders: z.array(maskedHolderSchema),
    publicFace: faceValuesSchema,
    issuingAuthority: z.string(),
    issuingAuthorityCode: z.string(),
    validFrom: dateSchema,
    validUntil: dateSchema.nullable(),
    issuedOn: dateSchema,
    endedAt: instantSchema.nullable().meta({ description: '终止或被取代的时刻；仍有效的为 null' }),
    lastInspection: z
      .strictObject({
        endorsedOn: dateSchema,
        result: z.enum(['passed', 'failed']),
        nextDueOn: dateSchema.nullable(),
      })
      .nullable()
      .meta({ description: '最近一次年检；没有的为 null' }),
  })
  .meta({ id: 'PublicCertificate', description: '任何人都可得知的证照信息，已脱敏' });

const checkSchema = z.strictObject({
  name: z.string(),
  outcome: z.enum(CHECK_OUTCOMES),
  detail: z.string().nullable(),
});

export const verificationSchema = z
  .strictObject({
    verdict: z.enum(VERDICTS).meta({ description: '有效、无效、无法确认' }),
    reason: z.string().meta({ description: '原因代码' }),
    sentence: z.string().meta({ description: '一句话结论' }),
    at: instantSchema.meta({ description: '结论所针对的时刻' }),
    marks: z
      .array(z.strictObject({ code: z.enum(CERTIFICATE_MARKS), name: z.string(), meaning: z.string() }))
      .meta({ description: '需要留意的标记' }),
    certificate: publicCertificateSchema.nullable(),
    checks: z.array(checkSchema).meta({ description: '逐项核验结果' }),
    file: z
      .strictObject({
        format: z.enum(['ofd', 'pdf']),
        digest: z.string().meta({ description: 'SM3 摘要' }),
        sealedAt: z.string().nullable(),
        signers: z.array(z.string()),
      })
      .nullable()
      .meta({ description: '所核验的文件；按核验码核验时为 null' }),
  })
  .meta({ id: 'Verification', description: '核验结论' });

export const verifyByCode = endpoint({
  method: 'get',
  path: '/public/verify/{code}',
  operationId: 'verifyByCode',
  tag: TAG,
  summary: '按核验码核验',
  description: '浏览器得到网页，其他客户端得到 JSON。结论每次重新得出，不缓存。',
  access: PUBLIC,
  params: z.object({
    code: z.string().min(1).max(200).meta({ description: '证照上的核验码' }),
  }),
  responses: { 200: { description: '核验结论', schema: verificationSchema, mediaTypes: ['text/html'] } },
});

export const verifyFile = endpoint({
  method: 'post',
  path: '/public/verify',
  operationId: 'verifyFile',
  tag: TAG,
  summary: '核验文件',
  description:
    'multipart/form-data，一个名为 file 的 OFD 或 PDF，不超过 20 MB。文件不会被保存。以 Accept: application/pdf 索取由核验服务签章的核验报告。',
  access: PUBLIC,
  body: { kind: 'file' },
  responses: {
    200: { description: '核验结论', schema: verificationSchema, mediaTypes: ['application/pdf'] },
  },
});
