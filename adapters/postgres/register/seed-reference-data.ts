import { BUILT_IN_DEFINITIONS } from '../../../domain/catalog/built-in/built-in-definitions';
import type { CatalogDefinition } from '../../../domain/catalog/catalog-entry';
import type { LegalDate } from '../../../domain/shared/legal-date';
import type { SystemPrincipal } from '../../../domain/shared/principal';
import { INITIAL_SLA_POLICIES } from '../../../domain/sla/policies';
import { STATE_COUNCIL_CALENDAR } from '../../../domain/sla/state-council-calendar';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { sealedCatalogVersion } from '../catalog/catalog-version-row';
import { storeSlaPolicy } from '../sla/sla-policies';
import { loadWorkCalendar, storeWorkCalendar } from '../sla/work-calendar';
import { deterministicId } from './deterministic-id';
import type { Register } from './register';

const SEEDER: SystemPrincipal = { kind: 'system', component: 'referenceData' };
/** 内蒙古自治区, whose local holidays the overlay holds. */
const REGION = '150000';

export interface ReferenceData {
  /** Default: the built-in definitions. */
  readonly definitions?: readonly CatalogDefinition[];
  /**
   * Given: the definitions are published as of that day, which needs a declaration 不涉密 in each (the demonstration).
   * Absent: they are drafts for the office to declare, review and publish.
   */
  readonly publishedFrom?: LegalDate;
}

/**
 * Effect: catalogue, time limits and working calendar are in the register. Idempotent: a type that has any version, a
 * limit that has any version and a calendar that is loaded already stay as the office has made them.
 */
export async function seedReferenceData(
  register: Register,
  integrity: RowIntegrity,
  now: Date,
  data: ReferenceData = {},
): Promise<void> {
  for (const definition of data.definitions ?? BUILT_IN_DEFINITIONS) {
    await seedDefinition(register, integrity, definition, data.publishedFrom ?? null, now);
  }
  await register.within(SEEDER, async (transaction) => {
    for (const policy of INITIAL_SLA_POLICIES) {
      await storeSlaPolicy(transaction, integrity, policy, { by: null, at: now });
    }
    if ((await loadWorkCalendar(transaction)) !== null) return;
    await storeWorkCalendar(transaction, {
      calendar: STATE_COUNCIL_CALENDAR,
      region: REGION,
      loadedBy: null,
      loadedAt: now,
    });
  });
}

async function seedDefinition(
  register: Register,
  integrity: RowIntegrity,
  definition: CatalogDefinition,
  publishedFrom: LegalDate | null,
  now: Date,
): Promise<void> {
  if (publishedFrom !== null && definition.notClassifiedDeclaration === null) {
    throw new Error(`${definition.name}: nobody has declared it 不涉密, so it is not published (art. 3)`);
  }
  const entryId = deterministicId('catalogEntry', definition.code);
  await register.within(SEEDER, async (transaction) => {
    await transaction('catalog_entry')
      .insert({ id: entryId, code: definition.code, trade: definition.trade })
      .onConflict('code')
      .ignore();
    const entry = await transaction<{ id: string; code: string }>('catalog_entry')
      .where({ code: definition.code })
      .forUpdate()
      .first('id');
    if (entry === undefined) throw new Error('a catalogue entry that was just written is not visible');
    const version = await transaction('catalog_entry_version')
      .where({ catalog_entry_id: entry.id })
      .first('id');
    if (version !== undefined) return;
    const isPublished = publishedFrom !== null;
    await transaction('catalog_entry_version').insert(
      sealedCatalogVersion(integrity, {
        id: deterministicId('catalogEntryVersion', definition.code, 1),
        catalog_entry_id: entry.id,
        version: 1,
        state: isPublished ? 'published' : 'draft',
        definition,
        effective_from: publishedFrom,
        drafted_by: null,
        approved_by: null,
        created_at: now,
        published_at: isPublished ? now : null,
      }),
    );
  });
}
