import type { LegalDate } from '../domain/shared/legal-date';
import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import type { BoardStanding, EndedStanding } from '../domain/sla/board-standing';
import type { DeadlineState } from '../domain/sla/deadline-state';
import type { RungRecipient } from '../domain/sla/escalation-ladder';
import type { SlaBasis, SlaUnit } from '../domain/sla/sla-policy';
import type { DayExplanation, Suspension } from '../domain/sla/working-days';
import type { Page, PageRequest } from './page';

export interface DeadlineView {
  readonly id: string;
  readonly state: DeadlineState;
  /** The column of the board; null for one that was closed without being needed. */
  readonly standing: BoardStanding | EndedStanding | null;
  readonly caseKind: string;
  readonly caseId: string;
  readonly key: string;
  /** What the limit is for, in Chinese. */
  readonly name: string;
  readonly round: number;
  readonly authorityId: string;
  readonly trade: string;
  /** What the case is about and the number by which people call it; null where no task started with the deadline. */
  readonly subject: string | null;
  readonly reference: string | null;
  readonly startAt: string;
  readonly dueAt: string | null;
  /** 9月29日24时前, or how far the days are known. */
  readonly dueText: string;
  readonly originalDueAt: string | null;
  readonly closedAt: string | null;
  /** Null when nothing runs: closed, standing still, or due at an unknown instant. Negative when overdue. */
  readonly remainingMinutes: number | null;
  /** In office hours; null also where the calendar does not reach. Never negative. */
  readonly remainingOfficeMinutes: number | null;
}

/** A deadline that explains itself. */
export interface DeadlineDetail extends DeadlineView {
  readonly limit: { readonly value: number; readonly unit: SlaUnit; readonly policyVersion: number };
  readonly basis: SlaBasis;
  readonly hard: boolean;
  readonly explanation: readonly DayExplanation[];
  readonly moves: readonly {
    readonly at: string;
    readonly from: string | null;
    readonly to: string | null;
    readonly reason: string;
  }[];
  readonly suspensions: readonly {
    readonly from: string;
    readonly until: string | null;
    readonly reason: string;
  }[];
  readonly postponedTo: string | null;
  readonly rings: readonly {
    readonly rung: string;
    readonly dueAt: string;
    readonly rangAt: string;
    readonly told: readonly RungRecipient[];
  }[];
  readonly nextRingAt: string | null;
}

/** Every number of the board opens its list with these. */
export interface DeadlineFilter {
  /** Absent: whatever is open. */
  readonly state?: BoardStanding | EndedStanding;
  readonly caseKind?: string;
  readonly authorityId?: string;
  readonly trade?: string;
  readonly key?: string;
  /** Only what is due before this instant. */
  readonly dueBefore?: Date;
  /** YYYY-MM: only what was closed in this month; for `met` and `late`. */
  readonly closedIn?: string;
}

export type BoardCounts = Readonly<Record<BoardStanding, number>>;

export interface DeadlineBoard {
  readonly today: LegalDate;
  /** Last day that counts as near. */
  readonly nearUntil: LegalDate;
  readonly total: BoardCounts;
  readonly lifecycles: readonly (BoardCounts & { readonly caseKind: string })[];
  readonly authorities: readonly (BoardCounts & {
    readonly authorityId: string;
    readonly name: string;
  })[];
  /** By month of closing, oldest first; the rate is null in a month in which nothing was closed. */
  readonly onTime: readonly {
    readonly month: string;
    readonly met: number;
    readonly late: number;
    readonly rate: number | null;
  }[];
}

export interface DeadlineQuestion {
  readonly limit: { readonly key: string } | { readonly value: number; readonly unit: SlaUnit };
  /** Instant or legal date. */
  readonly startAt: string;
  readonly suspensions: readonly Suspension[];
}

export interface DeadlineAnswer {
  readonly key: string | null;
  readonly value: number;
  readonly unit: SlaUnit;
  readonly startAt: string;
  readonly state: 'due' | 'awaitingCalendar';
  readonly dueAt: string | null;
  readonly dueDate: LegalDate | null;
  readonly dueText: string;
  /** The year whose calendar it waits for. */
  readonly missingYear: number | null;
  readonly explanation: readonly DayExplanation[];
}

/** Deadlines as people look at them; which of them, row-level security decides. */
export interface DeadlineDesk {
  list(principal: Principal, filter: DeadlineFilter, page: PageRequest): Promise<Page<DeadlineView>>;
  find(principal: Principal, deadlineId: string): Promise<DeadlineDetail | null>;
  board(
    principal: Principal,
    filter: Pick<DeadlineFilter, 'caseKind' | 'authorityId' | 'trade'>,
  ): Promise<DeadlineBoard>;
  /** 期限试算: answers anybody, stores nothing. */
  preview(question: DeadlineQuestion): Promise<Result<DeadlineAnswer, Refusal>>;
}
