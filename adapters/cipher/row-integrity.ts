import { timingSafeEqual } from 'node:crypto';
import { hmacSm3 } from '../../documents/sm/sm3';
import type { RowIntegrity } from '../../ports/personal-data-cipher';
import { checkDataKeys, type DataKey, type DataKeys } from './data-keys';
import { lengthPrefixed } from './length-prefixed';

const PURPOSE = 'ecert-row-integrity/1';
/** One byte before each field: a null and an empty text must not look alike. */
const ABSENT = Buffer.from([0]);
const PRESENT = Buffer.from([1]);

/** A row that gives power was changed behind the product's back. */
export class RowTampered extends Error {
  constructor(table: string) {
    super(`a row of ${table} does not agree with its HMAC-SM3: it was changed behind the product's back`);
    this.name = 'RowTampered';
  }
}

/** HMAC-SM3 over the rows of roles, seals, mandates and policies (integrity as GB/T 39786 asks for). */
export class Sm3RowIntegrity implements RowIntegrity {
  readonly #keys: ReadonlyMap<string, DataKey>;
  readonly #currentKeyId: string;
  readonly #current: DataKey;

  constructor(keys: DataKeys) {
    this.#current = checkDataKeys(keys);
    this.#currentKeyId = keys.currentKeyId;
    this.#keys = new Map(keys.keys);
  }

  seal(
    table: string,
    fields: readonly (string | number | null)[],
  ): { readonly keyId: string; readonly mac: Buffer } {
    return { keyId: this.#currentKeyId, mac: macOf(this.#current, this.#currentKeyId, table, fields) };
  }

  check(table: string, fields: readonly (string | number | null)[], keyId: string, mac: Uint8Array): void {
    const key = this.#keys.get(keyId);
    if (key === undefined) throw new Error(`${table}: no data key "${keyId}"`);
    const expected = macOf(key, keyId, table, fields);
    if (mac.length !== expected.length || !timingSafeEqual(expected, mac)) throw new RowTampered(table);
  }
}

function macOf(
  key: DataKey,
  keyId: string,
  table: string,
  fields: readonly (string | number | null)[],
): Buffer {
  const pieces = fields.map((field) =>
    field === null ? ABSENT : Buffer.concat([PRESENT, Buffer.from(String(field), 'utf8')]),
  );
  return Buffer.from(hmacSm3(key.macKey, lengthPrefixed([PURPOSE, keyId, table, ...pieces])));
}
