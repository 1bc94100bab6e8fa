import type { FileJudgement } from '../domain/verification/judge-file';

/** Against what a file is judged: anchors and revocation lists in DER, and the instant for which it shall hold. */
export interface FileEvidence {
  readonly trustAnchors: readonly Uint8Array[];
  readonly revocationLists: readonly Uint8Array[];
  readonly judgedAt: Date;
  /** RFC 3161 tokens kept beside the file. */
  readonly timestamps: readonly Uint8Array[];
  /** By when the register recorded exactly these bytes; null for a file that it does not know. */
  readonly recordedBy: Date | null;
}

export type FileVerdict =
  | ({ readonly kind: 'judged'; readonly format: 'ofd' | 'pdf' } & FileJudgement & {
        /** When the seals say they were set, RFC 3339; null where nothing proves it. */
        readonly sealedAt: string | null;
        readonly signers: readonly string[];
      })
  /** Neither OFD nor PDF, or damaged or oversized beyond reading. */
  | { readonly kind: 'notReadable' };

/** Judges the cryptography of an OFD or PDF by itself, off line; never throws for what the bytes contain. */
export interface FileVerifier {
  verify(bytes: Uint8Array, evidence: FileEvidence): Promise<FileVerdict>;
}
