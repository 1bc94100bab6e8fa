import type { Knex } from 'knex';
import type { LegalDate } from '../../../domain/shared/legal-date';
import type { CalendarException, WorkCalendar } from '../../../domain/sla/work-calendar';

/** Days of a notice of the State Council. */
const NATIONAL = '';

interface DayRow {
  readonly date: LegalDate;
  readonly region: string;
  readonly kind: CalendarException['kind'];
  readonly name: string;
  readonly source_notice: string;
}

interface CoverageRow {
  readonly version: number;
  readonly covered_from: LegalDate;
  readonly covered_to: LegalDate;
  readonly reason: string;
  /** Tells this version from one of another database and from one of a load that was rolled back. */
  readonly identity: string;
}

const NEWEST = `
SELECT c.version, c.covered_from, c.covered_to, concat_ws('/', d.oid, c.version, c.xmin) AS identity
FROM work_calendar_coverage c, pg_database d
WHERE d.datname = current_database() ORDER BY c.version DESC LIMIT 1`;

let kept: { readonly identity: string; readonly calendar: WorkCalendar } | null = null;

/**
 * Out: the calendar as it is loaded now; null while none was loaded, and then nothing that counts working days can be due.
 * The days of a version never change, for loading others makes a new one: a process reads them once.
 */
export async function loadWorkCalendar(transaction: Knex.Transaction): Promise<WorkCalendar | null> {
  const newest = await transaction.raw<{ rows: CoverageRow[] }>(NEWEST);
  const [coverage] = newest.rows;
  if (coverage === undefined) return null;
  if (kept?.identity === coverage.identity) return kept.calendar;
  const rows = await transaction<DayRow>('work_calendar_day').select();
  const exceptions = (national: boolean): Readonly<Record<string, CalendarException>> =>
    Object.fromEntries(
      rows
        .filter(({ region }) => (region === NATIONAL) === national)
        .map(({ date, kind, name, source_notice: notice }) => [date, { kind, name, notice }]),
    );
  const calendar = {
    version: String(coverage.version),
    coveredFrom: coverage.covered_from,
    coveredTo: coverage.covered_to,
    days: exceptions(true),
    regionalOverlay: exceptions(false),
  };
  kept = { identity: coverage.identity, calendar };
  return calendar;
}

/** Out: why the newest calendar was loaded; null while none was. */
export async function calendarReason(transaction: Knex.Transaction): Promise<string | null> {
  const coverage = await transaction<CoverageRow>('work_calendar_coverage')
    .orderBy('version', 'desc')
    .first('reason');
  return coverage?.reason ?? null;
}

export interface CalendarLoad {
  readonly calendar: Omit<WorkCalendar, 'version'>;
  /** Code of the region whose local holidays the overlay holds, such as 150000. */
  readonly region: string;
  readonly loadedBy: string | null;
  readonly loadedAt: Date;
  /** As people read it beside each deadline that moves; default 载入工作日历. */
  readonly reason?: string;
}

/**
 * In: the whole calendar as it shall be. Effect: its days replace all that were there and it becomes the newest version;
 * loading the same again changes nothing. Out: whether there is a new version, so that open deadlines are to be recomputed.
 */
export async function storeWorkCalendar(transaction: Knex.Transaction, load: CalendarLoad): Promise<boolean> {
  await transaction.raw('LOCK TABLE work_calendar_coverage IN SHARE ROW EXCLUSIVE MODE');
  const before = await loadWorkCalendar(transaction);
  const { calendar } = load;
  let changed = before?.coveredFrom !== calendar.coveredFrom || before.coveredTo !== calendar.coveredTo;
  for (const [region, days] of [
    [NATIONAL, calendar.days],
    [load.region, calendar.regionalOverlay],
  ] as const) {
    for (const [date, day] of Object.entries(days)) {
      changed = (await storeDay(transaction, load, region, date, day)) || changed;
    }
    changed = (await forgetOthers(transaction, region, Object.keys(days))) || changed;
  }
  if (!changed) return false;
  await transaction('work_calendar_coverage').insert({
    version: before === null ? 1 : Number(before.version) + 1,
    covered_from: calendar.coveredFrom,
    covered_to: calendar.coveredTo,
    loaded_at: load.loadedAt,
    loaded_by: load.loadedBy,
    ...(load.reason === undefined ? {} : { reason: load.reason }),
  });
  return true;
}

async function forgetOthers(
  transaction: Knex.Transaction,
  region: string,
  dates: readonly string[],
): Promise<boolean> {
  const { rowCount } = await transaction.raw<{ rowCount: number }>(
    'DELETE FROM work_calendar_day WHERE region = ? AND NOT date = ANY (?::date[])',
    [region, [...dates]],
  );
  return rowCount > 0;
}

async function storeDay(
  transaction: Knex.Transaction,
  load: CalendarLoad,
  region: string,
  date: string,
  day: CalendarException,
): Promise<boolean> {
  const { rowCount } = await transaction.raw<{ rowCount: number }>(
    `INSERT INTO work_calendar_day (date, region, kind, name, source_notice, loaded_by, loaded_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (date, region) DO UPDATE SET kind = excluded.kind, name = excluded.name,
       source_notice = excluded.source_notice, loaded_by = excluded.loaded_by, loaded_at = excluded.loaded_at
     WHERE (work_calendar_day.kind, work_calendar_day.name, work_calendar_day.source_notice)
       IS DISTINCT FROM (excluded.kind, excluded.name, excluded.source_notice)`,
    [date, region, day.kind, day.name, day.notice, load.loadedBy, load.loadedAt],
  );
  return rowCount > 0;
}
