import type { HolderReportKind } from '../domain/certificate-change/holder-report';
import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import type { Idempotency } from './idempotency';

/** What became of a holder, known by his code alone. */
export interface HolderReport {
  readonly kind: HolderReportKind;
  readonly code: string;
}

/** Certificates that rest on something which has changed. Nothing ends by itself: people look at each. */
export interface DependencyDesk {
  /** By an operator of the certificate's authority: looked at, and kept as it is; completes the open task. */
  keep(principal: Principal, certificateId: string, reason: string): Promise<Result<null, Refusal>>;
  /** Every live certificate of the holder gets a task at its own authority; what exists where is not told. */
  reportHolder(
    principal: Principal,
    report: HolderReport,
    idempotency: Idempotency,
  ): Promise<Result<{ readonly reportId: string }, Refusal>>;
}
