import type { Knex } from 'knex';
import { legalDateAt } from '../../domain/shared/legal-date';
import { type DemonstrationDeps, demonstrationId } from './demonstration-deps';
import { DONGSHENG_BUREAU } from './demonstration-units';
import { personId } from './seed-accounts';
import { unitId } from './seed-units';

/**
 * Effect: the 东胜 bureau has its responsible person (art. 22) with a substitute, filed with the city; the other units are
 * vacant, which the city is told. Idempotent: where anybody was ever appointed, it stays as people have made it.
 */
export async function seedResponsiblePersons(
  transaction: Knex.Transaction,
  { clock }: Pick<DemonstrationDeps, 'clock'>,
): Promise<void> {
  const now = clock.now();
  const authorityId = unitId(DONGSHENG_BUREAU);
  const appointed = await transaction<{ id: string; authority_id: string }>('responsible_person')
    .where({ authority_id: authorityId })
    .first('id');
  if (appointed !== undefined) return;
  const today = legalDateAt(now.getTime());
  await transaction('responsible_person').insert({
    id: demonstrationId('responsiblePerson', DONGSHENG_BUREAU),
    authority_id: authorityId,
    person_id: personId('window1'),
    substitute_id: personId('reviewer2'),
    from_on: today,
    state: 'filed',
    filing_number: `鄂证专备〔${today.slice(0, 4)}〕演示1号`,
    appointed_by: personId('dongsheng'),
    appointed_at: now,
    filed_by: personId('city'),
    filed_at: now,
  });
}
