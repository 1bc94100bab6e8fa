import type { Knex } from 'knex';
import type {
  CatalogDefinition,
  ComparisonRule,
  Entitlement,
  EntitlementMode,
  LegalBasis,
  SynchronyExemption,
} from '../../domain/catalog/catalog-entry';
import type { LegalDate } from '../../domain/shared/legal-date';
import { legalDateAt } from '../../domain/shared/legal-date';
import type { Refusal } from '../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../domain/shared/result';
import type { IssuanceRules } from '../../ports/issuance-desk';
import type { RowIntegrity } from '../../ports/personal-data-cipher';
import { type CatalogVersionRow, checkCatalogVersion } from './catalog-version-row';

interface EntitlementRow {
  readonly areas: readonly string[];
  readonly area_name: string;
  readonly valid_from: LegalDate;
  readonly valid_until: LegalDate | null;
  readonly basis: LegalBasis;
  readonly mode: EntitlementMode;
  readonly exemption: SynchronyExemption | null;
  readonly comparison: ComparisonRule;
}

interface AuthorityRow {
  readonly id: string;
  readonly name: string;
  readonly credit_code: string;
  readonly area_code: string;
  readonly is_issuing: boolean;
  readonly in_being: boolean;
}

/** The version in force on a day: the newest of those whose effective date has come, also when a later one is published ahead. */
const VERSION_ON = `
SELECT v.* FROM catalog_entry_version v JOIN catalog_entry e ON e.id = v.catalog_entry_id
WHERE e.code = ? AND v.state IN ('published', 'superseded') AND v.effective_from <= ?::date
ORDER BY v.version DESC LIMIT 1`;

const AUTHORITY_ON = `
SELECT id, name, credit_code, area_code, is_issuing,
  active_from <= :on::date AND (active_until IS NULL OR active_until > :on::date)
  AND (entrustment_ends_on IS NULL OR entrustment_ends_on > :on::date) AS in_being
FROM authority WHERE id = :authorityId`;

/** Half-open periods; an entitlement for the authority's own area goes before one for another area. */
const ENTITLEMENT_ON = `
SELECT areas, area_name, valid_from, valid_until, basis, mode, exemption, comparison FROM catalog_entitlement
WHERE catalog_entry_id = :entryId AND authority_id = :authorityId
  AND valid_from <= :on::date AND (valid_until IS NULL OR valid_until > :on::date)
ORDER BY (:area = ANY (areas)) DESC, valid_from DESC, id LIMIT 1`;

/**
 * In: a type, an authority and a legal date. Out: what a request of that day is parsed against, or the refusal:
 * `catalogEntryUnknown` (no version in force), `notIssuedHere` (only collected or mirrored), `authorityNotEntitled`
 * (no entitlement that day, not an issuing authority, dissolved, or its entrustment has ended). Throws `RowTampered` when
 * the catalogue row was changed behind the product's back.
 */
export async function loadRules(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  catalogCode: string,
  authorityId: string,
  on: string,
): Promise<Result<IssuanceRules, Refusal>> {
  const versions = await transaction.raw<{ rows: CatalogVersionRow[] }>(VERSION_ON, [catalogCode, on]);
  const [version] = versions.rows;
  if (version === undefined) return refused({ code: 'catalogEntryUnknown' });
  const { definition } = checkCatalogVersion(integrity, version);
  if (definition.handling !== 'issue') return refused({ code: 'notIssuedHere' });
  const authority = await authorityOn(transaction, authorityId, on);
  if (authority === null || !authority.is_issuing || !authority.in_being) {
    return refused({ code: 'authorityNotEntitled' });
  }
  const entitlement = await entitlementOf(transaction, version.catalog_entry_id, authority, on);
  if (entitlement === null) return refused({ code: 'authorityNotEntitled' });
  return accepted(rulesOf(version, definition, authority, entitlement));
}

/**
 * In: a case. Out: the rules it was received under: its pinned catalogue version and the entitlement of that day, whatever
 * has changed since. Throws when they are not in the register, since they were there when the case was accepted.
 */
export async function loadPinnedRules(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  issuance: {
    readonly catalog_entry_version_id: string;
    readonly authority_id: string;
    readonly received_at: Date;
  },
): Promise<IssuanceRules> {
  const version = await transaction<CatalogVersionRow>('catalog_entry_version')
    .where({ id: issuance.catalog_entry_version_id })
    .first();
  if (version === undefined) throw new Error('the catalogue version of a case is not in the register');
  const { definition } = checkCatalogVersion(integrity, version);
  const on = legalDateAt(issuance.received_at.getTime());
  const authority = await authorityOn(transaction, issuance.authority_id, on);
  const entitlement =
    authority === null ? null : await entitlementOf(transaction, version.catalog_entry_id, authority, on);
  if (authority === null || entitlement === null) {
    throw new Error('the entitlement under which a case was received is not in the register');
  }
  return rulesOf(version, definition, authority, entitlement);
}

/** Every entitlement of a type as the catalogue shows it, in the order of its beginning. */
export async function loadEntitlements(
  transaction: Knex.Transaction,
): Promise<ReadonlyMap<string, readonly Entitlement[]>> {
  const rows = await transaction<EntitlementRow>('catalog_entitlement AS t')
    .join('authority AS a', 'a.id', 't.authority_id')
    .orderBy(['t.valid_from', 't.id'])
    .select<(EntitlementRow & { catalog_entry_id: string; credit_code: string })[]>('t.*', 'a.credit_code');
  const byEntry = new Map<string, Entitlement[]>();
  for (const row of rows) {
    const entitlements = byEntry.get(row.catalog_entry_id) ?? [];
    entitlements.push(entitlementView(row, row.credit_code));
    byEntry.set(row.catalog_entry_id, entitlements);
  }
  return byEntry;
}

async function authorityOn(
  transaction: Knex.Transaction,
  authorityId: string,
  on: string,
): Promise<AuthorityRow | null> {
  const { rows } = await transaction.raw<{ rows: AuthorityRow[] }>(AUTHORITY_ON, { authorityId, on });
  return rows[0] ?? null;
}

async function entitlementOf(
  transaction: Knex.Transaction,
  entryId: string,
  authority: AuthorityRow,
  on: string,
): Promise<Entitlement | null> {
  const { rows } = await transaction.raw<{ rows: EntitlementRow[] }>(ENTITLEMENT_ON, {
    entryId,
    authorityId: authority.id,
    area: authority.area_code,
    on,
  });
  return rows[0] === undefined ? null : entitlementView(rows[0], authority.credit_code);
}

function entitlementView(row: EntitlementRow, authorityCode: string): Entitlement {
  return {
    authorityCode,
    areas: row.areas,
    from: row.valid_from,
    until: row.valid_until,
    basis: row.basis,
    mode: row.mode,
    exemption: row.exemption,
    comparison: row.comparison,
    areaName: row.area_name,
  };
}

function rulesOf(
  version: CatalogVersionRow,
  definition: CatalogDefinition,
  authority: AuthorityRow,
  entitlement: Entitlement,
): IssuanceRules {
  return {
    catalogEntryId: version.catalog_entry_id,
    catalogEntryVersionId: version.id,
    definition,
    entitlement,
    authority: { id: authority.id, name: authority.name, creditCode: authority.credit_code },
  };
}
