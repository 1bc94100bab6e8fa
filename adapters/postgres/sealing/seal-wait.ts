import type { Knex } from 'knex';
import type { SealWait } from '../../../domain/sealing/choose-seal';
import { SEAL_WAITS } from '../../../domain/sealing/choose-seal';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import type { IssuanceRow } from '../issuance/issuance-row';
import { CONDUCTOR_ACTOR, moveIssuance } from '../issuance/issuance-row';
import { postNotice } from '../notice/post-notice';
import { closeDeadline, openDeadline } from '../sla/deadlines';
import { openSyncAlarm } from '../sla/sync-alarm';
import { voidOpenIntents } from './sealing-intents';

const WAIT_KEY = 'AWAITING_SEAL';

/**
 * Puts a case and its version to wait for a seal, says why, and starts the clock of the wait, unless it runs: a key that refuses
 * whenever it is asked is one wait, which ends when it has signed.
 */
export async function beginSealWait(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  row: IssuanceRow,
  why: SealWait,
  now: Date,
): Promise<IssuanceRow> {
  await voidOpenIntents(transaction, row.id, why, now);
  const moved = await moveIssuance(transaction, row, {
    operation: 'awaitSeal',
    now,
    actor: CONDUCTOR_ACTOR,
    facts: { why },
    reason: { code: why, detail: SEAL_WAITS[why] },
    set: { waiting_for: why },
  });
  if ((await openRounds(transaction, row.id)).length === 0) {
    await openDeadline(transaction, integrity, {
      caseKind: 'issuance',
      caseId: row.id,
      key: WAIT_KEY,
      round: await nextRound(transaction, row),
      authorityId: row.authority_id,
      trade: row.trade,
      startAt: now,
    });
  }
  await openSyncAlarm(transaction, integrity, row);
  await postNotice(transaction, {
    naturalKey: `issuance/${row.id}/seal/${why}`,
    recipient: { role: 'sealKeeper', authorityId: row.authority_id },
    title: '签发事项等待电子印章',
    body: `业务编号 ${row.business_number}：${SEAL_WAITS[why]}。`,
    link: `/issuances/${row.id}`,
    createdAt: now,
  });
  return moved;
}

/** A case may wait more than once (for the second seal, for one that was stopped again), and each wait has a clock of its own. */
async function nextRound(transaction: Knex.Transaction, row: IssuanceRow): Promise<number> {
  const last = await transaction<{ round: number }>('deadline')
    .where({ case_kind: 'issuance', case_id: row.id, key: WAIT_KEY } as object)
    .orderBy('round', 'desc')
    .first('round');
  return Math.max(row.revision, (last?.round ?? 0) + 1);
}

async function openRounds(
  transaction: Knex.Transaction,
  issuanceId: string,
): Promise<readonly { readonly round: number }[]> {
  return transaction<{ round: number }>('deadline')
    .where({ case_kind: 'issuance', case_id: issuanceId, key: WAIT_KEY } as object)
    .whereNull('closed_at')
    .select('round');
}

/** Effect: the clock of the wait, if one runs, is met or missed. Idempotent. */
export async function endSealWait(
  transaction: Knex.Transaction,
  issuanceId: string,
  now: Date,
): Promise<void> {
  for (const { round } of await openRounds(transaction, issuanceId)) {
    await closeDeadline(transaction, { caseKind: 'issuance', caseId: issuanceId, key: WAIT_KEY, round, now });
  }
}
