import type { Role } from '../../../domain/shared/principal';
import type { DemonstrationAccount, DemonstrationRole } from '../demonstration-accounts';
import { DEMONSTRATION_UNITS, type DemonstrationUnit, DONGSHENG_BUREAU } from '../demonstration-units';
import { SeededChoice } from './seeded-choice';

const GIVEN = [
  '建国',
  '丽娟',
  '志远',
  '秀兰',
  '海军',
  '雪梅',
  '文斌',
  '晓燕',
  '国强',
  '玉芳',
  '永胜',
  '春梅',
  '立新',
  '慧敏',
];
const FAMILY = ['王', '李', '张', '刘', '高', '杨', '赵', '郭', '贾', '白', '武', '苗', '奇', '折'];
const MONGOLIAN = [
  '乌日娜',
  '巴特尔',
  '娜仁托娅',
  '苏和',
  '萨如拉',
  '额尔德尼',
  '其其格',
  '朝格图',
  '托雅',
  '布仁巴雅尔',
  '乌云其木格',
  '宝力道',
];

/** The three persons of a unit, by what they do there. */
const DESKS = ['operator', 'reviewer', 'keeper'] as const;
export type Desk = (typeof DESKS)[number];

const ISSUING: Readonly<Record<Desk, readonly Role[]>> = {
  operator: ['operator', 'windowClerk'],
  reviewer: ['reviewer', 'investigator'],
  keeper: ['sealKeeper'],
};

/** The account of a unit's person. */
export function staffOf(unitKey: string, desk: Desk): string {
  if (unitKey !== DONGSHENG_BUREAU) return `${unitKey}-${desk}`;
  switch (desk) {
    case 'operator':
      return 'operator1';
    case 'reviewer':
      return 'reviewer1';
    case 'keeper':
      return 'sealkeeper1';
  }
}

/** Three persons in every unit but the 东胜 bureau, which has its own; a merged unit has nobody any more. */
export const CITY_STAFF: readonly DemonstrationAccount[] = DEMONSTRATION_UNITS.filter(
  ({ key, activeUntil }) => key !== DONGSHENG_BUREAU && activeUntil === null,
).flatMap((unit) =>
  DESKS.map((desk) => ({
    username: staffOf(unit.key, desk),
    displayName: nameOf(unit.key, desk),
    unitKey: unit.key,
    holderCode: null,
    roles: rolesOf(unit, desk),
  })),
);

function nameOf(unitKey: string, desk: Desk): string {
  const choice = new SeededChoice('staff');
  return choice.below(10, unitKey, desk) < 4
    ? choice.of(MONGOLIAN, unitKey, desk, 'name')
    : `${choice.of(FAMILY, unitKey, desk, 'family')}${choice.of(GIVEN, unitKey, desk, 'given')}`;
}

function rolesOf(unit: DemonstrationUnit, desk: Desk): readonly DemonstrationRole[] {
  const here = { areaCode: unit.areaCode, unitKey: unit.key, trade: null };
  const own = unit.isIssuing ? ISSUING[desk].map((role) => ({ role, ...here })) : [];
  return [...own, ...overseeingRoles(unit, desk)];
}

/** Bureaus of banners oversee their area, competent departments their trade. */
function overseeingRoles(unit: DemonstrationUnit, desk: Desk): readonly DemonstrationRole[] {
  const nowhere = { areaCode: null, unitKey: null, trade: null };
  if (desk !== 'keeper') return [];
  if (unit.key.startsWith('bureau-')) {
    return [
      { role: 'bannerAdministrator', ...nowhere, areaCode: unit.areaCode },
      { role: 'supervisor', ...nowhere, areaCode: unit.areaCode },
    ];
  }
  if (unit.key.startsWith('city-') && unit.trade !== null && unit.key !== 'city-housing') {
    return [{ role: 'departmentAdministrator', ...nowhere, trade: unit.trade }];
  }
  return [];
}
