import type { Knex } from 'knex';
import type { SlaBasis, SlaPolicy, SlaUnit } from '../../../domain/sla/sla-policy';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { checkRow, sealRow } from '../../cipher/sealed-row';

interface PolicyRow {
  readonly key: string;
  readonly version: number;
  readonly name: string;
  readonly starts_with: string;
  readonly value: string;
  readonly unit: SlaUnit;
  readonly hard: boolean;
  readonly legal_basis: SlaBasis;
  readonly set_by: string | null;
  readonly set_at: Date;
  readonly mac_key_id: string;
  readonly mac: Buffer;
}

/**
 * Out: a version of a policy, the newest when none is named, its HMAC-SM3 checked. Throws for an unknown key or version:
 * keys are the programme's own words.
 */
export async function loadSlaPolicy(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  key: string,
  version?: number,
): Promise<SlaPolicy> {
  const row = await transaction<PolicyRow>('sla_policy')
    .where(version === undefined ? { key } : { key, version })
    .orderBy('version', 'desc')
    .first();
  if (row === undefined) throw new Error(`there is no time limit "${key}" in the register`);
  return policyOf(integrity, row);
}

/** Out: the newest version of every policy, ordered by key. */
export async function listSlaPolicies(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
): Promise<readonly SlaPolicy[]> {
  const { rows } = await transaction.raw<{ rows: PolicyRow[] }>(
    'SELECT DISTINCT ON (key) * FROM sla_policy ORDER BY key, version DESC',
  );
  return rows.map((row) => policyOf(integrity, row));
}

/** Effect: a version of a policy, as `checkPolicyChange` made it, is written; a version that is there stays as it is. Out: whether it was new. */
export async function storeSlaPolicy(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  policy: SlaPolicy,
  set: { readonly by: string | null; readonly at: Date },
): Promise<boolean> {
  const row = {
    key: policy.key,
    version: policy.version,
    name: policy.name,
    starts_with: policy.startsAt,
    value: policy.value,
    unit: policy.unit,
    hard: policy.hard,
    legal_basis: policy.basis,
    set_by: set.by,
    set_at: set.at,
  };
  const written = await transaction('sla_policy')
    .insert({
      ...row,
      legal_basis: JSON.stringify(policy.basis),
      ...sealRow(integrity, 'sla_policy', row),
    })
    .onConflict(['key', 'version'])
    .ignore()
    .returning('key');
  return written.length > 0;
}

function policyOf(integrity: RowIntegrity, row: PolicyRow): SlaPolicy {
  checkRow(integrity, 'sla_policy', row);
  return {
    key: row.key,
    name: row.name,
    startsAt: row.starts_with,
    value: Number(row.value),
    unit: row.unit,
    hard: row.hard,
    basis: row.legal_basis,
    version: row.version,
  };
}
