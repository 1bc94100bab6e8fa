import type { Matrix } from './drawing';

/** A coordinate with at most two decimals: a hundredth of a millimetre is finer than any printer. */
export function writeNumber(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return rounded === 0 ? '0' : `${rounded}`;
}

/** Four decimals, for values that add up along a line. */
export function writeFine(value: number): string {
  const rounded = Math.round(value * 10000) / 10000;
  return rounded === 0 ? '0' : `${rounded}`;
}

/** Six decimals: a grid of one unit in 250 is kept to less than a hundredth of a millimetre. */
export function writeMatrix(matrix: Matrix): string {
  return matrix.map((value) => `${Math.round(value * 1e6) / 1e6 || 0}`).join(' ');
}

/** How many coordinates each path operator takes. */
export function coordinatesOf(operator: string): number {
  switch (operator) {
    case 'M':
    case 'L':
      return 2;
    case 'Q':
      return 4;
    case 'C':
      return 6;
    default:
      return 0;
  }
}
