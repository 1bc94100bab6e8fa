import type { Knex } from 'knex';
import { alarmTitle } from '../../../domain/alarm/alarms';
import { closeOfDay } from '../../../domain/ingestion/day-close';
import { type LegalDate, legalDateAt } from '../../../domain/shared/legal-date';
import type { Clock } from '../../../ports/clock';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { closeCaseClocks } from '../case/case-clock';
import { openTask } from '../case/case-tasks';
import { forceMajeureDays } from '../force-majeure/force-majeure-days';
import { postNotice } from '../notice/post-notice';
import type { Register } from '../register/register';
import { openDeadline } from '../sla/deadlines';
import { loadWorkCalendar } from '../sla/work-calendar';
import type { IncrementDayRow } from './increment-day';
import { clockOf, dayStart, INCREMENTS, moveIncrementDay } from './increment-day';
import { settleDuties } from './increment-duties';
import { openOwedDays } from './open-owed-days';

export interface IncrementKeeperOptions {
  readonly register: Register;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
  readonly pageSize: number;
}

const ACTOR = { kind: 'system', id: 'increments' } as const;
/** A day that waits for a calendar or is put off is looked at again so often. */
const LOOK_AGAIN_MS = 600_000;

/** Days that have ended; those that wait for something only now and then, so that they hold up no others. */
const ENDED = `
SELECT * FROM increment_day
WHERE date < :today::date AND (state = 'open' OR state IN ('awaitingCalendar', 'deferred') AND updated_at <= :again::timestamptz)
ORDER BY (state = 'open') DESC, date, id LIMIT :limit FOR UPDATE SKIP LOCKED`;

/** Days that were missed before an event that covers them was declared: a fault of the evening is reported after midnight. */
const MISSED_IN_EVENT = `
SELECT d.* FROM increment_day d
WHERE d.state = 'missed' AND EXISTS (
  SELECT 1 FROM force_majeure_scope s JOIN force_majeure_event e ON e.id = s.event_id
  WHERE s.authority_id = d.authority_id AND s.catalog_entry_id = d.catalog_entry_id AND 'collect' = ANY (s.operations)
    AND e.state <> 'rejected' AND e.occurred_at < (d.date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND coalesce(e.cleared_at, 'infinity') > d.date::timestamp AT TIME ZONE 'Asia/Shanghai')
ORDER BY d.date, d.id LIMIT :limit FOR UPDATE OF d SKIP LOCKED`;

/**
 * The daily schedule of increments by the register's clock, one page at a time: who owes increments, the days of today, and
 * the close of those that ended at 24:00. Every worker runs it; what one does no other does again, and days on which no
 * worker ran are opened and closed by the next. Out: whether there is more.
 */
export async function keepIncrementDays(options: IncrementKeeperOptions): Promise<boolean> {
  const { register, clock, pageSize } = options;
  const now = clock.now();
  const today = legalDateAt(now.getTime());
  const opened = await register.within(INCREMENTS, async (transaction) => {
    await settleDuties(transaction, now);
    return openOwedDays(transaction, options.integrity, { through: today, now, limit: pageSize, of: null });
  });
  const closed = await register.within(INCREMENTS, (transaction) =>
    closeDays(transaction, options, today, now),
  );
  return opened === pageSize || closed === pageSize;
}

async function closeDays(
  transaction: Knex.Transaction,
  options: IncrementKeeperOptions,
  today: LegalDate,
  now: Date,
): Promise<number> {
  const { rows } = await transaction.raw<{ rows: IncrementDayRow[] }>(ENDED, {
    today,
    again: new Date(now.getTime() - LOOK_AGAIN_MS),
    limit: options.pageSize,
  });
  const missed = await transaction.raw<{ rows: IncrementDayRow[] }>(MISSED_IN_EVENT, {
    limit: options.pageSize,
  });
  for (const day of [...rows, ...missed.rows]) await closeDay(transaction, options, day, now);
  return rows.length;
}

async function closeDay(
  transaction: Knex.Transaction,
  { integrity }: IncrementKeeperOptions,
  day: IncrementDayRow,
  now: Date,
): Promise<void> {
  const [excuse] = await forceMajeureDays(transaction, {
    authorityId: day.authority_id,
    catalogEntryId: day.catalog_entry_id,
    from: day.date,
    to: day.date,
  });
  const operation = closeOfDay({
    date: day.date,
    state: day.state,
    isExcused: excuse !== undefined,
    calendar: await loadWorkCalendar(transaction),
  });
  if (operation === null) {
    await transaction('increment_day').where({ id: day.id }).update({ updated_at: now });
    return;
  }
  const set = operation === 'defer' ? { force_majeure_event_id: excuse?.eventId ?? null } : {};
  await moveIncrementDay(transaction, day, { operation, now, actor: ACTOR, set });
  if (operation === 'miss') await raiseMissed(transaction, integrity, day, now);
  else await closeCaseClocks(transaction, clockOf(day.id, 1), now);
}

/** A missed day is work for the unit and an alarm for the unit, its banner and the city; each told once. */
async function raiseMissed(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  day: IncrementDayRow,
  now: Date,
): Promise<void> {
  const scope = { authorityId: day.authority_id, trade: day.trade };
  if (day.state !== 'open') {
    // Its excuse fell away, or the calendar came late: the law's clock of the day itself counts again.
    await openDeadline(transaction, integrity, {
      ...clockOf(day.id, 2),
      ...scope,
      startAt: dayStart(day.date),
    });
  }
  const { rows } = await transaction.raw<{ rows: { name: string; unit: string }[] }>(
    `SELECT k.definition->>'name' AS name, a.name AS unit FROM catalog_entry_version k, authority a
     WHERE k.catalog_entry_id = ? AND k.state = 'published' AND a.id = ?`,
    [day.catalog_entry_id, day.authority_id],
  );
  const name = rows[0]?.name ?? '';
  const link = `/increments/days/${day.id}`;
  await openTask(transaction, integrity, {
    kind: 'incrementCatchUp',
    caseId: day.id,
    round: 1,
    ...scope,
    subject: name,
    reference: day.date,
    excludedPersonId: null,
    deadlineKey: null,
    link,
    why: `${day.date} 24时前没有收到增量，也没有零报告，请补报`,
    now,
  });
  for (const role of ['bannerAdministrator', 'cityAdministrator'] as const) {
    await postNotice(transaction, {
      naturalKey: `incrementDay/${day.id}/missed/${role}`,
      recipient: { role, authorityId: day.authority_id },
      title: alarmTitle('incrementMissed'),
      body: `${rows[0]?.unit ?? ''}${name} ${day.date} 的当日增量没有按时归集，也没有零报告。`,
      link,
      createdAt: now,
    });
  }
}
