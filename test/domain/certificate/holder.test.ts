import fc from 'fast-check';
import type { HolderRule } from '../../../domain/catalog/catalog-entry';
import type { HolderInput } from '../../../domain/certificate/holder';
import { holderOnFace, parseHolders } from '../../../domain/certificate/holder';
import { codeTypeFits, HOLDER_CODE_TYPE_CODES } from '../../../domain/certificate/holder-code-type';
import { makeWhole, parseShare } from '../../../domain/shared/share';

const PERSON = '11010519491231002X';
const OTHER_PERSON = '15069920010101123X';

function aRule(override: Partial<HolderRule> = {}) {
  const holders: HolderRule = {
    several: true,
    shares: 'optional',
    withoutCodeAllowed: false,
    maxHolders: 5,
    ...override,
  };
  return { holderKinds: ['naturalPerson', 'legalPerson', 'unincorporated'] as const, holders };
}

function aHolder(override: Partial<HolderInput> = {}): HolderInput {
  return { kind: 'person', name: '阿拉腾其其格', codeType: '111', code: PERSON, share: null, ...override };
}

function problemsOf(rule: ReturnType<typeof aRule>, holders: readonly HolderInput[]) {
  const parsed = parseHolders(rule, holders);
  return parsed.ok ? [] : parsed.refusal.map(({ pointer, code }) => `${code} ${pointer}`);
}

describe('holders', () => {
  it('accepts a person, an organisation and what the face shows of them', () => {
    const parsed = parseHolders(aRule(), [
      aHolder({ share: '1/2' }),
      aHolder({
        kind: 'organisation',
        name: '甲公司',
        codeType: '001',
        code: '91350100M000100Y43',
        share: '50%',
      }),
    ]);
    expect(parsed.ok && parsed.value.map(holderOnFace)).toEqual([
      { name: '阿拉腾其其格', code: PERSON, codeTypeName: '公民身份号码', share: '1/2' },
      { name: '甲公司', code: '91350100M000100Y43', codeTypeName: '统一社会信用代码', share: '50%' },
    ]);
  });

  it.each([
    ['holderCount /holders', aRule(), []],
    [
      'holderCount /holders',
      aRule({ several: false, maxHolders: 1, shares: 'none' }),
      [aHolder(), aHolder({ code: OTHER_PERSON })],
    ],
    ['holderNameIllFormed /holders/0/name', aRule(), [aHolder({ name: '  ' })]],
    ['holderNameIllFormed /holders/0/name', aRule(), [aHolder({ name: '张\u202e三' })]],
    ['holderCodeMissing /holders/0/code', aRule(), [aHolder({ codeType: null, code: null })]],
    [
      'holderCodeMissing /holders/0/codeType',
      aRule({ withoutCodeAllowed: true }),
      [aHolder({ codeType: null })],
    ],
    ['holderCodeTypeUnknown /holders/0/codeType', aRule(), [aHolder({ codeType: '112' })]],
    ['holderCodeTypeUnknown /holders/0/codeType', aRule(), [aHolder({ codeType: 'toString' })]],
    [
      'holderCodeTypeMismatch /holders/0/codeType',
      aRule(),
      [aHolder({ codeType: '001', code: '91350100M000100Y43' })],
    ],
    ['holderCodeCheckCharacter /holders/0/code', aRule(), [aHolder({ code: '110105194912310021' })]],
    ['holderCodeIllFormed /holders/0/code', aRule(), [aHolder({ codeType: '414', code: 'E 1234' })]],
    ['holderGivenTwice /holders/1/code', aRule(), [aHolder(), aHolder()]],
    ['shareMissing /holders/0/share', aRule({ shares: 'required' }), [aHolder()]],
    ['shareNotAllowed /holders/0/share', aRule({ shares: 'none' }), [aHolder({ share: '1/1' })]],
    ['shareIllFormed /holders/0/share', aRule(), [aHolder({ share: '一半' })]],
    ['shareIllFormed /holders/0/share', aRule(), [aHolder({ share: '3/2' })]],
    ['sharesNotWhole /holders', aRule(), [aHolder({ share: '1/2' })]],
  ])('refuses with %s', (expected, rule, holders) => {
    expect(problemsOf(rule, holders)).toContain(expected);
  });

  it('names the expected check character of a wrong code', () => {
    expect(parseHolders(aRule(), [aHolder({ code: '110105194912310021' })])).toMatchObject({
      refusal: [{ expectedCheckCharacter: 'X' }],
    });
  });

  it('accepts a new-born without a code where the type allows it', () => {
    expect(
      parseHolders(aRule({ withoutCodeAllowed: true }), [aHolder({ codeType: null, code: null })]),
    ).toMatchObject({
      ok: true,
      value: [{ code: null }],
    });
  });

  it('accepts a name of exactly 100 characters and no longer one', () => {
    expect(problemsOf(aRule(), [aHolder({ name: '娜'.repeat(100) })])).toEqual([]);
    expect(problemsOf(aRule(), [aHolder({ name: '娜'.repeat(101) })])).toEqual([
      'holderNameIllFormed /holders/0/name',
    ]);
  });

  it('refuses a kind that the type is not issued to', () => {
    const rule = { ...aRule(), holderKinds: ['legalPerson'] as const };
    expect(parseHolders(rule, [aHolder()])).toMatchObject({ refusal: [{ code: 'holderKindNotAllowed' }] });
  });

  it('gives every code type to persons or to organisations, never to both', () => {
    for (const type of HOLDER_CODE_TYPE_CODES) {
      expect(codeTypeFits('person', type)).not.toBe(codeTypeFits('organisation', type));
      expect(codeTypeFits('organisation', type)).toBe(codeTypeFits('unincorporated', type));
    }
  });
});

describe('shares', () => {
  it('make a whole when any whole is cut into parts, whether written as fractions or percent', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 20 }), (parts) => {
        const whole = parts.reduce((sum, part) => sum + part, 0);
        const shares = parts.flatMap((part) => parseShare(`${part}/${whole}`) ?? []);
        expect(shares).toHaveLength(parts.length);
        expect(makeWhole(shares)).toBe(true);
        expect(makeWhole([...shares, { numerator: 1n, denominator: 1_000_000_000n }])).toBe(false);
      }),
    );
  });

  it('are exact: three times 33.33% is not a whole, but 33.33%, 33.33% and 33.34% are', () => {
    const read = (...texts: string[]) => texts.flatMap((text) => parseShare(text) ?? []);
    expect(makeWhole(read('33.33%', '33.33%', '33.33%'))).toBe(false);
    expect(makeWhole(read('33.33%', '33.33%', '33.34%'))).toBe(true);
    expect(makeWhole(read('1/3', '1/3', '1/3'))).toBe(true);
    expect(makeWhole(read('50%', '1/2'))).toBe(true);
  });

  it.each(['0/1', '1/0', '101%', '0%', '-1/2', '1/2 ', '½', '1.5', '', '１/２'])(
    'are refused as %p',
    (text) => {
      expect(parseShare(text)).toBeNull();
    },
  );
});
