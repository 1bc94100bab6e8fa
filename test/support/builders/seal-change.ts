import { randomUUID } from 'node:crypto';
import { sealRow } from '../../../adapters/cipher/sealed-row';
import {
  type CatalogVersionRow,
  sealedCatalogVersion,
} from '../../../adapters/postgres/catalog/catalog-version-row';
import { tellSealsChanged } from '../../../adapters/postgres/sealing/tell-seals-changed';
import type { CatalogDefinition } from '../../../domain/catalog/catalog-entry';
import { SEEDER } from '../../../main/demonstration/demonstration-deps';
import { DONGSHENG_BUREAU } from '../../../main/demonstration/demonstration-units';
import { personId } from '../../../main/demonstration/seed-accounts';
import { unitId } from '../../../main/demonstration/seed-units';
import type { Foundation } from '../../../main/foundation';
import type { Product } from '../product';
import { aKeyHeader } from './idempotency';

const YEAR_MS = 365 * 86_400_000;

/**
 * Effect: a mandate for a seal and a type stands in the register and the waiting cases are told. The 东胜 bureau's
 * own go through the API of its seal keeper; one of another organ is written as that organ's keeper would.
 * Out: its id.
 */
export async function aMandate(
  product: Product,
  sealId: string,
  catalogCode: string,
  { volumeCap = 1_000, authorityId }: { readonly volumeCap?: number; readonly authorityId?: string } = {},
): Promise<string> {
  if (authorityId !== undefined) return foreignMandate(product, sealId, catalogCode, authorityId, volumeCap);
  const answered = await product.person('sealkeeper1')('POST', '/api/v1/seal-use-mandates', {
    body: { sealId, catalogCode, validFrom: '2026-11-23', validUntil: '2027-11-22', volumeCap },
    headers: aKeyHeader(),
  });
  if (answered.status !== 201) throw new Error(`the mandate was refused: ${answered.text}`);
  const { id }: { id: string } = JSON.parse(answered.text);
  return id;
}

/** Effect: no mandate of a seal is left that runs. */
export async function endMandates(product: Product, sealId: string): Promise<void> {
  const keeper = product.person('sealkeeper1');
  const { items }: { items: readonly { id: string; sealId: string; state: string }[] } = JSON.parse(
    (await keeper('GET', '/api/v1/seal-use-mandates')).text,
  );
  for (const mandate of items.filter((one) => one.sealId === sealId && one.state !== 'ended')) {
    await keeper('POST', `/api/v1/seal-use-mandates/${mandate.id}/end`);
  }
}

/** Effect: the published version of a type reads otherwise, for cases to come. */
export async function changeDefinition(
  { register, integrity }: Pick<Foundation, 'register' | 'integrity'>,
  catalogCode: string,
  change: (definition: CatalogDefinition) => CatalogDefinition,
): Promise<void> {
  await register.within(SEEDER, async (transaction) => {
    const { rows } = await transaction.raw<{ rows: CatalogVersionRow[] }>(
      `SELECT v.* FROM catalog_entry_version v JOIN catalog_entry e ON e.id = v.catalog_entry_id
       WHERE e.code = ? AND v.state = 'published'`,
      [catalogCode],
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`${catalogCode} is not published`);
    const { mac: _mac, mac_key_id: _keyId, ...rest } = row;
    const changed = sealedCatalogVersion(integrity, { ...rest, definition: change(row.definition) });
    // Only these: the name of the type follows from the definition by itself.
    const { definition, mac, mac_key_id } = changed;
    await transaction('catalog_entry_version').where({ id: row.id }).update({ definition, mac, mac_key_id });
  });
}

async function foreignMandate(
  { foundation, clock }: Product,
  sealId: string,
  catalogCode: string,
  authorityId: string,
  volumeCap: number,
): Promise<string> {
  const now = clock.now();
  return foundation.register.within(SEEDER, async (transaction) => {
    const entry = await transaction<{ id: string; code: string }>('catalog_entry')
      .where({ code: catalogCode })
      .first('id');
    const row = {
      id: randomUUID(),
      seal_id: sealId,
      catalog_entry_id: entry?.id ?? '',
      authority_id: authorityId,
      granted_by: personId('sealkeeper1'),
      valid_from: new Date(now.getTime() - 1_000),
      valid_until: new Date(now.getTime() + YEAR_MS),
      volume_cap: volumeCap,
      ended_at: null,
    };
    await transaction('seal_use_mandate').insert({
      ...row,
      ...sealRow(foundation.integrity, 'seal_use_mandate', row),
    });
    await tellSealsChanged(transaction, unitId(DONGSHENG_BUREAU), now);
    return row.id;
  });
}
