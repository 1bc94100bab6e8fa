import type { Role } from '../../domain/shared/principal';
import type { Access } from '../http/endpoint';

/** Staff who work on certificates; the three administrators (三员) stay apart from business. */
export const BUSINESS_ROLES = [
  'cityAdministrator',
  'bannerAdministrator',
  'departmentAdministrator',
  'supervisor',
  'operator',
  'reviewer',
  'investigator',
  'sealKeeper',
  'windowClerk',
] as const satisfies readonly Role[];

/** Who begins cases on behalf of an issuing authority. */
export const INITIATOR_ROLES = ['operator', 'windowClerk'] as const satisfies readonly Role[];

export const PUBLIC: Access = { kind: 'public' };
export const ANYBODY_SIGNED_IN: Access = { kind: 'signedIn', agencies: false, roles: 'every' };

/** People with one of the roles. */
export function people(...roles: readonly Role[]): Access {
  return { kind: 'signedIn', agencies: false, roles };
}

/** Agency systems, and people with one of the roles. */
export function agenciesAnd(...roles: readonly Role[]): Access {
  return { kind: 'signedIn', agencies: true, roles };
}
