import type { Knex } from 'knex';
import type { Principal } from '../../../domain/shared/principal';
import type { IncrementDayView, IncrementMonth, IncrementRowView } from '../../../ports/increment-desk';
import type { Page, PageRequest } from '../../../ports/page';
import type { DayViewRow, RowViewRow, UploadViewRow } from './increment-view';
import { DAYS, dayView, ROWS, rowView, UPLOADS, uploadView } from './increment-view';

export interface MonthFilter {
  readonly authorityId: string | null;
  readonly catalogCode: string | null;
  /** YYYY-MM. */
  readonly month: string;
}

/** A month of every unit and type of the city is below this. */
const MAX_DAYS = 20_000;
const MAX_UPLOADS = 200;

const OF_FILTER = `
(:authorityId::uuid IS NULL OR t.authority_id = :authorityId) AND (:catalogCode::text IS NULL OR e.code = :catalogCode)`;
const MONTH_DAYS = `
${DAYS} WHERE t.date >= :first::date AND t.date < (:first::date + interval '1 month')::date AND ${OF_FILTER}
ORDER BY t.date, e.code, t.authority_id LIMIT ${MAX_DAYS}`;
const MONTH_UPLOADS = `
${UPLOADS} WHERE t.received_at >= :first::date::timestamp AT TIME ZONE 'Asia/Shanghai'
  AND t.received_at < (:first::date + interval '1 month') AT TIME ZONE 'Asia/Shanghai' AND ${OF_FILTER}
ORDER BY t.received_at DESC, t.id DESC LIMIT ${MAX_UPLOADS}`;
const PAGE_OF_ROWS = `
${ROWS} WHERE t.increment_upload_id = :upload AND t.row_number > :after AND (:state::text IS NULL OR t.state = :state)
ORDER BY t.row_number LIMIT :limit`;

/** Out: the days of a month as a heat map shows them, and the newest uploads of the month. */
export async function listMonth(
  transaction: Knex.Transaction,
  principal: Principal,
  { authorityId, catalogCode, month }: MonthFilter,
  now: Date,
): Promise<IncrementMonth> {
  const wanted = { authorityId, catalogCode, first: `${month}-01` };
  const days = await transaction.raw<{ rows: DayViewRow[] }>(MONTH_DAYS, wanted);
  const uploads = await transaction.raw<{ rows: UploadViewRow[] }>(MONTH_UPLOADS, wanted);
  return {
    days: days.rows.map((row) => dayView(row, principal, now)),
    uploads: uploads.rows.map((row) => uploadView(row, principal)),
  };
}

/** Out: a page of an upload's rows in their order; null when the upload is outside the scope. */
export async function listRows(
  transaction: Knex.Transaction,
  wanted: {
    readonly uploadId: string;
    readonly state: IncrementRowView['state'] | null;
    readonly page: PageRequest;
  },
): Promise<Page<IncrementRowView> | null> {
  const { uploadId, state, page } = wanted;
  if ((await findUploadRow(transaction, uploadId)) === null) return null;
  const after = /^\d{1,7}$/.test(page.cursor ?? '') ? Number(page.cursor) : 0;
  const { rows } = await transaction.raw<{ rows: RowViewRow[] }>(PAGE_OF_ROWS, {
    upload: uploadId,
    after,
    state,
    limit: page.limit + 1,
  });
  const shown = rows.slice(0, page.limit);
  const last = shown.at(-1);
  return {
    items: shown.map(rowView),
    nextCursor: rows.length > page.limit && last !== undefined ? String(last.row_number) : null,
  };
}

/** Out: the row of an upload within scope, or null. */
export async function findUploadRow(
  transaction: Knex.Transaction,
  uploadId: string,
): Promise<UploadViewRow | null> {
  const { rows } = await transaction.raw<{ rows: UploadViewRow[] }>(`${UPLOADS} WHERE t.id = ?`, [uploadId]);
  return rows[0] ?? null;
}

/** Out: a day within scope, or null. */
export async function findDay(
  transaction: Knex.Transaction,
  principal: Principal,
  dayId: string,
  now: Date,
): Promise<IncrementDayView | null> {
  const { rows } = await transaction.raw<{ rows: DayViewRow[] }>(`${DAYS} WHERE t.id = ?`, [dayId]);
  return rows[0] === undefined ? null : dayView(rows[0], principal, now);
}
