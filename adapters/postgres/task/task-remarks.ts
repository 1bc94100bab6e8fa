import type { Knex } from 'knex';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import type { TaskRemark } from '../../../ports/task-teamwork';
import { cipherPlace } from '../../cipher/encrypted-columns';

interface RemarkRow {
  readonly kind: TaskRemark['kind'];
  readonly id: string | null;
  readonly at: Date;
  readonly by_name: string;
  readonly to_name: string | null;
  readonly reason: string | null;
  readonly text_cipher: Buffer | null;
}

const REMARKS = `
SELECT r.kind, r.id, r.at, author.display_name AS by_name, receiver.display_name AS to_name, r.reason, r.text_cipher FROM (
  SELECT 'transfer' AS kind, id, transferred_at AS at, transferred_by AS by_id, to_person_id AS to_id, reason, NULL::bytea AS text_cipher FROM task_transfer WHERE task_id = :task
  UNION ALL SELECT 'urge', id, urged_at, urged_by, NULL, NULL, NULL FROM task_urge WHERE task_id = :task
  UNION ALL SELECT 'comment', id, written_at, author_id, NULL, NULL, text_cipher FROM task_comment WHERE task_id = :task
  UNION ALL SELECT 'copy', NULL, copied_at, copied_by, person_id, NULL, NULL FROM task_copy WHERE task_id = :task
  UNION ALL SELECT 'handoverRequest', NULL, requested_at, requested_by, holder_id, NULL, NULL FROM task_handover_request WHERE task_id = :task
) r
JOIN person author ON author.id = r.by_id
LEFT JOIN person receiver ON receiver.id = r.to_id
ORDER BY r.at, r.kind, receiver.display_name`;

/** Out: what was done and said about a task in the order of time; null when the transaction's principal does not see the task. */
export async function readRemarks(
  transaction: Knex.Transaction,
  cipher: PersonalDataCipher,
  taskId: string,
): Promise<readonly TaskRemark[] | null> {
  const task = await transaction('task').where({ id: taskId }).first('id');
  if (task === undefined) return null;
  const { rows } = await transaction.raw<{ rows: RemarkRow[] }>(REMARKS, { task: taskId });
  return rows.map((row) => ({
    kind: row.kind,
    at: shanghaiInstant(row.at.getTime()),
    by: row.by_name,
    to: row.to_name,
    text:
      row.text_cipher === null || row.id === null
        ? row.reason
        : cipher.decrypt(row.text_cipher, cipherPlace('task_comment.text_cipher', row.id)),
  }));
}
