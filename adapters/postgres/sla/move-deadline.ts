import type { Knex } from 'knex';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { OfficeClock } from './clock-rules';
import { loadOfficeClock } from './clock-rules';
import type { ComputedClock, DeadlineRow, StoredSuspension } from './deadline-row';
import { computeClock, dueColumns, rungsOf } from './deadline-row';
import type { DeadlineKey, OpenedDeadline } from './deadlines';
import { lockDeadline, openedOf } from './deadlines';

/** Why a deadline moves, as people read it on the case, and when. */
export interface Move {
  readonly reason: string;
  readonly now: Date;
}

/**
 * Effect: the clock stands still from `from` on (a send-back to the objector, an event that is beyond anybody's power); a
 * transfer is not one. The due date is unknown meanwhile and nothing rings. Idempotent: one that stands still stays so.
 * Out: the deadline; null when there is none or it is closed.
 */
export async function suspendDeadline(
  transaction: Knex.Transaction,
  deadline: DeadlineKey,
  move: Move & { readonly from: Date },
): Promise<OpenedDeadline | null> {
  const row = await openRow(transaction, deadline);
  if (row === null || row.suspensions.some(({ until }) => until === null)) return row && openedOf(row);
  const suspension = { from: shanghaiInstant(move.from.getTime()), until: null, reason: move.reason };
  return rewrite(transaction, row, { suspensions: [...row.suspensions, suspension] }, move);
}

/**
 * Effect: the clock goes on from `until` and the deadline is computed from its original start without the days on which it
 * stood still. Idempotent: one that runs goes on. Out: as `suspendDeadline`.
 */
export async function resumeDeadline(
  transaction: Knex.Transaction,
  deadline: DeadlineKey,
  move: Move & { readonly until: Date },
): Promise<OpenedDeadline | null> {
  const row = await openRow(transaction, deadline);
  if (row === null || !row.suspensions.some(({ until }) => until === null)) return row && openedOf(row);
  const suspensions = row.suspensions.map((suspension) =>
    suspension.until === null ? endSuspension(suspension, move.until) : suspension,
  );
  return rewrite(transaction, row, { suspensions }, move);
}

/**
 * Effect: the deadline has its original clock back: what was suspended or postponed for this event counts again, as when
 * an event is not recognised as force majeure (reading 7). The open suspension goes, and those that began at `from`.
 * Idempotent. Out: as `suspendDeadline`.
 */
export async function restoreDeadline(
  transaction: Knex.Transaction,
  deadline: DeadlineKey,
  move: Move & { readonly from?: Date },
): Promise<OpenedDeadline | null> {
  const row = await openRow(transaction, deadline);
  if (row === null) return null;
  const from = move.from === undefined ? null : shanghaiInstant(move.from.getTime());
  const suspensions = row.suspensions.filter(
    (suspension) => suspension.until !== null && suspension.from !== from,
  );
  if (suspensions.length === row.suspensions.length && row.postponed_to === null) return openedOf(row);
  return rewrite(transaction, row, { suspensions, postponed_to: null }, move);
}

/**
 * Effect: the deadline is due at the instant given instead of the computed one (不可抗力顺延). Idempotent.
 * Out: as `suspendDeadline`.
 */
export async function postponeDeadline(
  transaction: Knex.Transaction,
  deadline: DeadlineKey,
  move: Move & { readonly dueAt: Date },
): Promise<OpenedDeadline | null> {
  const row = await openRow(transaction, deadline);
  if (row === null || row.postponed_to?.getTime() === move.dueAt.getTime()) return row && openedOf(row);
  return rewrite(transaction, row, { postponed_to: move.dueAt }, move);
}

/**
 * Effect: the clock starts from another instant, as when the time of clearance was disputed; the original due date is
 * kept beside the present one with the reason, and the ladder rings anew. Idempotent. Out: as `suspendDeadline`.
 */
export async function moveDeadlineStart(
  transaction: Knex.Transaction,
  deadline: DeadlineKey,
  move: Move & { readonly startAt: Date },
): Promise<OpenedDeadline | null> {
  const row = await openRow(transaction, deadline);
  if (row === null || row.start_at.getTime() === move.startAt.getTime()) return row && openedOf(row);
  return rewrite(transaction, row, { start_at: move.startAt, course: row.course + 1 }, move);
}

type Basis = Partial<Pick<DeadlineRow, 'start_at' | 'suspensions' | 'postponed_to' | 'course'>>;

async function rewrite(
  transaction: Knex.Transaction,
  row: DeadlineRow,
  basis: Basis,
  move: Move,
): Promise<OpenedDeadline> {
  const office = await loadOfficeClock(transaction);
  const computed = computeClock({ ...row, ...basis }, office);
  await storeComputed(transaction, row, { basis, computed, office, move });
  const written = await transaction<DeadlineRow>('deadline').where({ id: row.id }).first();
  if (written === undefined) throw new Error(`deadline ${row.id} vanished`);
  return openedOf(written);
}

export interface Rewriting {
  readonly basis: Basis;
  readonly computed: ComputedClock;
  readonly office: OfficeClock;
  readonly move: Move;
  /** When the case of a deadline that moved earlier is told to look; default: now. */
  readonly lookAt?: Date;
}

/**
 * Effect: a locked deadline is what was computed anew; where it stood and why it moved are kept, and the due date of its
 * task follows. Due already: its case finds it at the next look. Out: when it rings next.
 */
export async function storeComputed(
  transaction: Knex.Transaction,
  row: DeadlineRow,
  { basis, computed, office, move, lookAt = move.now }: Rewriting,
): Promise<Date | null> {
  const isDue = computed.dueAt !== null && computed.dueAt <= move.now;
  const runsAgain = row.state === 'missed' && !isDue;
  const hasMoved = row.due_at?.getTime() !== computed.dueAt?.getTime();
  const { nextAt } = rungsOf({ ...row, ...basis }, computed.dueAt, office, move.now);
  const isEarlier = computed.dueAt !== null && (row.due_at === null || computed.dueAt < row.due_at);
  const nextRingAt = computed.state === 'suspended' ? null : isDue || isEarlier ? lookAt : nextAt;
  await transaction('deadline')
    .where({ id: row.id })
    .update({
      ...basis,
      ...(basis.suspensions === undefined ? {} : { suspensions: JSON.stringify(basis.suspensions) }),
      ...dueColumns(computed),
      state: row.state === 'missed' && isDue ? 'missed' : computed.state,
      course: basis.course ?? (runsAgain ? row.course + 1 : row.course),
      next_ring_at: nextRingAt,
      ...(row.original_due_at === null ? { original_due_at: computed.dueAt } : {}),
      ...(hasMoved || basis.start_at !== undefined
        ? { moves: transaction.raw('moves || ?::jsonb', [moveText(row, computed, move)]) }
        : {}),
    });
  if (hasMoved) {
    await transaction('task')
      .where({ deadline_id: row.id })
      .whereIn('state', ['open', 'claimed'])
      .update({ due_at: computed.dueAt });
  }
  return nextRingAt;
}

function moveText(row: DeadlineRow, { dueAt }: ComputedClock, { reason, now }: Move): string {
  const from = row.due_at?.toISOString() ?? null;
  return JSON.stringify([{ at: now.toISOString(), from, to: dueAt?.toISOString() ?? null, reason }]);
}

/** A clock cannot go on before it stopped; such an instant ends the standstill where it began. */
function endSuspension(suspension: StoredSuspension, until: Date): StoredSuspension {
  const endMs = Math.max(until.getTime(), Date.parse(suspension.from));
  return { ...suspension, until: shanghaiInstant(endMs) };
}

async function openRow(transaction: Knex.Transaction, deadline: DeadlineKey): Promise<DeadlineRow | null> {
  const row = await lockDeadline(transaction, deadline);
  return row === null || row.closed_at !== null ? null : row;
}
