import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoryOffice } from '../../../main/demonstration/city/story-office';
import type { DemonstrationDeps } from '../../../main/demonstration/demonstration-deps';
import type { Foundation } from '../../../main/foundation';
import { openFoundation } from '../../../main/foundation';
import {
  DEMONSTRATION_DAY,
  demonstrationDeps,
  demonstrationTemplate,
  SILENT,
  testConfig,
} from '../../support/demonstration-template';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';

export interface StoryWorld {
  readonly office: StoryOffice;
  readonly deps: DemonstrationDeps;
  readonly foundation: Foundation;
  readonly database: TestDatabase;
}

/** A register with the demonstration's first part and the office of its past, opened before and closed after the tests. */
export function withStoryOffice(): () => StoryWorld {
  let open: { readonly world: StoryWorld; readonly close: () => Promise<void> } | null = null;
  beforeAll(async () => {
    open = await openWorld();
  }, 240_000);
  afterAll(() => open?.close(), 60_000);
  return () => {
    if (open === null) throw new Error('the office of the past did not open');
    return open.world;
  };
}

async function openWorld(): Promise<{ readonly world: StoryWorld; readonly close: () => Promise<void> }> {
  const template = await demonstrationTemplate();
  const folder = mkdtempSync(join(tmpdir(), 'ecert-city-'));
  cpSync(template.folder, folder, { recursive: true });
  const database = await createTestDatabase({ from: { template: template.database } });
  const clock = { now: () => DEMONSTRATION_DAY };
  const foundation = { ...(await openFoundation(testConfig(folder, database.appUrl), SILENT)), clock };
  const deps = demonstrationDeps(foundation, clock, null);
  const office = await StoryOffice.open({
    foundation,
    deps,
    portalProofKey: Buffer.from(
      readFileSync(join(folder, 'secrets', 'portal-proof-key'), 'utf8').trim(),
      'base64',
    ),
    portalFolder: join(folder, 'simulators', 'portal'),
  });
  return {
    world: { office, foundation, database, deps },
    async close() {
      await office.close();
      await foundation.close();
      await database.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
