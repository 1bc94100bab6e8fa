import type { BoundValues, FaceField, FaceSchema } from '../../../domain/catalog/face-schema';

/** A required, unmasked text element with one thing changed. */
export function aTextField(override: Partial<Extract<FaceField, { kind: 'text' }>> = {}): FaceField {
  return {
    kind: 'text',
    name: '单位名称',
    code: 'DWMC',
    required: true,
    mask: 'none',
    publicOnVerification: true,
    maxLength: 20,
    ...override,
  };
}

/** One element of each kind, none bound to metadata. */
export const EVERY_KIND: FaceSchema = [
  aTextField(),
  aTextField({
    name: '车辆号牌',
    code: 'CLHP',
    required: false,
    maxLength: 12,
    pattern: '蒙[A-Z]·?[A-Z0-9]{5}',
    patternMessage: '应为车辆号牌',
  }),
  aTextField({ name: '备注', code: 'BZ', required: false, multiline: true, publicOnVerification: false }),
  { kind: 'date', name: '发证日期', code: 'FZRQ', required: true, mask: 'none', publicOnVerification: true },
  {
    kind: 'date',
    name: '截止日期',
    code: 'JZRQ',
    required: false,
    mask: 'none',
    publicOnVerification: true,
    allowsLongTerm: true,
  },
  {
    kind: 'number',
    name: '合同价格',
    code: 'HTJG',
    required: false,
    mask: 'none',
    publicOnVerification: false,
    minimum: 0,
    maximum: 1000,
    decimals: 2,
    unit: '万元',
  },
  {
    kind: 'enumeration',
    name: '性别',
    code: 'XB',
    required: false,
    mask: 'none',
    publicOnVerification: true,
    values: ['男', '女'],
  },
  {
    kind: 'image',
    name: '照片',
    code: 'ZP',
    required: false,
    mask: 'all',
    publicOnVerification: false,
    maxBytes: 60,
  },
  {
    kind: 'rows',
    name: '权利人',
    code: 'QLR',
    required: false,
    mask: 'none',
    publicOnVerification: true,
    minRows: 1,
    maxRows: 3,
    columns: [
      { kind: 'text', name: '姓名', code: 'XM', required: true, mask: 'name', maxLength: 10 },
      {
        kind: 'text',
        name: '证件号码',
        code: 'ZJHM',
        required: false,
        mask: 'identityNumber',
        maxLength: 18,
      },
    ],
  },
];

/** The least that `EVERY_KIND` accepts, with what a test changes. */
export function aFaceInput(override: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { 单位名称: '甲公司', 发证日期: '2026-11-23', ...override };
}

export const NOTHING_BOUND: BoundValues = { values: {}, holders: [], assignedLater: [] };
