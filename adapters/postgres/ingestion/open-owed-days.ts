import type { Knex } from 'knex';
import { isZeroReportDue } from '../../../domain/ingestion/day-close';
import type { LegalDate } from '../../../domain/shared/legal-date';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { loadWorkCalendar } from '../sla/work-calendar';
import { openIncrementDay } from './increment-day';

/**
 * Days that a duty owes and that nobody opened: from the day after the last one of its unit and type (or its first) on. That
 * is right because nobody opens a day before those that were owed before it.
 */
const UNOPENED = `
SELECT d.authority_id, d.trade, d.catalog_entry_id, day.date::date AS date
FROM increment_duty d
CROSS JOIN LATERAL generate_series(
  greatest(d.since, (SELECT max(i.date) + 1 FROM increment_day i WHERE i.authority_id = d.authority_id
                     AND i.catalog_entry_id = d.catalog_entry_id AND i.date <= :through::date)),
  least(:through::date, d.until - 1), interval '1 day') AS day(date)
WHERE d.since <= :through::date
  AND (:authority::uuid IS NULL OR d.authority_id = :authority) AND (:entry::uuid IS NULL OR d.catalog_entry_id = :entry)
ORDER BY day.date, d.authority_id, d.catalog_entry_id LIMIT :limit`;

interface UnopenedRow {
  readonly authority_id: string;
  readonly trade: string;
  readonly catalog_entry_id: string;
  readonly date: LegalDate;
}

export interface OwedDays {
  /** The last day to be opened. */
  readonly through: LegalDate;
  readonly now: Date;
  readonly limit: number;
  /** One unit and type, or null for all. */
  readonly of: { readonly authorityId: string; readonly entryId: string } | null;
}

/**
 * Effect: the days that units owe stand in the register, the oldest first, those of working days with their clock. To be called
 * before any later day is opened, so that a day on which no worker ran is missed like any other. Idempotent. Out: how many.
 */
export async function openOwedDays(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  { through, now, limit, of }: OwedDays,
): Promise<number> {
  const { rows } = await transaction.raw<{ rows: UnopenedRow[] }>(UNOPENED, {
    through,
    limit,
    authority: of?.authorityId ?? null,
    entry: of?.entryId ?? null,
  });
  const calendar = rows.length === 0 ? null : await loadWorkCalendar(transaction);
  for (const row of rows) {
    const key = {
      authorityId: row.authority_id,
      trade: row.trade,
      entryId: row.catalog_entry_id,
      date: row.date,
    };
    // A clock that rings for a day on which nothing is due would be a false alarm.
    const isDue = isZeroReportDue(calendar, row.date) === true;
    await openIncrementDay(transaction, key, { clock: isDue ? integrity : null, now });
  }
  return rows.length;
}
