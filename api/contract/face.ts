import { z } from 'zod';
import { FACE_MASKS, FACE_METADATA_CODES, HOLDER_COLUMN_CODES } from '../../domain/catalog/face-schema';

const described = {
  name: z.string().min(1).max(40).meta({ description: '要素名称' }),
  code: z.string().min(1).max(40).meta({ description: '要素代码' }),
  required: z.boolean(),
  mask: z.enum(FACE_MASKS).meta({ description: '脱敏方式' }),
};
const count = z.number().int().min(0);

const textRule = {
  kind: z.literal('text'),
  maxLength: count,
  multiline: z.boolean().optional(),
  pattern: z.string().max(300).optional(),
  patternMessage: z.string().max(200).optional(),
};
const dateRule = { kind: z.literal('date'), allowsLongTerm: z.boolean().optional() };
const numberRule = {
  kind: z.literal('number'),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  decimals: count,
  unit: z.string().max(20).optional(),
};
const enumerationRule = {
  kind: z.literal('enumeration'),
  values: z.array(z.string().min(1).max(100)).max(200),
};

const columnPart = { ...described, metadata: z.enum(HOLDER_COLUMN_CODES).optional() };
const columnSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ ...columnPart, ...textRule }),
    z.strictObject({ ...columnPart, ...dateRule }),
    z.strictObject({ ...columnPart, ...numberRule }),
    z.strictObject({ ...columnPart, ...enumerationRule }),
  ])
  .meta({ id: 'FaceColumn', description: '列表要素的一列' });

const fieldPart = {
  ...described,
  metadata: z.enum(FACE_METADATA_CODES).optional().meta({ description: '与之绑定的证照元数据' }),
  publicOnVerification: z.boolean().meta({ description: '核验时是否(脱敏后)公开' }),
  mongolianOf: z.string().min(1).max(40).optional().meta({ description: '以蒙古文并列的文本要素名称' }),
};
const fieldSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ ...fieldPart, ...textRule }),
    z.strictObject({ ...fieldPart, ...dateRule }),
    z.strictObject({ ...fieldPart, ...numberRule }),
    z.strictObject({ ...fieldPart, ...enumerationRule }),
    z.strictObject({ ...fieldPart, kind: z.literal('image'), maxBytes: count }),
    z.strictObject({
      ...fieldPart,
      kind: z.literal('rows'),
      columns: z.array(columnSchema).max(30),
      minRows: count,
      maxRows: count,
    }),
  ])
  .meta({ id: 'FaceField', description: '照面要素的规则' });

export const faceSchemaSchema = z.array(fieldSchema).max(100).meta({ description: '照面要素，按显示顺序' });

/** Face values of an answer, keyed by Chinese element names. */
export const faceValuesSchema = z
  .record(z.string(), z.union([z.string(), z.array(z.record(z.string(), z.string()))]))
  .meta({ id: 'FaceValues', description: '照面信息，键为要素的中文名称' });
