import { BUILT_IN_DEFINITIONS } from '../../domain/catalog/built-in/built-in-definitions';
import type { SealKind } from '../../domain/catalog/catalog-entry';
import { legalDateAt, startOfLegalDateMs } from '../../domain/shared/legal-date';
import { DAILY_INCREMENTS, DEMONSTRATION_ENTITLEMENTS } from './demonstration-entitlements';
import { DEMONSTRATION_UNITS, DONGSHENG_BUREAU } from './demonstration-units';

/** A seal that a unit of the demonstration city has. */
export interface DemonstrationSeal {
  readonly unitKey: string;
  readonly kind: SealKind;
  /** Printed around and, for the special seals, below the star. */
  readonly ringText: string;
  readonly centreText: string | null;
  readonly name: string;
  /** Where it does not end with the others: when, for a present instant. */
  readonly validUntil?: (now: Date) => Date;
}

/** Its seal ran out yesterday, and nobody has noticed in time: what it decides now waits. */
export const UNIT_WITH_EXPIRED_SEAL = 'housing-150624';

const startOfToday = (now: Date): Date => new Date(startOfLegalDateMs(legalDateAt(now.getTime())));

const SPECIAL_SEAL_NAMES = {
  official: null,
  approval: '行政审批专用章',
  certificate: '证照专用章',
  registration: '不动产登记专用章',
} as const satisfies Record<SealKind, string | null>;

/** Every seal that the entitlements need, those of the 东胜 bureau (and its official seal) first. */
export const DEMONSTRATION_SEALS: readonly DemonstrationSeal[] = [
  ...sealsOf(DONGSHENG_BUREAU, ['official']),
  ...DEMONSTRATION_UNITS.map(({ key }) => key)
    .sort((left, right) => Number(right === DONGSHENG_BUREAU) - Number(left === DONGSHENG_BUREAU))
    .flatMap((key) => sealsOf(key, neededKinds(key))),
];

/** The kinds of seal that a unit needs for the types that it issues here. */
function neededKinds(unitKey: string): readonly SealKind[] {
  const codes = DEMONSTRATION_ENTITLEMENTS.filter(
    (given) => given.unitKey === unitKey && !DAILY_INCREMENTS.includes(given),
  ).map(({ catalogCode }) => catalogCode);
  const definitions = BUILT_IN_DEFINITIONS.filter(
    ({ code, handling }) => handling === 'issue' && codes.includes(code),
  );
  return [...new Set(definitions.flatMap(({ requiredSeals }) => requiredSeals.map(({ kind }) => kind)))];
}

function sealsOf(unitKey: string, kinds: readonly SealKind[]): readonly DemonstrationSeal[] {
  const unit = DEMONSTRATION_UNITS.find(({ key }) => key === unitKey);
  if (unit === undefined) throw new RangeError(`no demonstration unit ${unitKey}`);
  return kinds.map((kind) => {
    const special = SPECIAL_SEAL_NAMES[kind];
    return {
      unitKey,
      kind,
      ringText: unit.name,
      centreText: special,
      name: `${unit.name}${special ?? '公章'}`,
      ...(unitKey === UNIT_WITH_EXPIRED_SEAL ? { validUntil: startOfToday } : {}),
    };
  });
}
