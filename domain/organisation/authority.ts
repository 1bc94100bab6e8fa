/** What a unit is (art. 2): organs, public institutions, organisations authorised by law or entrusted. */
export const AUTHORITY_KINDS = [
  'administrativeOrgan',
  'publicInstitution',
  'authorisedOrganisation',
  'entrustedOrganisation',
] as const;
export type AuthorityKind = (typeof AUTHORITY_KINDS)[number];

export const AUTHORITY_LEVELS = ['national', 'region', 'city', 'banner'] as const;
export type AuthorityLevel = (typeof AUTHORITY_LEVELS)[number];

/** What succession asks of a unit. */
export interface UnitInLine {
  readonly id: string;
  readonly successorId: string | null;
}

/**
 * In: a unit, the one that shall take over, and every unit. Out: null when it may, else why not: a unit never succeeds
 * itself, not one that was succeeded itself, and no line of succession runs in a circle. The successor answers for all
 * certificates of the line (art. 2).
 */
export function successionProblem(
  unit: UnitInLine,
  successor: UnitInLine,
  units: readonly UnitInLine[],
): string | null {
  if (unit.id === successor.id) return '单位不能由自己承继';
  if (unit.successorId !== null) return '该单位已由其他单位承继';
  if (successor.successorId !== null) return '承继单位自身已被承继，请选择其承继单位';
  return lineBefore(successor.id, unit.id, units) ? '承继关系不得循环' : null;
}

/** Whether a unit's own successors lead to another. */
function lineBefore(from: string, to: string, units: readonly UnitInLine[]): boolean {
  const byId = new Map(units.map((each) => [each.id, each.successorId]));
  const seen = new Set<string>();
  for (let at: string | null = from; at !== null && !seen.has(at); at = byId.get(at) ?? null) {
    if (at === to) return true;
    seen.add(at);
  }
  return false;
}
