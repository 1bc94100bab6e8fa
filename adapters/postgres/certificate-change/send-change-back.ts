import type { Knex } from 'knex';
import { tellCase } from '../case/tell-case';
import type { IssuanceRow } from '../issuance/issuance-row';
import { CONDUCTOR_ACTOR } from '../issuance/issuance-row';
import type { ChangeRow } from './certificate-change-row';
import { moveChange } from './certificate-change-row';

/**
 * Effect, in the transaction in which a case of the issuance line is sent back: the change whose version it produces is
 * sent back with the same reason, and is what people amend. Nothing for a new issue.
 */
export async function sendChangeBack(
  transaction: Knex.Transaction,
  issuance: Pick<IssuanceRow, 'id' | 'certificate_change_id' | 'revision'>,
  reason: { readonly code: string; readonly detail: string },
  now: Date,
): Promise<void> {
  if (issuance.certificate_change_id === null) return;
  const change = await transaction<ChangeRow>('certificate_change')
    .where({ id: issuance.certificate_change_id })
    .forUpdate()
    .first();
  if (change?.state !== 'inProduction') return;
  await moveChange(transaction, change, {
    operation: 'returnFromProduction',
    now,
    actor: CONDUCTOR_ACTOR,
    reason,
    facts: { issuanceId: issuance.id },
  });
  await tellCase(transaction, {
    kind: 'certificateChange',
    caseId: change.id,
    change: `sentBack/${issuance.revision}`,
    now,
  });
}
