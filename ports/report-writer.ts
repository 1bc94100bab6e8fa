import type { Verdict } from '../domain/verification/judge-certificate';
import type { FileEvidence } from './file-verifier';

/** What the register adds to what a file says of itself. */
export interface RegisterStatement {
  readonly verdict: Verdict;
  readonly sentence: string;
  readonly rows: readonly { readonly label: string; readonly value: string }[];
}

/** Writes verification reports for people (art. 6). */
export interface ReportWriter {
  /**
   * The sealed report on a file as a PDF, judged against the same evidence as the answer in JSON. Null when no key for
   * reports is there. Faults of the key store are thrown.
   */
  write(bytes: Uint8Array, evidence: FileEvidence, register: RegisterStatement): Promise<Uint8Array | null>;
}
