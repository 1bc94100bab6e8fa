import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import type { DifferenceHandling, DifferenceKind } from '../domain/up-report/compare-day';
import type { UpReportState } from '../domain/up-report/up-report-state';
import type { Page, PageRequest } from './page';

export interface UpReportView {
  readonly id: string;
  readonly state: UpReportState;
  readonly certificateId: string;
  readonly certificateVersionId: string;
  readonly certificateNumber: string;
  readonly certificateName: string;
  readonly authorityId: string;
  readonly operationCode: string;
  readonly receipt: string | null;
  /** Why the region returned or quarantined it. */
  readonly reason: string | null;
  /** What was mended before it was sent again. */
  readonly mended: string | null;
  readonly round: number;
  readonly attempts: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly reportedAt: string | null;
  readonly availableOperations: readonly 'retry'[];
}

export interface UpReportDifferenceView {
  readonly kind: DifferenceKind;
  readonly handling: DifferenceHandling;
  /** Null for a report that we do not know. */
  readonly upReportId: string | null;
  readonly regionReportId: string | null;
}

export interface UpReportReconciliationView {
  readonly date: string;
  readonly state: 'agreed' | 'different';
  /** Reported on the day as it is recorded here, and received as the region says; of the whole city. */
  readonly reportedCount: number;
  readonly receivedCount: number;
  readonly differenceCount: number;
  readonly comparedAt: string;
  /** Those in the reader's scope. */
  readonly differences: readonly UpReportDifferenceView[];
}

/** 归集上报 as the office looks at it. */
export interface UpReportDesk {
  list(principal: Principal, state: UpReportState | null, page: PageRequest): Promise<Page<UpReportView>>;
  find(principal: Principal, upReportId: string): Promise<UpReportView | null>;
  /** What was returned or quarantined is sent again after `mended`, by an operator of the unit. */
  retry(principal: Principal, upReportId: string, mended: string): Promise<Result<UpReportView, Refusal>>;
  /** The newest 60 days that were compared with the region. */
  reconciliations(principal: Principal): Promise<readonly UpReportReconciliationView[]>;
}
