import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { IncrementDayOperation, IncrementDayState } from '../../../domain/ingestion/lifecycle';
import { applyIncrementDayTransition } from '../../../domain/ingestion/lifecycle';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { startOfLegalDateMs } from '../../../domain/shared/legal-date';
import type { PersonPrincipal, SystemPrincipal } from '../../../domain/shared/principal';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { closeTasks, completeTask } from '../case/case-tasks';
import { recordEvent } from '../evidence/record-event';
import { deterministicId } from '../register/deterministic-id';
import { closeDeadline, openDeadline } from '../sla/deadlines';

/** The product itself at the daily increments: it writes, and closes days, whoever's they are. */
export const INCREMENTS: SystemPrincipal = { kind: 'system', component: 'increments' };

export interface IncrementDayRow {
  readonly id: string;
  readonly authority_id: string;
  readonly trade: string;
  readonly catalog_entry_id: string;
  readonly date: LegalDate;
  readonly state: IncrementDayState;
  readonly in_time_count: number;
  readonly late_count: number;
  readonly zero_reported_at: Date | null;
  readonly force_majeure_event_id: string | null;
  readonly caught_up_at: Date | null;
}

/** One unit, type and day. */
export interface IncrementDayKey {
  readonly authorityId: string;
  readonly trade: string;
  readonly entryId: string;
  readonly date: LegalDate;
}

/**
 * Effect: the day stands in the register, open, locked until the transaction ends. With `clock` its DAILY_INCREMENT runs until
 * D 24:00 (hard). Idempotent by unit, type and date. Out: its row.
 */
export async function openIncrementDay(
  transaction: Knex.Transaction,
  key: IncrementDayKey,
  options: { readonly clock: RowIntegrity | null; readonly now: Date },
): Promise<IncrementDayRow> {
  const id = deterministicId('incrementDay', key.authorityId, key.entryId, key.date);
  const written: readonly { readonly id: string }[] = await transaction('increment_day')
    .insert({
      id,
      authority_id: key.authorityId,
      trade: key.trade,
      catalog_entry_id: key.entryId,
      date: key.date,
      state: 'open',
      opened_at: options.now,
      updated_at: options.now,
    })
    .onConflict(['authority_id', 'catalog_entry_id', 'date'])
    .ignore()
    .returning('id');
  if (written.length > 0 && options.clock !== null) {
    await openDeadline(transaction, options.clock, {
      ...clockOf(id, 1),
      ...key,
      startAt: dayStart(key.date),
    });
  }
  return lockIncrementDay(transaction, id);
}

/** In: a day's id. Out: its row, locked. Throws when there is none. */
export async function lockIncrementDay(transaction: Knex.Transaction, id: string): Promise<IncrementDayRow> {
  const row = await transaction<IncrementDayRow>('increment_day').where({ id }).forUpdate().first();
  if (row === undefined) throw new Error(`increment day ${id} is not in the register`);
  return row;
}

export interface DayMove {
  readonly operation: IncrementDayOperation;
  readonly now: Date;
  readonly actor: Readonly<Record<string, string | null>>;
  readonly facts?: Readonly<Record<string, string | number | boolean | null>>;
  readonly set?: Partial<
    Pick<
      IncrementDayRow,
      'in_time_count' | 'late_count' | 'zero_reported_at' | 'force_majeure_event_id' | 'caught_up_at'
    >
  > & { readonly zero_reported_by?: string };
}

/** Moves a locked day by its table, with its event in the same transaction. Throws when the table lacks the transition. */
export async function moveIncrementDay(
  transaction: Knex.Transaction,
  row: IncrementDayRow,
  move: DayMove,
): Promise<void> {
  const outcome = applyIncrementDayTransition(row.state, move.operation);
  if (!outcome.ok)
    throw new Error(`increment day ${row.id}: ${move.operation} is not possible in ${row.state}`);
  await transaction('increment_day')
    .where({ id: row.id })
    .update({ state: outcome.value, updated_at: move.now, ...move.set });
  if (outcome.value === row.state) return;
  await recordEvent(transaction, {
    id: randomUUID(),
    kind: `incrementDay.${move.operation}`,
    caseKind: 'incrementDay',
    caseId: row.id,
    authorityId: row.authority_id,
    trade: row.trade,
    actor: move.actor,
    facts: { date: row.date, from: row.state, to: outcome.value, ...move.facts },
    occurredAt: move.now,
    recordedAt: move.now,
  });
}

/** Effect: a day that was delivered, reported or caught up needs nobody any more: its clocks and its task end. */
export async function endWorkOnDay(
  transaction: Knex.Transaction,
  dayId: string,
  work: { readonly at: Date; readonly person: PersonPrincipal | null; readonly reason: string },
): Promise<void> {
  for (const round of [1, 2]) {
    await closeDeadline(transaction, { ...clockOf(dayId, round), now: work.at });
  }
  const task = { kind: 'incrementCatchUp', caseId: dayId, reason: work.reason, now: work.at } as const;
  if (work.person !== null) {
    // Whoever else holds the task finds it done: an upload is never refused for that.
    await completeTask(transaction, task, work.person);
  }
  await closeTasks(transaction, task);
}

/** The clock of a day; the second round is that of a day whose excuse fell away. */
export function clockOf(dayId: string, round: number) {
  return { caseKind: 'incrementDay', caseId: dayId, key: 'DAILY_INCREMENT', round } as const;
}

/** 00:00 of a legal date. */
export function dayStart(date: LegalDate): Date {
  return new Date(startOfLegalDateMs(date));
}
