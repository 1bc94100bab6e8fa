import type { Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import { closeTasks } from '../case/case-tasks';
import { eventActor } from '../evidence/event-actor';
import { resumeDeadline } from '../sla/move-deadline';
import { SUSPENDED_BY_SEND_BACK } from './anomaly-acts';
import { closeClock, sealReason } from './anomaly-outcome';
import { certificateNames, liveObjections } from './anomaly-reply';
import type { AnomalyMove, AnomalyRow, AnomalyWork, ObjectionRow } from './anomaly-row';
import { moveAnomaly, noteAnomaly, readClaimsOf, sealClaims } from './anomaly-row';
import { openInvestigation, openRoundOf } from './anomaly-tasks';
import { attachEvidence, evidenceProblem } from './objection-evidence';

/** An objector's act on a locked case that the table allows, with his own live objection. */
export interface ObjectorAct {
  readonly work: AnomalyWork;
  readonly row: AnomalyRow;
  readonly principal: Principal;
  readonly objection: ObjectionRow;
}

type Acted = Promise<Result<null, Refusal>>;

/** Effect: what was asked for is there; the clocks go on from where they stood and the investigation is taken up again. */
export async function supplyEvidence(
  { work, row, principal, objection }: ObjectorAct,
  evidence: { readonly attachmentIds: readonly string[]; readonly explanation: string },
): Acted {
  const { transaction, cipher } = work;
  const problem = await evidenceProblem(transaction, principal, evidence.attachmentIds);
  if (problem !== null) return refused({ code: 'contentInvalid', problems: [problem] });
  const claims = readClaimsOf(cipher, objection);
  await transaction('anomaly_objection')
    .where({ id: objection.id })
    .update({
      claims_cipher: sealClaims(cipher, objection.id, {
        ...claims,
        explanations: [...claims.explanations, evidence.explanation],
      }),
      attachment_ids: [...new Set([...objection.attachment_ids, ...evidence.attachmentIds])],
    });
  await attachEvidence(transaction, evidence.attachmentIds, row.authority_id);
  await goOnInvestigating(work, row, {
    operation: 'supplyEvidence',
    actor: eventActor(principalName(principal)),
    facts: { objectionId: objection.id, attachments: evidence.attachmentIds.length },
  });
  return accepted(null);
}

/** Effect: the investigation goes on with its clocks, which stood still, and with a task of its own. */
export async function goOnInvestigating(
  work: AnomalyWork,
  row: AnomalyRow,
  move: Omit<AnomalyMove, 'set'>,
): Promise<AnomalyRow> {
  const { transaction, now } = work;
  await closeClock(work, row, 'ANOMALY_EVIDENCE');
  for (const key of SUSPENDED_BY_SEND_BACK) {
    const round = await openRoundOf(transaction, row.id, key);
    if (round === null) continue;
    const deadline = { caseKind: 'anomalyCase', caseId: row.id, key, round };
    await resumeDeadline(transaction, deadline, { until: now, reason: '异议人补充材料或逾期未补充', now });
  }
  const moved = await moveAnomaly(work, row, { ...move, set: { round: row.round + 1 } });
  const { name } = await certificateNames(transaction, row);
  await openInvestigation(work, moved, {
    certificateName: name,
    why:
      move.operation === 'supplyEvidence'
        ? '异议人已补充材料，请继续核查'
        : '异议人逾期未补充材料，请继续核查',
  });
  return moved;
}

/**
 * Effect: this objector no longer objects. The case ends with the last of them; while others object it goes on, and so does
 * the mark.
 */
export async function withdrawObjection(
  { work, row, principal, objection }: ObjectorAct,
  reason: string,
): Acted {
  const { transaction, now } = work;
  const actor = eventActor(principalName(principal));
  const others = (await liveObjections(transaction, row.id)).filter(({ id }) => id !== objection.id);
  await transaction('anomaly_objection').where({ id: objection.id }).update({ withdrawn_at: now });
  if (others.length > 0) {
    await noteAnomaly(work, row, {
      operation: 'withdrawOne',
      actor,
      facts: { objectionId: objection.id, remaining: others.length },
    });
    return accepted(null);
  }
  for (const kind of ['anomalyAcceptance', 'anomalyInvestigation'] as const) {
    await closeTasks(transaction, { kind, caseId: row.id, now });
  }
  await moveAnomaly(work, row, {
    operation: 'withdraw',
    actor,
    set: { reason_cipher: sealReason(work, row.id, reason) },
  });
  return accepted(null);
}
