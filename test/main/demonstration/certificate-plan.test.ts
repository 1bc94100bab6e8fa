import { parseCitizenNumber } from '../../../domain/certificate/citizen-number';
import { parseUnifiedCreditCode } from '../../../domain/certificate/unified-credit-code';
import { legalDate } from '../../../domain/shared/legal-date';
import {
  CITY_QUOTAS,
  certificatePlan,
  ISSUED_IN_SCENARIOS,
} from '../../../main/demonstration/city/certificate-plan';
import { CITY_COMPANIES, CITY_PERSONS } from '../../../main/demonstration/city/city-people';
import { CITY_STAFF } from '../../../main/demonstration/city/city-staff';
import { businessNumberOf } from '../../../main/demonstration/city/planned-issuance';
import { requestOf } from '../../../main/demonstration/city/request-of';
import { demonstrationUnit } from '../../../main/demonstration/demonstration-units';

const plan = certificatePlan(legalDate('2025-01-01'), legalDate('2026-11-23'));
const all = [
  ...plan.map(({ type, unitKey }) => ({ type, unitKey, count: 1 })),
  ...ISSUED_IN_SCENARIOS.map(([type, unitKey, count]) => ({ type, unitKey, count })),
];
const countOf = (isCounted: (of: { type: string; unitKey: string }) => boolean): number =>
  all.filter(isCounted).reduce((sum, { count }) => sum + count, 0);
const share = (area: string): number =>
  countOf(({ unitKey }) => demonstrationUnit(unitKey).areaCode === area) / countOf(() => true);
const valuesOf = (type: string, element: string): readonly unknown[] =>
  plan.filter((planned) => planned.type === type).map((planned) => requestOf(planned).face[element]);

describe('The plan of the demonstration city', () => {
  it('has with the scenarios 2,400 certificates in the shares of a city: 东胜 38 %, 准格尔 14 %, 康巴什 12 %, 杭锦 3 %', () => {
    expect(countOf(() => true)).toBe(2_400);
    const inKangbashi = CITY_QUOTAS.find(([, unitKey]) => unitKey === 'registry-city')?.[2] ?? 0;
    expect(share('150602')).toBeCloseTo(0.385, 2);
    expect(share('150622')).toBeCloseTo(0.14, 2);
    expect(share('150625')).toBeCloseTo(0.03, 2);
    expect(inKangbashi / 2_400).toBeCloseTo(0.12, 2);
    const ofType = (type: string): number => countOf((one) => one.type === type);
    expect(['roadTransport', 'realEstate', 'food', 'roadBusiness', 'construction'].map(ofType)).toEqual([
      900, 500, 300, 200, 150,
    ]);
    expect(['hygiene', 'realEstateProof', 'birth'].map(ofType).reduce((sum, count) => sum + count)).toBe(350);
  });

  it('never names one person twice on a certificate', () => {
    for (const planned of plan) {
      const holders = requestOf(planned)['holders'];
      const codes = Array.isArray(holders) ? holders.map((holder) => Object(holder).code) : [];
      expect([businessNumberOf(planned), new Set(codes).size]).toEqual([
        businessNumberOf(planned),
        codes.length,
      ]);
    }
  });

  it('is the same at every start of a day, oldest first, and names each case once', () => {
    expect(certificatePlan(legalDate('2025-01-01'), legalDate('2026-11-23'))).toEqual(plan);
    const times = plan.map(({ decidedAt }) => decidedAt.getTime());
    expect(times).toEqual([...times].sort((left, right) => left - right));
    const numbers = plan.map((planned) => `${planned.unitKey}/${businessNumberOf(planned)}`);
    expect(new Set(numbers).size).toBe(plan.length);
  });

  it('names the same cases on whatever day it goes on, so that none is laid out twice', () => {
    const later = certificatePlan(legalDate('2026-01-01'), legalDate('2027-02-01'));
    const names = (planned: typeof plan): readonly string[] => planned.map(businessNumberOf).sort();
    expect(names(later)).toEqual(names(plan));
  });

  it.each([
    ['roadTransport', '车辆号牌'],
    ['realEstate', '不动产单元号'],
    ['food', '许可证编号'],
    ['birth', '编号'],
  ])('of %s no two certificates are about the same %s', (type, element) => {
    const values = valuesOf(type, element);
    expect(new Set(values).size).toBe(values.length);
  });

  it('has 260 persons and 120 companies with right codes of a place that does not exist', () => {
    expect([CITY_PERSONS.length, CITY_COMPANIES.length]).toEqual([260, 120]);
    for (const { codeType, code } of CITY_PERSONS) {
      if (codeType === '111') expect(parseCitizenNumber(code).ok).toBe(true);
      if (codeType === '111' && !code.startsWith('8300')) expect(code.startsWith('150699')).toBe(true);
    }
    for (const { code } of CITY_COMPANIES) expect(parseUnifiedCreditCode(code).ok).toBe(true);
    expect(new Set([...CITY_PERSONS, ...CITY_COMPANIES].map(({ code }) => code)).size).toBe(380);
  });

  it('has three persons in every unit that is in being', () => {
    const byUnit = new Map<string | null, number>();
    for (const { unitKey } of CITY_STAFF) byUnit.set(unitKey, (byUnit.get(unitKey) ?? 0) + 1);
    expect([...new Set(byUnit.values())]).toEqual([3]);
    expect(byUnit.size).toBe(39);
  });
});
