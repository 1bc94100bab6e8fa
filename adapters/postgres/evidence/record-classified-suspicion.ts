import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { alarmTitle } from '../../../domain/alarm/alarms';
import { postNotice } from '../notice/post-notice';

const MAX_POINTER_LENGTH = 200;

/** Effect: it is kept that something bore a secrecy mark (art. 3), by whom and where, never what it said; the security administrator is told. */
export async function recordClassifiedSuspicion(
  transaction: Knex.Transaction,
  suspicion: { readonly principal: string; readonly pointer: string; readonly now: Date },
): Promise<void> {
  const id = randomUUID();
  const pointer = suspicion.pointer.slice(0, MAX_POINTER_LENGTH);
  await transaction('refused_request').insert({
    id,
    principal: suspicion.principal,
    code: 'classifiedSuspected',
    pointer,
    refused_at: suspicion.now,
  });
  await postNotice(transaction, {
    naturalKey: `refusedRequest/${id}`,
    recipient: { role: 'securityAdministrator', authorityId: null },
    title: alarmTitle('classifiedSuspected'),
    body: `来自 ${suspicion.principal} 的请求在 ${pointer} 处带有涉密标志，已拒收，未保存任何内容。`,
    link: null,
    createdAt: suspicion.now,
  });
}
