import type { LegalDate } from '../../../domain/shared/legal-date';
import { addDays, legalDate, startOfLegalDateMs } from '../../../domain/shared/legal-date';
import type { BoardDays, BoardStanding, EndedStanding } from '../../../domain/sla/board-standing';
import type { DeadlineFilter } from '../../../ports/deadline-desk';

/** Which rows of `deadline` a column of the board stands for; equal to how the counts place them. */
const WHERE: Readonly<Record<BoardStanding | EndedStanding | 'open', string>> = {
  open: 'd.closed_at IS NULL',
  enough: `d.closed_at IS NULL AND d.state = 'running' AND d.sort_due_at > :afterNear::timestamptz`,
  near: `d.closed_at IS NULL AND d.state = 'running' AND d.sort_due_at > :afterToday::timestamptz AND d.sort_due_at <= :afterNear::timestamptz`,
  today: `d.closed_at IS NULL AND d.state = 'running' AND d.sort_due_at > :today::timestamptz AND d.sort_due_at <= :afterToday::timestamptz`,
  overdue: `d.closed_at IS NULL AND (d.state = 'missed' OR (d.state = 'running' AND d.sort_due_at <= :today::timestamptz)) AND d.sort_due_at <= :now::timestamptz`,
  awaitingCalendar: `d.closed_at IS NULL AND d.state = 'awaitingCalendar'`,
  suspended: `d.closed_at IS NULL AND d.state = 'suspended'`,
  met: `d.closed_at IS NOT NULL AND d.state = 'met'`,
  late: `d.closed_at IS NOT NULL AND d.state = 'missed'`,
};

const OF_THE_FILTER = `AND d.limit_unit <> 'minutes' AND (:caseKind::text IS NULL OR d.case_kind = :caseKind)
  AND (:trade::text IS NULL OR d.trade = :trade) AND (:key::text IS NULL OR d.key = :key)
  AND (:dueBefore::timestamptz IS NULL OR d.sort_due_at <= :dueBefore)
  AND (:closedFrom::timestamptz IS NULL OR (d.closed_at >= :closedFrom AND d.closed_at < :closedUntil::timestamptz))`;

/**
 * The statement that reads one page of deadlines: open ones least time left first, ended ones last closed first. As there is
 * no order over all authorities that an index could give, each offers its first rows and the page is cut from these;
 * which of them the principal may see is decided by the table's row policy alone. Limits in minutes are technical and not
 * listed, as they are not counted.
 */
export function deadlinePageStatement(state: DeadlineFilter['state'], isFurther: boolean): string {
  const isEnded = state === 'met' || state === 'late';
  const at = isEnded ? 'd.closed_at' : 'd.sort_due_at';
  const [order, beyond] = isEnded ? (['DESC', '<'] as const) : (['ASC', '>'] as const);
  const further = isFurther ? `AND (${at}, d.id) ${beyond} (:afterAt::timestamptz, :afterId::uuid)` : '';
  return `
SELECT page.*, t.subject, t.reference, p.name AS policy_name FROM (
  SELECT offered.* FROM authority a CROSS JOIN LATERAL (
    SELECT d.*, ${at} AS listed_at FROM deadline d
    WHERE d.authority_id = a.id AND ${WHERE[state ?? 'open']} ${OF_THE_FILTER} ${further}
    ORDER BY ${at} ${order}, d.id ${order} LIMIT :limit) offered
  WHERE :everywhere OR a.id = ANY (:authorities::uuid[])
  ORDER BY listed_at ${order}, offered.id ${order} LIMIT :limit) page
${WITH_NAMES}
ORDER BY page.listed_at ${order}, page.id ${order}`;
}

/** What a deadline's limit and case are called; `page` is the row. */
export const WITH_NAMES = `
LEFT JOIN LATERAL (SELECT subject, reference FROM task WHERE case_kind = page.case_kind AND case_id = page.case_id
  ORDER BY deadline_id = page.id DESC NULLS LAST, opened_at DESC LIMIT 1) t ON true
JOIN sla_policy p ON p.key = page.key AND p.version = page.policy_version`;

/** When a month begins and ends, in: YYYY-MM; both null for no month. */
export function monthInstants(month: string | undefined) {
  if (month === undefined) return { closedFrom: null, closedUntil: null };
  const [year, number] = [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
  const next = number === 12 ? `${year + 1}-01-01` : `${year}-${String(number + 1).padStart(2, '0')}-01`;
  return {
    closedFrom: new Date(startOfLegalDateMs(legalDate(`${month}-01`))),
    closedUntil: new Date(startOfLegalDateMs(legalDate(next))),
  };
}

/** The instants at which the columns of the board begin; a day ends where the next begins. */
export function boardInstants({ today, nearUntil }: BoardDays) {
  const startOf = (date: LegalDate): Date => new Date(startOfLegalDateMs(date));
  return {
    today: startOf(today),
    afterToday: startOf(addDays(today, 1)),
    afterNear: startOf(addDays(nearUntil, 1)),
  };
}
