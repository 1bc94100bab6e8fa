import type { Knex } from 'knex';
import { sm3 } from '../../../documents/sm/sm3';
import type { PortalAnswer } from '../../../ports/delivery-channel';
import { closeCaseClocks } from '../case/case-clock';
import { closeTasks } from '../case/case-tasks';
import { enqueue } from '../case/outbox';
import { CONDUCTOR_ACTOR } from '../issuance/issuance-row';
import { postNotice } from '../notice/post-notice';
import { closeDeadline } from '../sla/deadlines';
import type { DeliveryRow } from './delivery-row';
import { moveDelivery } from './delivery-row';

/**
 * Effect: a locked delivery is `delivered` with the portal's proof, unaltered; its clocks are met, nobody has to hand it
 * out at the counter, and the holder is told here and by mail (which never carries the file, art. 9).
 */
export async function recordPortalDelivery(
  transaction: Knex.Transaction,
  row: DeliveryRow,
  answer: Extract<PortalAnswer, { readonly kind: 'delivered' }>,
  now: Date,
): Promise<DeliveryRow> {
  const proofDigest = Buffer.from(sm3(Buffer.from(answer.proof, 'utf8'))).toString('hex');
  const moved = await moveDelivery(transaction, row, {
    operation: 'deliver',
    now,
    actor: CONDUCTOR_ACTOR,
    facts: { receipt: answer.receipt, proofDigest },
    set: {
      portal_receipt: answer.receipt,
      proof: JSON.stringify(answer.proof),
      proof_digest: proofDigest,
      delivered_at: now,
      last_error: null,
      next_attempt_at: null,
    },
  });
  await meetDeliveryClocks(transaction, row, now);
  await tellHolder(transaction, row, {
    part: 'delivered',
    title: '您有新的电子证照',
    body: '您的电子证照已签发并送达，可在“我的证照”中查看。',
    now,
  });
  return moved;
}

/** Effect: the clocks that the holder's having the certificate ends are met or missed, and nobody waits for him. */
export async function meetDeliveryClocks(
  transaction: Knex.Transaction,
  row: DeliveryRow,
  now: Date,
): Promise<void> {
  const name = { caseKind: 'delivery', caseId: row.id };
  if (row.attempts === 0) return;
  for (const key of ['DELIVERY', 'LICENCE_DELIVERY', 'PENDING_PICKUP']) {
    await closeDeadline(transaction, { ...name, key, round: 1, now });
  }
  await closeCaseClocks(transaction, name, now);
  await closeTasks(transaction, { kind: 'pickup', caseId: row.id, now });
}

/** Effect: the holder has a notice here, and a mail that says so; each part once. A holder without a code is not reachable. */
export async function tellHolder(
  transaction: Knex.Transaction,
  row: DeliveryRow,
  told: { readonly part: string; readonly title: string; readonly body: string; readonly now: Date },
): Promise<void> {
  const holder = await transaction<{ code_lookup: Buffer | null }>('certificate_holder')
    .where({ certificate_version_id: row.certificate_version_id, ordinal: row.holder_ordinal } as object)
    .first('code_lookup');
  if (holder?.code_lookup == null) return;
  await postNotice(transaction, {
    naturalKey: `delivery/${row.id}/${told.part}`,
    recipient: { holderLookup: holder.code_lookup },
    title: told.title,
    body: told.body,
    link: '/certificates',
    createdAt: told.now,
  });
  await enqueue(transaction, {
    dedupeKey: `mail/delivery/${row.id}/${told.part}`,
    topic: 'mail',
    payload: {
      recipient: { kind: 'holder', holderLookup: holder.code_lookup.toString('hex') },
      subject: told.title,
      text: `${told.body}\n\n请登录“内蒙古政务服务网”或“蒙速办”查看。邮件仅作提醒，不附证照文件。`,
    },
    availableAt: told.now,
  });
}
