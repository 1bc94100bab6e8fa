import type { Knex } from 'knex';
import type { LegalDate } from '../../../domain/shared/legal-date';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { checkRow, sealRow } from '../../cipher/sealed-row';

export interface LeaveRow {
  readonly id: string;
  readonly on_leave_from: LegalDate | null;
  readonly on_leave_until: LegalDate | null;
  readonly substitute_id: string | null;
  readonly leave_mac_key_id: string | null;
  readonly leave_mac: Buffer | null;
}

export interface Leave {
  readonly personId: string;
  readonly from: LegalDate;
  /** Last day of the leave, included; null while it is open. */
  readonly until: LegalDate | null;
  readonly substituteId: string;
}

/** Effect: the person is on leave and the named substitute has the roles of the authority meanwhile; the row is sealed. */
export async function setLeave(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  leave: Leave,
): Promise<void> {
  const row = {
    id: leave.personId,
    on_leave_from: leave.from,
    on_leave_until: leave.until,
    substitute_id: leave.substituteId,
  };
  const { mac_key_id, mac } = sealRow(integrity, 'person', row);
  await transaction('person')
    .where({ id: leave.personId })
    .update({ ...row, leave_mac_key_id: mac_key_id, leave_mac: mac });
}

/** Effect: the person is back and the substitution ends at once. */
export async function clearLeave(transaction: Knex.Transaction, personId: string): Promise<void> {
  await transaction('person').where({ id: personId }).update({
    on_leave_from: null,
    on_leave_until: null,
    substitute_id: null,
    leave_mac_key_id: null,
    leave_mac: null,
  });
}

/** In: a leave as read. Out: the same row; throws `RowTampered` when it was changed behind the product's back. */
export function checkLeave(integrity: RowIntegrity, row: LeaveRow): LeaveRow {
  const { leave_mac_key_id, leave_mac } = row;
  checkRow(integrity, 'person', {
    ...row,
    mac_key_id: leave_mac_key_id ?? '',
    mac: leave_mac ?? Buffer.alloc(0),
  });
  return row;
}
