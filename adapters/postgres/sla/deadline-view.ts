import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { BoardDays } from '../../../domain/sla/board-standing';
import { boardStanding } from '../../../domain/sla/board-standing';
import { describeDueAt } from '../../../domain/sla/deadline';
import type { RungRecipient } from '../../../domain/sla/escalation-ladder';
import { officeMinutesBetween } from '../../../domain/sla/office-time';
import type { SlaPolicy } from '../../../domain/sla/sla-policy';
import type { DeadlineDetail, DeadlineView } from '../../../ports/deadline-desk';
import type { OfficeClock } from './clock-rules';
import type { DeadlineRow } from './deadline-row';

export interface DeadlineViewRow extends DeadlineRow {
  readonly subject: string | null;
  readonly reference: string | null;
  readonly policy_name: string;
  readonly listed_at: Date;
}

export interface DeadlineDetailRow extends DeadlineViewRow {
  readonly moves: DeadlineDetail['moves'];
}

export interface RingRow {
  readonly deadline_id: string;
  readonly rung: string;
  readonly due_at: Date;
  readonly rang_at: Date;
  readonly told: readonly RungRecipient[];
}

/** A deadline as lists show it, with the time that is left at `now`. */
export function deadlineView(
  row: DeadlineViewRow,
  office: OfficeClock,
  days: BoardDays,
  now: Date,
): DeadlineView {
  const isRunning = row.closed_at === null && row.due_at !== null;
  return {
    id: row.id,
    state: row.state,
    standing: standingOf(row, days),
    caseKind: row.case_kind,
    caseId: row.case_id,
    key: row.key,
    name: row.policy_name,
    round: row.round,
    authorityId: row.authority_id,
    trade: row.trade,
    subject: row.subject,
    reference: row.reference,
    startAt: instant(row.start_at),
    dueAt: instantOrNull(row.due_at),
    dueText: dueText(row),
    originalDueAt: instantOrNull(row.original_due_at),
    closedAt: instantOrNull(row.closed_at),
    remainingMinutes:
      isRunning && row.due_at !== null ? Math.floor((row.due_at.getTime() - now.getTime()) / 60_000) : null,
    remainingOfficeMinutes:
      isRunning && row.due_at !== null
        ? officeMinutesBetween(office.calendar, office.rule.officeHours, now.getTime(), row.due_at.getTime())
        : null,
  };
}

/** A deadline with everything that explains it. */
export function deadlineDetail(
  row: DeadlineDetailRow,
  about: {
    readonly policy: SlaPolicy;
    readonly rings: readonly RingRow[];
    readonly office: OfficeClock;
    readonly days: BoardDays;
    readonly now: Date;
  },
): DeadlineDetail {
  return {
    ...deadlineView(row, about.office, about.days, about.now),
    limit: { value: row.limit_value, unit: row.limit_unit, policyVersion: row.policy_version },
    basis: about.policy.basis,
    hard: about.policy.hard,
    explanation: row.explanation,
    moves: row.moves.map((move) => ({
      ...move,
      at: instant(new Date(move.at)),
      from: move.from === null ? null : instant(new Date(move.from)),
      to: move.to === null ? null : instant(new Date(move.to)),
    })),
    suspensions: row.suspensions,
    postponedTo: instantOrNull(row.postponed_to),
    rings: about.rings.map((ring) => ({
      rung: ring.rung,
      dueAt: instant(ring.due_at),
      rangAt: instant(ring.rang_at),
      told: ring.told,
    })),
    nextRingAt: instantOrNull(row.next_ring_at),
  };
}

function standingOf(row: DeadlineRow, days: BoardDays): DeadlineView['standing'] {
  switch (row.state) {
    case 'met':
      return 'met';
    case 'closed':
      return null;
    case 'missed':
      return row.closed_at === null ? 'overdue' : 'late';
    case 'running':
    case 'awaitingCalendar':
    case 'suspended':
      return boardStanding(row.state, row.due_date, days);
  }
}

function dueText(row: DeadlineRow): string {
  if (row.due_at !== null) return describeDueAt(instant(row.due_at), instant(row.start_at));
  const counted = row.explanation.filter((day) => day.counted).length;
  return row.state === 'suspended'
    ? `中止计时（已计 ${counted} 个工作日）`
    : `待工作日历发布后确定（已计 ${counted} 个工作日）`;
}

function instant(date: Date): string {
  return shanghaiInstant(date.getTime());
}

function instantOrNull(date: Date | null): string | null {
  return date === null ? null : instant(date);
}
