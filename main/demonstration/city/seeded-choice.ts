import { createHash } from 'node:crypto';

/** Choices that come out the same at every start: each is fixed by its name. */
export class SeededChoice {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** A number from 0 up to and without `below`. */
  below(below: number, ...about: readonly (string | number)[]): number {
    const digest = createHash('sha256')
      .update([this.#name, ...about].join('/'))
      .digest();
    return digest.readUIntBE(0, 6) % below;
  }

  /** One of several. */
  of<Value>(values: readonly Value[], ...about: readonly (string | number)[]): Value {
    const value = values[this.below(values.length, ...about)];
    if (value === undefined) throw new RangeError('nothing to choose from');
    return value;
  }
}
