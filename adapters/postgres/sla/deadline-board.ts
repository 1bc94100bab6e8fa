import type { Knex } from 'knex';
import type { LegalDate } from '../../../domain/shared/legal-date';
import type { BoardDays, BoardStanding } from '../../../domain/sla/board-standing';
import { BOARD_STANDINGS } from '../../../domain/sla/board-standing';
import type { BoardCounts, DeadlineBoard, DeadlineFilter } from '../../../ports/deadline-desk';

const MONTHS = 12;

type BoardFilter = Pick<DeadlineFilter, 'caseKind' | 'authorityId' | 'trade'>;

interface OpenRow {
  readonly case_kind: string | null;
  readonly authority_id: string | null;
  readonly bucket: BoardStanding;
  readonly deadlines: number;
}

interface EndedRow {
  readonly month: string;
  readonly standing: 'met' | 'late';
  readonly deadlines: number;
}

/** The folded counts with what changed since: together what a recount would find. */
const COUNTS = `
SELECT case_kind, authority_id, standing, day, deadlines FROM deadline_count WHERE WHICH
UNION ALL
SELECT case_kind, authority_id, standing, day, deadlines FROM deadline_count_change WHERE WHICH`;

const OF_THE_FILTER = `
  (:caseKind::text IS NULL OR case_kind = :caseKind) AND (:authorityId::uuid IS NULL OR authority_id = :authorityId)
  AND (:trade::text IS NULL OR trade = :trade)`;

const OPEN = `
SELECT case_kind, authority_id, bucket, sum(deadlines)::bigint AS deadlines FROM (
  SELECT case_kind, authority_id, deadlines, CASE
    WHEN standing IN ('awaitingCalendar', 'suspended') THEN standing
    WHEN standing = 'missed' OR day < :today::date THEN 'overdue'
    WHEN day = :today::date THEN 'today' WHEN day <= :nearUntil::date THEN 'near' ELSE 'enough' END AS bucket
  FROM (${countsWhere(`standing IN ('running', 'awaitingCalendar', 'suspended', 'missed') AND ${OF_THE_FILTER}`)}) AS counts
) AS placed
GROUP BY GROUPING SETS ((case_kind, bucket), (authority_id, bucket)) HAVING sum(deadlines) <> 0`;

const ENDED = `
SELECT to_char(day, 'YYYY-MM') AS month, standing, sum(deadlines)::bigint AS deadlines
FROM (${countsWhere(`standing IN ('met', 'late') AND day >= :since::date AND day <= :today::date AND ${OF_THE_FILTER}`)}) AS counts
GROUP BY 1, 2`;

function countsWhere(which: string): string {
  return COUNTS.replaceAll('WHICH', which);
}

/**
 * Out: the board (时限看板) over the rows that the transaction's principal may see, added up from the counts that triggers
 * keep; equal to a recount of the deadlines themselves.
 */
export async function readBoard(
  transaction: Knex.Transaction,
  days: BoardDays,
  filter: BoardFilter,
): Promise<DeadlineBoard> {
  const months = lastMonths(days.today);
  const bindings = {
    caseKind: filter.caseKind ?? null,
    authorityId: filter.authorityId ?? null,
    trade: filter.trade ?? null,
    today: days.today,
    nearUntil: days.nearUntil,
    since: `${months[0]}-01`,
  };
  const { rows: open } = await transaction.raw<{ rows: OpenRow[] }>(OPEN, bindings);
  const { rows: ended } = await transaction.raw<{ rows: EndedRow[] }>(ENDED, bindings);
  const names = await namesOf(transaction, open);
  const kinds = [...new Set(open.map(({ case_kind }) => case_kind))].filter((kind) => kind !== null).sort();
  return {
    ...days,
    total: countsOf(open.filter(({ case_kind }) => case_kind !== null)),
    lifecycles: kinds.map((caseKind) => ({
      caseKind,
      ...countsOf(open.filter(({ case_kind }) => case_kind === caseKind)),
    })),
    authorities: names.map(({ id, name }) => ({
      authorityId: id,
      name,
      ...countsOf(open.filter(({ authority_id }) => authority_id === id)),
    })),
    onTime: months.map((month) => onTimeIn(month, ended)),
  };
}

function countsOf(rows: readonly OpenRow[]): BoardCounts {
  const counts = new Map<BoardStanding, number>(BOARD_STANDINGS.map((standing) => [standing, 0]));
  for (const { bucket, deadlines } of rows) counts.set(bucket, (counts.get(bucket) ?? 0) + deadlines);
  const of = (standing: BoardStanding): number => counts.get(standing) ?? 0;
  return {
    enough: of('enough'),
    near: of('near'),
    today: of('today'),
    overdue: of('overdue'),
    awaitingCalendar: of('awaitingCalendar'),
    suspended: of('suspended'),
  };
}

function onTimeIn(month: string, rows: readonly EndedRow[]): DeadlineBoard['onTime'][number] {
  const of = (standing: EndedRow['standing']): number =>
    rows.find((row) => row.month === month && row.standing === standing)?.deadlines ?? 0;
  const [met, late] = [of('met'), of('late')];
  return { month, met, late, rate: met + late === 0 ? null : met / (met + late) };
}

async function namesOf(
  transaction: Knex.Transaction,
  rows: readonly OpenRow[],
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const ids = rows.flatMap(({ authority_id }) => (authority_id === null ? [] : [authority_id]));
  return transaction<{ id: string; name: string; area_code: string }>('authority')
    .whereIn('id', ids)
    .orderBy(['area_code', 'name'])
    .select('id', 'name');
}

/** YYYY-MM of this month and those before it, oldest first. */
function lastMonths(today: LegalDate): readonly string[] {
  const month = Number(today.slice(0, 4)) * 12 + Number(today.slice(5, 7)) - 1;
  return Array.from({ length: MONTHS }, (_, index) => {
    const wanted = month - (MONTHS - 1) + index;
    return `${Math.floor(wanted / 12)}-${String((wanted % 12) + 1).padStart(2, '0')}`;
  });
}
