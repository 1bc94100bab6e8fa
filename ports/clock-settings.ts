import type { LegalDate } from '../domain/shared/legal-date';
import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import type { AnnouncedDay, CalendarYear } from '../domain/sla/calendar-year';
import type { Rung } from '../domain/sla/escalation-ladder';
import type { PolicyChange, SlaPolicy } from '../domain/sla/sla-policy';
import type { OfficeHours, ReceivedOutsideHours } from '../domain/sla/working-days';

/** One year of the working calendar as it is loaded, or that it is not. */
export interface CalendarYearView {
  readonly year: number;
  readonly state: 'loaded' | 'missing';
  readonly days: readonly (AnnouncedDay & { readonly notice: string })[];
  readonly regionalDays: readonly (AnnouncedDay & { readonly notice: string })[];
  readonly coveredFrom: LegalDate | null;
  readonly coveredTo: LegalDate | null;
  readonly version: number;
}

/** Open deadlines of one limit that move together. */
export interface CalendarMove {
  readonly caseKind: string;
  readonly key: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly direction: 'earlier' | 'later' | 'nowKnown' | 'nowUnknown';
  readonly deadlines: number;
  /** Some of them. */
  readonly deadlineIds: readonly string[];
}

export interface CalendarEffect {
  readonly year: number;
  /** False when nothing of the calendar differs from what is loaded. */
  readonly isChange: boolean;
  /** How many open deadlines move, and how many stay. */
  readonly moving: number;
  readonly staying: number;
  /** The groups with the most deadlines first; not all when there are very many. */
  readonly moves: readonly CalendarMove[];
}

export interface ClockRuleSetting {
  readonly officeHours: OfficeHours;
  readonly receivedOutsideHours: ReceivedOutsideHours['policy'];
  readonly nearWorkingDays: number;
  readonly basis: string;
}

/** A change to a policy, made on the version that its author read. */
export interface PolicySetting extends PolicyChange {
  readonly key: string;
  readonly version: number;
}

/** Time limits, calendar, office hours and ladder; only the city administrator changes them. */
export interface ClockSettings {
  calendarYear(year: number): Promise<CalendarYearView>;
  /** Which open deadlines a calendar would move; writes nothing. */
  previewCalendarYear(principal: Principal, loaded: CalendarYear): Promise<Result<CalendarEffect, Refusal>>;
  /** Loads the year; open deadlines follow, each from its original start. */
  loadCalendarYear(principal: Principal, loaded: CalendarYear): Promise<Result<CalendarEffect, Refusal>>;
  policies(): Promise<readonly SlaPolicy[]>;
  /** All or none. Open deadlines keep the limit with which they began. */
  setPolicies(
    principal: Principal,
    changes: readonly PolicySetting[],
  ): Promise<Result<readonly SlaPolicy[], Refusal>>;
  rule(): Promise<ClockRuleSetting & { readonly version: number }>;
  setRule(principal: Principal, setting: ClockRuleSetting): Promise<Result<null, Refusal>>;
  ladder(): Promise<readonly Rung[]>;
  setLadder(principal: Principal, ladder: readonly Rung[]): Promise<Result<null, Refusal>>;
}
