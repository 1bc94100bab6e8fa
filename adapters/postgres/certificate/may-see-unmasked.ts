import type { Principal, Role } from '../../../domain/shared/principal';

const ROLES_OF_THE_OFFICE: readonly Role[] = [
  'cityAdministrator',
  'bannerAdministrator',
  'departmentAdministrator',
  'supervisor',
  'operator',
  'reviewer',
  'investigator',
  'sealKeeper',
  'windowClerk',
];

/** Holders see their own whole; agencies their authority's; of people those who work with certificates, on the record. */
export function maySeeUnmasked(principal: Principal): boolean {
  switch (principal.kind) {
    case 'holder':
    case 'agency':
    case 'system':
      return true;
    case 'relyingParty':
      return false;
    case 'person':
      return principal.roles.some((role) => ROLES_OF_THE_OFFICE.includes(role));
  }
}
