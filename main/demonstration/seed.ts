import { openDemonstrationAuthority } from './demonstration-authority';
import { type DemonstrationDeps, SEEDER } from './demonstration-deps';
import { DEMONSTRATION_SEALS } from './demonstration-seals';
import { DONGSHENG_BUREAU } from './demonstration-units';
import { seedAccounts } from './seed-accounts';
import { seedAgency } from './seed-agency';
import { seedCatalog } from './seed-catalog';
import { seedMandates } from './seed-mandates';
import { seedResponsiblePersons } from './seed-responsible-persons';
import { seedSeals } from './seed-seals';
import { seedEventLogKey, seedReportKey } from './seed-service-keys';
import { seedTimestampTrust, seedTrust } from './seed-trust';
import { seedUnits } from './seed-units';

/**
 * Lays out what the demonstration needs before it is ready: the units of the city, accounts, the demonstration agency
 * with its key, the published catalogue with entitlements, the seals of the 东胜 approval bureau, the mandates of its
 * seal keeper and its responsible person, and the trust by which files are judged. Idempotent: a second call writes
 * nothing but the address of the agency's record server, and touches nothing that people have changed meanwhile.
 * Reference data (time limits, working calendar) must be in the register before. Never called in production (the
 * configuration refuses the demonstration). Out: the secret with which the demonstration agency signs.
 */
export async function seedDemonstration(deps: DemonstrationDeps): Promise<{ readonly agencySecret: string }> {
  const { register } = deps;
  await register.within(SEEDER, seedUnits);
  await seedAccounts(deps);
  await register.within(SEEDER, async (transaction) => {
    await seedAgency(transaction, deps);
    await seedCatalog(transaction, deps);
  });
  const authority = await openDemonstrationAuthority(deps.keyStore, deps.clock.now());
  await seedEventLogKey(authority, deps.clock.now());
  await seedReportKey(authority, deps.clock.now());
  await seedSeals(
    deps,
    authority,
    DEMONSTRATION_SEALS.filter(({ unitKey }) => unitKey === DONGSHENG_BUREAU),
  );
  await register.within(SEEDER, async (transaction) => {
    await seedMandates(transaction, deps);
    await seedResponsiblePersons(transaction, deps);
  });
  await seedTrust(deps.trustFolder, authority, deps.clock.now());
  await seedTimestampTrust(deps.trustFolder, deps.secretsFolder);
  return { agencySecret: deps.agencySecret };
}

/**
 * Lays out the rest of the city, for which nobody has to wait: the seals of the other units. To be run after the product
 * is ready; RSA keys are made in the thread pool. Idempotent, and may be broken off at any point: after `signal` it stops
 * before the next seal, and the next start goes on from there.
 */
export async function completeDemonstration(deps: DemonstrationDeps, signal?: AbortSignal): Promise<void> {
  const authority = await openDemonstrationAuthority(deps.keyStore, deps.clock.now());
  for (const seal of DEMONSTRATION_SEALS) {
    if (signal?.aborted === true) return;
    await seedSeals(deps, authority, [seal]);
  }
}
