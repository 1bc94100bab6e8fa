import type { LegalDate } from '../shared/legal-date';
import type { Entitlement } from './catalog-entry';

/**
 * The entitlement under which an authority may issue on a day in an area, or null. Periods are half-open
 * (`from` included, `until` not), so a hand-over by 划转文件 has neither gap nor overlap on its day.
 */
export function entitlementOn(
  entitlements: readonly Entitlement[],
  wanted: { readonly authorityCode: string; readonly area: string; readonly on: LegalDate },
): Entitlement | null {
  return (
    entitlements.find(
      ({ authorityCode, areas, from, until }) =>
        authorityCode === wanted.authorityCode &&
        areas.includes(wanted.area) &&
        from <= wanted.on &&
        (until === null || wanted.on < until),
    ) ?? null
  );
}

/** Pairs of entitlements of different authorities that claim the same area on the same day (art. 7: two units claim one type). */
export function conflictingEntitlements(
  entitlements: readonly Entitlement[],
): readonly (readonly [Entitlement, Entitlement])[] {
  const conflicts: (readonly [Entitlement, Entitlement])[] = [];
  for (const [index, left] of entitlements.entries()) {
    for (const right of entitlements.slice(index + 1)) {
      const sharesArea = left.areas.some((area) => right.areas.includes(area));
      if (sharesArea && left.authorityCode !== right.authorityCode && overlaps(left, right))
        conflicts.push([left, right]);
    }
  }
  return conflicts;
}

/** Whether an entitlement may use `dailyIncrement` on a day: only with an exemption that has not run out (art. 8). */
export function isExemptionInForce(entitlement: Entitlement, on: LegalDate): boolean {
  const { exemption } = entitlement;
  if (exemption === null) return false;
  return exemption.kind === 'byLaw' || on < exemption.expiresOn;
}

function overlaps(left: Entitlement, right: Entitlement): boolean {
  return (
    (left.until === null || right.from < left.until) && (right.until === null || left.from < right.until)
  );
}
