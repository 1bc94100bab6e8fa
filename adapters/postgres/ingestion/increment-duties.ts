import type { Knex } from 'knex';
import { alarmTitle } from '../../../domain/alarm/alarms';
import type { SynchronyExemption } from '../../../domain/catalog/catalog-entry';
import type { DutyEnd } from '../../../domain/ingestion/upload-format';
import { type LegalDate, legalDateAt } from '../../../domain/shared/legal-date';
import { postNotice } from '../notice/post-notice';

/** What a unit owes of a type today by the entitlements, each pair once. */
const OWED = `
SELECT DISTINCT ON (t.authority_id, t.catalog_entry_id) t.authority_id, t.catalog_entry_id, e.trade, t.mode, t.exemption,
  t.exemption->>'kind' = 'byLaw' OR (t.exemption->>'expiresOn')::date > :today::date AS in_force
FROM catalog_entitlement t JOIN catalog_entry e ON e.id = t.catalog_entry_id JOIN authority a ON a.id = t.authority_id
WHERE t.valid_from <= :today::date AND (t.valid_until IS NULL OR t.valid_until > :today::date)
  AND a.active_from <= :today::date AND (a.active_until IS NULL OR a.active_until > :today::date)
ORDER BY t.authority_id, t.catalog_entry_id, (t.mode = 'dailyIncrement') DESC, t.valid_from DESC, t.id`;

const BEGIN = `
INSERT INTO increment_duty (authority_id, trade, catalog_entry_id, exemption, since, opened_at)
SELECT o.authority_id, o.trade, o.catalog_entry_id, o.exemption, :today::date, :now::timestamptz
FROM (${OWED}) o WHERE o.mode = 'dailyIncrement' AND o.in_force
ON CONFLICT (authority_id, catalog_entry_id) WHERE until IS NULL DO NOTHING`;

const END = `
UPDATE increment_duty d SET until = greatest(d.since, CASE WHEN o.mode = 'dailyIncrement'
  THEN least(:today::date, (o.exemption->>'expiresOn')::date) ELSE :today::date END), ended_because = CASE
  WHEN o.authority_id IS NULL THEN 'entitlementEnded' WHEN o.mode = 'synchronous' THEN 'synchronous' ELSE 'exemptionExpired' END
FROM increment_duty held LEFT JOIN (${OWED}) o ON o.authority_id = held.authority_id AND o.catalog_entry_id = held.catalog_entry_id
WHERE d.id = held.id AND held.until IS NULL AND (o.authority_id IS NULL OR o.mode = 'synchronous' OR NOT o.in_force)
RETURNING d.id, d.authority_id, d.catalog_entry_id, d.exemption, d.ended_because`;

interface EndedDuty {
  readonly id: string;
  readonly authority_id: string;
  readonly catalog_entry_id: string;
  readonly exemption: SynchronyExemption;
  readonly ended_because: DutyEnd;
}

/**
 * Effect: from today on a unit whose entitlement is in the mode 每日增量归集 under an exemption in force owes its days; one whose
 * exemption ran out, or that issues synchronously now, owes none from today on. That a technical finding ran out is told to
 * the unit and to the city: from then on the law's 同步制发 binds (art. 8). Idempotent.
 */
export async function settleDuties(transaction: Knex.Transaction, now: Date): Promise<void> {
  const today: LegalDate = legalDateAt(now.getTime());
  await transaction.raw(BEGIN, { today, now });
  const { rows } = await transaction.raw<{ rows: EndedDuty[] }>(END, { today });
  for (const duty of rows) {
    if (duty.ended_because === 'exemptionExpired') await tellExpiry(transaction, duty, now);
  }
}

async function tellExpiry(transaction: Knex.Transaction, duty: EndedDuty, now: Date): Promise<void> {
  const { rows } = await transaction.raw<{ rows: { name: string; unit: string }[] }>(
    `SELECT k.definition->>'name' AS name, a.name AS unit FROM catalog_entry_version k, authority a
     WHERE k.catalog_entry_id = ? AND k.state = 'published' AND a.id = ?`,
    [duty.catalog_entry_id, duty.authority_id],
  );
  const what = `${rows[0]?.unit ?? ''}${rows[0]?.name ?? ''}`;
  for (const recipient of [
    { role: 'operator', authorityId: duty.authority_id },
    { role: 'cityAdministrator', authorityId: null },
  ] as const) {
    await postNotice(transaction, {
      naturalKey: `incrementDuty/${duty.id}/expired/${recipient.role}`,
      recipient,
      title: alarmTitle('exemptionExpired'),
      body: `${what}的技术认定已到期，自今日起应同步制发；仍不具备条件的，请提交新的认定。`,
      link: '/increments/modes',
      createdAt: now,
    });
  }
}
