import type { Knex } from 'knex';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { PersonPrincipal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { TaskKind } from '../../../domain/task/task-kind';
import { taskKind } from '../../../domain/task/task-kind';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { postNotice } from '../notice/post-notice';
import { openDeadline } from '../sla/deadlines';
import type { TaskRow } from '../task/task-view';

export interface NewTask {
  readonly kind: TaskKind;
  readonly caseId: string;
  /** Grows each time the case comes back to the same kind of work. */
  readonly round: number;
  readonly authorityId: string;
  readonly trade: string;
  /** What it is about, as lists show it, such as the name of the certificate type; never a person. */
  readonly subject: string;
  /** The number by which people call the case. */
  readonly reference: string;
  /** Who may never take it: the operator of the case. */
  readonly excludedPersonId: string | null;
  /** The limit whose clock starts with the task, or null when it has none of its own. */
  readonly deadlineKey: string | null;
  /** The round of that clock when it runs already: a task that follows another does not start it anew. Default: the task's. */
  readonly deadlineRound?: number;
  /** The page on which people do the work. */
  readonly link: string;
  /** What the notice to the queue says beside the reference. */
  readonly why: string;
  readonly now: Date;
}

/**
 * Effect: the task stands in its queue with its deadline, and its queue has a notice. Idempotent by case, kind and round.
 * Errors: none; a calendar that does not reach the day leaves the task without a due instant (reading 12).
 */
export async function openTask(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  task: NewTask,
): Promise<void> {
  const { name, caseKind, queueRole } = taskKind(task.kind);
  const place = { authorityId: task.authorityId, trade: task.trade };
  const deadline =
    task.deadlineKey === null
      ? null
      : await openDeadline(transaction, integrity, {
          ...place,
          caseKind,
          caseId: task.caseId,
          key: task.deadlineKey,
          round: task.deadlineRound ?? task.round,
          startAt: task.now,
        });
  await transaction('task')
    .insert({
      kind: task.kind,
      case_kind: caseKind,
      case_id: task.caseId,
      round: task.round,
      subject: task.subject,
      reference: task.reference,
      authority_id: task.authorityId,
      trade: task.trade,
      queue_role: queueRole,
      excluded_person_id: task.excludedPersonId,
      state: 'open',
      due_at: deadline?.dueAt ?? null,
      deadline_id: deadline?.id ?? null,
      opened_at: task.now,
    })
    .onConflict(['case_kind', 'case_id', 'kind', 'round'])
    .ignore();
  await postNotice(transaction, {
    naturalKey: `task/${caseKind}/${task.caseId}/${task.kind}/${task.round}`,
    recipient: { role: queueRole, authorityId: task.authorityId },
    title: `有新任务：${name}`,
    body: `${task.subject}（${task.reference}）：${task.why}。`,
    link: task.link,
    createdAt: task.now,
  });
}

/** Nobody has to do anything about the case any more; what somebody did stays on record. */
export async function closeTasks(
  transaction: Knex.Transaction,
  work: { readonly kind: TaskKind; readonly caseId: string; readonly now: Date },
): Promise<void> {
  await transaction('task')
    .where({ kind: work.kind, case_id: work.caseId })
    .whereIn('state', ['open', 'claimed'])
    .update({ state: 'closed', closed_at: work.now });
}

/**
 * A person acts on a case at the case's own address, which completes the open task of the kind. Effect: an open task is
 * taken and completed by the person. Refuses when another person holds it (and says who, since when) or when the person
 * was excluded from it (operator is not reviewer). Without an open task there is nothing to complete: accepted. Whether
 * the person has the role at the authority is the caller's question; whether the case may move is its table's.
 * Call it before anything is written: a refusal that is returned commits.
 */
export async function completeTask(
  transaction: Knex.Transaction,
  work: {
    readonly kind: TaskKind;
    readonly caseId: string;
    readonly reason: string | null;
    readonly now: Date;
  },
  person: PersonPrincipal,
): Promise<Result<null, Refusal>> {
  const task = await transaction<TaskRow>('task')
    .where({ kind: work.kind, case_id: work.caseId })
    .whereIn('state', ['open', 'claimed'])
    .orderBy('round', 'desc')
    .forUpdate()
    .first();
  if (task === undefined) return accepted(null);
  if (task.excluded_person_id === person.personId) return refused({ code: 'operatorMayNotReview' });
  if (task.state === 'claimed' && task.claimed_by !== person.personId) {
    return refused({ code: 'taskNotYours', facts: await taskHolder(transaction, task) });
  }
  await transaction('task')
    .where({ id: task.id })
    .update({
      state: 'decided',
      claimed_by: person.personId,
      claimed_at: task.claimed_at ?? work.now,
      decision: 'done',
      decision_reason: work.reason,
      decided_by: person.personId,
      decided_at: work.now,
      takes_effect_at: work.now,
    });
  return accepted(null);
}

/** Who holds a task since when; said when a claim is lost. */
export async function taskHolder(
  transaction: Knex.Transaction,
  task: TaskRow,
): Promise<Readonly<Record<string, string | null>>> {
  if (task.claimed_by === null) return {};
  const holder = await transaction<{ id: string; display_name: string }>('person')
    .where({ id: task.claimed_by })
    .first('display_name');
  return {
    heldBy: holder?.display_name ?? null,
    heldSince: task.claimed_at === null ? null : shanghaiInstant(task.claimed_at.getTime()),
  };
}
