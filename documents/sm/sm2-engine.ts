/** A private key that an engine has taken in; opaque to callers, never serialised, never logged. */
export interface Sm2PrivateKey {
  readonly engine: 'native' | 'fallback';
  /** Uncompressed point, 65 octets: 04‖x‖y. */
  readonly publicPoint: Uint8Array;
  /** Signs a message: Z of the default user id is put in front (GB/T 32918.2); answers DER SEQUENCE{r, s}. */
  sign(message: Uint8Array): Uint8Array;
}

/** One way of computing SM2 signatures. Both ways answer the same for the same input, and tests hold them to it. */
export interface Sm2Engine {
  readonly name: 'native' | 'fallback';
  /** Takes in a PKCS#8 key on the SM2 curve. Throws for any other key. */
  importPrivateKey(pkcs8Der: Uint8Array): Sm2PrivateKey;
  /** True only for a strict DER signature of exactly this message under this point; never throws. */
  verify(publicPoint: Uint8Array, message: Uint8Array, derSignature: Uint8Array): boolean;
}
