import type { Knex } from 'knex';
import { enqueue } from '../case/outbox';

export interface NewUpReport {
  /** The issue, change or ending that is reported; each is reported once. */
  readonly eventId: string;
  readonly certificateVersionId: string;
  readonly authorityId: string;
  readonly trade: string;
  /** By the ministry's table of operations. */
  readonly operationCode: string;
  readonly now: Date;
}

/**
 * 归集上报 (reading 6): effect: an issue, change or ending is to be reported to the region, once; the outbox sends it after the
 * commit. Throws when the event has been reported already.
 */
export async function openUpReport(transaction: Knex.Transaction, report: NewUpReport): Promise<void> {
  const [written]: readonly { readonly id: string }[] = await transaction('up_report')
    .insert({
      event_id: report.eventId,
      certificate_version_id: report.certificateVersionId,
      authority_id: report.authorityId,
      trade: report.trade,
      operation_code: report.operationCode,
      state: 'pending',
      created_at: report.now,
      updated_at: report.now,
    })
    .returning('id');
  if (written === undefined)
    throw new Error(`the up-report of ${report.certificateVersionId} was not written`);
  await sendUpReport(transaction, { id: written.id, round: 1, now: report.now });
}

/** Effect: the report is sent once this transaction has committed; once per round. */
export async function sendUpReport(
  transaction: Knex.Transaction,
  report: { readonly id: string; readonly round: number; readonly now: Date },
): Promise<void> {
  await enqueue(transaction, {
    dedupeKey: `upReport/${report.id}/${report.round}`,
    topic: 'upReport',
    payload: { upReportId: report.id },
    availableAt: report.now,
  });
}
