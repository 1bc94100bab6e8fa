import type { DoubtEnd, PlannedOperation } from '../domain/certificate/status-in-doubt';
import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import type { Idempotency } from './idempotency';

export interface PaperDecision {
  readonly name: string;
  readonly number: string;
  readonly date: string;
  readonly organ: string;
}

export interface DoubtView {
  readonly id: string;
  readonly state: 'standing' | 'lifted';
  readonly certificateId: string;
  readonly certificateNumber: string;
  readonly authorityId: string;
  readonly plannedOperation: PlannedOperation;
  readonly eventId: string | null;
  readonly setAt: string;
  readonly liftedAt: string | null;
  readonly liftKind: DoubtEnd | null;
  /** `confirm` for a second person while it stands. */
  readonly availableActions: readonly 'confirm'[];
}

export interface NewDoubt {
  readonly certificateNumber: string;
  /** Needed only where several types know the number. */
  readonly catalogCode: string | null;
  readonly plannedOperation: PlannedOperation;
  readonly decision: PaperDecision;
}

/** Status in doubt (状态存疑) by certificate number alone: set by the unit, or by the city for it (reading 7). */
export interface CertificateDoubts {
  set(principal: Principal, doubt: NewDoubt, idempotency: Idempotency): Promise<Result<DoubtView, Refusal>>;
  /** A second person confirms that nothing is to be entered; a decision that is entered lifts the doubt by itself. */
  confirm(
    principal: Principal,
    lifting: {
      readonly certificateNumber: string;
      readonly catalogCode: string | null;
      readonly reason: string;
    },
    idempotency: Idempotency,
  ): Promise<Result<DoubtView, Refusal>>;
}
