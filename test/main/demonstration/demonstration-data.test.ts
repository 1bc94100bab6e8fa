import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUILT_IN_DEFINITIONS } from '../../../domain/catalog/built-in/built-in-definitions';
import type { Entitlement } from '../../../domain/catalog/catalog-entry';
import { conflictingEntitlements } from '../../../domain/catalog/entitlement';
import { parseCitizenNumber } from '../../../domain/certificate/citizen-number';
import { parseUnifiedCreditCode } from '../../../domain/certificate/unified-credit-code';
import {
  COMPANY1_CODE,
  DEMONSTRATION_ACCOUNTS,
  HOLDER1_CODE,
} from '../../../main/demonstration/demonstration-accounts';
import {
  DEMONSTRATION_ENTITLEMENTS,
  SAMPLE_TYPES,
} from '../../../main/demonstration/demonstration-entitlements';
import {
  DEMONSTRATION_UNITS,
  DONGSHENG_BUREAU,
  demonstrationUnit,
} from '../../../main/demonstration/demonstration-units';

describe('the units of the demonstration city', () => {
  it('are 41 with different names, keys and right credit codes', () => {
    expect(DEMONSTRATION_UNITS).toHaveLength(41);
    for (const part of ['key', 'name', 'creditCode'] as const) {
      expect(new Set(DEMONSTRATION_UNITS.map((unit) => unit[part])).size).toBe(41);
    }
    for (const { creditCode } of DEMONSTRATION_UNITS) {
      expect(parseUnifiedCreditCode(creditCode)).toMatchObject({ ok: true });
    }
  });

  it('refer to each other by keys that exist, and one was merged into its successor', () => {
    for (const unit of DEMONSTRATION_UNITS) {
      for (const key of [unit.parentKey, unit.competentDepartmentKey, unit.successorKey]) {
        if (key !== null) expect(demonstrationUnit(key).key).toBe(key);
      }
    }
    expect(DEMONSTRATION_UNITS.filter(({ successorKey }) => successorKey !== null)).toHaveLength(1);
  });
});

describe('the entitlements of the demonstration city', () => {
  it('let the approval bureau of 东胜 issue every sample type, compared with the agency over its interface', () => {
    for (const catalogCode of SAMPLE_TYPES) {
      const found = DEMONSTRATION_ENTITLEMENTS.filter(
        (candidate) => candidate.unitKey === DONGSHENG_BUREAU && candidate.catalogCode === catalogCode,
      );
      expect(found).toMatchObject([{ comparison: { kind: 'api' }, areas: ['150602'], areaName: '东胜区' }]);
    }
  });

  it('name types of the built-in catalogue and never give one area to two units', () => {
    const codes = new Set(BUILT_IN_DEFINITIONS.map(({ code }) => code));
    for (const catalogCode of new Set(DEMONSTRATION_ENTITLEMENTS.map((given) => given.catalogCode))) {
      expect(codes).toContain(catalogCode);
      const ofType = DEMONSTRATION_ENTITLEMENTS.filter((given) => given.catalogCode === catalogCode);
      const entitlements: Entitlement[] = ofType.map((given) => ({
        ...given,
        authorityCode: demonstrationUnit(given.unitKey).creditCode,
        until: null,
        mode: given.exemption === null ? 'synchronous' : 'dailyIncrement',
      }));
      expect(conflictingEntitlements(entitlements)).toEqual([]);
    }
  });
});

describe('the demonstration accounts', () => {
  it('are the sixteen that people script against', () => {
    expect(DEMONSTRATION_ACCOUNTS.map(({ username }) => username)).toEqual([
      'city',
      'supervisor',
      'dongsheng',
      'dept-housing',
      'operator1',
      'window1',
      'reviewer1',
      'reviewer2',
      'investigator1',
      'sealkeeper1',
      'partner1',
      'holder1',
      'company1',
      'sysadmin',
      'secadmin',
      'auditor',
    ]);
  });

  it('keep operating and reviewing, and the three administrators, apart', () => {
    for (const { roles } of DEMONSTRATION_ACCOUNTS) {
      const names = roles.map(({ role }) => role);
      expect(names.includes('operator') && names.includes('reviewer')).toBe(false);
      const administrators = ['systemAdministrator', 'securityAdministrator', 'auditor'];
      if (names.some((name) => administrators.includes(name))) expect(names).toHaveLength(1);
    }
  });

  it('hold the certificates of the samples', () => {
    const sample = (name: string): string =>
      readFileSync(join(__dirname, '../../../samples/issuances', `${name}.json`), 'utf8');
    expect(sample('不动产权证书')).toContain(HOLDER1_CODE);
    expect(sample('道路运输证')).toContain(COMPANY1_CODE);
    expect(parseCitizenNumber(HOLDER1_CODE).ok).toBe(true);
    expect(parseUnifiedCreditCode(COMPANY1_CODE).ok).toBe(true);
  });
});
