import type { Knex } from 'knex';
import { closeCaseClocks } from '../case/case-clock';
import { endChangeWithIssuance } from '../certificate-change/end-change-with-issuance';
import { giveBackNumber } from './give-back-number';
import type { IssuanceRow } from './issuance-row';

/** Gives the uniqueness of a case back, so that another may take it. */
export async function release(transaction: Knex.Transaction, row: IssuanceRow): Promise<void> {
  await transaction('uniqueness_reservation').where({ issuance_id: row.id }).delete();
}

/**
 * A case that ends without a certificate leaves a draft version, a gap with its reason where the register numbered, the
 * agency's number free for another case, no reservation and no clock that runs; the change whose version it was to produce
 * ends with it. What was missed stays missed.
 */
export async function giveEverythingBack(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  reason: string,
  now: Date,
): Promise<void> {
  await release(transaction, row);
  await transaction('certificate_version')
    .where({ issuance_id: row.id, state: 'awaitingSeal' })
    .update({ state: 'draft' });
  await giveBackNumber(transaction, row, reason);
  await closeCaseClocks(transaction, { caseKind: 'issuance', caseId: row.id }, now);
  await endChangeWithIssuance(transaction, row, now);
}

/** Nobody has to decide about the case any more. */
export async function closeTasks(transaction: Knex.Transaction, row: IssuanceRow, now: Date): Promise<void> {
  await transaction('task')
    .where({ case_kind: 'issuance', case_id: row.id })
    .whereIn('state', ['open', 'claimed', 'decided'])
    .update({ state: 'closed', closed_at: now });
}
