import { type DemonstrationAuthority, openDemonstrationAuthority } from '../demonstration-authority';
import type { DemonstrationDeps } from '../demonstration-deps';
import { SEEDER } from '../demonstration-deps';
import { UNIT_WITH_AGENCY_DOWN } from '../demonstration-entitlements';
import { DEMONSTRATION_SEALS } from '../demonstration-seals';
import { DONGSHENG_BUREAU } from '../demonstration-units';
import { seedSilentAgency } from '../seed-agency';
import { grantMandates } from '../seed-mandates';
import { seedSeals } from '../seed-seals';
import { staffOf } from './city-staff';

/** Makes seals (keys take a second each) and mandates of a unit when it acts for the first time. */
export class UnitPreparation {
  readonly #deps: DemonstrationDeps;
  readonly #prepared = new Map<string, Promise<void>>();
  #authority: Promise<DemonstrationAuthority> | undefined;

  constructor(deps: DemonstrationDeps) {
    this.#deps = deps;
  }

  /** Effect: the unit can seal what it is entitled to issue. Idempotent. */
  prepare(unitKey: string): Promise<void> {
    const known = this.#prepared.get(unitKey);
    if (known !== undefined) return known;
    const prepared = unitKey === DONGSHENG_BUREAU ? Promise.resolve() : this.#prepare(unitKey);
    this.#prepared.set(unitKey, prepared);
    return prepared;
  }

  async #prepare(unitKey: string): Promise<void> {
    this.#authority ??= openDemonstrationAuthority(this.#deps.keyStore, this.#deps.clock.now());
    const seals = DEMONSTRATION_SEALS.filter((seal) => seal.unitKey === unitKey);
    await seedSeals(this.#deps, await this.#authority, seals);
    await this.#deps.register.within(SEEDER, async (transaction) => {
      await grantMandates(transaction, this.#deps, unitKey, staffOf(unitKey, 'keeper'));
      if (unitKey === UNIT_WITH_AGENCY_DOWN) await seedSilentAgency(transaction, this.#deps, unitKey);
    });
  }
}
