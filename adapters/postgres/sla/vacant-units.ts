import type { Knex } from 'knex';
import type { LegalDate } from '../../../domain/shared/legal-date';

export interface VacantUnit {
  readonly id: string;
  readonly name: string;
  readonly areaCode: string;
  /** The trades that somebody answers for, where there is somebody for some but not for all. */
  readonly coveredTrades: readonly string[];
}

/**
 * Out: issuing units in existence for which nobody answers on a day: no responsible person for all trades who is still on
 * the staff. Who answers for some trades only is named, since the others stay vacant.
 */
export async function vacantUnits(
  transaction: Knex.Transaction,
  today: LegalDate,
): Promise<readonly VacantUnit[]> {
  const { rows } = await transaction.raw<{ rows: VacantUnit[] }>(
    `SELECT a.id, a.name, a.area_code AS "areaCode",
       coalesce(array_agg(live.trade ORDER BY live.trade) FILTER (WHERE live.trade IS NOT NULL), '{}') AS "coveredTrades"
     FROM authority a
     LEFT JOIN (
       SELECT r.authority_id, r.trade FROM responsible_person r JOIN person p ON p.id = r.person_id AND p.state = 'active'
       WHERE r.from_on <= :today::date AND (r.until_on IS NULL OR r.until_on > :today::date)) live ON live.authority_id = a.id
     WHERE a.is_issuing AND a.successor_id IS NULL AND a.active_from <= :today::date
       AND (a.active_until IS NULL OR a.active_until > :today::date)
     GROUP BY a.id
     HAVING count(live.authority_id) FILTER (WHERE live.trade IS NULL) = 0
     ORDER BY a.area_code, a.name`,
    { today },
  );
  return rows;
}
