import { checkPattern } from './check-pattern';

/** The metadata of GB/T 36903 (as read from deployed implementations) to which a face field may be bound. */
export const FACE_METADATA_CODES = [
  'ZZMC',
  'ZZBH',
  'ZZBFJG',
  'ZZBFJGDM',
  'ZZBFRQ',
  'CZZT',
  'CZZTDM',
  'CZZTDMLX',
  'ZZYXQQSRQ',
  'ZZYXQJZRQ',
] as const;
export type FaceMetadataCode = (typeof FACE_METADATA_CODES)[number];

/** What a column of a list of holders shows of each holder; the share is a local extension of the metadata. */
export const HOLDER_COLUMN_CODES = ['CZZT', 'CZZTDM', 'CZZTDMLX', 'KZ_份额'] as const;
export type HolderColumnCode = (typeof HOLDER_COLUMN_CODES)[number];

export const FACE_MASKS = ['none', 'name', 'identityNumber', 'phone', 'address', 'all'] as const;
export type FaceMask = (typeof FACE_MASKS)[number];

interface Described {
  /** Element name as the certificate prints it, in Chinese; the key of a face. */
  readonly name: string;
  /** Short code in capital letters that systems may use instead of the name. */
  readonly code: string;
  readonly required: boolean;
  readonly mask: FaceMask;
}

export interface TextRule {
  readonly kind: 'text';
  /** In characters (code points). */
  readonly maxLength: number;
  /** Line feeds and tabs are allowed. */
  readonly multiline?: boolean;
  /** Regular expression over the whole value, without anchors, Unicode mode. */
  readonly pattern?: string;
  /** What the pattern asks for, as a Chinese sentence; obligatory beside a pattern. */
  readonly patternMessage?: string;
}

export interface DateRule {
  readonly kind: 'date';
  /** 长期 may stand instead of a date. */
  readonly allowsLongTerm?: boolean;
}

export interface NumberRule {
  readonly kind: 'number';
  readonly minimum?: number;
  readonly maximum?: number;
  /** Decimal places at most; 0 for whole numbers. */
  readonly decimals: number;
  /** Printed after the number, such as 平方米. */
  readonly unit?: string;
}

export interface EnumerationRule {
  readonly kind: 'enumeration';
  readonly values: readonly string[];
}

export interface ImageRule {
  readonly kind: 'image';
  readonly maxBytes: number;
}

export type ScalarRule = TextRule | DateRule | NumberRule | EnumerationRule;

/** One column of a repeated row; images and rows within rows do not occur on certificates. */
export type FaceColumn = Described & ScalarRule & { readonly metadata?: HolderColumnCode };

export interface RowsRule {
  readonly kind: 'rows';
  readonly columns: readonly FaceColumn[];
  readonly minRows: number;
  readonly maxRows: number;
}

/** One element of a certificate's face (照面要素). */
export type FaceField = Described &
  (ScalarRule | ImageRule | RowsRule) & {
    /** The element repeats this metadata: it may be left out, and if given must agree. */
    readonly metadata?: FaceMetadataCode;
    /** Shown, masked, to whoever verifies the certificate. */
    readonly publicOnVerification: boolean;
    /** Name of the text element that this one says in Mongolian, as somebody entered it; a bilingual template sets it beside. */
    readonly mongolianOf?: string;
  };

/** The elements of a face in the order in which they are shown. */
export type FaceSchema = readonly FaceField[];

/** One row of a repeated element, keyed by the Chinese names of its columns. */
export type FaceRow = Readonly<Record<string, string>>;

/**
 * The value of an element: text as given, dates YYYY-MM-DD (or 长期), numbers as plain decimals without
 * superfluous zeros, images as base64, repeated rows as a list.
 */
export type FaceValue = string | readonly FaceRow[];

/** A parsed face, keyed by Chinese element names; elements that were left out are absent. JSON as it stands. */
export type Face = Readonly<Record<string, FaceValue>>;

export interface BoundHolder {
  readonly name: string;
  readonly code: string | null;
  readonly codeTypeName: string | null;
  /** As it is printed, such as 1/2 or 50%. */
  readonly share: string | null;
}

/** What the register knows of the metadata when a face is read; dates are YYYY-MM-DD or 长期. */
export interface BoundValues {
  readonly values: Readonly<
    Partial<Record<Exclude<FaceMetadataCode, 'CZZT' | 'CZZTDM' | 'CZZTDMLX'>, string>>
  >;
  readonly holders: readonly BoundHolder[];
  /** Metadata that the register itself assigns later, such as the number: must be absent in what is sent. */
  readonly assignedLater: readonly FaceMetadataCode[];
}

export const LONG_TERM = '长期';

export interface FaceSchemaProblem {
  readonly field: string;
  readonly expected: string;
}

const MAX_FIELDS = 100;

/**
 * Checks a face schema itself, as written by whoever maintains the catalogue; an empty list means usable.
 * Patterns run against what strangers send, so one that can take very long is refused here.
 */
export function checkFaceSchema(schema: FaceSchema): readonly FaceSchemaProblem[] {
  const problems: FaceSchemaProblem[] = [];
  if (schema.length === 0 || schema.length > MAX_FIELDS) {
    problems.push({ field: '', expected: `照面要素应有 1 至 ${MAX_FIELDS} 个` });
  }
  problems.push(...checkNames(schema));
  for (const field of schema) {
    if (!isMongolianOfText(field, schema)) {
      problems.push({
        field: field.name,
        expected: '蒙古文要素应为文本，并指明另一个文本要素，每个要素至多一个',
      });
    }
    const columns: readonly FaceColumn[] = field.kind === 'rows' ? field.columns : [];
    problems.push(...checkNames(columns));
    for (const part of [field, ...columns]) {
      for (const expected of checkRule(part)) problems.push({ field: part.name, expected });
    }
  }
  return problems;
}

/** What is said twice is said by two texts, one of each script. */
function isMongolianOfText({ kind, name, mongolianOf }: FaceField, schema: FaceSchema): boolean {
  if (mongolianOf === undefined) return true;
  const said = schema.find((field) => field.name === mongolianOf);
  const others = schema.filter((field) => field.name !== name && field.mongolianOf === mongolianOf);
  return kind === 'text' && said?.kind === 'text' && said.mongolianOf === undefined && others.length === 0;
}

function checkNames(fields: readonly Described[]): FaceSchemaProblem[] {
  const problems: FaceSchemaProblem[] = [];
  const seen = new Set<string>();
  for (const { name, code } of fields) {
    if (!/^\p{Script=Han}[\p{Script=Han}\p{Letter}\p{Number}()（）·、]{0,39}$/u.test(name)) {
      problems.push({ field: name, expected: '要素名称应以汉字开头，不超过 40 字' });
    }
    if (!/^[A-Z][A-Z0-9_]{0,39}$/.test(code)) {
      problems.push({ field: name, expected: '要素代码应为大写字母、数字和下划线，以字母开头' });
    }
    if (seen.has(name) || seen.has(code)) problems.push({ field: name, expected: '要素名称和代码不得重复' });
    seen.add(name).add(code);
  }
  return problems;
}

function checkRule(rule: ScalarRule | ImageRule | RowsRule): string[] {
  switch (rule.kind) {
    case 'text':
      return checkTextRule(rule);
    case 'number':
      return [
        ...(isWithin(rule.decimals, 0, 6) ? [] : ['小数位数应为 0 至 6']),
        ...((rule.minimum ?? -Infinity) > (rule.maximum ?? Infinity) ? ['最小值不得大于最大值'] : []),
      ];
    case 'enumeration':
      return rule.values.length > 0 && new Set(rule.values).size === rule.values.length
        ? []
        : ['可选值至少一个且不得重复'];
    case 'image':
      return isWithin(rule.maxBytes, 1, 2_000_000) ? [] : ['图片大小上限应为 1 至 2000000 字节'];
    case 'rows':
      return rule.columns.length > 0 &&
        isWithin(rule.minRows, 0, rule.maxRows) &&
        isWithin(rule.maxRows, 1, 500)
        ? []
        : ['列表至少一列，行数下限不得大于上限，上限不超过 500 行'];
    case 'date':
      return [];
  }
}

function checkTextRule({ maxLength, pattern, patternMessage }: TextRule): string[] {
  const problems = isWithin(maxLength, 1, 10_000) ? [] : ['最大长度应为 1 至 10000 字'];
  if (pattern === undefined) return problems;
  if ((patternMessage ?? '') === '') problems.push('有格式要求时应写明说明');
  return [...problems, ...checkPattern(pattern, maxLength)];
}

function isWithin(value: number, minimum: number, maximum: number): boolean {
  return Number.isInteger(value) && value >= minimum && value <= maximum;
}
