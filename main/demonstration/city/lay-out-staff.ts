import { addDays, legalDateAt } from '../../../domain/shared/legal-date';
import { type DemonstrationDeps, demonstrationId, SEEDER } from '../demonstration-deps';
import { historyBeginsAt, historyBeginsOn } from '../demonstration-history';
import { DEMONSTRATION_UNITS, DONGSHENG_BUREAU } from '../demonstration-units';
import { addAccounts, personId } from '../seed-accounts';
import { unitId } from '../seed-units';
import { CITY_STAFF, staffOf } from './city-staff';

/** The unit whose responsible person has left and has no successor yet (art. 22: the city is told). */
export const VACANT_UNIT = 'transport-150623';

/**
 * Effect: every unit has its three persons with their roles and, but for one, its responsible person. Idempotent; nothing that people have changed is touched.
 */
export async function layOutStaff(deps: DemonstrationDeps): Promise<void> {
  await addAccounts(deps, CITY_STAFF);
  const staffed = DEMONSTRATION_UNITS.filter(
    ({ key, activeUntil }) => key !== DONGSHENG_BUREAU && activeUntil === null,
  );
  const now = deps.clock.now();
  const since = historyBeginsOn(now);
  await deps.register.within(SEEDER, async (transaction) => {
    for (const [index, { key }] of staffed.entries()) {
      const appointed = await transaction<{ id: string; authority_id: string }>('responsible_person')
        .where({ authority_id: unitId(key) })
        .first('id');
      if (appointed !== undefined) continue;
      const at = historyBeginsAt(now);
      await transaction('responsible_person').insert({
        id: demonstrationId('responsiblePerson', key),
        authority_id: unitId(key),
        person_id: personId(staffOf(key, 'operator')),
        substitute_id: personId(staffOf(key, 'reviewer')),
        from_on: since,
        until_on: key === VACANT_UNIT ? addDays(legalDateAt(now.getTime()), -6) : null,
        state: 'filed',
        filing_number: `鄂证专备〔${since.slice(0, 4)}〕演示${index + 2}号`,
        appointed_by: personId(staffOf(key, 'keeper')),
        appointed_at: at,
        filed_by: personId('city'),
        filed_at: at,
      });
    }
  });
}
