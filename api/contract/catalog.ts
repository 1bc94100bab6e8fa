import { z } from 'zod';
import { ENTITLEMENT_MODES } from '../../domain/catalog/catalog-entry';
import { CATALOG_OPERATIONS, CATALOG_VERSION_STATES } from '../../domain/catalog/lifecycle';
import { endpoint } from '../http/endpoint';
import { agenciesAnd, BUSINESS_ROLES, people } from './access';
import { catalogDefinitionSchema } from './catalog-definition';
import {
  actionsSchema,
  dateSchema,
  idParams,
  idSchema,
  instantSchema,
  legalDateSchema,
  pageSchema,
  reasonSchema,
} from './shapes';

const TAG = '目录';
const readers = agenciesAnd(...BUSINESS_ROLES, 'auditor');
const authors = people('cityAdministrator', 'departmentAdministrator');
const approvers = people('cityAdministrator');

const basisSchema = z.strictObject({
  name: z.string(),
  number: z.string(),
  date: dateSchema.nullable(),
  note: z.string().nullable(),
});

const entitlementSchema = z
  .strictObject({
    authorityCode: z.string(),
    areas: z.array(z.string()),
    areaName: z.string(),
    from: dateSchema,
    until: dateSchema.nullable(),
    basis: basisSchema,
    mode: z.enum(ENTITLEMENT_MODES),
    exemption: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('byLaw'), basis: basisSchema }),
        z.strictObject({
          kind: z.literal('technicalFinding'),
          findingBody: z.string(),
          basis: basisSchema,
          expiresOn: dateSchema,
        }),
      ])
      .nullable(),
    comparison: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('api') }),
      z.strictObject({ kind: z.literal('manual'), document: z.string() }),
      z.strictObject({ kind: z.literal('none'), reason: z.string() }),
    ]),
  })
  .meta({ id: 'Entitlement', description: '某单位在某些区域签发该类证照的权限' });

export const catalogEntrySchema = z
  .strictObject({
    id: z.string(),
    state: z.enum(['published', 'notPublished']),
    code: z.string(),
    name: z.string(),
    trade: z.string(),
    publishedVersion: z.number().int().nullable(),
    entitlements: z.array(entitlementSchema),
    availableActions: actionsSchema(['draft']),
  })
  .meta({ id: 'CatalogEntry', description: '目录项' });

export const catalogVersionSchema = z
  .strictObject({
    id: z.string(),
    catalogEntryId: z.string(),
    version: z.number().int(),
    state: z.enum(CATALOG_VERSION_STATES),
    effectiveFrom: dateSchema.nullable(),
    publishedAt: instantSchema.nullable(),
    stateReason: z.string().nullable().meta({ description: '退回或撤下的理由' }),
    definition: catalogDefinitionSchema,
    availableActions: actionsSchema(CATALOG_OPERATIONS),
  })
  .meta({ id: 'CatalogVersion', description: '目录项的一个版本' });

const differenceSchema = z.strictObject({
  subject: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  sentence: z.string(),
});

const versionParams = z.object({ id: idSchema, versionId: idSchema });

export const listCatalog = endpoint({
  method: 'get',
  path: '/catalog',
  operationId: 'listCatalog',
  tag: TAG,
  summary: '发证目录',
  access: readers,
  responses: { 200: { description: '全部目录项', schema: pageSchema(catalogEntrySchema) } },
});

export const draftCatalogEntry = endpoint({
  method: 'post',
  path: '/catalog',
  operationId: 'draftCatalogEntry',
  tag: TAG,
  summary: '起草目录项或其新版本',
  description: '类型代码已有时为其下一版本，否则为新类型。',
  access: authors,
  headers: ['Idempotency-Key'],
  body: { kind: 'json', schema: catalogDefinitionSchema, screened: true },
  responses: { 201: { description: '草稿版本', schema: catalogVersionSchema } },
});

export const listCatalogVersions = endpoint({
  method: 'get',
  path: '/catalog/{id}/versions',
  operationId: 'listCatalogVersions',
  tag: TAG,
  summary: '目录项的各个版本',
  access: readers,
  params: idParams,
  responses: { 200: { description: '各版本', schema: pageSchema(catalogVersionSchema) } },
});

export const diffCatalogVersion = endpoint({
  method: 'get',
  path: '/catalog/{id}/versions/{versionId}/diff',
  operationId: 'diffCatalogVersion',
  tag: TAG,
  summary: '与另一版本的差异',
  access: readers,
  params: versionParams,
  query: z.strictObject({
    against: idSchema.optional().meta({ description: '对比的版本；不填时为前一版本' }),
  }),
  responses: {
    200: {
      description: '逐项差异',
      schema: z.strictObject({
        id: z.string(),
        state: z.enum(CATALOG_VERSION_STATES),
        against: z.string().nullable(),
        differences: z.array(differenceSchema),
        availableActions: actionsSchema(CATALOG_OPERATIONS),
      }),
    },
  },
});

export const submitCatalogVersion = endpoint({
  method: 'post',
  path: '/catalog/{id}/versions/{versionId}/submit',
  operationId: 'submitCatalogVersion',
  tag: TAG,
  summary: '提交目录版本审核',
  access: authors,
  params: versionParams,
  responses: { 200: { description: '版本', schema: catalogVersionSchema } },
});

export const sendBackCatalogVersion = endpoint({
  method: 'post',
  path: '/catalog/{id}/versions/{versionId}/send-back',
  operationId: 'sendBackCatalogVersion',
  tag: TAG,
  summary: '退回目录版本修改',
  description: '待审核或已核准的版本退回为草稿，已有的核准随之失效。',
  access: approvers,
  params: versionParams,
  body: { kind: 'json', schema: z.strictObject({ reason: reasonSchema }), screened: true },
  responses: { 200: { description: '版本', schema: catalogVersionSchema } },
});

export const withdrawCatalogVersion = endpoint({
  method: 'post',
  path: '/catalog/{id}/versions/{versionId}/withdraw',
  operationId: 'withdrawCatalogVersion',
  tag: TAG,
  summary: '撤下尚未发布的目录版本',
  description: '起草人可撤下自己的版本，市级管理员可撤下任何尚未发布的版本。',
  access: authors,
  params: versionParams,
  body: { kind: 'json', schema: z.strictObject({ reason: reasonSchema }), screened: true },
  responses: { 200: { description: '版本', schema: catalogVersionSchema } },
});

export const approveCatalogVersion = endpoint({
  method: 'post',
  path: '/catalog/{id}/versions/{versionId}/approve',
  operationId: 'approveCatalogVersion',
  tag: TAG,
  summary: '核准目录版本',
  description: '由起草人以外的人核准。',
  access: approvers,
  params: versionParams,
  responses: { 200: { description: '版本', schema: catalogVersionSchema } },
});

export const publishCatalogVersion = endpoint({
  method: 'post',
  path: '/catalog/{id}/versions/{versionId}/publish',
  operationId: 'publishCatalogVersion',
  tag: TAG,
  summary: '发布目录版本',
  access: approvers,
  params: versionParams,
  body: { kind: 'json', schema: z.strictObject({ effectiveFrom: legalDateSchema }), screened: false },
  responses: { 200: { description: '版本', schema: catalogVersionSchema } },
});
