import type { Knex } from 'knex';
import type { SystemPrincipal } from '../../../domain/shared/principal';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import {
  checkRow,
  SEALED_COLUMNS,
  type SealedTable,
  type SealedValues,
  sealRow,
} from '../../cipher/sealed-row';
import type { Register } from '../register/register';

const ROTATION: SystemPrincipal = { kind: 'system', component: 'rotation' };

type SealedRow = SealedValues<SealedTable> & { readonly mac_key_id: string; readonly mac: Buffer };

/** The key of each sealed table and where its HMAC-SM3 stands; rows of these tables are few. */
const TABLES = {
  role_assignment: { keys: ['id'], keyId: 'mac_key_id', mac: 'mac' },
  catalog_entry_version: { keys: ['id'], keyId: 'mac_key_id', mac: 'mac' },
  seal: { keys: ['id'], keyId: 'mac_key_id', mac: 'mac' },
  seal_use_mandate: { keys: ['id'], keyId: 'mac_key_id', mac: 'mac' },
  sla_policy: { keys: ['key', 'version'], keyId: 'mac_key_id', mac: 'mac' },
  person: { keys: ['id'], keyId: 'leave_mac_key_id', mac: 'leave_mac' },
} as const satisfies Record<
  SealedTable,
  { readonly keys: readonly string[]; readonly keyId: string; readonly mac: string }
>;

/**
 * Effect: every sealed row is checked with the key it names and sealed anew with the current one; after that an older key can
 * be taken away. Safe to repeat. Out: how many rows. Throws `RowTampered` at a row that was changed behind the product's back.
 */
export async function resealRows(register: Register, integrity: RowIntegrity): Promise<number> {
  let resealed = 0;
  for (const table of sealedTables()) {
    resealed += await register.within(ROTATION, (transaction) => resealTable(transaction, integrity, table));
  }
  return resealed;
}

function sealedTables(): readonly SealedTable[] {
  return Object.keys(SEALED_COLUMNS).filter((name): name is SealedTable =>
    Object.hasOwn(SEALED_COLUMNS, name),
  );
}

async function resealTable(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  table: SealedTable,
): Promise<number> {
  const { keys, keyId, mac } = TABLES[table];
  const rows: readonly SealedRow[] = await transaction(table)
    .select('*', { mac_key_id: keyId, mac })
    .whereNotNull(mac)
    .forUpdate();
  for (const row of rows) {
    const renewed = sealRow(integrity, table, checkRow(integrity, table, row));
    const cells: Readonly<Record<string, unknown>> = row;
    await transaction(table)
      .where(Object.fromEntries(keys.map((key) => [key, cells[key]])))
      .update({ [keyId]: renewed.mac_key_id, [mac]: renewed.mac });
  }
  return rows.length;
}
