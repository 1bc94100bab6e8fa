import type { HolderCategory, HolderRule } from '../catalog/catalog-entry';
import type { BoundHolder } from '../catalog/face-schema';
import { findForbiddenCharacter } from '../shared/forbidden-character';
import { jsonPointer } from '../shared/json-pointer';
import type { Result } from '../shared/result';
import { accepted, refused } from '../shared/result';
import type { Share } from '../shared/share';
import { makeWhole, parseShare } from '../shared/share';
import { characterCount } from '../shared/text-form';
import { parseCitizenNumber } from './citizen-number';
import type { HolderCodeType, HolderKind } from './holder-code-type';
import { codeTypeFits, HOLDER_CODE_TYPES, isHolderCodeType } from './holder-code-type';
import { parseUnifiedCreditCode } from './unified-credit-code';

/** A holder as a request gives it; the shape was judged where the request was parsed. */
export interface HolderInput {
  readonly kind: HolderKind;
  readonly name: string;
  readonly codeType: string | null;
  readonly code: string | null;
  /** A fraction such as 1/2 or percent such as 50%; null when no share is recorded. */
  readonly share: string | null;
}

/** A holder whose code fits its type and kind. */
export interface Holder {
  readonly kind: HolderKind;
  readonly name: string;
  /** Null where the type of certificate allows a holder without one. */
  readonly code: { readonly type: HolderCodeType; readonly value: string } | null;
  readonly share: string | null;
}

export interface HolderProblem {
  readonly pointer: string;
  readonly code:
    | 'holderCount'
    | 'holderKindNotAllowed'
    | 'holderNameIllFormed'
    | 'holderCodeMissing'
    | 'holderCodeTypeUnknown'
    | 'holderCodeTypeMismatch'
    | 'holderCodeIllFormed'
    | 'holderCodeCheckCharacter'
    | 'holderGivenTwice'
    | 'shareNotAllowed'
    | 'shareMissing'
    | 'shareIllFormed'
    | 'sharesNotWhole';
  readonly expected: string;
  readonly expectedCheckCharacter: string | null;
}

const MAX_NAME_LENGTH = 100;

/** The category of the catalogue (art. 7) to which a kind of holder belongs. */
export function holderCategory(kind: HolderKind): HolderCategory {
  switch (kind) {
    case 'person':
      return 'naturalPerson';
    case 'organisation':
      return 'legalPerson';
    case 'unincorporated':
      return 'unincorporated';
  }
}

/**
 * Judges the holders of one certificate by the rules of its type: kinds, number, names, codes with their
 * check characters, and shares, which when given must be given for everybody and make one whole.
 * Answers them in their order, or every problem with a pointer from the request.
 */
export function parseHolders(
  rule: { readonly holderKinds: readonly HolderCategory[]; readonly holders: HolderRule },
  inputs: readonly HolderInput[],
): Result<readonly Holder[], readonly HolderProblem[]> {
  const maximum = rule.holders.several ? rule.holders.maxHolders : 1;
  if (inputs.length === 0 || inputs.length > maximum) {
    return refused([
      problem(
        '/holders',
        'holderCount',
        maximum === 1 ? '应有且只有一个持证主体' : `应有 1 至 ${maximum} 个持证主体`,
      ),
    ]);
  }
  const problems: HolderProblem[] = [];
  const holders: Holder[] = [];
  for (const [index, input] of inputs.entries()) {
    problems.push(...kindProblems(rule.holderKinds, input, index), ...nameProblems(input, index));
    const code = readCode(rule.holders, input, index);
    if (!code.ok) problems.push(code.refusal);
    else holders.push({ kind: input.kind, name: input.name.trim(), code: code.value, share: input.share });
  }
  problems.push(...shareProblems(rule.holders, inputs), ...repeatedHolders(holders));
  return problems.length > 0 ? refused(problems) : accepted(holders);
}

/** What the face shows of a holder. */
export function holderOnFace({ name, code, share }: Holder): BoundHolder {
  return {
    name,
    code: code?.value ?? null,
    codeTypeName: code === null ? null : HOLDER_CODE_TYPES[code.type],
    share,
  };
}

function kindProblems(
  allowed: readonly HolderCategory[],
  { kind }: HolderInput,
  index: number,
): HolderProblem[] {
  if (allowed.includes(holderCategory(kind))) return [];
  return [problem(at(index, 'kind'), 'holderKindNotAllowed', '该证照类型不发给这一类持证主体')];
}

function nameProblems({ name }: HolderInput, index: number): HolderProblem[] {
  const trimmed = name.trim();
  const isWell =
    trimmed !== '' &&
    characterCount(trimmed) <= MAX_NAME_LENGTH &&
    findForbiddenCharacter(trimmed, false) === null;
  return isWell
    ? []
    : [
        problem(
          at(index, 'name'),
          'holderNameIllFormed',
          `应为 1 至 ${MAX_NAME_LENGTH} 个字，不含控制字符和不可见字符`,
        ),
      ];
}

function readCode(
  rule: HolderRule,
  { kind, codeType, code }: HolderInput,
  index: number,
): Result<Holder['code'], HolderProblem> {
  if (code === null && codeType === null) {
    return rule.withoutCodeAllowed
      ? accepted(null)
      : refused(problem(at(index, 'code'), 'holderCodeMissing', '应填写持证主体代码和代码类型'));
  }
  if (code === null || codeType === null) {
    return refused(
      problem(
        at(index, code === null ? 'code' : 'codeType'),
        'holderCodeMissing',
        '代码与代码类型应同时填写',
      ),
    );
  }
  if (!isHolderCodeType(codeType)) {
    return refused(
      problem(at(index, 'codeType'), 'holderCodeTypeUnknown', '应为持证主体代码类型代码，例如 001、111'),
    );
  }
  if (!codeTypeFits(kind, codeType)) {
    return refused(problem(at(index, 'codeType'), 'holderCodeTypeMismatch', '代码类型与持证主体类型不符'));
  }
  return readCodeValue(codeType, code, index);
}

function readCodeValue(
  type: HolderCodeType,
  code: string,
  index: number,
): Result<Holder['code'], HolderProblem> {
  const pointer = at(index, 'code');
  if (type === '001' || type === '111') {
    const parsed = type === '001' ? parseUnifiedCreditCode(code) : parseCitizenNumber(code);
    if (parsed.ok) return accepted({ type, value: parsed.value });
    const { expected, expectedCheckCharacter } = parsed.refusal;
    const kind = expectedCheckCharacter === null ? 'holderCodeIllFormed' : 'holderCodeCheckCharacter';
    return refused({ pointer, code: kind, expected, expectedCheckCharacter });
  }
  const { pattern, expected } = codeForm(type);
  return pattern.test(code)
    ? accepted({ type, value: code })
    : refused(problem(pointer, 'holderCodeIllFormed', expected));
}

/** Passports and travel permits have a known form; the other papers are issued in too many to be judged. */
function codeForm(type: Exclude<HolderCodeType, '001' | '111'>): { pattern: RegExp; expected: string } {
  switch (type) {
    case '411':
    case '412':
    case '413':
    case '414':
      return { pattern: /^[A-Z0-9]{5,20}$/, expected: '护照号码为 5 至 20 位数字或大写字母' };
    case '511':
      return {
        pattern: /^(?:\d{8}|\d{10}[A-Z]?|[A-Z]\d{9,10}[A-Z]?)$/,
        expected: '台湾居民来往大陆通行证号码一般为 8 位数字',
      };
    case '516':
      return {
        pattern: /^[HM]\d{8}(?:\d{2})?$/,
        expected: '港澳居民来往内地通行证号码为 H 或 M 加 8 位或 10 位数字',
      };
    case '099':
    case '114':
    case '115':
    case '118':
    case '119':
    case '120':
    case '122':
    case '999':
      return {
        pattern: /^[\p{L}\p{N}()（）〔〕-]{2,40}$/u,
        expected: '证件号码为 2 至 40 个文字、数字、括号或连字符',
      };
  }
}

function shareProblems(rule: HolderRule, inputs: readonly HolderInput[]): HolderProblem[] {
  const given = inputs.filter(({ share }) => share !== null);
  if (given.length === 0) {
    return rule.shares === 'required'
      ? inputs.map((_, index) => problem(at(index, 'share'), 'shareMissing', '应填写份额，例如 1/2 或 50%'))
      : [];
  }
  const problems: HolderProblem[] = [];
  const shares: Share[] = [];
  for (const [index, { share }] of inputs.entries()) {
    const parsed = share === null ? null : parseShare(share);
    if (rule.shares === 'none' && share !== null) {
      problems.push(problem(at(index, 'share'), 'shareNotAllowed', '该证照类型不登记份额'));
    } else if (share === null) {
      problems.push(problem(at(index, 'share'), 'shareMissing', '份额应为每个持证主体填写，或都不填写'));
    } else if (parsed === null) {
      problems.push(problem(at(index, 'share'), 'shareIllFormed', '份额应为分数或百分比，例如 1/2 或 50%'));
    } else {
      shares.push(parsed);
    }
  }
  if (problems.length === 0 && !makeWhole(shares)) {
    problems.push(problem('/holders', 'sharesNotWhole', '各持证主体的份额之和应等于 1，除不尽时请用分数'));
  }
  return problems;
}

function repeatedHolders(holders: readonly Holder[]): HolderProblem[] {
  const seen = new Set<string>();
  const problems: HolderProblem[] = [];
  for (const [index, { code }] of holders.entries()) {
    if (code === null) continue;
    const key = `${code.type}:${code.value}`;
    if (seen.has(key))
      problems.push(problem(at(index, 'code'), 'holderGivenTwice', '同一持证主体只能填写一次'));
    seen.add(key);
  }
  return problems;
}

function at(index: number, key: string): string {
  return jsonPointer('holders', index, key);
}

function problem(pointer: string, code: HolderProblem['code'], expected: string): HolderProblem {
  return { pointer, code, expected, expectedCheckCharacter: null };
}
