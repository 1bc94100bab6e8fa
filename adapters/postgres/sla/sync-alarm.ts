import type { Knex } from 'knex';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import type { IssuanceRow } from '../issuance/issuance-row';
import { openDeadline } from './deadlines';

/** The five minutes of 同步制发 are measured; the working day after which people are told is this clock (art. 8). */
export const SYNC_ALARM = 'SYNCHRONISED_ISSUANCE_ALARM';

/**
 * Effect: the alarm of 同步制发 runs from the decision in the agency. Opened when a case begins to wait for somebody or
 * something: one that goes straight through is issued before any ladder could ring. Idempotent.
 */
export async function openSyncAlarm(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  row: IssuanceRow,
): Promise<void> {
  await openDeadline(transaction, integrity, {
    caseKind: 'issuance',
    caseId: row.id,
    key: SYNC_ALARM,
    round: 1,
    authorityId: row.authority_id,
    trade: row.trade,
    startAt: row.decided_at,
  });
}
