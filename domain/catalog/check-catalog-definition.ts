import { jsonPointer } from '../shared/json-pointer';
import type { CatalogDefinition, HolderRule } from './catalog-entry';
import { checkFaceSchema } from './face-schema';
import { isNumberPattern, NUMBER_PATTERN_EXPECTATION } from './format-number';
import { HOLDER_KEY_PART } from './uniqueness-key';

export interface DefinitionProblem {
  readonly pointer: string;
  readonly expected: string;
}

/**
 * Judges whether a definition is complete and consistent enough to be submitted for review (art. 7, art. 3);
 * an empty list means yes. Shapes are judged where the request is parsed, meaning is judged here.
 */
export function checkCatalogDefinition(definition: CatalogDefinition): readonly DefinitionProblem[] {
  return [
    ...checkIdentity(definition),
    ...checkFaceSchema(definition.faceSchema).map(({ field, expected }) => ({
      pointer: jsonPointer('faceSchema', field),
      expected,
    })),
    ...checkHolders(definition),
    ...checkNumbering(definition),
    ...checkSeals(definition),
    ...checkHandling(definition),
    ...checkDependencies(definition),
  ];
}

function checkIdentity({
  code,
  name,
  definingAuthority,
  notClassifiedDeclaration,
}: CatalogDefinition): DefinitionProblem[] {
  const problems: DefinitionProblem[] = [];
  if (!/^[0-9A-Z]{18}\d{3}$/.test(code)) {
    problems.push({
      pointer: '/code',
      expected: '证照类型代码为 21 位：制定机关统一社会信用代码 18 位加 3 位数字',
    });
  } else if (!code.startsWith(definingAuthority.code)) {
    problems.push({ pointer: '/definingAuthority/code', expected: '应与证照类型代码的前 18 位一致' });
  }
  if (name.trim() === '') problems.push({ pointer: '/name', expected: '应填写证照名称' });
  if (notClassifiedDeclaration === null) {
    problems.push({ pointer: '/notClassifiedDeclaration', expected: '应有不涉密声明(声明人、声明日期)' });
  }
  return problems;
}

function checkHolders({ holderKinds, holders }: CatalogDefinition): DefinitionProblem[] {
  const problems: DefinitionProblem[] = [];
  if (holderKinds.length === 0)
    problems.push({ pointer: '/holderKinds', expected: '至少选择一种持证主体类型' });
  if (!isConsistent(holders)) {
    problems.push({ pointer: '/holders', expected: '只有允许多个持证主体的类型才能设定份额和人数上限' });
  }
  return problems;
}

function isConsistent({ several, shares, maxHolders }: HolderRule): boolean {
  return several ? Number.isInteger(maxHolders) && maxHolders > 1 : shares === 'none' && maxHolders === 1;
}

function checkNumbering({ numberedBy, faceSchema, uniquenessKey }: CatalogDefinition): DefinitionProblem[] {
  const problems: DefinitionProblem[] = [];
  const fields = new Map(faceSchema.map((field) => [field.name, field]));
  if (numberedBy.by === 'agency' && fields.get(numberedBy.element)?.metadata !== 'ZZBH') {
    problems.push({ pointer: '/numberedBy/element', expected: '应为与证照编号(ZZBH)绑定的照面要素' });
  }
  if (numberedBy.by === 'register' && !isNumberPattern(numberedBy.pattern)) {
    problems.push({ pointer: '/numberedBy/pattern', expected: NUMBER_PATTERN_EXPECTATION });
  }
  if (uniquenessKey.length === 0) problems.push({ pointer: '/uniquenessKey', expected: '应说明何者唯一' });
  for (const [index, part] of uniquenessKey.entries()) {
    const isNumber = fields.get(part)?.metadata === 'ZZBH';
    if (part !== HOLDER_KEY_PART && !fields.has(part)) {
      problems.push({ pointer: jsonPointer('uniquenessKey', index), expected: '应为照面要素名称或 holder' });
    } else if (isNumber && numberedBy.by === 'register') {
      problems.push({
        pointer: jsonPointer('uniquenessKey', index),
        expected: '登记簿编号本身唯一，不能用作唯一性要素',
      });
    }
  }
  return problems;
}

function checkSeals({ requiredSeals, handling }: CatalogDefinition): DefinitionProblem[] {
  const problems: DefinitionProblem[] = [];
  if (handling === 'issue' && requiredSeals.length === 0) {
    problems.push({ pointer: '/requiredSeals', expected: '本市制发的证照至少加盖一枚电子印章' });
  }
  for (const [index, { ordinal, organ }] of requiredSeals.entries()) {
    if (ordinal !== index + 1) {
      problems.push({
        pointer: jsonPointer('requiredSeals', index, 'ordinal'),
        expected: '用印次序应从 1 起连续',
      });
    }
    if (organ !== 'issuingAuthority' && !/^[0-9A-Z]{18}$/.test(organ)) {
      problems.push({
        pointer: jsonPointer('requiredSeals', index, 'organ'),
        expected: '应为发证单位或联合发证机关的统一社会信用代码',
      });
    }
  }
  return problems;
}

function checkHandling({ handling, templateCode, reviewPolicy }: CatalogDefinition): DefinitionProblem[] {
  const problems: DefinitionProblem[] = [];
  if (handling === 'issue' && templateCode === null) {
    problems.push({ pointer: '/templateCode', expected: '本市制发的证照应有证照模板' });
  }
  if (reviewPolicy.kind === 'sample' && !(reviewPolicy.percent > 0 && reviewPolicy.percent < 100)) {
    problems.push({ pointer: '/reviewPolicy/percent', expected: '抽查比例应大于 0 小于 100' });
  }
  return problems;
}

function checkDependencies({ code, dependsOn = [], faceSchema }: CatalogDefinition): DefinitionProblem[] {
  return dependsOn.flatMap((dependency, index) => {
    if (dependency.catalogCode === code) {
      return [{ pointer: jsonPointer('dependsOn', index, 'catalogCode'), expected: '不得关联证照类型本身' }];
    }
    const isElement =
      dependency.kind === 'holder' || faceSchema.some(({ name }) => name === dependency.element);
    return isElement
      ? []
      : [{ pointer: jsonPointer('dependsOn', index, 'element'), expected: '应为照面要素名称' }];
  });
}
