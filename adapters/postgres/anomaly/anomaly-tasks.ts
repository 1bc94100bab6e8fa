import type { Knex } from 'knex';
import type { NewTask } from '../case/case-tasks';
import { openTask } from '../case/case-tasks';
import type { AnomalyRow, AnomalyWork } from './anomaly-row';

interface Opening {
  readonly certificateName: string;
  readonly why: string;
}

/**
 * Effect: the task of acceptance stands before the investigators of the case's authority. Its clock is that of the
 * acceptance; a case that was accepted before it was transferred keeps the clock of its decision: a transfer starts none anew.
 */
export async function openAcceptance(work: AnomalyWork, row: AnomalyRow, opening: Opening): Promise<void> {
  const deadlineKey = row.accepted_at === null ? 'ANOMALY_ACCEPT' : 'ANOMALY_DECIDE';
  await open(work, row, opening, { kind: 'anomalyAcceptance', deadlineKey });
}

/** Effect: the task of investigation stands before the investigators, with the clock of the decision that is due. */
export async function openInvestigation(work: AnomalyWork, row: AnomalyRow, opening: Opening): Promise<void> {
  await open(work, row, opening, { kind: 'anomalyInvestigation', deadlineKey: 'ANOMALY_DECIDE' });
}

/** Effect: the task of telling the objectors, with its clock. */
export async function openReplyTask(work: AnomalyWork, row: AnomalyRow, opening: Opening): Promise<void> {
  await open(work, row, opening, { kind: 'anomalyReply', deadlineKey: 'ANOMALY_REPLY' });
}

/** The round of the clock of a limit that is open in the case; null when none is. */
export async function openRoundOf(
  transaction: Knex.Transaction,
  caseId: string,
  key: string,
): Promise<number | null> {
  const row = await transaction<{ round: number }>('deadline')
    .where({ case_kind: 'anomalyCase', case_id: caseId, key } as object)
    .whereNull('closed_at')
    .orderBy('round', 'desc')
    .first('round');
  return row?.round ?? null;
}

/** A clock that is open goes on; only where none is (the first time, or after a decision that came to nothing) one starts. */
async function open(
  { transaction, integrity, now }: AnomalyWork,
  row: AnomalyRow,
  { certificateName, why }: Opening,
  task: { readonly kind: NewTask['kind']; readonly deadlineKey: string },
): Promise<void> {
  await openTask(transaction, integrity, {
    ...task,
    deadlineRound: (await openRoundOf(transaction, row.id, task.deadlineKey)) ?? row.round,
    caseId: row.id,
    round: row.round,
    authorityId: row.authority_id,
    trade: row.trade,
    subject: certificateName,
    reference: row.number,
    excludedPersonId: row.operator_id,
    link: `/anomaly-cases/${row.id}`,
    why,
    now,
  });
}
