import type { Knex } from 'knex';
import type { ConductedKind } from '../../../ports/conductor';
import { enqueue } from './outbox';

export interface CaseChange {
  readonly kind: ConductedKind;
  readonly caseId: string;
  /** What has changed, unique for this change: a second telling of the same change is not written. */
  readonly change: string;
  readonly now: Date;
}

/** Effect: the case's workflow looks at the register again once this transaction has committed (rule 5). */
export async function tellCase(transaction: Knex.Transaction, told: CaseChange): Promise<void> {
  await enqueue(transaction, {
    dedupeKey: `signalWorkflow/${told.kind}/${told.caseId}/${told.change}`,
    topic: 'signalWorkflow',
    payload: { kind: told.kind, id: told.caseId },
    availableAt: told.now,
  });
}

/** Effect: the case's workflow starts once this transaction has committed; one that was started stays the only one. */
export async function startCase(
  transaction: Knex.Transaction,
  started: Pick<CaseChange, 'kind' | 'caseId' | 'now'>,
): Promise<void> {
  await enqueue(transaction, {
    dedupeKey: `startWorkflow/${started.kind}/${started.caseId}`,
    topic: 'startWorkflow',
    payload: { kind: started.kind, id: started.caseId },
    availableAt: started.now,
  });
}
