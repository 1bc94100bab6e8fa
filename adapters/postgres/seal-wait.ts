import type { Knex } from 'knex';
import type { SealWait } from '../../domain/sealing/choose-seal';
import { SEAL_WAITS } from '../../domain/sealing/choose-seal';
import type { RowIntegrity } from '../../ports/personal-data-cipher';
import { openDeadline } from './deadlines';
import type { IssuanceRow } from './issuance-row';
import { CONDUCTOR_ACTOR, moveIssuance } from './issuance-row';
import { postNotice } from './post-notice';
import { voidOpenIntents } from './sealing-intents';
import { openSyncAlarm } from './sync-alarm';

/** Puts a case and its version to wait for a seal, says why, and starts the clock of the wait. */
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
  await openDeadline(transaction, integrity, {
    caseKind: 'issuance',
    caseId: row.id,
    key: 'AWAITING_SEAL',
    round: row.revision,
    authorityId: row.authority_id,
    trade: row.trade,
    startAt: now,
  });
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
