import type { Knex } from 'knex';
import type { SystemPrincipal } from '../../../domain/shared/principal';
import { cipherPlace, ENCRYPTED_COLUMNS, type EncryptedColumn } from '../../cipher/encrypted-columns';
import type { Sm4PersonalDataCipher } from '../../cipher/sm4-personal-data-cipher';
import type { Register } from '../register/register';

const ROTATION: SystemPrincipal = { kind: 'system', component: 'rotation' };
const PAGE = 200;

export interface RotatedColumn {
  readonly column: EncryptedColumn;
  /** Rows that rested on another key and rest on the current one now. */
  readonly rotated: number;
  readonly looked: number;
}

type Cell = string | number;

/**
 * Effect: every encrypted column rests on the current key; after that an older key can be taken away. In pages, each its own
 * transaction, beside running work: a row that somebody rewrites meanwhile is left to its new value. Safe to repeat and to
 * interrupt. Out: what was done per column. Throws when a ciphertext was tampered with: it is not made to look right again.
 */
export async function rotatePersonalData(
  register: Register,
  cipher: Sm4PersonalDataCipher,
): Promise<readonly RotatedColumn[]> {
  const done: RotatedColumn[] = [];
  for (const column of encryptedColumns()) done.push(await rotateColumn(register, cipher, column));
  return done;
}

function encryptedColumns(): readonly EncryptedColumn[] {
  return Object.keys(ENCRYPTED_COLUMNS).filter((name): name is EncryptedColumn =>
    Object.hasOwn(ENCRYPTED_COLUMNS, name),
  );
}

async function rotateColumn(
  register: Register,
  cipher: Sm4PersonalDataCipher,
  column: EncryptedColumn,
): Promise<RotatedColumn> {
  let rotated = 0;
  let looked = 0;
  for (let after: readonly Cell[] | null = null; ; ) {
    const page: PageResult = await register.within(ROTATION, (transaction) =>
      rotatePage(transaction, cipher, column, after),
    );
    rotated += page.rotated;
    looked += page.looked;
    if (page.last === null) return { column, rotated, looked };
    after = page.last;
  }
}

interface PageResult {
  readonly rotated: number;
  readonly looked: number;
  /** Key of the last row looked at; null when there are no more. */
  readonly last: readonly Cell[] | null;
}

async function rotatePage(
  transaction: Knex.Transaction,
  cipher: Sm4PersonalDataCipher,
  column: EncryptedColumn,
  after: readonly Cell[] | null,
): Promise<PageResult> {
  const { table, field, keys } = partsOf(column);
  const query = transaction(table)
    .select(...keys, field)
    .whereNotNull(field)
    .orderBy([...keys])
    .limit(PAGE);
  if (after !== null) {
    const names = keys.map(() => '??').join(', ');
    const values = keys.map(() => '?').join(', ');
    query.whereRaw(`(${names}) > (${values})`, [...keys, ...after]);
  }
  const rows: readonly Readonly<Record<string, unknown>>[] = await query;
  let rotated = 0;
  for (const row of rows) {
    const stored = row[field];
    if (!Buffer.isBuffer(stored) || !cipher.needsRotation(stored)) continue;
    const place = cipherPlace(column, ...keyOf(row, keys));
    const renewed = cipher.encrypt(cipher.decrypt(stored, place), place);
    rotated += await transaction(table)
      .where(Object.fromEntries(keys.map((key, index) => [key, keyOf(row, keys)[index]])))
      .where(field, stored)
      .update({ [field]: renewed });
  }
  const last = rows.at(-1);
  return {
    rotated,
    looked: rows.length,
    last: rows.length < PAGE || last === undefined ? null : keyOf(last, keys),
  };
}

function partsOf(column: EncryptedColumn): {
  readonly table: string;
  readonly field: string;
  readonly keys: readonly string[];
} {
  const [table = '', field = ''] = column.split('.');
  return { table, field, keys: ENCRYPTED_COLUMNS[column] };
}

function keyOf(row: Readonly<Record<string, unknown>>, keys: readonly string[]): Cell[] {
  return keys.map((key) => {
    const value = row[key];
    if (typeof value !== 'string' && typeof value !== 'number') throw new TypeError(`${key} is no key`);
    return value;
  });
}
