/** Why a paper record has no electronic one; papers that hold a state secret are outside of all this (art. 3). */
export const EXEMPTION_GROUNDS = ['byLaw', 'technicalFinding', 'paperUnreadable'] as const;
export type ExemptionGround = (typeof EXEMPTION_GROUNDS)[number];

/** What is known of one unit, type and period on both sides. */
export interface CollectionSides {
  /** Business numbers that are registered here: issued, or collected by increment; each once. */
  readonly registered: readonly string[];
  /** Business numbers of recorded exemptions (no electronic one can be made). */
  readonly exempted: readonly string[];
  /** What the agency's own system counts; null while it has told nothing. */
  readonly counted: number | null;
  /** The agency's business numbers, when it gives the list. */
  readonly listed: readonly string[] | null;
}

export interface CollectionGap {
  readonly registered: number;
  readonly counted: number | null;
  readonly exempted: number;
  /** Registered or exempted of what is counted, in percent with one decimal, downwards so that 100 means all; null: nothing is counted. */
  readonly ratePercent: number | null;
  /** Counted there, neither registered here nor exempted; null without a list. */
  readonly missingHere: readonly string[] | null;
  /** Registered here, not in the agency's list; null without a list. */
  readonly unknownThere: readonly string[] | null;
  /** How many are missing: by the list, or by the counts when there is none; null while nothing is counted. */
  readonly missing: number | null;
}

/**
 * 应归尽归 (art. 4): every paper record has an electronic one or a recorded exemption. With the agency's list the gap is told by
 * number; with its count alone only how many. More here than there is no gap, and is told by `unknownThere`.
 */
export function collectionGap({ registered, exempted, counted, listed }: CollectionSides): CollectionGap {
  const [here, excused] = [new Set(registered), new Set(exempted)];
  const common = { registered: here.size, counted, exempted: excused.size };
  if (listed !== null) {
    const there = new Set(listed);
    const missingHere = [...there].filter((number) => !here.has(number) && !excused.has(number)).sort();
    return {
      ...common,
      ratePercent: rate(there.size - missingHere.length, there.size),
      missingHere,
      unknownThere: [...here].filter((number) => !there.has(number)).sort(),
      missing: missingHere.length,
    };
  }
  if (counted === null)
    return { ...common, ratePercent: null, missingHere: null, unknownThere: null, missing: null };
  const covered = Math.min(counted, here.size + [...excused].filter((number) => !here.has(number)).length);
  return {
    ...common,
    ratePercent: rate(covered, counted),
    missingHere: null,
    unknownThere: null,
    missing: counted - covered,
  };
}

function rate(covered: number, all: number): number | null {
  return all === 0 ? null : Math.floor((covered * 1000) / all) / 10;
}
