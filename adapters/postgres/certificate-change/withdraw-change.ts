import type { Knex } from 'knex';
import { applyChangeTransition } from '../../../domain/certificate-change/lifecycle';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import { closeTasks } from '../case/case-tasks';
import { tellCase } from '../case/tell-case';
import { lockChange, moveChange } from './certificate-change-row';
import { setMark } from './changed-version';
import { endIssuanceOfChange, hasSeal, lockOpenIssuanceOf } from './issuance-of-change';

/**
 * Effect: a change ends because whoever began it takes it back; the case that produces its version ends with it, until its
 * first seal (then `alreadySealed`), and 延续审查中 goes.
 */
export async function withdrawChange(
  transaction: Knex.Transaction,
  changeId: string,
  act: {
    readonly actor: Readonly<Record<string, string | null>>;
    readonly reason: string;
    readonly now: Date;
  },
): Promise<Result<null, Refusal>> {
  const issuance = await lockOpenIssuanceOf(transaction, changeId);
  const change = await lockChange(transaction, changeId);
  if (!applyChangeTransition(change.state, 'withdraw').ok) return refused({ code: 'transitionNotAllowed' });
  if (issuance !== null && (issuance.state === 'sealed' || (await hasSeal(transaction, issuance)))) {
    return refused({ code: 'alreadySealed' });
  }
  const { now, actor } = act;
  const reason = { code: 'withdrawn', detail: act.reason };
  await moveChange(transaction, change, { operation: 'withdraw', now, actor, reason });
  if (issuance !== null) {
    await endIssuanceOfChange(transaction, issuance, { operation: 'withdraw', actor, reason, now });
  }
  await closeTasks(transaction, { kind: 'changeReview', caseId: changeId, now });
  await setMark(transaction, change.certificate_version_id, 'renewalPending', false);
  await tellCase(transaction, { kind: 'certificateChange', caseId: changeId, change: 'withdrawn', now });
  return accepted(null);
}
