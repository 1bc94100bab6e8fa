import type { Knex } from 'knex';
import type { ResponsiblePersonState } from '../../../domain/organisation/responsible-person';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { PersonPrincipal, Principal } from '../../../domain/shared/principal';
import type { ResponsiblePersonView } from '../../../ports/responsible-persons';

export interface ViewRow {
  readonly id: string;
  readonly state: ResponsiblePersonState;
  readonly authority_id: string;
  readonly trade: string | null;
  readonly person_id: string;
  readonly display_name: string;
  readonly substitute_id: string | null;
  readonly substitute_name: string | null;
  readonly from_on: LegalDate;
  readonly until_on: LegalDate | null;
  readonly filing_number: string;
  readonly appointed_at: Date;
  readonly filed_at: Date | null;
}

export const VIEW = `
SELECT r.*, p.display_name, s.display_name AS substitute_name FROM responsible_person r
JOIN person p ON p.id = r.person_id LEFT JOIN person s ON s.id = r.substitute_id`;

/** Whether somebody acts for the city. */
export function isCity(principal: Principal): principal is PersonPrincipal {
  return principal.kind === 'person' && principal.roles.includes('cityAdministrator');
}

/** The city for every unit, a banner for those of its area, a department for its trade in every area. */
export function mayAppointAt(
  principal: Principal,
  authorityId: string,
  trade: string | null,
): principal is PersonPrincipal {
  if (principal.kind !== 'person') return false;
  const { roles, scope } = principal;
  if (roles.includes('cityAdministrator')) return true;
  if (roles.includes('bannerAdministrator') && scope.authorityIds.includes(authorityId)) return true;
  return roles.includes('departmentAdministrator') && trade !== null && scope.trades.includes(trade);
}

/** Out: one appointment as it is read; throws when the principal cannot see it. */
export async function readView(transaction: Knex.Transaction, id: string): Promise<ViewRow> {
  const { rows } = await transaction.raw<{ rows: ViewRow[] }>(`${VIEW} WHERE r.id = ?`, [id]);
  const [row] = rows;
  if (row === undefined) throw new Error(`appointment ${id} is not visible`);
  return row;
}

/** An appointment as the principal sees it, with what he or she may do with it. */
export function viewOf(row: ViewRow, principal: Principal): ResponsiblePersonView {
  const operations: ('handover' | 'file')[] = [];
  if (row.until_on === null && mayAppointAt(principal, row.authority_id, row.trade))
    operations.push('handover');
  if (row.state === 'submitted' && isCity(principal)) operations.push('file');
  return {
    id: row.id,
    state: row.state,
    authorityId: row.authority_id,
    trade: row.trade,
    personId: row.person_id,
    displayName: row.display_name,
    substituteId: row.substitute_id,
    substituteName: row.substitute_name,
    fromOn: row.from_on,
    untilOn: row.until_on,
    filingNumber: row.filing_number,
    appointedAt: shanghaiInstant(row.appointed_at.getTime()),
    filedAt: row.filed_at === null ? null : shanghaiInstant(row.filed_at.getTime()),
    availableOperations: operations,
  };
}
