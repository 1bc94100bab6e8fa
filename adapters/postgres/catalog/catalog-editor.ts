import type { CatalogOperation } from '../../../domain/catalog/lifecycle';
import type { PersonPrincipal, Principal } from '../../../domain/shared/principal';
import type { CatalogVersionRow } from './catalog-version-row';

/** The operations that this desk offers, to whom. */
export function mayDoWithCatalog(
  operation: CatalogOperation,
  row: CatalogVersionRow,
  principal: Principal,
): boolean {
  const editor = catalogEditor(principal, row.definition.trade);
  if (editor === null) return false;
  switch (operation) {
    case 'submit':
      return true;
    case 'approve':
      return isCityAdministrator(editor) && row.drafted_by !== editor.personId;
    case 'publish':
    case 'sendBack':
      return isCityAdministrator(editor);
    case 'withdraw':
      return isCityAdministrator(editor) || row.drafted_by === editor.personId;
    case 'supersede':
      return false;
  }
}

/** The city administrator, or the department administrator of the trade. */
export function catalogEditor(principal: Principal, trade: string): PersonPrincipal | null {
  if (principal.kind !== 'person') return null;
  if (isCityAdministrator(principal)) return principal;
  const isOfTrade =
    principal.roles.includes('departmentAdministrator') && principal.scope.trades.includes(trade);
  return isOfTrade ? principal : null;
}

/** Whether a person approves and publishes for the whole city. */
export function isCityAdministrator(person: PersonPrincipal): boolean {
  return person.roles.includes('cityAdministrator');
}
