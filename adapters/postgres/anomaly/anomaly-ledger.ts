import { alarmTitle } from '../../../domain/alarm/alarms';
import type { AnomalyLedger, AnomalyStanding } from '../../../ports/anomaly-ledger';
import type { Clock } from '../../../ports/clock';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import { tickCaseClocks } from '../case/case-clock';
import { CONDUCTOR, CONDUCTOR_ACTOR } from '../issuance/issuance-row';
import { postNotice } from '../notice/post-notice';
import { deterministicId } from '../register/deterministic-id';
import type { Register } from '../register/register';
import { closeDeadline, lockDeadline } from '../sla/deadlines';
import { tellUsers } from './affected-uses';
import { standingOfChange } from './anomaly-change';
import { goOnInvestigating } from './anomaly-objector-acts';
import { certificateNames, liveObjections } from './anomaly-reply';
import type { AnomalyRow, AnomalyWork } from './anomaly-row';
import { lockAnomaly, moveAnomaly } from './anomaly-row';
import { openInvestigation, openReplyTask } from './anomaly-tasks';

export interface AnomalyLedgerOptions {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
}

/** Anomaly cases as time and the changes of their certificates move them. */
export class PostgresAnomalyLedger implements AnomalyLedger {
  readonly #options: AnomalyLedgerOptions;

  constructor(options: AnomalyLedgerOptions) {
    this.#options = options;
  }

  async settle(caseId: string): Promise<AnomalyStanding> {
    const { register, clock, cipher, integrity } = this.#options;
    return register.within(CONDUCTOR, async (transaction) => {
      const now = clock.now();
      const work = { transaction, cipher, integrity, now };
      const row = await lockAnomaly(transaction, caseId);
      if (row === null) throw new Error(`anomaly case ${caseId} is not in the register`);
      const { settled, hasMore } = await settleState(work, row);
      if (settled.closed_at !== null) return { isClosed: true, lookAgainInMs: null };
      const nextMs = await tickCaseClocks(transaction, { caseKind: 'anomalyCase', caseId }, now);
      return { isClosed: false, lookAgainInMs: hasMore ? 0 : nextMs };
    });
  }
}

interface Settled {
  readonly settled: AnomalyRow;
  /** There is more to do at once, in a transaction of its own. */
  readonly hasMore: boolean;
}

async function settleState(work: AnomalyWork, row: AnomalyRow): Promise<Settled> {
  switch (row.state) {
    case 'awaitingEvidence':
      return { settled: await settleEvidence(work, row), hasMore: false };
    case 'correcting':
      return settleChange(work, row);
    case 'awaitingReceipt':
      return { settled: await settleReceipts(work, row), hasMore: false };
    case 'filed':
    case 'investigating':
    case 'replying':
    case 'closed':
    case 'withdrawn':
      return { settled: row, hasMore: false };
  }
}

/** An objector who supplies nothing does not keep the certificate under its mark for ever. */
async function settleEvidence(work: AnomalyWork, row: AnomalyRow): Promise<AnomalyRow> {
  if (!(await isDue(work, row, 'ANOMALY_EVIDENCE', row.round))) return row;
  return goOnInvestigating(work, row, { operation: 'goOnWithoutEvidence', actor: CONDUCTOR_ACTOR });
}

/** A correction or ending is done when it is in force, and then everyone who used the wrong data is told. */
async function settleChange(work: AnomalyWork, row: AnomalyRow): Promise<Settled> {
  const certificate = await certificateNames(work.transaction, row);
  switch (await standingOfChange(work.transaction, row)) {
    case 'open':
      return { settled: row, hasMore: false };
    case 'done': {
      const left = await tellUsers(work, row, certificate);
      if (left > 0) return { settled: row, hasMore: true };
      const moved = await moveAnomaly(work, row, { operation: 'changeDone', actor: CONDUCTOR_ACTOR });
      const why = row.conclusion === 'corrected' ? '更正已生效，请告知异议人' : '证照已终止，请告知异议人';
      await openReplyTask(work, moved, { certificateName: certificate.name, why });
      return { settled: moved, hasMore: false };
    }
    case 'failed': {
      const moved = await moveAnomaly(work, row, {
        operation: 'changeFailed',
        actor: CONDUCTOR_ACTOR,
        facts: { changeId: row.change_id },
        set: { round: row.round + 1, conclusion: null, decided_at: null, change_id: null, wrong_since: null },
      });
      const why = '更正或终止未能办成，请重新核查';
      await openInvestigation(work, moved, { certificateName: certificate.name, why });
      return { settled: moved, hasMore: false };
    }
  }
}

/** The case ends when every objector has his reply, or when the days for finding him are over: then it counts as announced. */
async function settleReceipts(work: AnomalyWork, row: AnomalyRow): Promise<AnomalyRow> {
  const { transaction, now } = work;
  const missing = (await liveObjections(transaction, row.id)).filter(({ received_at: at }) => at === null);
  if (missing.length === 0) {
    await closeDeadline(transaction, {
      caseKind: 'anomalyCase',
      caseId: row.id,
      key: 'ANOMALY_UNREACHABLE',
      round: 1,
      now,
    });
    return moveAnomaly(work, row, { operation: 'receive', actor: CONDUCTOR_ACTOR });
  }
  if (!(await isDue(work, row, 'ANOMALY_UNREACHABLE', 1))) return row;
  for (const objection of missing) {
    await transaction('anomaly_contact_attempt')
      .insert({
        id: deterministicId('anomaly announcement', objection.id),
        anomaly_objection_id: objection.id,
        authority_id: row.authority_id,
        trade: row.trade,
        channel: 'announcement',
        attempted_at: now,
      })
      .onConflict('id')
      .ignore();
    await transaction('anomaly_objection')
      .where({ id: objection.id })
      .update({ received_at: now, received_how: 'announced' });
  }
  await postNotice(transaction, {
    naturalKey: `anomalyCase/${row.id}/unreachable`,
    recipient: { role: 'supervisor', authorityId: row.authority_id },
    title: alarmTitle('objectorUnreachable'),
    body: `案件 ${row.number} 的告知书在期限内无人查看，已按公告送达办结。`,
    link: `/anomaly-cases/${row.id}`,
    createdAt: now,
  });
  return moveAnomaly(work, row, {
    operation: 'closeUnreachable',
    actor: CONDUCTOR_ACTOR,
    facts: { unreachable: missing.length },
  });
}

async function isDue(work: AnomalyWork, row: AnomalyRow, key: string, round: number): Promise<boolean> {
  const deadline = await lockDeadline(work.transaction, {
    caseKind: 'anomalyCase',
    caseId: row.id,
    key,
    round,
  });
  return deadline !== null && deadline.due_at !== null && deadline.due_at <= work.now;
}
