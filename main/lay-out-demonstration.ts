import { seedReferenceData } from '../adapters/postgres/register/seed-reference-data';
import { createLogger } from '../api/create-logger';
import type { ServiceConfig } from './config';
import { demonstrationDeps } from './demonstration/open-demonstration';
import { seedDemonstration } from './demonstration/seed';
import { openFoundation } from './foundation';

/**
 * Lays out what the demonstration needs before the product is ready: catalogue, calendar, units, people, seals. Idempotent.
 * In: the configuration of a service of this stack.
 */
export async function layOutDemonstration(config: ServiceConfig): Promise<void> {
  const foundation = await openFoundation(config, createLogger('warn', 'demonstration'));
  const { register, integrity, clock } = foundation;
  try {
    await seedReferenceData(register, integrity, clock.now());
    await seedDemonstration(demonstrationDeps(foundation));
  } finally {
    await foundation.close();
  }
}
