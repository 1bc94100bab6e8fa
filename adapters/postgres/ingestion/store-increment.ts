import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { maskFace } from '../../../domain/catalog/mask-face';
import { isInTime } from '../../../domain/ingestion/day-close';
import type { IngestedRecord } from '../../../domain/ingestion/ingested-record';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { maskIdentityNumber, maskName } from '../../../domain/shared/mask-text';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { recordClassifiedSuspicion } from '../evidence/record-classified-suspicion';
import { deterministicId } from '../register/deterministic-id';
import { countOnDay, openDayFor } from './deliver-day';
import type { IncrementDayRow } from './increment-day';
import type { StoredDelivery, StoreTools } from './increment-upload';
import { writeUpload } from './increment-upload';
import type { JudgedRow } from './judge-increment';
import { withoutKnown } from './known-numbers';

/** Rows of one INSERT; so many columns stay below the protocol's 65,535 parameters. */
const CHUNK = 500;

/**
 * Effect, in the caller's transaction, which holds the lock of the unit and type: the upload with its receipt, what became of
 * each row, the accepted records, the days that they close, the event. Numbers that the register has already are
 * rejected. Out: the upload's id.
 */
export async function storeIncrement(
  transaction: Knex.Transaction,
  tools: StoreTools,
  delivery: StoredDelivery,
  judged: readonly JudgedRow[],
): Promise<string> {
  const uploadId = randomUUID();
  const rows = await withoutKnown(transaction, delivery.rules, judged);
  const accepted = rows.flatMap((row) => (row.record === null ? [] : [{ ...row, record: row.record }]));
  const isLate = ({ issuedOn }: IngestedRecord): boolean =>
    !isInTime(issuedOn, delivery.receivedAt.getTime());
  await writeUpload(transaction, uploadId, delivery, {
    accepted_count: accepted.length,
    late_count: accepted.filter(({ record }) => isLate(record)).length,
    rejected_count: rows.length - accepted.length,
  });
  const days = new Map<LegalDate, IncrementDayRow>();
  for (const date of [...new Set(accepted.map(({ record }) => record.issuedOn))].sort()) {
    days.set(date, await openDayFor(transaction, tools, delivery, date));
  }
  await writeRecords(transaction, tools, delivery, uploadId, accepted, days);
  await writeRows(transaction, tools, delivery, uploadId, rows);
  await markMended(transaction, delivery, uploadId, accepted);
  for (const [date, day] of days) {
    const count = accepted.filter(({ record }) => record.issuedOn === date).length;
    await countOnDay(transaction, delivery, day, count);
  }
  await tellMarked(transaction, delivery, rows);
  return uploadId;
}

type AcceptedRow = JudgedRow & { readonly record: IngestedRecord };

async function writeRecords(
  transaction: Knex.Transaction,
  { cipher }: StoreTools,
  { rules, receivedAt }: StoredDelivery,
  uploadId: string,
  accepted: readonly AcceptedRow[],
  days: ReadonlyMap<LegalDate, IncrementDayRow>,
): Promise<void> {
  const rows = accepted.map(({ rowNumber, record }) => {
    const id = recordIdOf(uploadId, rowNumber);
    return {
      id,
      increment_upload_id: uploadId,
      row_number: rowNumber,
      increment_day_id: days.get(record.issuedOn)?.id,
      authority_id: rules.authority.id,
      trade: rules.definition.trade,
      catalog_entry_id: rules.entryId,
      catalog_entry_version_id: rules.entryVersionId,
      business_number: record.businessNumber,
      number: record.number,
      identifier: record.identifier,
      recorded_on: record.issuedOn,
      record_cipher: cipher.encrypt(JSON.stringify(record), cipherPlace('ingested_record.record_cipher', id)),
      masked_face: JSON.stringify(maskFace(rules.definition.faceSchema, record.face)),
      masked_holders: JSON.stringify(
        record.holders.map(({ name, code }) => ({
          name: maskName(name),
          code: code === null ? null : maskIdentityNumber(code.value),
        })),
      ),
      is_late: !isInTime(record.issuedOn, receivedAt.getTime()),
      ingested_at: receivedAt,
    };
  });
  for (const chunk of chunksOf(rows)) await transaction('ingested_record').insert(chunk);
}

async function writeRows(
  transaction: Knex.Transaction,
  { cipher }: StoreTools,
  { rules }: StoredDelivery,
  uploadId: string,
  judged: readonly JudgedRow[],
): Promise<void> {
  const rows = judged.map(({ rowNumber, record, problems, cells }) => ({
    increment_upload_id: uploadId,
    row_number: rowNumber,
    authority_id: rules.authority.id,
    trade: rules.definition.trade,
    state: record === null ? 'rejected' : 'accepted',
    problems: JSON.stringify(problems),
    cells_cipher:
      record !== null || cells === null
        ? null
        : cipher.encrypt(
            JSON.stringify(cells),
            cipherPlace('increment_row.cells_cipher', uploadId, rowNumber),
          ),
    ingested_record_id: record === null ? null : recordIdOf(uploadId, rowNumber),
  }));
  for (const chunk of chunksOf(rows)) await transaction('increment_row').insert(chunk);
}

async function markMended(
  transaction: Knex.Transaction,
  { retryOf }: StoredDelivery,
  uploadId: string,
  accepted: readonly AcceptedRow[],
): Promise<void> {
  const originals = accepted.flatMap(({ originalRow }) => (originalRow === null ? [] : [originalRow]));
  if (retryOf === null || originals.length === 0) return;
  await transaction('increment_row')
    .where({ increment_upload_id: retryOf, state: 'rejected' })
    .whereIn('row_number', originals)
    .update({ state: 'mended', mended_by_upload_id: uploadId });
}

async function tellMarked(
  transaction: Knex.Transaction,
  { uploadedBy, receivedAt }: StoredDelivery,
  rows: readonly JudgedRow[],
): Promise<void> {
  const marked = rows.filter(({ problems }) => problems.some(({ code }) => code === 'classifiedSuspected'));
  const [first] = marked;
  if (first === undefined) return;
  const more = marked.length === 1 ? '' : `（共 ${marked.length} 行）`;
  await recordClassifiedSuspicion(transaction, {
    principal: uploadedBy,
    pointer: `/rows/${first.rowNumber}${more}`,
    now: receivedAt,
  });
}

function recordIdOf(uploadId: string, rowNumber: number): string {
  return deterministicId('ingestedRecord', uploadId, rowNumber);
}

function chunksOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const chunks: (readonly Item[])[] = [];
  for (let start = 0; start < items.length; start += CHUNK) chunks.push(items.slice(start, start + CHUNK));
  return chunks;
}
