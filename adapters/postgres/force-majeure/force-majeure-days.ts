import type { Knex } from 'knex';
import type { AffectedOperation } from '../../../domain/force-majeure/affected-item';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { addDays, legalDateAt, startOfLegalDateMs } from '../../../domain/shared/legal-date';
import type { ExcludedItem, ForceMajeureDay, ForceMajeurePeriod } from '../../../ports/force-majeure-ledger';
import type { ForceMajeureRow } from './force-majeure-row';

/** A day D is the increment's until D 24:00, so an event excuses every day on which it went on at any time. */
interface SpanRow {
  readonly event_id: string;
  readonly event_number: string;
  readonly state: string;
  readonly authority_id: string;
  readonly catalog_entry_id: string;
  readonly operations: readonly AffectedOperation[];
  readonly from_at: Date;
  readonly until_at: Date | null;
}

/**
 * Spans in which a fault went on, with those of earlier rounds: from the occurrence or a recurrence to the clearance that
 * counted when the fault came back, or that counts now.
 */
const SPANS = `
SELECT e.id AS event_id, e.number AS event_number, e.state, s.authority_id, s.catalog_entry_id, s.operations,
       span.from_at, span.until_at
FROM force_majeure_event e
JOIN force_majeure_scope s ON s.event_id = e.id
CROSS JOIN LATERAL (
  SELECT e.began_at AS from_at, e.cleared_at AS until_at
  UNION ALL
  SELECT coalesce((SELECT max(p.at) FROM force_majeure_statement p
                   WHERE p.event_id = e.id AND p.kind = 'recurred' AND p.round < r.round), e.occurred_at),
         (SELECT p.at FROM force_majeure_statement p
          WHERE p.event_id = e.id AND p.round < r.round AND p.kind IN ('cleared', 'changed', 'settled')
          ORDER BY p.stated_at DESC, p.id DESC LIMIT 1)
  FROM force_majeure_statement r WHERE r.event_id = e.id AND r.kind = 'recurred'
) span
WHERE e.state <> 'rejected'`;

/**
 * In: an authority, a type and a span of legal dates, both ends included. Out: the days on which force majeure excuses the
 * daily increment (art. 8 with art. 10: 不可抗力顺延), each once, the recognised event first. A day that is excused for the
 * time being loses the excuse when the event is not recognised: ask again then.
 */
export async function forceMajeureDays(
  transaction: Knex.Transaction,
  wanted: {
    readonly authorityId: string;
    readonly catalogEntryId: string;
    readonly from: LegalDate;
    readonly to: LegalDate;
  },
): Promise<readonly ForceMajeureDay[]> {
  const { rows } = await transaction.raw<{ rows: SpanRow[] }>(
    `${SPANS} AND s.authority_id = :authority AND s.catalog_entry_id = :entry AND 'collect' = ANY (s.operations)
       AND span.from_at < :until::timestamptz AND coalesce(span.until_at, 'infinity') > :from::timestamptz
     ORDER BY e.state IN ('declared', 'reported'), e.declared_at, e.id`,
    {
      authority: wanted.authorityId,
      entry: wanted.catalogEntryId,
      from: new Date(startOfLegalDateMs(wanted.from)),
      until: new Date(startOfLegalDateMs(addDays(wanted.to, 1))),
    },
  );
  const days = new Map<string, ForceMajeureDay>();
  for (const row of rows) {
    for (const date of datesOf(row, wanted.from, wanted.to)) {
      if (days.has(date)) continue;
      const recognised = row.state !== 'declared' && row.state !== 'reported';
      days.set(date, { date, eventId: row.event_id, eventNumber: row.event_number, recognised });
    }
  }
  return [...days.values()].sort((left, right) => (left.date < right.date ? -1 : 1));
}

/**
 * In: a span of instants. Out: the periods of recognised events that touch it, per authority and type, for whoever assesses
 * (art. 25): what happened in them is left out, fairly, because the city has recognised them.
 */
export async function forceMajeurePeriods(
  transaction: Knex.Transaction,
  span: { readonly from: Date; readonly until: Date },
): Promise<readonly ForceMajeurePeriod[]> {
  const { rows } = await transaction.raw<{ rows: SpanRow[] }>(
    `${SPANS} AND e.state IN ('recognised', 'recovering', 'clearanceDisputed', 'closed')
       AND span.from_at < :until::timestamptz AND coalesce(span.until_at, 'infinity') > :from::timestamptz
     ORDER BY span.from_at, e.id, s.authority_id, s.catalog_entry_id`,
    { from: span.from, until: span.until },
  );
  return rows.map((row) => ({
    eventId: row.event_id,
    eventNumber: row.event_number,
    authorityId: row.authority_id,
    catalogEntryId: row.catalog_entry_id,
    operations: row.operations,
    from: row.from_at,
    until: row.until_at,
  }));
}

/**
 * In: a span of instants. Out: the items of recognised events that were held in it, from the failure until they were made up
 * in time; what was made up after the recovery had ended is not excused for the time after it.
 */
export async function excludedItems(
  transaction: Knex.Transaction,
  span: { readonly from: Date; readonly until: Date },
): Promise<readonly ExcludedItem[]> {
  const { rows } = await transaction.raw<{
    rows: {
      event_id: string;
      authority_id: string;
      operation: AffectedOperation;
      subject_kind: string;
      subject_id: string | null;
      reference: string;
      since: Date;
      until_at: Date | null;
    }[];
  }>(
    `SELECT m.event_id, m.authority_id, m.operation, m.subject_kind, m.subject_id, m.reference, m.since,
            least(m.closed_at, d.due_at) AS until_at
     FROM force_majeure_item m
     JOIN force_majeure_event e ON e.id = m.event_id AND e.state IN ('recognised', 'recovering', 'clearanceDisputed', 'closed')
     LEFT JOIN deadline d ON d.case_kind = 'forceMajeureEvent' AND d.case_id = e.id AND d.key = 'FORCE_MAJEURE_RECOVERY'
       AND d.round = e.round
     WHERE m.state <> 'released' AND m.since < :until::timestamptz
       AND coalesce(least(m.closed_at, d.due_at), 'infinity') > :from::timestamptz
     ORDER BY m.since, m.id`,
    { from: span.from, until: span.until },
  );
  return rows.map((row) => ({
    eventId: row.event_id,
    authorityId: row.authority_id,
    operation: row.operation,
    subjectKind: row.subject_kind,
    subjectId: row.subject_id,
    reference: row.reference,
    from: row.since,
    until: row.until_at,
  }));
}

/**
 * Effect: each day of the event that has ended and whose increment a unit owes (mode 每日增量) is an item of the event, so
 * that the recovery closes it. Idempotent.
 */
export async function collectEventDays(
  transaction: Knex.Transaction,
  event: ForceMajeureRow,
  now: Date,
): Promise<void> {
  const end = event.cleared_at !== null && event.cleared_at < now ? event.cleared_at : now;
  await transaction.raw(
    `INSERT INTO force_majeure_item (event_id, authority_id, trade, catalog_entry_id, operation, subject_kind,
       subject_id, reference, origin, cause_code, since, added_at)
     SELECT s.event_id, s.authority_id, s.trade, s.catalog_entry_id, 'collect', 'incrementDay', NULL, day.date::date::text,
            'collected', 'incrementDayPostponed', day.date::date::timestamp AT TIME ZONE 'Asia/Shanghai', :now::timestamptz
     FROM force_majeure_scope s
     CROSS JOIN generate_series(:first::date, :last::date, interval '1 day') AS day(date)
     WHERE s.event_id = :event AND 'collect' = ANY (s.operations)
       AND (day.date::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' <= :now::timestamptz
       AND EXISTS (SELECT 1 FROM catalog_entitlement n WHERE n.authority_id = s.authority_id AND n.catalog_entry_id = s.catalog_entry_id
                   AND n.mode = 'dailyIncrement' AND n.valid_from <= day.date::date AND (n.valid_until IS NULL OR n.valid_until > day.date::date))
     ON CONFLICT DO NOTHING`,
    {
      event: event.id,
      first: legalDateAt(event.began_at.getTime()),
      last: legalDateAt(end.getTime() - 1),
      now,
    },
  );
}

function datesOf(row: SpanRow, from: LegalDate, to: LegalDate): readonly LegalDate[] {
  const first = legalDateAt(row.from_at.getTime());
  const last = row.until_at === null ? to : legalDateAt(row.until_at.getTime() - 1);
  const dates: LegalDate[] = [];
  for (let date = first < from ? from : first; date <= to && date <= last; date = addDays(date, 1)) {
    dates.push(date);
  }
  return dates;
}
