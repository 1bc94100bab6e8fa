import type { Face } from '../domain/catalog/face-schema';
import type { Standing } from './issuance-ledger';

/** An intent as ④ redeems it. */
export interface OpenIntent {
  readonly id: string;
  readonly fileKind: 'ofd' | 'pdf';
  readonly sealOrdinal: number;
  readonly keyId: string;
  readonly containerDigest: string;
  readonly toBeSigned: Uint8Array;
  readonly finishing: Readonly<Record<string, unknown>>;
}

export interface RedeemedIntent {
  readonly intentId: string;
  readonly signature: Uint8Array;
  readonly sealedDigest: string;
  readonly sealedSizeBytes: number;
}

/** One file whose seals are to be checked against what was intended. */
export interface FileToCorrespond {
  readonly fileKind: 'ofd' | 'pdf';
  readonly sealedDigest: string;
  readonly seals: readonly {
    readonly ordinal: number;
    readonly toBeSigned: Uint8Array;
    readonly signature: Uint8Array;
  }[];
}

export interface Correspondence {
  readonly files: readonly FileToCorrespond[];
  readonly identifier: string;
  readonly number: string;
  readonly face: Face;
}

/** Steps ④ to ⑥ as their activities see the register. */
export interface SealingLedger {
  openIntents(issuanceId: string): Promise<readonly OpenIntent[]>;
  /**
   * ④ Records signatures and uses and closes the intents, in one transaction that first asks again whether the
   * seal and its mandate may be used and the case was not withdrawn; otherwise voids the intents and says where
   * the case stands. A second redemption of an intent changes nothing.
   */
  redeem(issuanceId: string, redeemed: readonly RedeemedIntent[]): Promise<Standing>;
  whatWasSealed(issuanceId: string): Promise<Correspondence>;
  /** ⑤ Every file is what was intended; when every place has its seal the case is `sealed`, else the next is prepared. */
  completeSealing(issuanceId: string): Promise<Standing>;
  /** ⑥ In force: event, log leaf, files, up-report, deliveries and their outbox rows, in one transaction. */
  issue(issuanceId: string): Promise<Standing>;
}
