import type { LegalDate } from '../../../domain/shared/legal-date';
import { DONGSHENG_BUREAU, demonstrationUnit } from '../demonstration-units';
import type { CityHolder } from './city-people';

export const TYPES = {
  roadTransport: '11100000000019713D013',
  roadBusiness: '11100000000019713D008',
  construction: '11100000000013338W009',
  realEstate: '11100000MB03271699001',
  realEstateProof: '00000000000000000X004',
  food: '00000000000000000X001',
  hygiene: '00000000000000000X005',
  birth: '00000000000000000X003',
} as const;
export type PlannedType = keyof typeof TYPES;

/** One issuance of the plan: who decides what, when; the same at every start. */
export interface PlannedIssuance {
  readonly type: PlannedType;
  readonly unitKey: string;
  /** Counts within type and unit; with them it names the case. */
  readonly index: number;
  readonly decidedAt: Date;
  readonly decidedOn: LegalDate;
  readonly holders?: readonly CityHolder[];
  readonly validFrom?: LegalDate;
  readonly validUntil?: LegalDate | null;
  readonly face?: Readonly<Record<string, unknown>>;
}

/** How the types are called within numbers. */
export const SHORT_NAMES: Readonly<Record<PlannedType, string>> = {
  roadTransport: 'YS',
  roadBusiness: 'JY',
  construction: 'SG',
  realEstate: 'BD',
  realEstateProof: 'ZM',
  food: 'SP',
  hygiene: 'WS',
  birth: 'CS',
};

/** The business number by which the agency and the register know the case; the same on whatever day the city is laid out. */
export function businessNumberOf({ type, unitKey, index }: PlannedIssuance): string {
  const unit = demonstrationUnit(unitKey);
  const serial = unit.creditCode.slice(11, 16);
  return `${unit.areaCode}-演${SHORT_NAMES[type]}${serial}-${String(index).padStart(4, '0')}`;
}

/** Whether the unit's own business system sends the request; elsewhere an operator enters it. */
export function hasAgencySystem({ unitKey, type }: PlannedIssuance): boolean {
  return unitKey === DONGSHENG_BUREAU && type !== 'realEstateProof';
}
