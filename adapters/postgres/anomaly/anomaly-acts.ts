import type { Knex } from 'knex';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { legalDateAt } from '../../../domain/shared/legal-date';
import type { PersonPrincipal } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { TaskKind } from '../../../domain/task/task-kind';
import type { HandOver } from '../../../ports/anomaly-desk';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { completeTask } from '../case/case-tasks';
import { issueOfficialPaper } from '../official-paper/official-papers';
import { deterministicId } from '../register/deterministic-id';
import { openDeadline } from '../sla/deadlines';
import { suspendDeadline } from '../sla/move-deadline';
import { closeClock, conclude, sealReason, tellObjectors } from './anomaly-outcome';
import type { AnomalyRow, AnomalyWork } from './anomaly-row';
import { moveAnomaly } from './anomaly-row';
import { openAcceptance, openInvestigation, openRoundOf } from './anomaly-tasks';

/** An investigator's act on a locked case that the table allows; who he is was judged already. */
export interface InvestigatorAct {
  readonly work: AnomalyWork;
  readonly row: AnomalyRow;
  readonly person: PersonPrincipal;
  readonly certificateName: string;
}

type Acted = Promise<Result<null, Refusal>>;

/** The clocks that stand still while the objector has to supply something (reading 10). */
export const SUSPENDED_BY_SEND_BACK = ['ANOMALY_DECIDE', 'ANOMALY_TOTAL'] as const;

/** Effect: the case is accepted; the clock of the decision starts, or goes on after a transfer. */
export async function acceptCase(act: InvestigatorAct): Acted {
  const { work, row, person, certificateName } = act;
  const done = await complete(act, 'anomalyAcceptance', null);
  if (!done.ok) return done;
  await closeClock(work, row, 'ANOMALY_ACCEPT');
  const moved = await moveAnomaly(work, row, {
    operation: 'accept',
    actor: { kind: 'person', id: person.personId },
    set: { accepted_at: row.accepted_at ?? work.now },
  });
  await openInvestigation(work, moved, { certificateName, why: '异议已受理，请核查' });
  await tellObjectors(work, moved, {
    key: 'accept',
    title: '异议已受理',
    body: '您提出的异议已受理，正在核查。',
  });
  return accepted(null);
}

/** Effect: the objection is not admissible, with the reason; the objectors are told by a paper of its own kind. */
export async function refuseAdmission(act: InvestigatorAct, reason: string): Acted {
  const { work, row, person, certificateName } = act;
  const done = await complete(act, 'anomalyAcceptance', reason);
  if (!done.ok) return done;
  await conclude(work, row, certificateName, {
    operation: 'refuseAdmission',
    reason,
    personId: person.personId,
  });
  return accepted(null);
}

/** Effect: the objectors are asked for more; the clocks stand still until they supply it, or until the policy's days are over. */
export async function sendBackForEvidence(act: InvestigatorAct, reason: string): Acted {
  const { work, row, person } = act;
  const { transaction, integrity, now } = work;
  const done = await complete(act, 'anomalyInvestigation', reason);
  if (!done.ok) return done;
  for (const key of SUSPENDED_BY_SEND_BACK) {
    const round = await openRoundOf(transaction, row.id, key);
    if (round === null) continue;
    const deadline = { caseKind: 'anomalyCase', caseId: row.id, key, round };
    await suspendDeadline(transaction, deadline, { from: now, reason: '退回异议人补充材料', now });
  }
  await openDeadline(transaction, integrity, {
    caseKind: 'anomalyCase',
    caseId: row.id,
    key: 'ANOMALY_EVIDENCE',
    round: row.round,
    authorityId: row.authority_id,
    trade: row.trade,
    startAt: now,
  });
  const moved = await moveAnomaly(work, row, {
    operation: 'sendBack',
    actor: { kind: 'person', id: person.personId },
    set: { reason_cipher: sealReason(work, row.id, reason) },
  });
  await tellObjectors(work, moved, {
    key: 'sendBack',
    title: '请补充异议材料',
    body: '核查需要您补充材料，详见案件页面；补充之前暂停计时。',
  });
  return accepted(null);
}

/** Effect: another authority has the case, with its tasks and clocks as they stand; it may pass the case on again. */
export async function transferCase(act: InvestigatorAct, toAuthorityId: string, reason: string): Acted {
  const { work, row, person, certificateName } = act;
  const { transaction, cipher, now } = work;
  if (!(await mayInvestigate(transaction, toAuthorityId, row, legalDateAt(now.getTime())))) {
    return refused({
      code: 'contentInvalid',
      problems: [
        {
          pointer: '/authorityId',
          code: 'authorityUnsuitable',
          expected: '应为另一个存续的单位；外省(市)的单位请办理跨省移送',
        },
      ],
    });
  }
  const done = await complete(
    act,
    row.state === 'filed' ? 'anomalyAcceptance' : 'anomalyInvestigation',
    reason,
  );
  if (!done.ok) return done;
  const round = row.round + 1;
  const id = deterministicId('anomaly transfer', row.id, round);
  await transaction('anomaly_transfer').insert({
    id,
    anomaly_case_id: row.id,
    from_authority_id: row.authority_id,
    authority_id: toAuthorityId,
    trade: row.trade,
    transferred_by: person.personId,
    reason_cipher: cipher.encrypt(reason, cipherPlace('anomaly_transfer.reason_cipher', id)),
    transferred_at: now,
  });
  const moved = await moveAnomaly(work, row, {
    operation: 'transfer',
    actor: { kind: 'person', id: person.personId },
    facts: { fromAuthorityId: row.authority_id, toAuthorityId },
    set: { authority_id: toAuthorityId, round },
  });
  await transaction('anomaly_objection')
    .where({ anomaly_case_id: row.id })
    .update({ authority_id: toAuthorityId });
  await transaction('deadline')
    .where({ case_kind: 'anomalyCase', case_id: row.id })
    .whereNull('closed_at')
    .update({ authority_id: toAuthorityId });
  await openAcceptance(work, moved, { certificateName, why: '其他单位转来的异议核查，请受理' });
  await tellObjectors(work, moved, {
    key: 'transfer',
    title: '异议已转办',
    body: '您提出的异议已转有权单位核查，时限不变。',
  });
  return accepted(null);
}

/** Effect: the case ends here: the national channel has it, with its reference and receipt; the objectors are told. */
export async function handOverCase(act: InvestigatorAct, handOver: HandOver): Acted {
  const { work, row, person, certificateName } = act;
  const { transaction, cipher, now } = work;
  const { organ, reference, receipt, reason } = handOver;
  const done = await complete(
    act,
    row.state === 'filed' ? 'anomalyAcceptance' : 'anomalyInvestigation',
    reason,
  );
  if (!done.ok) return done;
  await issueOfficialPaper(transaction, cipher, {
    kind: 'anomalyHandOver',
    authorityId: row.authority_id,
    trade: row.trade,
    caseKind: 'anomalyCase',
    caseId: row.id,
    part: '1',
    addressee: { name: organ },
    paragraphs: [
      `现将我市受理的异常数据核查案件 ${row.number}(证照名称：${certificateName})移交贵单位核查。`,
      `移交理由：${reason}`,
      `国家通道移送编号：${reference}；接收回执：${receipt}。`,
    ],
    now,
  });
  await conclude(work, row, certificateName, {
    operation: 'handOver',
    reason,
    personId: person.personId,
    set: { hand_over: { organ, reference, receipt } },
  });
  return accepted(null);
}

/** Effect: the registered value stands, with the reason. */
export async function upholdCase(act: InvestigatorAct, reason: string): Acted {
  const done = await complete(act, 'anomalyInvestigation', reason);
  if (!done.ok) return done;
  const { work, row, person, certificateName } = act;
  await conclude(work, row, certificateName, { operation: 'uphold', reason, personId: person.personId });
  return accepted(null);
}

/** A task's own reason is kept unencrypted, so the case keeps the words and the task only that it is done. */
async function complete(
  { work, row, person }: InvestigatorAct,
  kind: TaskKind,
  reason: string | null,
): Promise<Result<null, Refusal>> {
  return completeTask(
    work.transaction,
    { kind, caseId: row.id, reason: reason === null ? null : '理由见案件', now: work.now },
    person,
  );
}

async function mayInvestigate(
  transaction: Knex.Transaction,
  authorityId: string,
  row: AnomalyRow,
  today: LegalDate,
): Promise<boolean> {
  if (authorityId === row.authority_id) return false;
  const { rows } = await transaction.raw<{ rows: { id: string }[] }>(
    `SELECT id FROM authority WHERE id = ? AND successor_id IS NULL AND active_from <= ?::date
       AND (active_until IS NULL OR active_until > ?::date)`,
    [authorityId, today, today],
  );
  return rows.length === 1;
}
