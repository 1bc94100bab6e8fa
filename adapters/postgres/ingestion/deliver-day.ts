import type { Knex } from 'knex';
import { isInTime } from '../../../domain/ingestion/day-close';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { legalDateAt } from '../../../domain/shared/legal-date';
import { eventActor } from '../evidence/event-actor';
import type { IncrementDayRow } from './increment-day';
import { endWorkOnDay, moveIncrementDay, openIncrementDay } from './increment-day';
import type { StoredDelivery, StoreTools } from './increment-upload';
import { openOwedDays } from './open-owed-days';

/** So many days may be owed before the one that is opened; decades. */
const MAX_OWED = 10_000;

/**
 * A day's row for what arrived, after those that the unit owed before it. Its clock runs only when it was owed or is today,
 * never for a day long past.
 */
export async function openDayFor(
  transaction: Knex.Transaction,
  tools: StoreTools,
  { rules, receivedAt }: StoredDelivery,
  date: LegalDate,
): Promise<IncrementDayRow> {
  const of = { authorityId: rules.authority.id, entryId: rules.entryId };
  const common = { now: receivedAt, limit: MAX_OWED, of };
  await openOwedDays(transaction, tools.integrity, { through: date, ...common });
  const isToday = date === legalDateAt(receivedAt.getTime());
  return openIncrementDay(
    transaction,
    { ...of, trade: rules.definition.trade, date },
    { clock: isToday ? tools.integrity : null, now: receivedAt },
  );
}

/** Effect: rows of the day itself deliver it, rows that come later are 补报; both are counted apart. */
export async function countOnDay(
  transaction: Knex.Transaction,
  delivery: StoredDelivery,
  day: IncrementDayRow,
  count: number,
): Promise<void> {
  const now = delivery.receivedAt;
  const inTime = isInTime(day.date, now.getTime());
  const common = { now, actor: eventActor(delivery.uploadedBy), facts: { rows: count } };
  if (inTime) {
    const set = { in_time_count: day.in_time_count + count };
    await moveIncrementDay(transaction, day, { ...common, operation: 'deliver', set });
  } else {
    const set = { late_count: day.late_count + count };
    if (day.state === 'delivered') {
      await transaction('increment_day')
        .where({ id: day.id })
        .update({ ...set, updated_at: now });
    } else {
      // A day that nobody had opened was missed when its rows arrive after it.
      const late = day.state === 'open' ? await missed(transaction, day, common) : day;
      await moveIncrementDay(transaction, late, {
        ...common,
        operation: 'catchUp',
        set: { ...set, caught_up_at: day.caught_up_at ?? now },
      });
    }
  }
  await endWorkOnDay(transaction, day.id, { at: now, person: delivery.person, reason: '已归集' });
}

async function missed(
  transaction: Knex.Transaction,
  day: IncrementDayRow,
  common: { readonly now: Date; readonly actor: Readonly<Record<string, string | null>> },
): Promise<IncrementDayRow> {
  await moveIncrementDay(transaction, day, { ...common, operation: 'miss' });
  return { ...day, state: 'missed' };
}
