import type { Knex } from 'knex';
import type { ForceMajeureParty } from '../../../domain/force-majeure/lifecycle';
import type { PersonPrincipal } from '../../../domain/shared/principal';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { hasRoleAt } from '../organisation/resolve-scope';
import type { ForceMajeureRow } from './force-majeure-row';

interface Asked {
  readonly person: PersonPrincipal;
  readonly now: Date;
}

/**
 * Whether a person works for an authority in matters of force majeure: an operator of it, or the banner administrator of
 * its area. Run it as the product: nobody else may read role assignments.
 */
export async function worksFor(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  authorityId: string,
  { person, now }: Asked,
): Promise<boolean> {
  for (const role of ['operator', 'bannerAdministrator'] as const) {
    if (!person.roles.includes(role)) continue;
    const at = { personId: person.personId, role, authorityId, now };
    if (await hasRoleAt(transaction, integrity, at)) return true;
  }
  return false;
}

/** As what a person may act on an event: the table's `by` is compared with it. */
export async function partiesOf(
  transaction: Knex.Transaction,
  integrity: RowIntegrity,
  row: Pick<ForceMajeureRow, 'id' | 'authority_id'>,
  asked: Asked,
): Promise<readonly ForceMajeureParty[]> {
  const parties: ForceMajeureParty[] = [];
  if (asked.person.roles.includes('cityAdministrator')) parties.push('city');
  if (await worksFor(transaction, integrity, row.authority_id, asked)) parties.push('declarant');
  const covered = await transaction<{ authority_id: string }>('force_majeure_scope')
    .where({ event_id: row.id } as object)
    .distinct('authority_id');
  for (const { authority_id: authorityId } of covered) {
    if (await worksFor(transaction, integrity, authorityId, asked)) return [...parties, 'coveredUnit'];
  }
  return parties;
}
