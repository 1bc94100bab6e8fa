import type { AnomalyOperation } from '../../../domain/anomaly/lifecycle';
import { CONCLUSION_OF } from '../../../domain/anomaly/lifecycle';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { enqueue } from '../case/outbox';
import { postNotice } from '../notice/post-notice';
import { closeDeadline } from '../sla/deadlines';
import type { AnomalyRow, AnomalyWork } from './anomaly-row';
import { moveAnomaly, objectionsOf } from './anomaly-row';
import { openReplyTask, openRoundOf } from './anomaly-tasks';

/** What an investigator's act concludes; null for one that concludes nothing. */
export interface Conclusion {
  readonly operation: keyof typeof CONCLUSION_OF;
  readonly reason: string;
  readonly personId: string;
  readonly set?: Partial<AnomalyRow>;
}

/**
 * Effect: the conclusion with its reason stands in the case, the clocks of acceptance and decision end. A conclusion that
 * needs no change of the certificate leads straight to the reply, whose task and clock start.
 */
export async function conclude(
  work: AnomalyWork,
  row: AnomalyRow,
  certificateName: string,
  conclusion: Conclusion,
): Promise<AnomalyRow> {
  await closeClock(work, row, 'ANOMALY_ACCEPT');
  await closeClock(work, row, 'ANOMALY_DECIDE');
  const moved = await moveAnomaly(work, row, {
    operation: conclusion.operation,
    actor: { kind: 'person', id: conclusion.personId },
    set: {
      ...conclusion.set,
      conclusion: CONCLUSION_OF[conclusion.operation],
      reason_cipher: sealReason(work, row.id, conclusion.reason),
      investigator_id: conclusion.personId,
      decided_at: work.now,
    },
  });
  if (moved.state === 'replying') {
    await openReplyTask(work, moved, { certificateName, why: '核查已有结论，请告知异议人' });
  }
  return moved;
}

/** What the office last said about a case, for its column. */
export function sealReason({ cipher }: AnomalyWork, caseId: string, reason: string): Buffer {
  return cipher.encrypt(reason, cipherPlace('anomaly_case.reason_cipher', caseId));
}

/** Effect: the open clock of a limit of the case, if there is one, is met or missed. */
export async function closeClock(
  { transaction, now }: AnomalyWork,
  row: AnomalyRow,
  key: string,
): Promise<void> {
  const round = await openRoundOf(transaction, row.id, key);
  if (round !== null)
    await closeDeadline(transaction, { caseKind: 'anomalyCase', caseId: row.id, key, round, now });
}

/**
 * Effect: everybody who still objects finds a notice in the application and, where there is an address, a mail that
 * carries nothing personal. Idempotent by the case, the objection and what it is about.
 */
export async function tellObjectors(
  { transaction, now }: AnomalyWork,
  row: AnomalyRow,
  about: { readonly key: AnomalyOperation | 'replied'; readonly title: string; readonly body: string },
): Promise<void> {
  for (const objection of await objectionsOf(transaction, row.id)) {
    if (objection.person_id === null || objection.withdrawn_at !== null) continue;
    const naturalKey = `anomalyCase/${row.id}/${about.key}/${row.round}/${objection.id}`;
    await postNotice(transaction, {
      naturalKey,
      recipient: { personId: objection.person_id },
      title: about.title,
      body: `${row.number}：${about.body}`,
      link: `/anomaly-cases/${row.id}`,
      createdAt: now,
    });
    await enqueue(transaction, {
      dedupeKey: `mail/${naturalKey}`,
      topic: 'mail',
      payload: {
        recipient: { kind: 'person', personId: objection.person_id },
        subject: about.title,
        text: `您提出的异常数据核查(${row.number})有新的进展，请登录系统查看。`,
      },
      availableAt: now,
    });
  }
}
