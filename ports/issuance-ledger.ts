import type { ComparisonOutcome, RecordComparison } from '../domain/issuance/compare-record';
import type { IssuanceRequest } from '../domain/issuance/issuance-request';
import type { IssuanceState } from '../domain/issuance/lifecycle';
import type { IssuanceRules } from './issuance-desk';

/** Where a case stands: everything its workflow needs to go on, and nothing personal (it goes into histories). */
export interface Standing {
  readonly state: IssuanceState;
  /** The open or just decided review task, if any. */
  readonly taskId: string | null;
  /** Milliseconds, by the register's clock, until the decision taken takes effect; null when none is pending. */
  readonly decisionTakesEffectInMs: number | null;
  /** Milliseconds until the running deadline of the present wait is due; null: none, or awaiting its calendar. */
  readonly dueInMs: number | null;
}

export interface IssuanceCase {
  readonly id: string;
  readonly state: IssuanceState;
  readonly origin: 'agency' | 'form' | 'backEntry';
  readonly rules: IssuanceRules;
  readonly request: IssuanceRequest;
  readonly comparisonOutcome: ComparisonOutcome | null;
  /** Where the agency's own record is asked for; null: no system is connected. */
  readonly recordUrl: string | null;
}

/** Steps ① and ② of an issuance as its activities see the register. Each method is idempotent and safe to repeat after a crash. */
export interface IssuanceLedger {
  load(issuanceId: string): Promise<IssuanceCase>;
  whereItStands(issuanceId: string): Promise<Standing>;
  /** ① Takes the uniqueness reservation, or refuses the case with the reason; the type must still be in force. */
  admit(issuanceId: string): Promise<Standing>;
  recordComparison(issuanceId: string, comparison: RecordComparison): Promise<void>;
  /** Shows people what the case waits for; null when it moves again. */
  noteWaiting(issuanceId: string, waitingFor: string | null): Promise<void>;
  /** ② Opens a review task where the policy or the comparison wants one, else lets the case pass. */
  openReview(issuanceId: string): Promise<Standing>;
  /** ② Applies the reviewer's decision once it has taken effect. */
  settleReview(issuanceId: string): Promise<Standing>;
  /** Asks again whether a deadline that rang is really overdue, and tells the next in the ladder, once. */
  confirmDeadline(issuanceId: string): Promise<Standing>;
}
