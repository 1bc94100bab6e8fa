/** One line of `npm run bench -- --json`: ours against a reference measured in the same run. */
export interface BenchLine {
  readonly bench: string;
  readonly metric: string;
  readonly ours: number;
  readonly reference: number;
  readonly ratio: number;
  readonly goal: number;
  readonly met: boolean;
  /** Figures that explain, such as the rounds; for information only. */
  readonly detail?: Readonly<Record<string, number | string>>;
}

export type Bench = () => Promise<readonly BenchLine[]>;

/** The middle value; of an even number the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new RangeError('no values to take the median of');
  return middle;
}

/** The value below which a share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const found = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (found === undefined) throw new RangeError('no values to take a percentile of');
  return found;
}

const round = (value: number): number => Number(value.toPrecision(4));

/** More is better, such as a rate: met when ours reaches the goal as a share of the reference. */
export function rateLine(line: Omit<BenchLine, 'ratio' | 'met'>): BenchLine {
  const ratio = line.ours / line.reference;
  return {
    ...line,
    ours: round(line.ours),
    reference: round(line.reference),
    ratio: round(ratio),
    met: ratio >= line.goal,
  };
}

/** Less is better, such as a time: met when ours stays within the goal as a multiple of the reference. */
export function timeLine(line: Omit<BenchLine, 'ratio' | 'met'>): BenchLine {
  const ratio = line.ours / line.reference;
  return {
    ...line,
    ours: round(line.ours),
    reference: round(line.reference),
    ratio: round(ratio),
    met: ratio <= line.goal,
  };
}
