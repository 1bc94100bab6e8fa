import { z } from 'zod';
import { REISSUE_REASONS, type ReissueReason } from '../../domain/certificate/lifecycle';
import type { ChangeKind } from '../../domain/certificate-change/change-kind';
import { CHANGE_KIND_NAMES, changeKind, changeName } from '../../domain/certificate-change/change-kind';
import { INSPECTION_RESULTS, type InspectionResult } from '../../domain/certificate-change/change-request';
import { CHANGE_OPERATIONS, CHANGE_STATES } from '../../domain/certificate-change/lifecycle';
import { ISSUANCE_STATES } from '../../domain/issuance/lifecycle';
import type { Access } from '../http/endpoint';
import { endpoint } from '../http/endpoint';
import { agenciesAnd, BUSINESS_ROLES, INITIATOR_ROLES, people } from './access';
import { issuanceRequestSchema } from './issuance';
import {
  actionsSchema,
  dateSchema,
  idParams,
  idSchema,
  instantSchema,
  pageQuery,
  pageSchema,
  reasonSchema,
  textSchema,
} from './shapes';

const TAG = '证照变动';
const REISSUE_REASON_CODES = Object.keys(REISSUE_REASONS) as readonly ReissueReason[];
const INSPECTION_RESULT_CODES = Object.keys(INSPECTION_RESULTS) as readonly InspectionResult[];

const legalGroundSchema = z
  .strictObject({
    law: textSchema(400, '法律、法规、规章或规范性文件的名称'),
    article: textSchema(400, '条款'),
  })
  .meta({ id: 'LegalGround', description: '法律依据' });

const decisionSchema = z
  .strictObject({
    name: textSchema(400, '决定书名称'),
    number: textSchema(400, '文号'),
    date: z.string().max(40).meta({ description: '决定日期 YYYY-MM-DD' }),
    organ: textSchema(400, '决定机关'),
  })
  .meta({ id: 'Decision', description: '所依据的决定' });

const actShape = {
  reason: reasonSchema.meta({ description: '变动原因，1 至 500 字' }),
  legalGround: legalGroundSchema.nullable().default(null),
};

/** The whole request of the version that follows, with why it does. */
export const versionChangeSchema = issuanceRequestSchema
  .omit({ backEntryReason: true })
  .extend(actShape)
  .meta({ id: 'VersionChangeRequest', description: '形成新版本的变动：新版本的完整签发申请，并说明原因' });

export const correctionSchema = issuanceRequestSchema
  .omit({ backEntryReason: true })
  .extend({
    ...actShape,
    correctedElements: z
      .array(textSchema(80, '照面要素名称'))
      .max(100)
      .default([])
      .meta({ description: '有误的照面要素；填写时只得更正这些要素' }),
  })
  .meta({ id: 'CorrectionRequest', description: '纠错' });

export const reissueSchema = issuanceRequestSchema
  .omit({ backEntryReason: true })
  .extend({
    ...actShape,
    reissueReason: z
      .enum(REISSUE_REASON_CODES)
      .meta({ description: '遗失 lost、损毁 damaged、期满 expired' }),
  })
  .meta({ id: 'ReissueRequest', description: '换发' });

const statusShape = {
  businessNumber: textSchema(200, '业务系统中的办件编号，不超过 64 字'),
  decidedAt: z.iso.datetime({ offset: true }).meta({ description: '作出决定的时刻' }),
  ...actShape,
  decision: decisionSchema.nullable().default(null),
  attachments: z.array(idSchema).max(50).default([]).meta({ description: '已上传附件的编号' }),
};

export const statusChangeSchema = z
  .strictObject(statusShape)
  .meta({ id: 'StatusChangeRequest', description: '状态变动，受理即生效；暂扣和各类终止须有决定及其附件' });

export const inspectionSchema = z
  .strictObject({
    ...statusShape,
    inspectedOn: z.string().max(40).meta({ description: '年检日期 YYYY-MM-DD' }),
    result: z.enum(INSPECTION_RESULT_CODES).meta({ description: '合格 passed、不合格 failed' }),
    nextDueOn: z.string().max(40).nullable().default(null).meta({ description: '下次年检日期' }),
  })
  .meta({ id: 'InspectionRequest', description: '年检：在现版本上签注，不形成新版本' });

export const transferOutSchema = z
  .strictObject({
    ...statusShape,
    toAuthorityId: idSchema.nullable().default(null).meta({ description: '转入单位在本系统中的编号' }),
    destination: textSchema(400, '转往何处').nullable().default(null),
  })
  .meta({ id: 'TransferOutRequest', description: '办理转出' });

export const certificateChangeSchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(CHANGE_STATES).meta({ description: '变动办理状态' }),
    operation: z.enum(CHANGE_KIND_NAMES).meta({ description: '变动种类' }),
    certificateId: z.string(),
    certificateVersionId: z.string().meta({ description: '所变动的版本' }),
    certificateName: z.string(),
    number: z.string(),
    authorityId: z.string(),
    businessNumber: z.string(),
    decidedAt: instantSchema,
    receivedAt: instantSchema,
    updatedAt: instantSchema,
    closedAt: instantSchema.nullable(),
    revision: z.number().int(),
    stateReason: z.strictObject({ code: z.string(), detail: z.string() }).nullable(),
    reason: z.string(),
    legalGround: z.strictObject({ law: z.string(), article: z.string() }).nullable(),
    decision: z
      .strictObject({ name: z.string(), number: z.string(), date: dateSchema, organ: z.string() })
      .nullable(),
    attachmentIds: z.array(z.string()),
    reissueReason: z.enum(REISSUE_REASON_CODES).nullable(),
    correctedElements: z.array(z.string()),
    inspection: z
      .strictObject({
        inspectedOn: dateSchema,
        result: z.enum(INSPECTION_RESULT_CODES),
        nextDueOn: dateSchema.nullable(),
      })
      .nullable(),
    toAuthorityId: z.string().nullable(),
    destination: z.string().nullable(),
    preemptedBy: z.string().nullable().meta({ description: '使本项变动终结的另一项变动' }),
    issuance: z
      .strictObject({ id: z.string(), state: z.enum(ISSUANCE_STATES) })
      .nullable()
      .meta({ description: '新版本的签发办件' }),
    newVersion: z
      .strictObject({ versionId: z.string(), version: z.string(), identifier: z.string() })
      .nullable()
      .meta({ description: '已签发的新版本' }),
    availableActions: actionsSchema(CHANGE_OPERATIONS),
  })
  .meta({ id: 'CertificateChange', description: '证照变动' });

const readers = agenciesAnd(...BUSINESS_ROLES, 'auditor');
const initiators = agenciesAnd(...INITIATOR_ROLES);

function accessOf(kind: ChangeKind): Access {
  const { agencies, roles } = changeKind(kind);
  return agencies ? agenciesAnd(...roles) : people(...roles);
}

function beginning<Schema extends z.ZodType>(kind: ChangeKind, schema: Schema) {
  return endpoint({
    method: 'post',
    path: `/certificates/{id}/${changeKind(kind).path}`,
    operationId: `${kind}Certificate`,
    tag: TAG,
    summary: changeName(kind),
    description:
      '每份证照同时只办理一项变动；另有变动在办时答 409 并说明是哪一项，注销、撤销、撤回、吊销、作废除外：它们使在办的变动终结。',
    access: accessOf(kind),
    params: idParams,
    headers: ['Idempotency-Key', 'Prefer'],
    body: { kind: 'json', schema, screened: true },
    responses: {
      200: { description: '相同 Idempotency-Key 的变动已办结', schema: certificateChangeSchema },
      201: { description: '已办结', schema: certificateChangeSchema },
      202: { description: '已受理，办理中', schema: certificateChangeSchema },
    },
  });
}

export const amendCertificate = beginning('amend', versionChangeSchema);
export const renewCertificate = beginning('renew', versionChangeSchema);
export const correctCertificate = beginning('correct', correctionSchema);
export const reissueCertificate = beginning('reissue', reissueSchema);
export const reinstateCertificate = beginning('reinstate', versionChangeSchema);
export const transferCertificateIn = beginning('transferIn', versionChangeSchema);
export const inspectCertificate = beginning('inspectPeriodically', inspectionSchema);
export const transferCertificateOut = beginning('transferOut', transferOutSchema);
export const undoTransferOut = beginning('undoTransferOut', statusChangeSchema);
export const suspendCertificate = beginning('suspend', statusChangeSchema);
export const resumeCertificate = beginning('resume', statusChangeSchema);
export const cancelCertificate = beginning('cancel', statusChangeSchema);
export const rescindCertificate = beginning('rescind', statusChangeSchema);
export const recallCertificate = beginning('recall', statusChangeSchema);
export const revokeCertificate = beginning('revoke', statusChangeSchema);
export const voidCertificate = beginning('void', statusChangeSchema);

export const listCertificateChanges = endpoint({
  method: 'get',
  path: '/certificate-changes',
  operationId: 'listCertificateChanges',
  tag: TAG,
  summary: '查询证照变动',
  access: readers,
  query: pageQuery.extend({
    state: z.enum(CHANGE_STATES).optional().meta({ description: '办理状态' }),
    operation: z.enum(CHANGE_KIND_NAMES).optional().meta({ description: '变动种类' }),
    certificateId: idSchema.optional().meta({ description: '证照编号(UUID)' }),
  }),
  responses: { 200: { description: '一页证照变动', schema: pageSchema(certificateChangeSchema) } },
});

export const getCertificateChange = endpoint({
  method: 'get',
  path: '/certificate-changes/{id}',
  operationId: 'getCertificateChange',
  tag: TAG,
  summary: '查看一项证照变动',
  description: '带 Prefer: wait=N 时等到办结或需要人办理，最多 20 秒。',
  access: readers,
  params: idParams,
  headers: ['Prefer'],
  responses: { 200: { description: '证照变动', schema: certificateChangeSchema } },
});

export const withdrawCertificateChange = endpoint({
  method: 'post',
  path: '/certificate-changes/{id}/withdraw',
  operationId: 'withdrawCertificateChange',
  tag: TAG,
  summary: '撤件(新版本签章之前)',
  access: initiators,
  params: idParams,
  body: { kind: 'json', schema: z.strictObject({ reason: reasonSchema }), screened: true },
  responses: { 200: { description: '证照变动', schema: certificateChangeSchema } },
});

/** Of any kind that can be sent back; which members count is the kind's. */
export const resubmittedChangeSchema = issuanceRequestSchema
  .omit({ backEntryReason: true })
  .extend({
    ...actShape,
    correctedElements: z.array(textSchema(80, '照面要素名称')).max(100).default([]),
    reissueReason: z.enum(REISSUE_REASON_CODES).nullable().default(null),
  })
  .meta({ id: 'ResubmittedChange', description: '补正后的变动申请' });

export const resubmitCertificateChange = endpoint({
  method: 'post',
  path: '/certificate-changes/{id}/resubmit',
  operationId: 'resubmitCertificateChange',
  tag: TAG,
  summary: '补正后重新提交',
  access: initiators,
  params: idParams,
  headers: ['Prefer'],
  body: { kind: 'json', schema: resubmittedChangeSchema, screened: true },
  responses: {
    200: { description: '已办结', schema: certificateChangeSchema },
    202: { description: '已受理，办理中', schema: certificateChangeSchema },
  },
});
