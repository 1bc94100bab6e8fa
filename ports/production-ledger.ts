import type { Face } from '../domain/catalog/face-schema';
import type { IssuanceRequest } from '../domain/issuance/issuance-request';
import type { SealWait } from '../domain/sealing/choose-seal';
import type { IssuanceRules } from './issuance-desk';
import type { Standing } from './issuance-ledger';

/** What ③ needs to write the files: numbered, identified, complete; the same at every repetition. */
export interface ProductionOrder {
  readonly certificateId: string;
  readonly certificateVersionId: string;
  readonly number: string;
  readonly identifier: string;
  readonly version: string;
  readonly face: Face;
  readonly verificationCode: string;
  /** Instant written into the files; fixed at the first try. */
  readonly preparedAt: Date;
}

/** A seal that may be used now for one place on the certificate. */
export interface ChosenSeal {
  readonly ordinal: number;
  readonly last: boolean;
  readonly sealId: string;
  readonly mandateId: string;
  readonly electronicSeal: Uint8Array;
  readonly ofdCertificate: Uint8Array;
  readonly ofdKeyId: string;
  readonly pdfCertificate: Uint8Array;
  readonly pdfChain: readonly Uint8Array[];
  readonly pdfKeyId: string;
  readonly pdfAppearance: string;
  readonly widthMm: number;
  readonly heightMm: number;
  readonly sealName: string;
}

export interface NewSealingIntent {
  readonly id: string;
  readonly fileKind: 'ofd' | 'pdf';
  readonly containerDigest: string;
  readonly containerSizeBytes: number;
  readonly toBeSigned: Uint8Array;
  readonly finishing: Readonly<Record<string, unknown>>;
  readonly signedAtClaim: Date;
}

/** What is sealed so far, so that the next seal of a joint issue goes onto it. */
export interface SealedSoFar {
  readonly ofdDigest: string | null;
  readonly pdfDigest: string | null;
}

/** The seal for the next place without one, or why none can be used; `complete` when all have sealed. */
export type NextSeal =
  | { readonly kind: 'seal'; readonly seal: ChosenSeal; readonly sealed: SealedSoFar }
  | { readonly kind: 'wait'; readonly why: SealWait }
  | { readonly kind: 'complete' };

/** Step ③ as its activity sees the register. */
export interface ProductionLedger {
  /**
   * Gives number, identifier and code, and writes certificate and version in `awaitingSeal`, once per case; tells what
   * to draw it from and which seal comes next. A case that must not be produced (withdrawn meanwhile, number taken)
   * answers where it stands.
   */
  order(issuanceId: string): Promise<
    | {
        readonly kind: 'order';
        readonly order: ProductionOrder;
        readonly rules: IssuanceRules;
        readonly request: IssuanceRequest;
        readonly next: NextSeal;
      }
    | { readonly kind: 'stands'; readonly standing: Standing }
  >;
  /** Records the containers and intents of one seal; voids older open ones for the same place. State becomes `prepared`. */
  recordIntents(
    issuanceId: string,
    seal: ChosenSeal,
    intents: readonly NewSealingIntent[],
  ): Promise<Standing>;
  awaitSeal(issuanceId: string, why: SealWait): Promise<Standing>;
  /** The case goes back to whoever wrote it, saying what could not be printed and where; the number is kept for it. */
  stopProduction(issuanceId: string, code: string, detail: string): Promise<Standing>;
}
