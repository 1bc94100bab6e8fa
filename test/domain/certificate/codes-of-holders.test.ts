import fc from 'fast-check';
import {
  birthDateOf,
  citizenNumberCheckCharacter,
  parseCitizenNumber,
} from '../../../domain/certificate/citizen-number';
import {
  creditCodeCheckCharacter,
  parseUnifiedCreditCode,
} from '../../../domain/certificate/unified-credit-code';

const CREDIT_ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const creditCharacters = (length: number) =>
  fc.string({ unit: fc.constantFrom(...CREDIT_ALPHABET), minLength: length, maxLength: length });
const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });

describe('unified social credit code', () => {
  it.each(['91350100M000100Y43', '11430000006122244L', '11370800MB28559184'])('accepts %s', (code) => {
    expect(parseUnifiedCreditCode(code)).toEqual({ ok: true, value: code });
  });

  it('names the expected character when the last one is wrong', () => {
    expect(parseUnifiedCreditCode('91350100M000100Y44')).toMatchObject({
      ok: false,
      refusal: { code: 'creditCodeCheckCharacter', expectedCheckCharacter: '3' },
    });
  });

  it.each([
    '',
    '91350100M000100Y4',
    '91350100M000100Y433',
    '91350100m000100y43',
    '9135010IM000100Y43',
    '9A350A00M000100Y43',
  ])('refuses the ill-formed %p', (code) => {
    expect(parseUnifiedCreditCode(code)).toMatchObject({
      ok: false,
      refusal: { code: 'creditCodeIllFormed', expectedCheckCharacter: null },
    });
  });

  it('accepts exactly one last character for any first 17 and catches every single wrong character', () => {
    fc.assert(
      fc.property(
        creditCharacters(2),
        digits(6),
        creditCharacters(9),
        fc.nat(16),
        fc.nat(30),
        (head, area, body, at, other) => {
          const first = head + area + body;
          const accepted = [...CREDIT_ALPHABET].filter((last) => parseUnifiedCreditCode(first + last).ok);
          expect(accepted).toEqual([creditCodeCheckCharacter(first)]);
          const changed = first.slice(0, at) + CREDIT_ALPHABET.charAt(other) + first.slice(at + 1);
          if (changed !== first)
            expect(creditCodeCheckCharacter(changed)).not.toBe(creditCodeCheckCharacter(first));
        },
      ),
    );
  });
});

describe('citizen number', () => {
  it('accepts the example of the standard, also with a small x', () => {
    expect(parseCitizenNumber('11010519491231002X')).toEqual({ ok: true, value: '11010519491231002X' });
    expect(parseCitizenNumber('11010519491231002x')).toEqual({ ok: true, value: '11010519491231002X' });
  });

  it.each(['810000', '820000', '830000', '150699'])('accepts the area %s', (area) => {
    const first = `${area}20010101123`;
    expect(parseCitizenNumber(first + citizenNumberCheckCharacter(first)).ok).toBe(true);
  });

  it.each([
    ['11010519491231002', 'citizenNumberIllFormed'],
    ['１1010519491231002X', 'citizenNumberIllFormed'],
    ['99010519491231002X', 'citizenNumberArea'],
    ['11010519490229002X', 'citizenNumberBirthDate'],
    ['11010519491331002X', 'citizenNumberBirthDate'],
    ['110105194912310021', 'citizenNumberCheckCharacter'],
  ])('refuses %s as %s', (text, code) => {
    expect(parseCitizenNumber(text)).toMatchObject({ ok: false, refusal: { code } });
  });

  it('names the expected character', () => {
    expect(parseCitizenNumber('110105194912310021')).toMatchObject({
      refusal: { expectedCheckCharacter: 'X', expected: expect.stringContaining('X') },
    });
  });

  it('catches every single wrong digit', () => {
    fc.assert(
      fc.property(digits(17), fc.nat(16), fc.nat(9), (first, at, other) => {
        const changed = first.slice(0, at) + String(other) + first.slice(at + 1);
        if (changed !== first)
          expect(citizenNumberCheckCharacter(changed)).not.toBe(citizenNumberCheckCharacter(first));
      }),
    );
  });

  it('tells the date of birth', () => {
    const parsed = parseCitizenNumber('11010519491231002X');
    expect(parsed.ok && birthDateOf(parsed.value)).toBe('1949-12-31');
  });
});
