import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { maskFace } from '../../domain/catalog/mask-face';
import { isInTime } from '../../domain/ingestion/day-close';
import type { IngestedRecord } from '../../domain/ingestion/parse-increment-row';
import type { LegalDate } from '../../domain/shared/legal-date';
import { legalDateAt } from '../../domain/shared/legal-date';
import { maskIdentityNumber, maskName } from '../../domain/shared/mask-text';
import type { PersonPrincipal } from '../../domain/shared/principal';
import type { IncrementUploadView } from '../../ports/increment-desk';
import type { PersonalDataCipher, RowIntegrity } from '../../ports/personal-data-cipher';
import { cipherPlace } from '../cipher/encrypted-columns';
import { deterministicId } from './deterministic-id';
import type { IncrementDayRow } from './increment-day';
import { endWorkOnDay, moveIncrementDay, openIncrementDay } from './increment-day';
import type { IncrementRules } from './increment-rules';
import type { JudgedRow } from './judge-increment';
import { withoutKnown } from './known-numbers';
import { recordClassifiedSuspicion } from './record-classified-suspicion';
import { recordEvent } from './record-event';

export interface StoreTools {
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
}

/** Who delivers, when, and by what. */
export interface StoredDelivery {
  readonly rules: IncrementRules;
  readonly format: IncrementUploadView['format'];
  readonly contentDigest: string;
  readonly receivedAt: Date;
  readonly retryOf: string | null;
  /** Stable name of the principal. */
  readonly uploadedBy: string;
  /** Null for an agency's system. */
  readonly person: PersonPrincipal | null;
}

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
    days.set(date, await openDay(transaction, tools, delivery, date));
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

/** The upload's row and event; a zero report is an upload without rows. */
export async function writeUpload(
  transaction: Knex.Transaction,
  uploadId: string,
  delivery: StoredDelivery,
  counts: { readonly accepted_count: number; readonly late_count: number; readonly rejected_count: number },
  zeroReportFor: LegalDate | null = null,
): Promise<void> {
  const { rules, receivedAt } = delivery;
  const scope = { authority_id: rules.authority.id, trade: rules.definition.trade };
  const day = legalDateAt(receivedAt.getTime()).replaceAll('-', '');
  const receipt = `ZL${day}-${uploadId.replaceAll('-', '').slice(0, 12).toUpperCase()}`;
  await transaction('increment_upload').insert({
    id: uploadId,
    receipt,
    ...scope,
    catalog_entry_id: rules.entryId,
    catalog_entry_version_id: rules.entryVersionId,
    format: delivery.format,
    content_digest: delivery.contentDigest,
    zero_report_for: zeroReportFor,
    uploaded_by: delivery.uploadedBy,
    retry_of_id: delivery.retryOf,
    ...counts,
    received_at: receivedAt,
  });
  await recordEvent(transaction, {
    id: uploadId,
    kind: zeroReportFor === null ? 'increment.receive' : 'increment.receiveZero',
    caseKind: 'incrementUpload',
    caseId: uploadId,
    authorityId: scope.authority_id,
    trade: scope.trade,
    actor: actorOf(delivery),
    facts: {
      receipt,
      format: delivery.format,
      contentDigest: delivery.contentDigest,
      accepted: counts.accepted_count,
      late: counts.late_count,
      rejected: counts.rejected_count,
    },
    occurredAt: receivedAt,
    recordedAt: receivedAt,
  });
}

/** A day's row for what arrived; its clock runs only from the daily opening, never for a day long past. */
export function openDay(
  transaction: Knex.Transaction,
  tools: StoreTools,
  { rules, receivedAt }: StoredDelivery,
  date: LegalDate,
): Promise<IncrementDayRow> {
  const key = {
    authorityId: rules.authority.id,
    trade: rules.definition.trade,
    entryId: rules.entryId,
    date,
  };
  const isToday = date === legalDateAt(receivedAt.getTime());
  return openIncrementDay(transaction, key, { clock: isToday ? tools.integrity : null, now: receivedAt });
}

/** Who delivered, as events name it. */
export function actorOf({ uploadedBy }: StoredDelivery): Readonly<Record<string, string | null>> {
  const [kind, id] = uploadedBy.split(':', 2);
  return { kind: kind ?? null, id: id ?? null };
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

/** Rows of the day itself deliver it, rows that come later are 补报; both are counted apart. */
async function countOnDay(
  transaction: Knex.Transaction,
  delivery: StoredDelivery,
  day: IncrementDayRow,
  count: number,
): Promise<void> {
  const now = delivery.receivedAt;
  const inTime = isInTime(day.date, now.getTime());
  const common = { now, actor: actorOf(delivery), facts: { rows: count } };
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
