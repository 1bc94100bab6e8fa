import type { Knex } from 'knex';
import { legalDateAt } from '../../../domain/shared/legal-date';
import type { PersonPrincipal } from '../../../domain/shared/principal';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import type { LeaveRow } from '../organisation/person-leave';
import { checkLeave } from '../organisation/person-leave';
import type { TaskRow } from './task-view';

/**
 * Whether the task is held by somebody who is on leave today and named this very person as substitute; only then may a
 * held task be taken. Throws `RowTampered` when the leave was changed behind the product's back.
 */
export async function isSubstituteOfHolder(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  task: TaskRow,
  person: PersonPrincipal,
  now: Date,
): Promise<boolean> {
  if (task.state !== 'claimed' || task.claimed_by === null) return false;
  const holder = await transaction<LeaveRow>('person')
    .where({ id: task.claimed_by, substitute_id: person.personId })
    .first('id', 'on_leave_from', 'on_leave_until', 'substitute_id', 'leave_mac_key_id', 'leave_mac');
  if (holder === undefined) return false;
  const { on_leave_from: from, on_leave_until: until } = checkLeave(integrity, holder);
  const today = legalDateAt(now.getTime());
  return from !== null && from <= today && (until === null || until >= today);
}
