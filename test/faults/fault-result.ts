/** What one fault test came to; printed as one JSON line. */
export interface FaultResult {
  readonly fault: string;
  /** Violations by invariant, as the independent checker counted them after the test. */
  readonly invariants: Readonly<Record<string, number>>;
  /** How often each fault hit. */
  readonly hits: Readonly<Record<string, number>>;
  readonly figures: Readonly<Record<string, number | string>>;
  readonly failures: readonly string[];
  /** Whether a variant that must fail was seen to fail; absent where there is none. */
  readonly caught?: boolean;
  readonly met: boolean;
}

export interface FaultRun {
  readonly quick: boolean;
  /** Instead of the usual number of issuances. */
  readonly issuances: number | null;
  readonly interrupted: AbortSignal;
  /** Progress for people, beside the JSON lines. */
  readonly tell: (line: string) => void;
}

export type FaultTest = (run: FaultRun) => Promise<FaultResult>;

/** In: what was found. Out: the result; met when nothing failed, no invariant is violated and what must be caught was. */
export function faultResult(found: Omit<FaultResult, 'met'>): FaultResult {
  const clean = found.failures.length === 0 && Object.values(found.invariants).every((count) => count === 0);
  return { ...found, met: clean && found.caught !== false };
}
