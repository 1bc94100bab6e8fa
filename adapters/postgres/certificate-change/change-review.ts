import type { Knex } from 'knex';
import type { ReviewPolicy } from '../../../domain/catalog/catalog-entry';
import type { IssuanceRow } from '../issuance/issuance-row';

/**
 * What ② asks of a case: its type's policy and where it comes from. A case that produces the version of a change had its
 * policy applied to the change already, and where a person approved that one, only a difference from the agency's own
 * record asks for a person again.
 */
export async function reviewAsked(
  transaction: Knex.Transaction,
  row: IssuanceRow,
  policy: ReviewPolicy,
): Promise<{ readonly policy: ReviewPolicy; readonly origin: IssuanceRow['origin'] }> {
  if (row.certificate_change_id === null) return { policy, origin: row.origin };
  const approved = await transaction('task')
    .where({ kind: 'changeReview', case_id: row.certificate_change_id, decision: 'approve' })
    .first('id');
  return { policy: { kind: 'none' }, origin: approved === undefined ? row.origin : 'agency' };
}
