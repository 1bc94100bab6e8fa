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
