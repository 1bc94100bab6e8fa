import type { Knex } from 'knex';
import { legalDate, shanghaiInstant } from '../../domain/shared/legal-date';
import { computeDeadline, type Deadline } from '../../domain/sla/deadline';
import type { WorkCalendar } from '../../domain/sla/work-calendar';
import type { RowIntegrity } from '../../ports/personal-data-cipher';
import { loadSlaPolicy } from './sla-policies';
import { loadWorkCalendar } from './work-calendar';

/** Names one deadline: a limit of a case, counted anew in each round. */
export interface DeadlineKey {
  readonly caseKind: string;
  readonly caseId: string;
  readonly key: string;
  readonly round: number;
}

export interface NewDeadline extends DeadlineKey {
  readonly authorityId: string;
  readonly trade: string;
  readonly startAt: Date;
}

export interface OpenedDeadline {
  readonly id: string;
  readonly state: 'running' | 'awaitingCalendar' | 'met' | 'missed' | 'closed';
  /** Null while the calendar does not reach the day. */
  readonly dueAt: Date | null;
}

interface DeadlineRow {
  readonly id: string;
  readonly key: string;
  readonly start_at: Date;
  readonly state: OpenedDeadline['state'];
  readonly due_at: Date | null;
  readonly due_date: string | null;
}

/** Covers no day: working days cannot be counted, and the deadline waits for a calendar instead of being refused. */
const NO_CALENDAR: WorkCalendar = {
  version: 'none',
  coveredFrom: legalDate('1970-01-01'),
  coveredTo: legalDate('1970-01-01'),
  days: {},
  regionalOverlay: {},
};

/**
 * Effect: the deadline stands in the register with its due instant and the explanation of each day; one that the calendar
 * does not reach is `awaitingCalendar` and holds nothing up. Idempotent by case, key and round: what is there stays.
 * Out: the deadline.
 */
export async function openDeadline(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  deadline: NewDeadline,
): Promise<OpenedDeadline> {
  const name = {
    case_kind: deadline.caseKind,
    case_id: deadline.caseId,
    key: deadline.key,
    round: deadline.round,
  };
  const policy = await loadSlaPolicy(transaction, integrity, deadline.key);
  const calendar = (await loadWorkCalendar(transaction)) ?? NO_CALENDAR;
  const computed = computeDeadline(policy, shanghaiInstant(deadline.startAt.getTime()), calendar);
  await transaction('deadline')
    .insert({
      ...name,
      policy_version: policy.version,
      authority_id: deadline.authorityId,
      trade: deadline.trade,
      start_at: deadline.startAt,
      original_due_at: dueAt(computed),
      ...dueColumns(computed),
    })
    .onConflict(['case_kind', 'case_id', 'key', 'round'])
    .ignore();
  const row = await transaction<DeadlineRow>('deadline').where(name).first();
  if (row === undefined) throw new Error('a deadline that was just written is not visible to its writer');
  return { id: row.id, state: row.state, dueAt: row.due_at };
}

/** Effect: a running deadline is `met`, or `missed` when it was due before `now`. Idempotent: one that is closed stays so. */
export async function closeDeadline(
  transaction: Knex.Transaction,
  deadline: DeadlineKey & { readonly now: Date },
): Promise<void> {
  await transaction.raw(
    `UPDATE deadline SET closed_at = :now, state = CASE
       WHEN state = 'awaitingCalendar' THEN 'closed' WHEN due_at < :now THEN 'missed' ELSE 'met' END
     WHERE case_kind = :caseKind AND case_id = :caseId AND key = :key AND round = :round
       AND state IN ('running', 'awaitingCalendar')`,
    {
      now: deadline.now,
      caseKind: deadline.caseKind,
      caseId: deadline.caseId,
      key: deadline.key,
      round: deadline.round,
    },
  );
}

export interface MovedDeadline {
  readonly id: string;
  readonly caseKind: string;
  readonly caseId: string;
  readonly from: Date | null;
  readonly to: Date | null;
}

/**
 * Effect: every open deadline of working days is computed again from its original start by the calendar that is loaded now;
 * one that moves keeps where it stood and why. Out: those that moved, so that the earlier ones can be told (rule 4).
 */
export async function recomputeDeadlines(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  change: { readonly reason: string; readonly at: Date },
): Promise<readonly MovedDeadline[]> {
  const calendar = (await loadWorkCalendar(transaction)) ?? NO_CALENDAR;
  const rows = await transaction<DeadlineRow & { case_kind: string; case_id: string }>('deadline')
    .whereIn('state', ['running', 'awaitingCalendar'])
    .whereNotNull('calendar_version')
    .whereNot('calendar_version', calendar.version)
    .orderBy('id')
    .forUpdate();
  const moved: MovedDeadline[] = [];
  for (const row of rows) {
    const policy = await loadSlaPolicy(transaction, integrity, row.key);
    const computed = computeDeadline(policy, shanghaiInstant(row.start_at.getTime()), calendar);
    const to = dueAt(computed);
    const hasMoved = row.due_at?.getTime() !== to?.getTime();
    await transaction('deadline')
      .where({ id: row.id })
      .update({
        ...dueColumns(computed),
        policy_version: policy.version,
        ...(row.due_at === null ? { original_due_at: to } : {}),
        ...(hasMoved
          ? { moves: transaction.raw('moves || ?::jsonb', [JSON.stringify([moveOf(row, to, change)])]) }
          : {}),
      });
    if (hasMoved) {
      moved.push({ id: row.id, caseKind: row.case_kind, caseId: row.case_id, from: row.due_at, to });
    }
  }
  return moved;
}

function moveOf(
  row: DeadlineRow,
  to: Date | null,
  change: { readonly reason: string; readonly at: Date },
): Readonly<Record<string, string | null>> {
  return {
    at: change.at.toISOString(),
    from: row.due_at?.toISOString() ?? null,
    to: to?.toISOString() ?? null,
    reason: change.reason,
  };
}

function dueAt(deadline: Deadline): Date | null {
  return deadline.kind === 'due' ? new Date(deadline.dueAt) : null;
}

function dueColumns(deadline: Deadline): Readonly<Record<string, unknown>> {
  return {
    state: deadline.kind === 'due' ? 'running' : 'awaitingCalendar',
    due_at: dueAt(deadline),
    due_date: deadline.kind === 'due' ? deadline.dueDate : null,
    calendar_version: deadline.calendarVersion,
    explanation: JSON.stringify(deadline.explanation),
  };
}
