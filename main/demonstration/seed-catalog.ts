import type { Knex } from 'knex';
import {
  type CatalogVersionRow,
  sealedCatalogVersion,
} from '../../adapters/postgres/catalog/catalog-version-row';
import { BUILT_IN_DEFINITIONS } from '../../domain/catalog/built-in/built-in-definitions';
import type { CatalogDefinition } from '../../domain/catalog/catalog-entry';
import { legalDate, legalDateAt } from '../../domain/shared/legal-date';
import type { RowIntegrity } from '../../ports/personal-data-cipher';
import { type DemonstrationDeps, demonstrationId } from './demonstration-deps';
import { DEMONSTRATION_ENTITLEMENTS } from './demonstration-entitlements';
import { personId } from './seed-accounts';
import { unitId } from './seed-units';

/** Before every date of the demonstration, so that certificates dated earlier than its first start find their type. */
const EFFECTIVE_SINCE = legalDate('2025-01-01');

type CatalogDeps = Pick<DemonstrationDeps, 'integrity' | 'clock'>;

/**
 * Effect: each built-in type has a published version, with the declaration 不涉密 (art. 3) that only an office can
 * make and that the demonstration's city administrator makes here, and every entitlement of the demonstration.
 * A type that has a published version, whoever published it, is left alone.
 */
export async function seedCatalog(transaction: Knex.Transaction, deps: CatalogDeps): Promise<void> {
  const { rows } = await transaction.raw<{ rows: { code: string }[] }>(
    `SELECT e.code FROM catalog_entry e JOIN catalog_entry_version v ON v.catalog_entry_id = e.id
     WHERE v.state = 'published'`,
  );
  const published = new Set(rows.map(({ code }) => code));
  for (const definition of BUILT_IN_DEFINITIONS) {
    if (!published.has(definition.code)) await publish(transaction, deps, definition);
  }
  await seedEntitlements(transaction, deps.clock.now());
}

async function publish(
  transaction: Knex.Transaction,
  { integrity, clock }: CatalogDeps,
  definition: CatalogDefinition,
): Promise<void> {
  const { code, trade } = definition;
  await transaction('catalog_entry').insert({ code, trade }).onConflict('code').ignore();
  const entry = await transaction<{ id: string; code: string }>('catalog_entry').where({ code }).first('id');
  if (entry === undefined) throw new Error(`catalogue entry ${code} is not in the register`);
  const versions: readonly CatalogVersionRow[] = await transaction<CatalogVersionRow>('catalog_entry_version')
    .where({ catalog_entry_id: entry.id })
    .orderBy('version', 'desc')
    .select('*');
  const [newest] = versions;
  // An office that is at work on the type decides about it itself.
  if (newest !== undefined && newest.state !== 'draft') return;
  const row = publishedVersion(definition, entry.id, newest, clock.now());
  await writeVersion(transaction, integrity, row, newest !== undefined);
}

function publishedVersion(
  definition: CatalogDefinition,
  entryId: string,
  draft: CatalogVersionRow | undefined,
  now: Date,
): Omit<CatalogVersionRow, 'mac' | 'mac_key_id'> {
  const declaredOn = legalDateAt(now.getTime());
  return {
    id: draft?.id ?? demonstrationId('catalogVersion', definition.code, '1'),
    catalog_entry_id: entryId,
    version: draft?.version ?? 1,
    state: 'published',
    definition: {
      ...definition,
      notClassifiedDeclaration: { declaredBy: '鄂尔多斯市行政审批和政务服务局(演示)', declaredOn },
    },
    effective_from: EFFECTIVE_SINCE,
    // Drafted by the programme: a person other than the drafter approves.
    drafted_by: null,
    approved_by: personId('city'),
    created_at: draft?.created_at ?? now,
    published_at: now,
  };
}

async function writeVersion(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  row: Omit<CatalogVersionRow, 'mac' | 'mac_key_id'>,
  isThere: boolean,
): Promise<void> {
  const columns = sealedCatalogVersion(integrity, row);
  const table = transaction('catalog_entry_version');
  await (isThere ? table.where({ id: row.id }).update(columns) : table.insert(columns));
}

async function seedEntitlements(transaction: Knex.Transaction, now: Date): Promise<void> {
  const entries: readonly { readonly id: string; readonly code: string }[] = await transaction(
    'catalog_entry',
  ).select('id', 'code');
  const idOf = new Map(entries.map(({ id, code }) => [code, id]));
  const rows = DEMONSTRATION_ENTITLEMENTS.map((given) => ({
    id: demonstrationId('entitlement', given.unitKey, given.catalogCode),
    catalog_entry_id: idOf.get(given.catalogCode),
    authority_id: unitId(given.unitKey),
    areas: [...given.areas],
    area_name: given.areaName,
    valid_from: given.from,
    basis: JSON.stringify(given.basis),
    mode: given.exemption === null ? 'synchronous' : 'dailyIncrement',
    exemption: given.exemption === null ? null : JSON.stringify(given.exemption),
    comparison: JSON.stringify(given.comparison),
    recorded_by: personId('city'),
    recorded_at: now,
  }));
  await transaction('catalog_entitlement').insert(rows).onConflict('id').ignore();
}
