import type { Knex } from 'knex';
import { tellCase } from '../case/tell-case';
import type { IssuanceRow } from '../issuance/issuance-row';
import { CONDUCTOR_ACTOR } from '../issuance/issuance-row';
import type { ChangeRow } from './certificate-change-row';
import { moveChange } from './certificate-change-row';
import { setMark } from './changed-version';

/**
 * Effect, in the transaction in which a case of the issuance line ends without a certificate: the change whose version it
 * was to produce ends too, refused or withdrawn as the case was, and 延续审查中 goes. A change that has ended stays so.
 */
export async function endChangeWithIssuance(
  transaction: Knex.Transaction,
  issuance: Pick<IssuanceRow, 'id' | 'certificate_change_id'>,
  now: Date,
): Promise<void> {
  if (issuance.certificate_change_id === null) return;
  const ended = await transaction<IssuanceRow>('issuance')
    .where({ id: issuance.id })
    .first('state', 'state_reason');
  const change = await transaction<ChangeRow>('certificate_change')
    .where({ id: issuance.certificate_change_id })
    .forUpdate()
    .first();
  if (change === undefined || change.closed_at !== null) return;
  await moveChange(transaction, change, {
    operation: ended?.state === 'withdrawn' ? 'withdraw' : 'reject',
    now,
    actor: CONDUCTOR_ACTOR,
    reason: ended?.state_reason ?? { code: 'issuanceEnded', detail: '新版本未能签发' },
    facts: { issuanceId: issuance.id },
  });
  await setMark(transaction, change.certificate_version_id, 'renewalPending', false);
  await tellCase(transaction, { kind: 'certificateChange', caseId: change.id, change: 'ended', now });
}
