import type { Knex } from 'knex';
import type { IssuanceRow } from './issuance-row';

/**
 * Gives back the number of a case that ends without a certificate: another may bear it, and where the register numbered,
 * the record keeps why there is a gap. In: the case, locked, and the reason for people. A case that never had one is
 * left alone.
 */
export async function giveBackNumber(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  reason: string,
): Promise<void> {
  // A certificate that lives keeps its number when the case of a further version ends.
  if (row.certificate_id !== null && row.certificate_change_id === null) {
    await transaction('certificate_number').where({ certificate_id: row.certificate_id }).delete();
  }
  await transaction('number_record')
    .where({ issuance_id: row.id })
    .update({ state: 'gap', gap_reason: reason.slice(0, 200) });
}
