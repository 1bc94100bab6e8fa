import { addDays, dayNumber, type LegalDate } from '../../../domain/shared/legal-date';
import { atHour, lastWorkingDay } from './office-days';
import type { PlannedIssuance, PlannedType } from './planned-issuance';
import { SeededChoice } from './seeded-choice';

/**
 * How many of which type by which unit, those that the scenarios issue included: 2,400, of which 东胜 38 %, 准格尔 14 %,
 * 康巴什 12 %, 杭锦 3 %.
 */
export const CITY_QUOTAS: readonly (readonly [PlannedType, string, number])[] = [
  ['roadTransport', 'bureau-150602', 305],
  ['roadTransport', 'transport-150622', 70],
  ['roadTransport', 'transport-150621', 168],
  ['roadTransport', 'transport-150627', 90],
  ['roadTransport', 'transport-150626', 100],
  ['roadTransport', 'transport-150624', 95],
  ['roadTransport', 'transport-150623', 40],
  ['roadTransport', 'transport-150625', 32],
  ['roadBusiness', 'bureau-150602', 70],
  ['roadBusiness', 'transport-150622', 20],
  ['roadBusiness', 'transport-150621', 40],
  ['roadBusiness', 'transport-150627', 20],
  ['roadBusiness', 'transport-150626', 17],
  ['roadBusiness', 'transport-150624', 18],
  ['roadBusiness', 'transport-150623', 10],
  ['roadBusiness', 'transport-150625', 5],
  ['construction', 'bureau-150602', 60],
  ['construction', 'housing-150622', 16],
  ['construction', 'housing-150621', 20],
  ['construction', 'housing-150627', 18],
  ['construction', 'housing-150626', 14],
  ['construction', 'housing-150624', 12],
  ['construction', 'housing-150623', 5],
  ['construction', 'housing-150625', 5],
  ['realEstate', 'registry-city', 288],
  ['realEstate', 'bureau-150602', 100],
  ['realEstate', 'registry-150622', 50],
  ['realEstate', 'registry-150627', 42],
  ['realEstate', 'registry-150625', 20],
  ['food', 'bureau-150602', 200],
  ['food', 'bureau-150622', 100],
  ['hygiene', 'bureau-150602', 80],
  ['hygiene', 'bureau-150622', 40],
  ['realEstateProof', 'registry-150602', 70],
  ['realEstateProof', 'registry-150622', 20],
  ['realEstateProof', 'registry-150627', 30],
  ['realEstateProof', 'registry-150625', 10],
  ['birth', 'hospital-city', 40],
  ['birth', 'hospital-150602', 40],
  ['birth', 'hospital-150622', 20],
];

/** How many of them the scenarios issue; the stock is the rest. */
export const ISSUED_IN_SCENARIOS: readonly (readonly [PlannedType, string, number])[] = [
  ['roadTransport', 'bureau-150602', 77],
  ['roadTransport', 'transport-150626', 41],
  ['roadTransport', 'transport-150622', 8],
  ['roadTransport', 'transport-150621', 5],
  ['roadBusiness', 'bureau-150602', 1],
  ['realEstate', 'bureau-150602', 44],
];

/** Cases of the scenarios count from here, so that none is one of the stock. */
export const SCENARIO_INDEX = 700;
/** The stock ends a while ago; what is younger belongs to the scenarios. */
const YOUNGEST_DAYS = 3;
/** People and seals have been in office for a while when the first is issued. */
const OLDEST_AFTER_DAYS = 14;

/** The stock of a bureau: what was issued since its history began beside the scenarios, oldest first; the same at every start of a day. */
export function certificatePlan(historyBegins: LegalDate, today: LegalDate): readonly PlannedIssuance[] {
  const first = addDays(historyBegins, OLDEST_AFTER_DAYS);
  const days = Math.max(1, dayNumber(today) - YOUNGEST_DAYS - dayNumber(first));
  return CITY_QUOTAS.flatMap(([type, unitKey, count]) =>
    Array.from({ length: count - inScenarios(type, unitKey) }, (_, index) =>
      plannedAt(type, unitKey, index, lastDay(first, days, [type, unitKey, index])),
    ),
  ).toSorted((left, right) => left.decidedAt.getTime() - right.decidedAt.getTime());
}

function inScenarios(type: PlannedType, unitKey: string): number {
  return ISSUED_IN_SCENARIOS.find((issued) => issued[0] === type && issued[1] === unitKey)?.[2] ?? 0;
}

function lastDay(first: LegalDate, days: number, about: readonly (string | number)[]): LegalDate {
  return lastWorkingDay(addDays(first, new SeededChoice('decided').below(days, ...about)));
}

/** A case that is decided on a date, in office hours, at a time of day of its own. */
export function plannedAt(
  type: PlannedType,
  unitKey: string,
  index: number,
  decidedOn: LegalDate,
  more: Partial<PlannedIssuance> = {},
): PlannedIssuance {
  const minute = new SeededChoice('minute').below(420, type, unitKey, index);
  const hour = minute < 180 ? 9 + minute / 60 : 14.5 + (minute - 180) / 60;
  return { type, unitKey, index, decidedOn, decidedAt: atHour(decidedOn, hour), ...more };
}
