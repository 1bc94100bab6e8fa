import type { Result } from '../domain/shared/result';

export type SealAlgorithm = 'sm2-sm3' | 'rsa-sha256';

/** What a key is asked to do: once per sealing intent, however often it is asked. */
export interface SealerRequest {
  /** The sealing intent's id; a service that counts uses counts it once. */
  readonly requestId: string;
  readonly keyId: string;
  readonly algorithm: SealAlgorithm;
  /** Lower-case hex of SM3 or SHA-256 over `toBeSigned`; both are recorded, and the key signs only when they agree. */
  readonly digestHex: string;
  /** DER of TBS_Sign for an OFD seal, DER of the CMS signed attributes for a PDF. */
  readonly toBeSigned: Uint8Array;
}

/** DER{r,s} or PKCS #1 v1.5; or, from a unified seal service, a finished SES_Signature. */
export type SealerAnswer =
  | { readonly kind: 'raw'; readonly value: Uint8Array }
  | { readonly kind: 'sesSignature'; readonly value: Uint8Array };

export type SealerRefusalCode =
  | 'keyUnknown'
  | 'keyStopped'
  | 'quotaExceeded'
  | 'algorithmMismatch'
  | 'digestMismatch';

export interface SealerRefusal {
  readonly code: SealerRefusalCode;
  /** A sentence for whoever runs the system; without secrets. */
  readonly detail: string;
}

export interface SealKeyDescription {
  readonly keyId: string;
  readonly algorithm: 'sm2' | 'rsa3072';
  readonly kind: 'software-test-only' | 'pkcs11' | 'remote';
  /** What must be said wherever the key is shown, such as 仅供测试; null when there is nothing to say. */
  readonly notice: string | null;
  /** DER certificate of the key and the path above it. */
  readonly certificate: Uint8Array;
  readonly chain: readonly Uint8Array[];
  readonly stopped: boolean;
}

export interface SelfTestReport {
  readonly passed: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly passed: boolean;
    readonly detail: string | null;
  }[];
}

/**
 * The only way to a private seal key. Refusals are values: asking again does not help until somebody acts (for
 * `quotaExceeded`: until the quota renews). Faults (store or service out of reach) are thrown, and the same request
 * may be sent again.
 */
export interface Sealer {
  sign(request: SealerRequest): Promise<Result<SealerAnswer, SealerRefusal>>;
  describe(keyId: string): Promise<Result<SealKeyDescription, SealerRefusal>>;
  /** Signs with each key it has and verifies with the certificate; for readiness, not for every request. */
  selfTest(): Promise<SelfTestReport>;
}
