import type { CatalogDefinition } from '../../../domain/catalog/catalog-entry';
import type { CatalogVersionState } from '../../../domain/catalog/lifecycle';
import type { LegalDate } from '../../../domain/shared/legal-date';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { checkRow, sealRow } from '../../cipher/sealed-row';

export interface CatalogVersionRow {
  readonly id: string;
  readonly catalog_entry_id: string;
  readonly version: number;
  readonly state: CatalogVersionState;
  readonly definition: CatalogDefinition;
  readonly effective_from: LegalDate | null;
  readonly drafted_by: string | null;
  readonly approved_by: string | null;
  /** Why it was sent back or withdrawn; absent from a row that never was. */
  readonly state_reason?: string | null;
  readonly created_at: Date;
  readonly published_at: Date | null;
  readonly mac_key_id: string;
  readonly mac: Buffer;
}

/** In: a row as read. Out: the same row; throws `RowTampered` when it does not agree with its HMAC-SM3. */
export function checkCatalogVersion(integrity: RowIntegrity, row: CatalogVersionRow): CatalogVersionRow {
  return checkRow(integrity, 'catalog_entry_version', row);
}

/** In: the row as it shall be. Out: the columns to write, with a fresh HMAC-SM3 and the definition as JSON text. */
export function sealedCatalogVersion(
  integrity: RowIntegrity,
  row: Omit<CatalogVersionRow, 'mac' | 'mac_key_id'>,
): Readonly<Record<string, unknown>> {
  return {
    ...row,
    definition: JSON.stringify(row.definition),
    ...sealRow(integrity, 'catalog_entry_version', row),
  };
}
