/** 持证主体代码类型代码 of GB/T 36903, as read from deployed implementations. */
export const HOLDER_CODE_TYPES = {
  '001': '统一社会信用代码',
  '099': '其他法人或其他组织有效证件代码',
  '111': '公民身份号码',
  '114': '军官证',
  '115': '武警警官证',
  '118': '解放军士兵证',
  '119': '武警士兵证',
  '120': '解放军文职人员证',
  '122': '武警文职人员证',
  '411': '外交护照',
  '412': '公务护照',
  '413': '公务普通护照',
  '414': '普通护照',
  '511': '台湾居民来往大陆通行证',
  '516': '港澳居民来往内地通行证',
  '999': '其他自然人有效证件代码',
} as const satisfies Record<string, string>;
export type HolderCodeType = keyof typeof HOLDER_CODE_TYPES;
export const HOLDER_CODE_TYPE_CODES = Object.keys(HOLDER_CODE_TYPES) as readonly HolderCodeType[];

/** Kinds of holder as a request names them (art. 3: 自然人、法人和非法人组织). */
export const HOLDER_KINDS = ['person', 'organisation', 'unincorporated'] as const;
export type HolderKind = (typeof HOLDER_KINDS)[number];

/** Whether a code type identifies that kind of holder: 001 and 099 are for organisations, all others for persons. */
export function codeTypeFits(kind: HolderKind, codeType: HolderCodeType): boolean {
  const isOfOrganisation = codeType === '001' || codeType === '099';
  return kind === 'person' ? !isOfOrganisation : isOfOrganisation;
}

/** Whether a text is one of the code types. */
export function isHolderCodeType(text: string): text is HolderCodeType {
  return Object.hasOwn(HOLDER_CODE_TYPES, text);
}
