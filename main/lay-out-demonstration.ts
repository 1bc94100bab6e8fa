import { seedReferenceData } from '../adapters/postgres/seed-reference-data';
import { createLogger } from '../api/create-logger';
import { defaultFontPaths, loadFontChain } from '../documents/fonts/font-chain';
import type { ServiceConfig } from './config';
import type { DemonstrationDeps } from './demonstration/demonstration-deps';
import { completeDemonstration, seedDemonstration } from './demonstration/seed';
import { openFoundation, trustFolder } from './foundation';
import { openSecrets } from './secrets';

/** What goes on after the product is ready; `finished` rejects with the first fault. */
export interface DemonstrationLayout {
  readonly finished: Promise<void>;
}

/**
 * Lays out the demonstration city: what the product needs before it is ready, then, in the background, the rest.
 * Idempotent; a start that was killed half-way goes on at the next one.
 * In: the configuration of a service of this stack, and a signal that breaks the background part off. Out: when the part that nobody may miss is there.
 */
export async function layOutDemonstration(
  config: ServiceConfig,
  stopping: AbortSignal,
): Promise<DemonstrationLayout> {
  const foundation = await openFoundation(config, createLogger('warn', 'demonstration'));
  const { register, cipher, integrity, clock, keyStore } = foundation;
  const deps: DemonstrationDeps = {
    register,
    cipher,
    integrity,
    clock,
    keyStore,
    fonts: () => loadFontChain(defaultFontPaths(config.fallbackFonts)),
    agencySecret: openSecrets(config.secretsDir, true).text('demo-agency'),
    agencyRecordsSecret: openSecrets(config.secretsDir, true).text('outside-agency-records'),
    agencyRecordsUrl: config.outside.agencyRecordsUrl ?? null,
    trustFolder: trustFolder(config),
    secretsFolder: config.secretsDir,
  };
  try {
    await seedReferenceData(register, integrity, clock.now());
    await seedDemonstration(deps);
  } catch (fault) {
    await foundation.close();
    throw fault;
  }
  return { finished: completeDemonstration(deps, stopping).finally(() => foundation.close()) };
}
