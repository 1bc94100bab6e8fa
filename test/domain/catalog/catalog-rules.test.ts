import fc from 'fast-check';
import type { Entitlement } from '../../../domain/catalog/catalog-entry';
import { checkValidity, lastDayOfTerm } from '../../../domain/catalog/check-validity';
import {
  conflictingEntitlements,
  entitlementOn,
  isExemptionInForce,
} from '../../../domain/catalog/entitlement';
import { formatNumber } from '../../../domain/catalog/format-number';
import { uniquenessKey } from '../../../domain/catalog/uniqueness-key';
import { addDays, legalDate } from '../../../domain/shared/legal-date';

describe('a number given by the register', () => {
  const pattern = '蒙({year}){area}不动产权第{sequence:7}号';

  it('follows its pattern', () => {
    expect(formatNumber(pattern, { year: 2026, sequence: 123, area: '东胜区' })).toEqual({
      ok: true,
      value: '蒙(2026)东胜区不动产权第0000123号',
    });
    expect(formatNumber('{sequence:3}', { year: 2026, sequence: 999, area: '' })).toEqual({
      ok: true,
      value: '999',
    });
  });

  it('is refused when the sequence no longer fits', () => {
    expect(formatNumber('{sequence:3}', { year: 2026, sequence: 1000, area: '' })).toMatchObject({
      refusal: { code: 'numberSequenceExhausted' },
    });
  });

  it.each([
    '号',
    '{sequence}',
    '{sequence:2}',
    '{sequence:7}{sequence:7}',
    '{year}{month}{sequence:7}',
    '{sequence:7}}',
    `${'长'.repeat(60)}{sequence:7}`,
  ])('is refused for the pattern %s', (ill) => {
    expect(formatNumber(ill, { year: 2026, sequence: 1, area: '' })).toMatchObject({
      refusal: { code: 'numberPatternIllFormed' },
    });
  });

  it.each([{ sequence: 0 }, { sequence: 1.5 }, { year: 26 }, { area: '' }])(
    'is refused for %p',
    (override) => {
      const parts = { year: 2026, sequence: 1, area: '东胜区', ...override };
      expect(formatNumber(pattern, parts)).toMatchObject({ refusal: { code: 'numberPartIllFormed' } });
    },
  );

  it('differs for different sequences and years', () => {
    const parts = fc.record({
      year: fc.integer({ min: 2000, max: 2099 }),
      sequence: fc.integer({ min: 1, max: 9_999_999 }),
      area: fc.constant('甲'),
    });
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const same = a.year === b.year && a.sequence === b.sequence;
        expect(JSON.stringify(formatNumber(pattern, a)) === JSON.stringify(formatNumber(pattern, b))).toBe(
          same,
        );
      }),
    );
  });
});

describe('a uniqueness key', () => {
  const definition = { code: 'T', uniquenessKey: ['车辆号牌', 'holder'] };
  const key = (plate: string, holders: { name: string; code: string | null }[]) =>
    uniquenessKey(definition, { 车辆号牌: plate }, holders);
  const A = { name: '甲', code: 'a1' };
  const B = { name: '乙', code: 'B2' };

  it('is the same however the same thing was typed', () => {
    const one = key('蒙K·T1234', [A, B]);
    expect(key('蒙K T1234', [B, { ...A, name: '甲公司' }])).toBe(one);
    expect(key('蒙kt1234', [{ ...A, code: 'A1' }, B])).toBe(one);
    expect(key('蒙Ｋ·Ｔ１２３４', [A, B])).toBe(one);
  });

  it('differs for other things, other types, and holders without a code by name', () => {
    const keys = [
      key('蒙KT1234', [A]),
      key('蒙KT1235', [A]),
      key('蒙KT1234', [A, B]),
      key('蒙KT1234', [{ name: '甲', code: null }]),
      key('蒙KT1234', [{ name: '乙', code: null }]),
      uniquenessKey({ ...definition, code: 'U' }, { 车辆号牌: '蒙KT1234' }, [A]),
      uniquenessKey(definition, {}, [A]),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('cannot be forged by putting one value’s end into the next', () => {
    const two = { code: 'T', uniquenessKey: ['一', '二'] };
    expect(uniquenessKey(two, { 一: 'A","B', 二: 'C' }, [])).not.toBe(
      uniquenessKey(two, { 一: 'A', 二: 'B","C' }, []),
    );
  });
});

describe('validity', () => {
  const dates = (validFrom: string, validUntil: string | null, issuedOn = validFrom) => ({
    validFrom: legalDate(validFrom),
    validUntil: validUntil === null ? null : legalDate(validUntil),
    issuedOn: legalDate(issuedOn),
  });
  const fourYears = { validityRule: { kind: 'years', maximumYears: 4, exact: false } } as const;
  const exactly = { validityRule: { kind: 'years', maximumYears: 4, exact: true } } as const;
  const codes = (...args: Parameters<typeof checkValidity>) => checkValidity(...args).map(({ code }) => code);

  it('of four years ends on the day before the anniversary at the latest, the anniversary itself tolerated', () => {
    expect(codes(fourYears, dates('2026-11-23', '2030-11-22'))).toEqual([]);
    expect(codes(fourYears, dates('2026-11-23', '2030-11-23'))).toEqual([]);
    expect(codes(fourYears, dates('2026-11-23', '2030-11-24'))).toEqual(['validityTooLong']);
    expect(codes(fourYears, dates('2026-11-23', '2027-11-22'))).toEqual([]);
    expect(codes(exactly, dates('2026-11-23', '2027-11-22'))).toEqual(['validityNotExact']);
    expect(codes(fourYears, dates('2026-11-23', null))).toEqual(['validityEndMissing']);
  });

  it('must not end before it starts nor have ended when issued, unless it is entered later', () => {
    expect(codes(fourYears, dates('2026-11-23', '2026-11-22'))).toEqual(['validityEndsBeforeStart']);
    const historical = dates('2020-01-01', '2023-12-31', '2026-11-23');
    expect(codes(fourYears, historical)).toEqual(['alreadyExpired']);
    expect(checkValidity(fourYears, historical, true)).toEqual([]);
    expect(codes(fourYears, dates('2028-01-01', '2031-12-31', '2026-11-23'))).toEqual([
      'validityTooFarAhead',
    ]);
  });

  it('may last a single day', () => {
    expect(codes(fourYears, dates('2026-11-23', '2026-11-23'))).toEqual([]);
  });

  it('without end has no end date, and as the right has either', () => {
    expect(codes({ validityRule: { kind: 'longTerm' } }, dates('2026-11-23', '2030-11-22'))).toEqual([
      'validityEndNotAllowed',
    ]);
    expect(codes({ validityRule: { kind: 'longTerm' } }, dates('2026-11-23', null))).toEqual([]);
    expect(codes({ validityRule: { kind: 'asTheRight' } }, dates('2026-11-23', null))).toEqual([]);
    expect(codes({ validityRule: { kind: 'asTheRight' } }, dates('2026-11-23', '2096-11-22'))).toEqual([]);
  });

  it.each([
    ['2024-02-29', 1, '2025-02-28'],
    ['2024-03-01', 4, '2028-02-29'],
    ['2026-01-01', 3, '2028-12-31'],
    ['2026-11-23', 4, '2030-11-22'],
  ])('from %s for %i years ends on %s', (from, years, last) => {
    expect(lastDayOfTerm(legalDate(from), years)).toBe(last);
  });

  it('of n years is never refused when it ends where the term ends', () => {
    fc.assert(
      fc.property(fc.nat(20_000), fc.integer({ min: 1, max: 30 }), (offset, years) => {
        const validFrom = addDays(legalDate('2000-01-01'), offset);
        const validUntil = lastDayOfTerm(validFrom, years);
        const rule = { validityRule: { kind: 'years', maximumYears: years, exact: true } } as const;
        expect(checkValidity(rule, { validFrom, validUntil, issuedOn: validFrom })).toEqual([]);
      }),
    );
  });
});

describe('entitlements', () => {
  function anEntitlement(override: Partial<Entitlement> = {}): Entitlement {
    return {
      authorityCode: 'A',
      areas: ['150602'],
      areaName: '东胜区',
      from: legalDate('2026-01-01'),
      until: null,
      basis: { name: '划转文件', number: '1号', date: null, note: null },
      mode: 'synchronous',
      exemption: null,
      comparison: { kind: 'api' },
      ...override,
    };
  }
  const on = (date: string, authorityCode = 'A', area = '150602') => ({
    authorityCode,
    area,
    on: legalDate(date),
  });

  it('pass from one authority to the next on a day without gap or overlap', () => {
    const handover = legalDate('2026-07-01');
    const both = [anEntitlement({ until: handover }), anEntitlement({ authorityCode: 'B', from: handover })];
    expect(entitlementOn(both, on('2026-06-30'))?.authorityCode).toBe('A');
    expect(entitlementOn(both, on('2026-07-01'))).toBeNull();
    expect(entitlementOn(both, on('2026-07-01', 'B'))?.authorityCode).toBe('B');
    expect(entitlementOn(both, on('2026-06-30', 'A', '150622'))).toBeNull();
    expect(conflictingEntitlements(both)).toEqual([]);
  });

  it('conflict when two units claim one type in one area at one time', () => {
    const [a, b] = [anEntitlement(), anEntitlement({ authorityCode: 'B', areas: ['150602', '150603'] })];
    expect(conflictingEntitlements([a, b])).toEqual([[a, b]]);
    expect(conflictingEntitlements([a, { ...b, areas: ['150603'] }])).toEqual([]);
    expect(conflictingEntitlements([a, { ...b, authorityCode: 'A' }])).toEqual([]);
  });

  it('excuse from synchronous issue for ever by law, and until its end by technical finding', () => {
    const basis = { name: '认定', number: '2号', date: null, note: null };
    const finding = {
      kind: 'technicalFinding',
      findingBody: '市大数据局',
      basis,
      expiresOn: legalDate('2026-12-31'),
    } as const;
    const today = legalDate('2026-11-23');
    expect(isExemptionInForce(anEntitlement(), today)).toBe(false);
    expect(
      isExemptionInForce(anEntitlement({ exemption: { kind: 'byLaw', basis } }), legalDate('2099-01-01')),
    ).toBe(true);
    expect(isExemptionInForce(anEntitlement({ exemption: finding }), legalDate('2026-12-30'))).toBe(true);
    expect(isExemptionInForce(anEntitlement({ exemption: finding }), legalDate('2026-12-31'))).toBe(false);
  });
});
