import type { Knex } from 'knex';
import type { Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Problem } from '../../../domain/shared/refusals';

/** Evidence must be there and be the objector's own upload. Out: the problem, or null. */
export async function evidenceProblem(
  transaction: Knex.Transaction,
  principal: Principal,
  attachmentIds: readonly string[],
): Promise<Problem | null> {
  if (attachmentIds.length === 0) return null;
  const found = await transaction<{ id: string }>('attachment')
    .whereIn('id', [...attachmentIds])
    .where({ uploaded_by: principalName(principal) } as object)
    .select('id');
  const known = new Set(found.map(({ id }) => id));
  const index = attachmentIds.findIndex((id) => !known.has(id));
  return index < 0
    ? null
    : { pointer: `/attachmentIds/${index}`, code: 'unknownAttachment', expected: '应为您本人上传的附件编号' };
}

/** Effect: evidence that belonged to no authority belongs to the one that has the case. */
export async function attachEvidence(
  transaction: Knex.Transaction,
  attachmentIds: readonly string[],
  authorityId: string,
): Promise<void> {
  await transaction('attachment')
    .whereIn('id', [...attachmentIds])
    .whereNull('authority_id')
    .update({ authority_id: authorityId });
}
