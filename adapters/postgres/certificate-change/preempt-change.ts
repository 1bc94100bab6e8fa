import type { Knex } from 'knex';
import { closeTasks } from '../case/case-tasks';
import { tellCase } from '../case/tell-case';
import { CONDUCTOR_ACTOR } from '../issuance/issuance-row';
import type { ChangeRow } from './certificate-change-row';
import { moveChange } from './certificate-change-row';
import { setMark } from './changed-version';
import { endIssuanceOfChange, lockOpenIssuanceOf } from './issuance-of-change';

/** The open change of a certificate, locked, with the case that produces its version locked before it; null: none. */
export async function lockOpenChange(
  transaction: Knex.Transaction,
  certificateId: string,
): Promise<ChangeRow | null> {
  // ⑥ locks the case of the issuance line first, then the change: the same order here, so that neither waits in a circle.
  const seen = await transaction<ChangeRow>('certificate_change')
    .where({ certificate_id: certificateId })
    .whereNull('closed_at')
    .first('id');
  if (seen === undefined) return null;
  await lockOpenIssuanceOf(transaction, seen.id);
  const row = await transaction<ChangeRow>('certificate_change')
    .where({ certificate_id: certificateId })
    .whereNull('closed_at')
    .forUpdate()
    .first();
  return row ?? null;
}

/**
 * Effect: an open change ends because the certificate does (rule 8), with the case of the issuance line that was producing
 * its version, at whatever step that stands, its tasks, and the mark 延续审查中. `by`: the ending, or null when the period of
 * validity ran out. Idempotent: a change that has ended stays as it ended.
 */
export async function preemptChange(
  transaction: Knex.Transaction,
  change: ChangeRow,
  end: { readonly by: string | null; readonly detail: string; readonly now: Date },
): Promise<void> {
  if (change.closed_at !== null) return;
  const { now } = end;
  const reason = { code: 'preempted', detail: end.detail };
  await moveChange(transaction, change, {
    operation: 'preempt',
    now,
    actor: CONDUCTOR_ACTOR,
    reason,
    facts: { preemptedBy: end.by },
    set: { preempted_by: end.by },
  });
  const issuance = await lockOpenIssuanceOf(transaction, change.id);
  if (issuance !== null) {
    await endIssuanceOfChange(transaction, issuance, {
      operation: 'preempt',
      actor: CONDUCTOR_ACTOR,
      reason,
      now,
    });
  }
  await closeTasks(transaction, { kind: 'changeReview', caseId: change.id, now });
  await setMark(transaction, change.certificate_version_id, 'renewalPending', false);
  await tellCase(transaction, { kind: 'certificateChange', caseId: change.id, change: 'preempted', now });
}
