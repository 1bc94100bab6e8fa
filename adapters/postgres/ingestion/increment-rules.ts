import type { Knex } from 'knex';
import type { CatalogDefinition } from '../../../domain/catalog/catalog-entry';
import type { LegalDate } from '../../../domain/shared/legal-date';
import type { Refusal } from '../../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../../domain/shared/result';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { pinnedDefinition } from '../catalog/catalog-rules';

/** What the increments of a unit and type are judged by. */
export interface IncrementRules {
  readonly entryId: string;
  readonly entryVersionId: string;
  readonly definition: CatalogDefinition;
  readonly authority: { readonly id: string; readonly name: string; readonly creditCode: string };
}

interface RulesRow {
  readonly entry_id: string;
  readonly version_id: string;
  readonly authority_id: string;
  readonly name: string;
  readonly credit_code: string;
  readonly is_daily: boolean | null;
}

/**
 * Version in force, and whether any entitlement of that day is in the mode; whether the exemption has run out is no matter
 * here: what was issued meanwhile is taken in all the same (应归尽归).
 */
const RULES_ON = `
SELECT e.id AS entry_id, v.id AS version_id, a.id AS authority_id, a.name, a.credit_code,
  (SELECT bool_or(n.mode = 'dailyIncrement') FROM catalog_entitlement n
   WHERE n.catalog_entry_id = e.id AND n.authority_id = a.id
     AND n.valid_from <= :on::date AND (n.valid_until IS NULL OR n.valid_until > :on::date)) AS is_daily
FROM catalog_entry e
JOIN LATERAL (SELECT id FROM catalog_entry_version WHERE catalog_entry_id = e.id AND state IN ('published', 'superseded')
              AND effective_from <= :on::date ORDER BY version DESC LIMIT 1) v ON true
CROSS JOIN authority a
WHERE e.code = :code AND a.id = :authority`;

/**
 * In: a type, a unit and the day of receipt. Out: what its increments are judged by, whether the city issues the type or only
 * collects it; or the refusal: `catalogEntryUnknown`, `authorityNotEntitled` (no entitlement that day), `notInIncrementMode`.
 */
export async function loadIncrementRules(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  wanted: { readonly catalogCode: string; readonly authorityId: string; readonly on: LegalDate },
): Promise<Result<IncrementRules, Refusal>> {
  const { rows } = await transaction.raw<{ rows: RulesRow[] }>(RULES_ON, {
    code: wanted.catalogCode,
    authority: wanted.authorityId,
    on: wanted.on,
  });
  const [row] = rows;
  if (row === undefined) return refused({ code: 'catalogEntryUnknown' });
  if (row.is_daily === null) return refused({ code: 'authorityNotEntitled' });
  if (!row.is_daily) return refused({ code: 'notInIncrementMode' });
  return accepted({
    entryId: row.entry_id,
    entryVersionId: row.version_id,
    definition: await pinnedDefinition(transaction, integrity, row.version_id),
    authority: { id: row.authority_id, name: row.name, creditCode: row.credit_code },
  });
}
