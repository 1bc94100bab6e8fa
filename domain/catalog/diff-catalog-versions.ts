import type { CatalogDefinition, NumberingRule, ReviewPolicy, ValidityRule } from './catalog-entry';
import {
  CATALOGUE_CLASS_NAMES,
  HANDLING_NAMES,
  HOLDER_CATEGORY_NAMES,
  PUBLICITY_NAMES,
  SEAL_KIND_NAMES,
  STANDARD_LEVEL_NAMES,
  TRADE_NAMES,
} from './catalog-entry';
import type { FaceColumn, FaceField } from './face-schema';
import { HOLDER_KEY_PART } from './uniqueness-key';

/** One line of a readable difference between two versions of a catalogue entry. */
export interface CatalogDifference {
  /** Where, in Chinese: 证照名称, 照面要素“车辆号牌” … */
  readonly subject: string;
  /** Null where the older version lacks it. */
  readonly before: string | null;
  /** Null where the newer version lacks it. */
  readonly after: string | null;
  /** A whole Chinese sentence for the approver. */
  readonly sentence: string;
}

/**
 * What changed between two versions of a definition, in the order of the catalogue form, as sentences that
 * an approver reads. Empty when nothing that the catalogue says has changed.
 */
export function diffCatalogVersions(
  before: CatalogDefinition,
  after: CatalogDefinition,
): readonly CatalogDifference[] {
  return [...diffElements(before, after), ...diffFields(before, after)];
}

const ELEMENTS: readonly (readonly [string, (definition: CatalogDefinition) => string])[] = [
  ['证照名称', ({ name }) => name],
  ['证照类型代码', ({ code }) => code],
  ['制定机关', ({ definingAuthority: { name, code } }) => `${name}(${code})`],
  ['发证单位', ({ issuingAuthority }) => issuingAuthority],
  ['标准级别', ({ standardLevel }) => STANDARD_LEVEL_NAMES[standardLevel]],
  ['目录类别', ({ catalogueClass }) => CATALOGUE_CLASS_NAMES[catalogueClass]],
  ['类目公开属性', ({ publicity }) => PUBLICITY_NAMES[publicity]],
  ['归集起始时间', ({ ingestionStartsOn }) => ingestionStartsOn],
  ['来源方式', ({ handling }) => HANDLING_NAMES[handling]],
  ['条线', ({ trade }) => TRADE_NAMES[trade]],
  ['是否行政许可', ({ administrativeLicence }) => yesNo(administrativeLicence)],
  ['是否年检', ({ periodicInspection }) => yesNo(periodicInspection)],
  ['关联事项', ({ serviceItems }) => list(serviceItems.map(({ name, code }) => `${name}(${code})`))],
  ['持证主体类型', ({ holderKinds }) => list(holderKinds.map((kind) => HOLDER_CATEGORY_NAMES[kind]))],
  ['持证主体规则', holderRuleInWords],
  ['证照模板', ({ templateCode }) => templateCode ?? '无'],
  ['有效期规则', ({ validityRule }) => validityInWords(validityRule)],
  [
    '唯一性要素',
    ({ uniquenessKey }) => list(uniquenessKey.map((part) => (part === HOLDER_KEY_PART ? '持证主体' : part))),
  ],
  ['编号方式', ({ numberedBy }) => numberingInWords(numberedBy)],
  ['审核方式', ({ reviewPolicy }) => reviewInWords(reviewPolicy)],
  ['用印要求', sealsInWords],
  ['关联证照', dependenciesInWords],
  [
    '不涉密声明',
    ({ notClassifiedDeclaration: declared }) =>
      declared === null ? '无' : `${declared.declaredBy}，${declared.declaredOn}`,
  ],
];

function diffElements(before: CatalogDefinition, after: CatalogDefinition): CatalogDifference[] {
  return ELEMENTS.flatMap(([subject, words]) => changed(subject, words(before), words(after)));
}

function diffFields(before: CatalogDefinition, after: CatalogDefinition): CatalogDifference[] {
  const older = new Map(before.faceSchema.map((field) => [field.name, fieldInWords(field)]));
  const newer = new Map(after.faceSchema.map((field) => [field.name, fieldInWords(field)]));
  const names = new Set([...older.keys(), ...newer.keys()]);
  const differences = [...names].flatMap((name) =>
    changed(`照面要素“${name}”`, older.get(name) ?? null, newer.get(name) ?? null),
  );
  const kept = (schema: CatalogDefinition['faceSchema']) =>
    schema.filter(({ name }) => older.has(name) && newer.has(name)).map(({ name }) => name);
  return [
    ...differences,
    ...changed('照面要素顺序', list(kept(before.faceSchema)), list(kept(after.faceSchema))),
  ];
}

function changed(subject: string, before: string | null, after: string | null): CatalogDifference[] {
  if (before === after) return [];
  const sentence =
    before === null
      ? `新增${subject}：${after ?? ''}`
      : after === null
        ? `删除${subject}，原为：${before}`
        : `${subject}由“${before}”改为“${after}”`;
  return [{ subject, before, after, sentence }];
}

function holderRuleInWords({ holders }: CatalogDefinition): string {
  const shares = { none: '不填份额', optional: '可填份额', required: '应填份额' }[holders.shares];
  return [
    holders.several ? `可有多个持证主体，最多 ${holders.maxHolders} 个，${shares}` : '只有一个持证主体',
    holders.withoutCodeAllowed ? '可无代码' : '须有代码',
  ].join('，');
}

function validityInWords(rule: ValidityRule): string {
  switch (rule.kind) {
    case 'years':
      return rule.exact ? `${rule.maximumYears} 年` : `不超过 ${rule.maximumYears} 年`;
    case 'longTerm':
      return '长期';
    case 'asTheRight':
      return '随权利期限';
  }
}

function numberingInWords(rule: NumberingRule): string {
  switch (rule.by) {
    case 'agency':
      return `业务系统编号，取自“${rule.element}”`;
    case 'register':
      return `登记簿编号，规则 ${rule.pattern}`;
  }
}

function reviewInWords(policy: ReviewPolicy): string {
  switch (policy.kind) {
    case 'always':
      return '逐件审核';
    case 'sample':
      return `抽查 ${policy.percent}%`;
    case 'none':
      return '不经人工审核';
  }
}

function sealsInWords({ requiredSeals }: CatalogDefinition): string {
  return list(
    requiredSeals.map(({ ordinal, organ, kind }) => {
      const who = organ === 'issuingAuthority' ? '发证单位' : organ;
      return `${ordinal}. ${who}${SEAL_KIND_NAMES[kind]}`;
    }),
  );
}

const MASKS = {
  none: '不脱敏',
  name: '按姓名脱敏',
  identityNumber: '按证件号码脱敏',
  phone: '按电话脱敏',
  address: '按地址脱敏',
  all: '全部遮盖',
} as const satisfies Record<FaceField['mask'], string>;

function fieldInWords(field: FaceField): string {
  return list([
    columnInWords(field),
    field.publicOnVerification ? '核验时公开' : '核验时不公开',
    ...(field.mongolianOf === undefined ? [] : [`“${field.mongolianOf}”的蒙古文`]),
  ]);
}

function columnInWords(field: FaceField | FaceColumn): string {
  return list([
    `代码 ${field.code}`,
    ruleInWords(field),
    field.required ? '必填' : '选填',
    MASKS[field.mask],
    ...(field.metadata === undefined ? [] : [`对应元数据 ${field.metadata}`]),
  ]);
}

function ruleInWords(rule: FaceField | FaceColumn): string {
  switch (rule.kind) {
    case 'text':
      return [
        `文本，不超过 ${rule.maxLength} 字`,
        ...(rule.multiline === true ? ['可分行'] : []),
        ...(rule.pattern === undefined ? [] : [`格式 ${rule.pattern}(${rule.patternMessage ?? ''})`]),
      ].join('，');
    case 'date':
      return rule.allowsLongTerm === true ? '日期或长期' : '日期';
    case 'number':
      return `数字，范围 ${rule.minimum ?? '不限'} 至 ${rule.maximum ?? '不限'}，小数 ${rule.decimals} 位，单位 ${rule.unit ?? '无'}`;
    case 'enumeration':
      return `选项：${rule.values.join('/')}`;
    case 'image':
      return `图片，不超过 ${rule.maxBytes} 字节`;
    case 'rows':
      return `列表，${rule.minRows} 至 ${rule.maxRows} 行，列：${rule.columns.map((column) => `${column.name}(${columnInWords(column)})`).join('；')}`;
  }
}

function yesNo(value: boolean): string {
  return value ? '是' : '否';
}

function list(parts: readonly string[]): string {
  return parts.length === 0 ? '无' : parts.join('、');
}

function dependenciesInWords({ dependsOn = [] }: CatalogDefinition): string {
  return list(
    dependsOn.map((dependency) =>
      dependency.kind === 'holder'
        ? `同一持证主体的 ${dependency.catalogCode}`
        : `要素“${dependency.element}”所指的 ${dependency.catalogCode}`,
    ),
  );
}
