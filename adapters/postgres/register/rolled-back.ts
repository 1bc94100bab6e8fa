import type { Refusal } from '../../../domain/shared/refusals';

/**
 * A refusal that was found after something had been written: a refusal that is answered commits, so it is thrown, and
 * whoever opened the transaction answers it once nothing of the work is left (decision 0016).
 */
export class RolledBack extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(`refused after writing: ${refusal.code}`);
    this.refusal = refusal;
  }
}
