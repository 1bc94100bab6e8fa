import { z } from 'zod';
import {
  CATALOGUE_CLASSES,
  HANDLINGS,
  HOLDER_CATEGORIES,
  PUBLICITIES,
  SEAL_KINDS,
  STANDARD_LEVELS,
  TRADES,
} from '../../domain/catalog/catalog-entry';
import { faceSchemaSchema } from './face';
import { legalDateSchema, textSchema } from './shapes';

const creditCode = z.string().regex(/^[0-9A-Z]{18}$/, '应为 18 位统一社会信用代码');

const validityRuleSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('years'),
      maximumYears: z.number().int().min(1).max(100),
      exact: z.boolean(),
    }),
    z.strictObject({ kind: z.literal('longTerm') }),
    z.strictObject({ kind: z.literal('asTheRight') }),
  ])
  .meta({ description: '有效期规则' });

const numberingRuleSchema = z
  .discriminatedUnion('by', [
    z.strictObject({ by: z.literal('agency'), element: textSchema(40, '编号所在的照面要素') }),
    z.strictObject({ by: z.literal('register'), pattern: textSchema(60, '编号规则') }),
  ])
  .meta({ description: '编号方式' });

const reviewPolicySchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('always') }),
    z.strictObject({ kind: z.literal('sample'), percent: z.number().gt(0).lt(100) }),
    z.strictObject({ kind: z.literal('none') }),
  ])
  .meta({ description: '审核方式' });

const requiredSealSchema = z.strictObject({
  ordinal: z.number().int().min(1).max(10),
  organ: z
    .union([z.literal('issuingAuthority'), creditCode])
    .meta({ description: '发证单位，或联合发证机关的代码' }),
  kind: z.enum(SEAL_KINDS),
});

const dependencySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('holder'),
    catalogCode: z.string().regex(/^[0-9A-Z]{18}\d{3}$/, '应为 21 位证照类型代码'),
  }),
  z.strictObject({
    kind: z.literal('number'),
    catalogCode: z.string().regex(/^[0-9A-Z]{18}\d{3}$/, '应为 21 位证照类型代码'),
    element: textSchema(40, '写有该证照编号的照面要素'),
  }),
]);

/** Every item of art. 7 and what practice adds; its meaning is judged when it is submitted for review. */
export const catalogDefinitionSchema = z
  .strictObject({
    code: z
      .string()
      .regex(/^[0-9A-Z]{18}\d{3}$/, '应为 21 位证照类型代码')
      .meta({ description: '证照类型代码' }),
    name: textSchema(100, '证照名称'),
    definingAuthority: z
      .strictObject({ name: textSchema(100, '名称'), code: creditCode, level: z.enum(STANDARD_LEVELS) })
      .meta({ description: '制定机关' }),
    issuingAuthority: textSchema(200, '发证单位'),
    standardLevel: z.enum(STANDARD_LEVELS).meta({ description: '标准级别' }),
    catalogueClass: z.enum(CATALOGUE_CLASSES).meta({ description: '目录类别' }),
    publicity: z.enum(PUBLICITIES).meta({ description: '类目公开属性' }),
    ingestionStartsOn: legalDateSchema,
    handling: z.enum(HANDLINGS).meta({ description: '本市制发、归集、镜像' }),
    administrativeLicence: z.boolean().meta({ description: '是否行政许可' }),
    periodicInspection: z.boolean().meta({ description: '是否年检' }),
    trade: z.enum(TRADES).meta({ description: '条线' }),
    serviceItems: z
      .array(z.strictObject({ name: textSchema(200, '事项名称'), code: textSchema(64, '事项编码') }))
      .max(200),
    holderKinds: z.array(z.enum(HOLDER_CATEGORIES)).max(3).meta({ description: '持证主体类型' }),
    holders: z
      .strictObject({
        several: z.boolean(),
        shares: z.enum(['none', 'optional', 'required']),
        withoutCodeAllowed: z.boolean(),
        maxHolders: z.number().int().min(1).max(500),
      })
      .meta({ description: '持证主体规则' }),
    faceSchema: faceSchemaSchema,
    templateCode: textSchema(64, '证照模板').nullable(),
    validityRule: validityRuleSchema,
    uniquenessKey: z.array(textSchema(40, '照面要素或 holder')).max(20),
    numberedBy: numberingRuleSchema,
    reviewPolicy: reviewPolicySchema,
    requiredSeals: z.array(requiredSealSchema).max(10),
    dependsOn: z.array(dependencySchema).max(10).optional().meta({ description: '所依附的证照类型' }),
    notClassifiedDeclaration: z
      .strictObject({ declaredBy: textSchema(50, '声明人'), declaredOn: legalDateSchema })
      .nullable()
      .meta({ description: '不涉密声明' }),
  })
  .meta({ id: 'CatalogDefinition', description: '目录项定义(管理办法第七条)' });
