import type { Knex } from 'knex';
import type { SlaUnit } from '../../../domain/sla/sla-policy';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import type { OfficeClock } from './clock-rules';
import { loadClockRule, loadLadder, loadOfficeClock, NO_CALENDAR, NO_OFFICE } from './clock-rules';
import type { ClockBasis, DeadlineRow } from './deadline-row';
import { computeClock, dueColumns, rungsOf } from './deadline-row';
import { loadSlaPolicy } from './sla-policies';

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
  readonly state: DeadlineRow['state'];
  /** Null while the calendar does not reach the day, and while the clock stands still. */
  readonly dueAt: Date | null;
}

/**
 * Effect: the deadline stands in the register with its due instant, the explanation of each day and the instant of its
 * first rung; one that the calendar does not reach is `awaitingCalendar` and holds nothing up. It keeps the limit as the
 * policy has it now. Idempotent by case, key and round: what is there stays. Out: the deadline.
 */
export async function openDeadline(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  deadline: NewDeadline,
): Promise<OpenedDeadline> {
  const name = nameColumns(deadline);
  const policy = await loadSlaPolicy(transaction, integrity, deadline.key);
  const office = await officeFor(transaction, policy.unit);
  const basis: ClockBasis = {
    key: policy.key,
    policy_version: policy.version,
    limit_value: policy.value,
    limit_unit: policy.unit,
    received_outside_hours: office.rule.receivedOutsideHours,
    start_at: deadline.startAt,
    suspensions: [],
    postponed_to: null,
  };
  const computed = computeClock(basis, office);
  const beforeStart = new Date(deadline.startAt.getTime() - 1);
  const [written] = await transaction('deadline')
    .insert({
      ...name,
      ...basis,
      suspensions: '[]',
      authority_id: deadline.authorityId,
      trade: deadline.trade,
      original_due_at: computed.dueAt,
      next_ring_at: rungsOf(basis, computed.dueAt, office, beforeStart).nextAt,
      state: computed.state,
      ...dueColumns(computed),
    })
    .onConflict(['case_kind', 'case_id', 'key', 'round'])
    .ignore()
    .returning<DeadlineRow[]>('*');
  const row = written ?? (await transaction<DeadlineRow>('deadline').where(name).first());
  if (row === undefined) throw new Error('a deadline that was just written is not visible to its writer');
  return openedOf(row);
}

/**
 * In: one key or several of the same case and round. Effect: a running deadline is `met`, or `missed` when it was due before `now`; its clock rings no more. One that was
 * missed stays so; one whose clock stands still or awaits the calendar was not needed. Idempotent: what is closed stays so.
 */
export async function closeDeadline(
  transaction: Knex.Transaction,
  deadline: Omit<DeadlineKey, 'key'> & { readonly key: string | readonly string[]; readonly now: Date },
): Promise<void> {
  await transaction.raw(
    `UPDATE deadline SET closed_at = :now, next_ring_at = NULL, state = CASE
       WHEN state IN ('awaitingCalendar', 'suspended') THEN 'closed'
       WHEN state = 'missed' OR due_at < :now THEN 'missed' ELSE 'met' END
     WHERE case_kind = :caseKind AND case_id = :caseId AND key = ANY (:keys::text[]) AND round = :round AND closed_at IS NULL`,
    {
      now: deadline.now,
      caseKind: deadline.caseKind,
      caseId: deadline.caseId,
      keys: typeof deadline.key === 'string' ? [deadline.key] : [...deadline.key],
      round: deadline.round,
    },
  );
}

/** The row of a deadline, locked until the transaction ends; null when there is none. */
export async function lockDeadline(
  transaction: Knex.Transaction,
  deadline: DeadlineKey,
): Promise<DeadlineRow | null> {
  const row = await transaction<DeadlineRow>('deadline').where(nameColumns(deadline)).forUpdate().first();
  return row ?? null;
}

export function openedOf({ id, state, due_at }: DeadlineRow): OpenedDeadline {
  return { id, state, dueAt: due_at };
}

function nameColumns({ caseKind, caseId, key, round }: DeadlineKey) {
  return { case_kind: caseKind, case_id: caseId, key, round };
}

/** Limits in clock time need no calendar; every issue opens one in minutes, for which nothing is read. */
async function officeFor(transaction: Knex.Transaction, unit: SlaUnit): Promise<OfficeClock> {
  switch (unit) {
    case 'workingDays':
    case 'calendarDay':
      return loadOfficeClock(transaction);
    case 'hours':
      return {
        calendar: NO_CALENDAR,
        rule: await loadClockRule(transaction),
        ladder: await loadLadder(transaction),
      };
    case 'minutes':
      return NO_OFFICE;
  }
}
