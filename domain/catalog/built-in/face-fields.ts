import type { FaceColumn, FaceField, FaceMask, FaceMetadataCode, HolderColumnCode } from '../face-schema';

interface Options {
  readonly required?: boolean;
  readonly mask?: FaceMask;
  readonly metadata?: FaceMetadataCode;
  readonly publicOnVerification?: boolean;
}

interface TextOptions extends Options {
  readonly maxLength?: number;
  readonly multiline?: boolean;
  readonly pattern?: string;
  readonly patternMessage?: string;
}

/** A text element; unless said otherwise required, one line of at most 100 characters, shown to nobody who only verifies. */
export function text(name: string, code: string, options: TextOptions = {}): FaceField {
  const { maxLength = 100, ...rest } = options;
  return { kind: 'text', maxLength, ...described(name, code), ...rest };
}

/** The same text in Mongolian, where the applicant brings one: bilingual faces set it beside the Chinese. */
export function mongolianText(name: string, code: string, mongolianOf: string, maxLength: number): FaceField {
  return { ...text(name, code, { maxLength, required: false }), mongolianOf };
}

/** A date element that whoever verifies may see, unless said otherwise. */
export function date(
  name: string,
  code: string,
  options: Options & { readonly allowsLongTerm?: boolean } = {},
): FaceField {
  return { kind: 'date', ...described(name, code), publicOnVerification: true, ...options };
}

/** A number with its unit. */
export function number(
  name: string,
  code: string,
  rule: {
    readonly minimum?: number;
    readonly maximum?: number;
    readonly decimals: number;
    readonly unit?: string;
  },
  options: Options = {},
): FaceField {
  return { kind: 'number', ...described(name, code), ...rule, ...options };
}

/** One of fixed values. */
export function choice(
  name: string,
  code: string,
  values: readonly string[],
  options: Options = {},
): FaceField {
  return { kind: 'enumeration', values, ...described(name, code), ...options };
}

/** A portrait of at most 50 KB, as the ministries' interfaces take it; never shown on verification. */
export function portrait(name: string, code: string, options: Options = {}): FaceField {
  return { kind: 'image', maxBytes: 51_200, ...described(name, code), mask: 'all', ...options };
}

/** The certificate's number, given by the agency or by the register as the type says. */
export function certificateNumber(
  name: string,
  code: string,
  pattern: string,
  patternMessage: string,
): FaceField {
  return text(name, code, {
    maxLength: 50,
    pattern,
    patternMessage,
    metadata: 'ZZBH',
    publicOnVerification: true,
  });
}

/** The organ that issues, filled in from the register. */
export function issuingOrgan(name: string, code: string): FaceField {
  return text(name, code, { metadata: 'ZZBFJG', publicOnVerification: true });
}

/** The day of issue, filled in from the request. */
export function issueDate(name: string, code: string): FaceField {
  return date(name, code, { metadata: 'ZZBFRQ' });
}

/** First and last day of validity, filled in from the request. */
export function validityPeriod(allowsLongTerm = false): readonly FaceField[] {
  return [validFrom('有效期起始日期', 'YXQQSRQ'), validUntil('有效期截止日期', 'YXQJZRQ', allowsLongTerm)];
}

/** First day of validity. */
export function validFrom(name: string, code: string): FaceField {
  return date(name, code, { metadata: 'ZZYXQQSRQ' });
}

/** Last day of validity, or 长期 where the type has no end. */
export function validUntil(name: string, code: string, allowsLongTerm = false): FaceField {
  return date(name, code, { metadata: 'ZZYXQJZRQ', allowsLongTerm });
}

/** A column that repeats what is known of each holder. */
export function holderColumn(
  name: string,
  code: string,
  metadata: HolderColumnCode,
  mask: FaceMask,
  required: boolean,
): FaceColumn {
  return { kind: 'text', maxLength: 100, name, code, required, mask, metadata };
}

export const CREDIT_CODE_RULE = {
  maxLength: 18,
  pattern: '[0-9A-HJ-NP-RTUWXY]{18}',
  patternMessage: '应为 18 位统一社会信用代码',
} as const;

export const CITIZEN_NUMBER_RULE = {
  maxLength: 18,
  pattern: '[1-9][0-9]{16}[0-9X]',
  patternMessage: '应为 18 位公民身份号码',
} as const;

/** Numbers of licences as offices write them: digits, capital letters, Chinese characters, brackets and hyphens. */
export const LICENCE_NUMBER_PATTERN = '[\\p{Script=Han}0-9A-Z()（）〔〕-]{6,50}';
export const LICENCE_NUMBER_MESSAGE = '应为 6 至 50 位，由数字、大写字母、汉字、括号或连字符组成';

function described(name: string, code: string) {
  return { name, code, required: true, mask: 'none', publicOnVerification: false } as const;
}
