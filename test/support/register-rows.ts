import type { SystemPrincipal } from '../../domain/shared/principal';

/** The product itself, as tests act for it. */
export const SYSTEM: SystemPrincipal = { kind: 'system', component: 'test' };
