import type { Knex } from 'knex';
import { giveBackNumber } from './give-back-number';
import { release } from './issuance-ledger';
import type { IssuanceRow } from './issuance-row';

/** A withdrawn case leaves a draft version, a gap with its reason where the register numbered, and no reservation. */
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
  await giveBackNumber(transaction, row, `撤件：${reason}`);
  await transaction('task')
    .where({ case_kind: 'issuance', case_id: row.id })
    .whereIn('state', ['open', 'claimed', 'decided'])
    .update({ state: 'closed', closed_at: now });
  await transaction('deadline')
    .where({ case_kind: 'issuance', case_id: row.id })
    .whereIn('state', ['running', 'awaitingCalendar', 'missed'])
    .update({ state: 'closed', closed_at: now });
}
