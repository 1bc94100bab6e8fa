import type { Knex } from 'knex';
import type {
  CatalogDefinition,
  ComparisonRule,
  Entitlement,
  EntitlementMode,
  LegalBasis,
  SynchronyExemption,
} from '../../../domain/catalog/catalog-entry';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { legalDateAt } from '../../../domain/shared/legal-date';
import type { Refusal } from '../../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../../domain/shared/result';
import type { IssuanceRules } from '../../../ports/issuance-desk';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
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
  readonly is_issuing: boolean;
  readonly in_being: boolean;
}

/** The version in force on a day: the newest of those whose effective date has come, also when a later one is published ahead. */
const VERSION_ON = `
SELECT v.id, v.state, v.effective_from FROM catalog_entry_version v JOIN catalog_entry e ON e.id = v.catalog_entry_id
WHERE e.code = ? AND v.state IN ('published', 'superseded') AND v.effective_from <= ?::date
ORDER BY v.version DESC LIMIT 1`;

/**
 * An authority and its entitlement for a type on a day. Half-open periods; an entitlement for the authority's own area goes
 * before one for another area.
 */
const AUTHORITY_AND_ENTITLEMENT_ON = `
SELECT a.id, a.name, a.credit_code, a.is_issuing,
  a.active_from <= :on::date AND (a.active_until IS NULL OR a.active_until > :on::date)
  AND (a.entrustment_ends_on IS NULL OR a.entrustment_ends_on > :on::date) AS in_being, t.*
FROM authority a LEFT JOIN LATERAL (
  SELECT areas, area_name, valid_from, valid_until, basis, mode, exemption, comparison FROM catalog_entitlement
  WHERE catalog_entry_id = :entryId AND authority_id = a.id
    AND valid_from <= :on::date AND (valid_until IS NULL OR valid_until > :on::date)
  ORDER BY (a.area_code = ANY (areas)) DESC, valid_from DESC, id LIMIT 1) t ON true
WHERE a.id = :authorityId`;

type VersionInForce = Pick<CatalogVersionRow, 'id' | 'state' | 'effective_from'>;

/** A definition never changes once it is published, so each process reads it and checks its HMAC once. */
interface PublishedVersion extends VersionInForce {
  readonly entryId: string;
  readonly definition: CatalogDefinition;
}

const publishedVersions = new WeakMap<RowIntegrity, Map<string, PublishedVersion>>();

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
  const versions = await transaction.raw<{ rows: VersionInForce[] }>(VERSION_ON, [catalogCode, on]);
  const [found] = versions.rows;
  if (found === undefined) return refused({ code: 'catalogEntryUnknown' });
  const version = await publishedVersion(transaction, integrity, found.id, found);
  if (version.definition.handling !== 'issue') return refused({ code: 'notIssuedHere' });
  const authority = await authorityOn(transaction, { authorityId, entryId: version.entryId, on });
  if (authority === null || !authority.is_issuing || !authority.in_being || !isEntitled(authority)) {
    return refused({ code: 'authorityNotEntitled' });
  }
  return accepted(rulesOf(version, authority));
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
  const version = await publishedVersion(transaction, integrity, issuance.catalog_entry_version_id);
  const authority = await authorityOn(transaction, {
    authorityId: issuance.authority_id,
    entryId: version.entryId,
    on: legalDateAt(issuance.received_at.getTime()),
  });
  if (authority === null || !isEntitled(authority)) {
    throw new Error('the entitlement under which a case was received is not in the register');
  }
  return rulesOf(version, authority);
}

/** Out: the definition that a case is pinned to, its HMAC-SM3 checked when this process first read it. */
export async function pinnedDefinition(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  versionId: string,
): Promise<CatalogDefinition> {
  return (await publishedVersion(transaction, integrity, versionId)).definition;
}

async function publishedVersion(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  versionId: string,
  seen: VersionInForce | null = null,
): Promise<PublishedVersion> {
  const kept = publishedVersions.get(integrity) ?? new Map<string, PublishedVersion>();
  publishedVersions.set(integrity, kept);
  const known = kept.get(versionId);
  // What put it in force is as it was when its HMAC was checked; else it is read and checked again.
  if (
    known !== undefined &&
    (seen === null || (seen.state === known.state && seen.effective_from === known.effective_from))
  ) {
    return known;
  }
  const row = await transaction<CatalogVersionRow>('catalog_entry_version').where({ id: versionId }).first();
  if (row === undefined) throw new Error('the catalogue version of a case is not in the register');
  const { definition, state } = checkCatalogVersion(integrity, row);
  const version = {
    id: row.id,
    state,
    effective_from: row.effective_from,
    entryId: row.catalog_entry_id,
    definition,
  };
  if (state === 'published' || state === 'superseded') kept.set(versionId, version);
  return version;
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
  asked: { readonly authorityId: string; readonly entryId: string; readonly on: string },
): Promise<AuthorityRow | (AuthorityRow & EntitlementRow) | null> {
  const { rows } = await transaction.raw<{ rows: AuthorityRow[] }>(AUTHORITY_AND_ENTITLEMENT_ON, asked);
  return rows[0] ?? null;
}

function isEntitled(row: AuthorityRow): row is AuthorityRow & EntitlementRow {
  return 'mode' in row && row.mode !== null;
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
  { id, entryId, definition }: PublishedVersion,
  authority: AuthorityRow & EntitlementRow,
): IssuanceRules {
  return {
    catalogEntryId: entryId,
    catalogEntryVersionId: id,
    definition,
    entitlement: entitlementView(authority, authority.credit_code),
    authority: { id: authority.id, name: authority.name, creditCode: authority.credit_code },
  };
}
