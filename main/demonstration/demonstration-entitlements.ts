import type { ComparisonRule, LegalBasis, SynchronyExemption } from '../../domain/catalog/catalog-entry';
import { CITY_AREA_NAMES } from '../../domain/shared/area-code';
import { type LegalDate, legalDate } from '../../domain/shared/legal-date';
import { DEMONSTRATION_UNITS, DONGSHENG_BUREAU } from './demonstration-units';

/** Who may issue which type where, in the demonstration city. */
export interface DemonstrationEntitlement {
  readonly unitKey: string;
  readonly catalogCode: string;
  readonly areas: readonly string[];
  readonly areaName: string;
  readonly from: LegalDate;
  readonly basis: LegalBasis;
  readonly exemption: SynchronyExemption | null;
  readonly comparison: ComparisonRule;
}

const ROAD_TRANSPORT_CERTIFICATE = '11100000000019713D013';
const ROAD_TRANSPORT_BUSINESS_LICENCE = '11100000000019713D008';
const CONSTRUCTION_PERMIT = '11100000000013338W009';
const REAL_ESTATE_CERTIFICATE = '11100000MB03271699001';
const FOOD_BUSINESS_LICENCE = '00000000000000000X001';
const BIRTH_CERTIFICATE = '00000000000000000X003';
const REAL_ESTATE_PROOF = '00000000000000000X004';
const HYGIENE_LICENCE = '00000000000000000X005';
const SAFETY_PRODUCTION_LICENCE = '11100000000013338W050';
const SPECIAL_OPERATIONS_QUALIFICATION = '11100000000013338W032';
const SAFETY_MANAGER_CERTIFICATE = '11100000000013338W011';
const BUSINESS_LICENCE = '00000000000000000X002';

/** The types of `samples/issuances`, which the demonstration agency sends. */
export const SAMPLE_TYPES = [
  ROAD_TRANSPORT_CERTIFICATE,
  CONSTRUCTION_PERMIT,
  REAL_ESTATE_CERTIFICATE,
] as const;

const APPROVAL_TYPES = [
  ROAD_TRANSPORT_CERTIFICATE,
  ROAD_TRANSPORT_BUSINESS_LICENCE,
  CONSTRUCTION_PERMIT,
  FOOD_BUSINESS_LICENCE,
  HYGIENE_LICENCE,
] as const;

const since = legalDate('2025-01-01');
const transferred: LegalBasis = {
  name: '相对集中行政许可权事项划转目录(演示)',
  number: '鄂演示〔2025〕1号',
  date: legalDate('2024-12-20'),
  note: '演示数据，非真实文件',
};
const statutory: LegalBasis = {
  name: '部门权责清单(演示)',
  number: '鄂演示〔2025〕2号',
  date: legalDate('2024-12-20'),
  note: '演示数据，非真实文件',
};
const notConnected: ComparisonRule = { kind: 'none', reason: '该单位业务系统尚未接入(演示)' };

/** Its own business system is connected for comparison (art. 8) and does not answer. */
export const UNIT_WITH_AGENCY_DOWN = 'housing-150625';

const kangbashi = { areas: ['150603'], areaName: '康巴什区' } as const;

/**
 * What units report day by day (art. 8): what the region and the country issue and the city only collects or mirrors, and
 * two types that a unit makes in a system of its own. They begin as synchronous: the city records the exemption later.
 */
export const DAILY_INCREMENTS: readonly DemonstrationEntitlement[] = [
  entitlement('city-housing', SAFETY_PRODUCTION_LICENCE),
  entitlement('city-housing', SPECIAL_OPERATIONS_QUALIFICATION),
  entitlement('city-housing', SAFETY_MANAGER_CERTIFICATE),
  entitlement('city-market', BUSINESS_LICENCE),
  entitlement('city-market', FOOD_BUSINESS_LICENCE, kangbashi),
  entitlement('city-health', HYGIENE_LICENCE, kangbashi),
];

/** 东胜: everything of the demonstration agency; the same types elsewhere by the trades' own bureaus. */
export const DEMONSTRATION_ENTITLEMENTS: readonly DemonstrationEntitlement[] = [
  ...[...APPROVAL_TYPES, REAL_ESTATE_CERTIFICATE].map((catalogCode) =>
    entitlement(DONGSHENG_BUREAU, catalogCode, { basis: transferred, comparison: { kind: 'api' } }),
  ),
  ...[FOOD_BUSINESS_LICENCE, HYGIENE_LICENCE].map((catalogCode) =>
    entitlement('bureau-150622', catalogCode, { basis: transferred }),
  ),
  // The city's own registry serves the district in which it stands.
  entitlement('registry-city', REAL_ESTATE_CERTIFICATE, kangbashi),
  ...DEMONSTRATION_UNITS.flatMap(({ key }) =>
    typesByTrade(key).map((catalogCode) =>
      entitlement(key, catalogCode, key === UNIT_WITH_AGENCY_DOWN ? { comparison: { kind: 'api' } } : {}),
    ),
  ),
  ...DAILY_INCREMENTS,
];

function typesByTrade(unitKey: string): readonly string[] {
  if (unitKey.startsWith('housing-')) return [CONSTRUCTION_PERMIT];
  if (unitKey.startsWith('transport-')) return [ROAD_TRANSPORT_CERTIFICATE, ROAD_TRANSPORT_BUSINESS_LICENCE];
  if (unitKey === 'registry-150602') return [REAL_ESTATE_PROOF];
  if (unitKey === 'registry-city' || unitKey.endsWith('-former')) return [];
  if (unitKey.startsWith('registry-')) return [REAL_ESTATE_CERTIFICATE, REAL_ESTATE_PROOF];
  return unitKey.startsWith('hospital-') ? [BIRTH_CERTIFICATE] : [];
}

function entitlement(
  unitKey: string,
  catalogCode: string,
  overrides: Partial<DemonstrationEntitlement> = {},
): DemonstrationEntitlement {
  const unit = DEMONSTRATION_UNITS.find(({ key }) => key === unitKey);
  if (unit === undefined) throw new RangeError(`no demonstration unit ${unitKey}`);
  return {
    unitKey,
    catalogCode,
    areas: [unit.areaCode],
    areaName: new Map<string, string>(Object.entries(CITY_AREA_NAMES)).get(unit.areaCode) ?? unit.name,
    from: since,
    basis: statutory,
    exemption: null,
    comparison: notConnected,
    ...overrides,
  };
}
