import type { RowIntegrity } from '../../ports/personal-data-cipher';
import { canonicalJson } from '../postgres/register/canonical-json';

/**
 * The columns that each HMAC-SM3 covers, in order: all that decide who may do what. Of a person it is the leave, kept in
 * `leave_mac_key_id` and `leave_mac`.
 */
export const SEALED_COLUMNS = {
  role_assignment: [
    'id',
    'person_id',
    'role',
    'area_code',
    'authority_id',
    'trade',
    'granted_by',
    'granted_at',
    'ends_at',
  ],
  catalog_entry_version: [
    'id',
    'catalog_entry_id',
    'version',
    'state',
    'definition',
    'effective_from',
    'drafted_by',
    'approved_by',
    'published_at',
  ],
  seal: [
    'id',
    'authority_id',
    'name',
    'kind',
    'state',
    'electronic_seal',
    'ofd_key_id',
    'ofd_certificate',
    'pdf_key_id',
    'pdf_certificate',
    'pdf_chain',
    'valid_from',
    'valid_until',
  ],
  seal_use_mandate: [
    'id',
    'seal_id',
    'catalog_entry_id',
    'authority_id',
    'granted_by',
    'valid_from',
    'valid_until',
    'volume_cap',
    'ended_at',
  ],
  sla_policy: [
    'key',
    'version',
    'name',
    'starts_with',
    'value',
    'unit',
    'hard',
    'legal_basis',
    'set_by',
    'set_at',
  ],
  person: ['id', 'on_leave_from', 'on_leave_until', 'substitute_id'],
} as const satisfies Record<string, readonly string[]>;

export type SealedTable = keyof typeof SEALED_COLUMNS;
type Column<Table extends SealedTable> = (typeof SEALED_COLUMNS)[Table][number];

/** The values of the covered columns, as they are written to or read from the database. */
export type SealedValues<Table extends SealedTable> = Readonly<Record<Column<Table>, unknown>>;

/**
 * In: a row as it is about to be written; every covered column must be there. Out: its two integrity columns. Dates are
 * YYYY-MM-DD, instants Date, jsonb plain values, bytea Buffer, as the register's connection reads them.
 */
export function sealRow<Table extends SealedTable>(
  integrity: RowIntegrity,
  table: Table,
  row: SealedValues<Table>,
): { readonly mac_key_id: string; readonly mac: Buffer } {
  const { keyId, mac } = integrity.seal(table, fieldsOf(table, row));
  return { mac_key_id: keyId, mac };
}

/** Throws `RowTampered` when a row that was read does not agree with its HMAC-SM3; out: the same row. */
export function checkRow<
  Table extends SealedTable,
  Checked extends SealedValues<Table> & { readonly mac_key_id: string; readonly mac: Uint8Array },
>(integrity: RowIntegrity, table: Table, row: Checked): Checked {
  integrity.check(table, fieldsOf(table, row), row.mac_key_id, row.mac);
  return row;
}

function fieldsOf(table: SealedTable, row: Readonly<Record<string, unknown>>): (string | null)[] {
  const columns: readonly string[] = SEALED_COLUMNS[table];
  return columns.map((column) => {
    if (!Object.hasOwn(row, column)) throw new TypeError(`${table}.${column} is missing from the row`);
    return fieldText(row[column]);
  });
}

function fieldText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value) && value.every((part) => part instanceof Uint8Array)) {
    return value.map((part) => Buffer.from(part).toString('hex')).join(',');
  }
  return canonicalJson(value);
}
