import type { CatalogDefinition } from '../catalog/catalog-entry';
import { parseCitizenNumber } from '../certificate/citizen-number';
import { type HolderInput, holderCategory } from '../certificate/holder';
import type { HolderCodeType, HolderKind } from '../certificate/holder-code-type';
import { HOLDER_CODE_TYPES, HOLDER_KINDS, isHolderCodeType } from '../certificate/holder-code-type';
import { parseUnifiedCreditCode } from '../certificate/unified-credit-code';
import { halfWidth } from '../shared/text-form';
import { normaliseHolderCode, normaliseNumber } from './normalise-code';

/** What the cells of a row say of its holders; several are separated by ； within each cell. */
export interface HolderCells {
  readonly name: string;
  readonly kind: string;
  readonly codeType: string;
  readonly code: string;
  readonly share: string;
}

const KIND_NAMES: Readonly<Record<string, HolderKind>> = {
  自然人: 'person',
  个人: 'person',
  法人: 'organisation',
  企业法人: 'organisation',
  非法人组织: 'unincorporated',
};
/** Everyday names of the papers beside those of the standard. */
const CODE_TYPE_NAMES: Readonly<Record<string, HolderCodeType>> = {
  身份证: '111',
  居民身份证: '111',
  身份证号: '111',
  身份证号码: '111',
  护照: '414',
};

type HolderRules = Pick<CatalogDefinition, 'holderKinds' | 'holders'>;

/**
 * Reads the holders of a row for `parseHolders`, which judges them. Where kind or type of code are left out they are taken
 * from the code itself, and only when it can be nothing else: its check character fits one form and the type of
 * certificate is issued to such holders.
 */
export function readRowHolders(rules: HolderRules, cells: HolderCells): readonly HolderInput[] {
  const parts = (text: string): readonly string[] =>
    rules.holders.several ? text.split(/[;；、]/).map((part) => part.trim()) : [text.trim()];
  const [names, kinds, codeTypes, codes, shares] = [
    parts(cells.name),
    parts(cells.kind),
    parts(cells.codeType),
    parts(cells.code),
    parts(cells.share),
  ];
  return names.map((name, index) => {
    const code = normaliseHolderCode(codes[index] ?? '');
    // One kind or type may be written once for all holders.
    const codeType = readCodeType(codeTypes[index] ?? codeTypes[0] ?? '', code);
    return {
      kind: readKind(rules, kinds[index] ?? kinds[0] ?? '', codeType),
      name,
      codeType: code === '' ? null : codeType,
      code: code === '' ? null : code,
      share: halfWidth(shares[index] ?? '').trim() || null,
    };
  });
}

function readCodeType(text: string, code: string): string | null {
  const plain = normaliseNumber(text);
  if (plain !== '') {
    if (isHolderCodeType(plain)) return plain;
    const named = Object.entries(HOLDER_CODE_TYPES).find(([, name]) => name === plain);
    return named?.[0] ?? CODE_TYPE_NAMES[plain] ?? plain;
  }
  const [isCitizen, isOrganisation] = [parseCitizenNumber(code).ok, parseUnifiedCreditCode(code).ok];
  if (isCitizen === isOrganisation) return null;
  return isCitizen ? '111' : '001';
}

function readKind({ holderKinds }: HolderRules, text: string, codeType: string | null): HolderKind {
  const named = KIND_NAMES[normaliseNumber(text)];
  if (named !== undefined) return named;
  const possible = HOLDER_KINDS.filter((kind) => holderKinds.includes(holderCategory(kind)));
  const isPerson = codeType !== '001' && codeType !== '099' && codeType !== null;
  return (
    possible.find((kind) => codeType === null || (kind === 'person') === isPerson) ??
    possible[0] ??
    'organisation'
  );
}
