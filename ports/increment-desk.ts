import type { SynchronyExemption } from '../domain/catalog/catalog-entry';
import type { Face } from '../domain/catalog/face-schema';
import type { IncrementCells } from '../domain/ingestion/increment-columns';
import type { IncrementDayState } from '../domain/ingestion/lifecycle';
import type { RowProblem } from '../domain/ingestion/row-reading';
import type { IncrementFormat, IncrementRowState } from '../domain/ingestion/upload-format';
import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import type { Idempotency } from './idempotency';
import type { Page, PageRequest } from './page';

/** What a unit delivers: rows of a JSON body, a file, or that there was nothing. */
export type IncrementContent =
  | { readonly kind: 'rows'; readonly rows: readonly IncrementCells[] }
  | { readonly kind: 'file'; readonly bytes: Uint8Array; readonly fileName: string }
  | { readonly kind: 'zeroReport'; readonly date: string };

export interface IncrementDelivery {
  readonly catalogCode: string;
  readonly content: IncrementContent;
  /** The upload whose rejected rows are brought again, or null. */
  readonly retryOf: string | null;
  /** When the last byte had arrived (art. 8: until 24:00). */
  readonly receivedAt: Date;
}

export interface IncrementUploadView {
  readonly id: string;
  readonly receipt: string;
  readonly authorityId: string;
  readonly catalogCode: string;
  readonly certificateName: string;
  readonly format: IncrementFormat;
  readonly zeroReportFor: string | null;
  readonly retryOfId: string | null;
  readonly acceptedCount: number;
  readonly lateCount: number;
  readonly rejectedCount: number;
  /** Rejected rows that came in with a later upload. */
  readonly mendedCount: number;
  readonly receivedAt: string;
  readonly availableOperations: readonly 'retry'[];
}

export interface IncrementRowView {
  readonly rowNumber: number;
  readonly state: IncrementRowState;
  readonly problems: readonly RowProblem[];
  /** Masked; null for a row that was not accepted. */
  readonly record: {
    readonly businessNumber: string;
    readonly number: string;
    readonly recordedOn: string;
    readonly isLate: boolean;
    readonly maskedFace: Face;
    readonly maskedHolders: readonly { readonly name: string; readonly code: string | null }[];
  } | null;
}

export interface IncrementDayView {
  readonly id: string;
  readonly authorityId: string;
  readonly catalogCode: string;
  readonly certificateName: string;
  readonly date: string;
  readonly state: IncrementDayState;
  readonly inTimeCount: number;
  readonly lateCount: number;
  readonly zeroReportedAt: string | null;
  readonly caughtUpAt: string | null;
  readonly forceMajeureEventId: string | null;
  readonly availableOperations: readonly ('upload' | 'reportZero')[];
}

export interface IncrementMonth {
  readonly days: readonly IncrementDayView[];
  /** Newest first. */
  readonly uploads: readonly IncrementUploadView[];
}

export interface IncrementModeView {
  /** Of the entitlement. */
  readonly id: string;
  readonly authorityId: string;
  readonly catalogCode: string;
  readonly mode: 'synchronous' | 'dailyIncrement';
  readonly exemption: SynchronyExemption | null;
  readonly validFrom: string;
  readonly validUntil: string | null;
  readonly isExemptionInForce: boolean;
  readonly availableOperations: readonly 'setMode'[];
}

/** Daily increments as units and those above them work with them. What is outside the principal's scope is not found. */
export interface IncrementDesk {
  /** One upload with its receipt, per-row results and the days it closes, in one transaction; once per key. */
  deliver(
    principal: Principal,
    delivery: IncrementDelivery,
    idempotency: Idempotency,
  ): Promise<Result<{ readonly uploadId: string; readonly replayed: boolean }, Refusal>>;
  /** The rejected rows of an upload judged anew, as they are; an upload of its own, or a refusal when none is left. */
  retry(
    principal: Principal,
    uploadId: string,
    receivedAt: Date,
    idempotency: Idempotency,
  ): Promise<Result<{ readonly uploadId: string; readonly replayed: boolean }, Refusal>>;
  upload(principal: Principal, uploadId: string): Promise<IncrementUploadView | null>;
  rows(
    principal: Principal,
    uploadId: string,
    state: IncrementRowView['state'] | null,
    page: PageRequest,
  ): Promise<Page<IncrementRowView> | null>;
  /** The rejected rows with row numbers and reasons as CSV, to be mended and uploaded again; the read is recorded (art. 23). */
  errorFile(
    principal: Principal,
    uploadId: string,
    read: { readonly purpose: string; readonly traceId: string },
  ): Promise<Result<Uint8Array, Refusal>>;
  /** `month` is YYYY-MM; without a unit all in scope. */
  month(
    principal: Principal,
    filter: {
      readonly authorityId: string | null;
      readonly catalogCode: string | null;
      readonly month: string;
    },
  ): Promise<IncrementMonth>;
  day(principal: Principal, dayId: string): Promise<IncrementDayView | null>;
  modes(principal: Principal): Promise<readonly IncrementModeView[]>;
  /** Art. 8: who cannot issue synchronously, and why. Only the city decides. */
  setMode(
    principal: Principal,
    entitlementId: string,
    mode:
      | { readonly mode: 'synchronous' }
      | { readonly mode: 'dailyIncrement'; readonly exemption: SynchronyExemption },
  ): Promise<Result<IncrementModeView, Refusal>>;
}
