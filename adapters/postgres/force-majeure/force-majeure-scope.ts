import type { Knex } from 'knex';
import type { AffectedOperation } from '../../../domain/force-majeure/affected-item';
import { legalDateAt } from '../../../domain/shared/legal-date';
import type { Problem } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { WantedScope } from '../../../ports/force-majeure-desk';
import { SEVERAL_TRADES } from './force-majeure-row';

export interface ScopePair {
  readonly authority_id: string;
  readonly catalog_entry_id: string;
  readonly trade: string;
}

interface EntitledRow extends ScopePair {
  readonly code: string;
}

/**
 * In: units, types and an instant. Out: the pairs of unit and type that exist (who may issue what, or did so as the
 * predecessor of a merged unit). Refuses a unit without any of the types, and a type that none of the units has.
 */
export async function pairsOf(
  transaction: Knex.Transaction,
  wanted: WantedScope,
  now: Date,
): Promise<Result<readonly ScopePair[], readonly Problem[]>> {
  const { rows } = await transaction.raw<{ rows: EntitledRow[] }>(
    `SELECT DISTINCT n.authority_id, n.catalog_entry_id, k.trade, k.code
     FROM catalog_entitlement n JOIN catalog_entry k ON k.id = n.catalog_entry_id
     WHERE n.authority_id = ANY (?::uuid[]) AND k.code = ANY (?::text[]) AND n.valid_from <= ?::date
     ORDER BY n.authority_id, k.code`,
    [[...wanted.authorityIds], [...wanted.catalogCodes], legalDateAt(now.getTime())],
  );
  const problems = [
    ...wanted.authorityIds.flatMap((id, index) =>
      rows.some((row) => row.authority_id === id)
        ? []
        : [problem(`/authorityIds/${index}`, 'noSuchType', '该单位没有所列类型的发证职责，请核对')],
    ),
    ...wanted.catalogCodes.flatMap((code, index) =>
      rows.some((row) => row.code === code)
        ? []
        : [problem(`/catalogCodes/${index}`, 'noSuchUnit', '所列单位均无该类型的发证职责，请核对')],
    ),
  ];
  return problems.length > 0 ? refused(problems) : accepted(rows);
}

/** Effect: the pairs are in the scope with the operations, added to those that were there. Out: the units that are new in it. */
export async function includePairs(
  transaction: Knex.Transaction,
  event: { readonly id: string },
  pairs: readonly ScopePair[],
  included: {
    readonly operations: readonly AffectedOperation[];
    readonly by: string;
    readonly at: Date;
    readonly isExtension: boolean;
  },
): Promise<readonly string[]> {
  const before = await transaction<{ authority_id: string }>('force_majeure_scope')
    .where({ event_id: event.id } as object)
    .distinct('authority_id');
  const known = new Set(before.map((row) => row.authority_id));
  for (const pair of pairs) {
    await transaction.raw(
      `INSERT INTO force_majeure_scope AS scope (event_id, authority_id, catalog_entry_id, trade, operations, included_by, included_at, extended_at)
       VALUES (:event, :authority, :entry, :trade, :operations::text[], :by, :at, :extended)
       ON CONFLICT (event_id, authority_id, catalog_entry_id) DO UPDATE SET extended_at = excluded.included_at,
         operations = (SELECT array_agg(DISTINCT each ORDER BY each) FROM unnest(scope.operations || excluded.operations) AS each)`,
      {
        event: event.id,
        authority: pair.authority_id,
        entry: pair.catalog_entry_id,
        trade: pair.trade,
        operations: [...included.operations],
        by: included.by,
        at: included.at,
        extended: included.isExtension ? included.at : null,
      },
    );
  }
  return [...new Set(pairs.map((pair) => pair.authority_id))].filter((id) => !known.has(id));
}

/** The trade of an event: that of its types, or several. */
export function tradeOf(pairs: readonly ScopePair[]): string {
  const trades = new Set(pairs.map(({ trade }) => trade));
  const [only] = trades;
  return trades.size === 1 && only !== undefined ? only : SEVERAL_TRADES;
}

function problem(pointer: string, code: string, expected: string): Problem {
  return { pointer, code, expected };
}
