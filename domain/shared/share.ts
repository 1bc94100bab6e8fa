/** A share as an exact fraction in lowest terms; 33.33% is 3333/10000 and not a third. */
export interface Share {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * Reads a share written as a fraction (`1/2`) or as percent (`50%`, `33.5%`), greater than nothing and at
 * most the whole; null for anything else. Full-width signs are not taken: the share is printed as given.
 */
export function parseShare(text: string): Share | null {
  const fraction = /^(\d{1,9})\/(\d{1,9})$/.exec(text);
  if (fraction !== null) return share(BigInt(fraction[1] ?? '0'), BigInt(fraction[2] ?? '0'));
  const percent = /^(\d{1,3})(?:\.(\d{1,6}))?%$/.exec(text);
  if (percent === null) return null;
  const decimals = percent[2] ?? '';
  return share(BigInt(`${percent[1] ?? ''}${decimals}`), 100n * 10n ** BigInt(decimals.length));
}

/** Whether shares make exactly one whole. */
export function makeWhole(shares: readonly Share[]): boolean {
  const sum = shares.reduce((total, next) => add(total, next), { numerator: 0n, denominator: 1n });
  return sum.numerator === sum.denominator;
}

function share(numerator: bigint, denominator: bigint): Share | null {
  return numerator > 0n && numerator <= denominator ? reduce(numerator, denominator) : null;
}

function add(left: Share, right: Share): Share {
  return reduce(
    left.numerator * right.denominator + right.numerator * left.denominator,
    left.denominator * right.denominator,
  );
}

function reduce(numerator: bigint, denominator: bigint): Share {
  let [a, b] = [numerator, denominator];
  while (b !== 0n) [a, b] = [b, a % b];
  return { numerator: numerator / a, denominator: denominator / a };
}
