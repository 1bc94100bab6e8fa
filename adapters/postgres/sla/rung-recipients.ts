import type { Knex } from 'knex';
import { legalDateAt } from '../../../domain/shared/legal-date';
import type { Role } from '../../../domain/shared/principal';
import type { RungRecipient } from '../../../domain/sla/escalation-ladder';
import type { NoticeRecipient } from '../notice/post-notice';
import type { DeadlineRow } from './deadline-row';

/** One address of a ring; `name` tells it from the others of the same ring. */
export interface RingAddress {
  readonly recipient: NoticeRecipient;
  readonly name: string;
  readonly rung: RungRecipient;
}

interface HolderRow {
  readonly claimed_by: string | null;
  readonly queue_role: Role;
}

/**
 * In: a deadline and up to whom of the line it is told. Out: whom that means today, each once: whoever is on leave is
 * replaced by the substitute, a unit without a responsible person by the bureau and department above it.
 */
export async function ringAddresses(
  transaction: Knex.Transaction,
  deadline: DeadlineRow,
  recipients: ReadonlySet<RungRecipient>,
  now: Date,
): Promise<readonly RingAddress[]> {
  const addresses: RingAddress[] = [];
  if (recipients.has('taskHolder')) addresses.push(...(await taskHolders(transaction, deadline, now)));
  let isAboveTold = recipients.has('bureauAndDepartment');
  if (recipients.has('responsiblePerson')) {
    const personId = await responsiblePersonOf(transaction, deadline.authority_id, deadline.trade, now);
    if (personId !== null) addresses.push(toPerson(personId, 'responsiblePerson'));
    else isAboveTold = true;
  }
  if (isAboveTold) addresses.push(...aboveUnit(deadline));
  if (recipients.has('city')) {
    addresses.push({ recipient: { role: 'cityAdministrator' }, name: 'city', rung: 'city' });
  }
  return [...new Map(addresses.map((address) => [address.name, address])).values()];
}

/** Who answers for the unit and trade on a day; the substitute while that person is on leave; null for a vacancy. */
export async function responsiblePersonOf(
  transaction: Knex.Transaction,
  authorityId: string,
  trade: string,
  now: Date,
): Promise<string | null> {
  const today = legalDateAt(now.getTime());
  const { rows } = await transaction.raw<{ rows: { person_id: string }[] }>(
    `WITH RECURSIVE line(id, successor_id) AS (
       SELECT id, successor_id FROM authority WHERE id = :authorityId
       UNION SELECT a.id, a.successor_id FROM authority a JOIN line ON line.successor_id = a.id)
     SELECT CASE WHEN ${ON_LEAVE} THEN coalesce(r.substitute_id, p.substitute_id) ELSE p.id END AS person_id
     FROM responsible_person r JOIN person p ON p.id = r.person_id
     WHERE r.authority_id IN (SELECT id FROM line WHERE successor_id IS NULL)
       AND (r.trade IS NULL OR r.trade = :trade) AND p.state = 'active'
       AND r.from_on <= :today::date AND (r.until_on IS NULL OR r.until_on > :today::date)
     ORDER BY r.trade NULLS LAST, r.from_on DESC LIMIT 1`,
    { authorityId, trade, today },
  );
  return rows[0]?.person_id ?? null;
}

// The seal of the leave's row is not checked here: a notice gives nobody a right.
const ON_LEAVE = `(p.on_leave_from <= :today::date AND (p.on_leave_until IS NULL OR p.on_leave_until >= :today::date))`;

/**
 * Whoever holds the tasks that started with the deadline, or the queue in which they wait; for a limit that runs over several
 * tasks those that are open in its case now.
 */
async function taskHolders(
  transaction: Knex.Transaction,
  deadline: DeadlineRow,
  now: Date,
): Promise<readonly RingAddress[]> {
  const { rows } = await transaction.raw<{ rows: HolderRow[] }>(
    `SELECT CASE WHEN ${ON_LEAVE} THEN p.substitute_id ELSE p.id END AS claimed_by, t.queue_role
     FROM task t LEFT JOIN person p ON p.id = t.claimed_by
     WHERE t.case_kind = :caseKind AND t.case_id = :caseId AND t.state IN ('open', 'claimed')
       AND (t.deadline_id = :deadlineId OR NOT EXISTS (SELECT 1 FROM task own WHERE own.deadline_id = :deadlineId))`,
    {
      deadlineId: deadline.id,
      caseKind: deadline.case_kind,
      caseId: deadline.case_id,
      today: legalDateAt(now.getTime()),
    },
  );
  return rows.map(({ claimed_by, queue_role }) =>
    claimed_by === null
      ? {
          recipient: { role: queue_role, authorityId: deadline.authority_id },
          name: queue_role,
          rung: 'taskHolder',
        }
      : toPerson(claimed_by, 'taskHolder'),
  );
}

function toPerson(personId: string, rung: RungRecipient): RingAddress {
  return { recipient: { personId }, name: personId, rung };
}

/** The banner's bureau of the area, and the department of the trade. */
function aboveUnit({ authority_id: authorityId, trade }: DeadlineRow): readonly RingAddress[] {
  const rung = 'bureauAndDepartment';
  return [
    { recipient: { role: 'bannerAdministrator', authorityId }, name: 'banner', rung },
    { recipient: { role: 'departmentAdministrator', authorityId, trade }, name: 'department', rung },
  ];
}
