/** Where a ciphertext lives; bound into its integrity check, so that it cannot be moved to another column or row. */
export interface CipherPlace {
  readonly column: string;
  readonly rowId: string;
}

/** SM4-CTR with HMAC-SM3 (encrypt then MAC) over key id, column, row and ciphertext; look-up by HMAC-SM3. */
export interface PersonalDataCipher {
  encrypt(plaintext: string, place: CipherPlace): Buffer;
  /** Throws when the ciphertext was changed or moved. */
  decrypt(ciphertext: Uint8Array, place: CipherPlace): string;
  /** Deterministic keyed digest by which an exact value is found again; normalised by the caller. */
  lookup(kind: 'holderCode' | 'holderName' | 'uniqueness' | 'verificationCode', value: string): Buffer;
}

/** HMAC-SM3 over rows that give power (roles, seals, mandates, policies), checked whenever they are read. */
export interface RowIntegrity {
  seal(
    table: string,
    fields: readonly (string | number | null)[],
  ): { readonly keyId: string; readonly mac: Buffer };
  /** Throws when the row was changed behind the product's back. */
  check(table: string, fields: readonly (string | number | null)[], keyId: string, mac: Uint8Array): void;
}
