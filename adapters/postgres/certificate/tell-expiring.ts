import type { Knex } from 'knex';
import { alarmTitle } from '../../../domain/alarm/alarms';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { chineseDate, legalDateAt } from '../../../domain/shared/legal-date';
import type { SystemPrincipal } from '../../../domain/shared/principal';
import type { Clock } from '../../../ports/clock';
import { postNotice } from '../notice/post-notice';
import type { Register } from '../register/register';

const SCHEDULE: SystemPrincipal = { kind: 'system', component: 'schedule' };

/** Days before the end at which holder and authority are told; the same in the CHECK of `expiry_notice`. */
export const EXPIRY_RUNGS = [90, 60, 30] as const;
const LONGEST = 90;

interface ToldRow {
  readonly id: string;
  readonly certificate_id: string;
  readonly authority_id: string;
  readonly catalog_entry_version_id: string;
  readonly name: string;
  readonly valid_until: LegalDate;
  readonly rung_days: number;
}

/** Only the rung that a version is at now; one whose renewal was filed needs no reminder. */
const TELL = `
WITH due AS (
  SELECT v.id, CASE WHEN v.valid_until - :today::date <= 30 THEN 30 WHEN v.valid_until - :today::date <= 60 THEN 60 ELSE 90 END AS rung
  FROM certificate_version v
  WHERE v.state = 'inForce' AND v.valid_until BETWEEN :today::date AND :today::date + ${LONGEST}
    AND NOT 'renewalPending' = ANY (v.marks)
), told AS (
  INSERT INTO expiry_notice (certificate_version_id, rung_days, told_at)
  SELECT d.id, d.rung, :now::timestamptz FROM due d
  WHERE NOT EXISTS (SELECT 1 FROM expiry_notice n WHERE n.certificate_version_id = d.id AND n.rung_days = d.rung)
  ORDER BY d.id LIMIT :limit
  ON CONFLICT ON CONSTRAINT expiry_notice_once DO NOTHING
  RETURNING certificate_version_id, rung_days
)
SELECT v.id, v.certificate_id, v.authority_id, v.catalog_entry_version_id, k.name AS name, v.valid_until, t.rung_days
FROM told t JOIN certificate_version v ON v.id = t.certificate_version_id
JOIN catalog_entry_version k ON k.id = v.catalog_entry_version_id ORDER BY v.id`;

/**
 * Effect: a page of certificates that come to their end is told once at each rung: each holder by a notice of his own, the
 * authority by one notice per type and rung that says how many there are and opens the list. Idempotent by a row per
 * version and rung. Out: whether there may be more.
 */
export async function tellExpiring({
  register,
  clock,
  pageSize,
}: {
  readonly register: Register;
  readonly clock: Clock;
  readonly pageSize: number;
}): Promise<boolean> {
  const now = clock.now();
  return register.within(SCHEDULE, async (transaction) => {
    const { rows } = await transaction.raw<{ rows: ToldRow[] }>(TELL, {
      today: legalDateAt(now.getTime()),
      now,
      limit: pageSize,
    });
    for (const row of rows) await tellHolders(transaction, row, now);
    for (const group of grouped(rows)) await tellAuthority(transaction, group, now);
    return rows.length === pageSize;
  });
}

async function tellHolders(transaction: Knex.Transaction, row: ToldRow, now: Date): Promise<void> {
  const holders = await transaction<{ ordinal: number; code_lookup: Buffer | null }>('certificate_holder')
    .where({ certificate_version_id: row.id } as object)
    .whereNotNull('code_lookup')
    .select('ordinal', 'code_lookup');
  for (const { ordinal, code_lookup } of holders) {
    if (code_lookup === null) continue;
    await postNotice(transaction, {
      naturalKey: `expiring/${row.id}/${row.rung_days}/${ordinal}`,
      recipient: { holderLookup: code_lookup },
      title: '您的证照即将到期',
      body: `您的“${row.name}”将于${chineseDate(row.valid_until)}到期。需要延续的，请在有效期届满前向发证单位提出。`,
      link: `/certificates/${row.certificate_id}`,
      createdAt: now,
    });
  }
}

function grouped(rows: readonly ToldRow[]): readonly (readonly ToldRow[])[] {
  const groups = new Map<string, ToldRow[]>();
  for (const row of rows) {
    const key = `${row.authority_id}/${row.catalog_entry_version_id}/${row.rung_days}`;
    const group = groups.get(key) ?? [];
    group.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}

async function tellAuthority(
  transaction: Knex.Transaction,
  group: readonly ToldRow[],
  now: Date,
): Promise<void> {
  const [first] = group;
  if (first === undefined) return;
  await postNotice(transaction, {
    naturalKey: `expiring/${first.authority_id}/${first.rung_days}/${first.id}`,
    recipient: { role: 'operator', authorityId: first.authority_id },
    title: alarmTitle('certificatesExpiring'),
    body: `${group.length} 份“${first.name}”将在 ${first.rung_days} 日内到期。`,
    link: `/certificates?list=expiring&withinDays=${first.rung_days}`,
    createdAt: now,
  });
}
