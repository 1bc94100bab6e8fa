import type { AgencyPrincipal, PersonPrincipal, Role } from '../../../domain/shared/principal';
import { NO_SCOPE } from '../../../domain/shared/principal';
import { accepted, refused } from '../../../domain/shared/result';
import type { AgencyKeys, Sessions, SetUpStep, SignedInSession } from '../../../ports/identity';

export const AGENCY_SECRET = 'test-secret';
export const AGENCY: AgencyPrincipal = {
  kind: 'agency',
  agencySystemId: '00000000-0000-4000-8000-00000000000a',
  keyId: 'demo-agency',
  authorityId: '00000000-0000-4000-8000-000000000001',
  scope: NO_SCOPE,
};

/** A member of staff with the roles that a test is about. */
export function aPerson(...roles: readonly Role[]): PersonPrincipal {
  return {
    kind: 'person',
    personId: '00000000-0000-4000-8000-0000000000b1',
    displayName: '苏日娜',
    authorityId: AGENCY.authorityId,
    roles,
    scope: NO_SCOPE,
  };
}

/** Two live keys of one agency, nonces in memory. */
export class FakeAgencyKeys implements AgencyKeys {
  readonly usedNonces: string[] = [];

  async find(keyId: string) {
    if (keyId === 'demo-agency') return { secret: AGENCY_SECRET, principal: AGENCY };
    if (keyId === 'demo-agency-2') return { secret: 'second-secret', principal: { ...AGENCY, keyId } };
    return null;
  }

  async useNonce(keyId: string, nonce: string) {
    const name = `${keyId}:${nonce}`;
    if (this.usedNonces.includes(name)) return false;
    this.usedNonces.push(name);
    return true;
  }
}

const PASSWORD = 'Demo-2026!';

/** Sessions by token; anybody known signs in with the demonstration's password. */
export class FakeSessions implements Sessions {
  readonly #live = new Map<string, { csrfToken: string; principal: SignedInSession['principal'] }>();
  /** What everybody has to do before anything else. */
  missing: readonly SetUpStep[] = [];
  readonly #people: Readonly<Record<string, SignedInSession['principal']>>;

  constructor(people: Readonly<Record<string, SignedInSession['principal']>> = {}) {
    this.#people = people;
  }

  /** Opens a session without a password. */
  open(principal: SignedInSession['principal']): { token: string; csrfToken: string } {
    const token = `session-token-number-${this.#live.size + 1}`;
    const csrfToken = `csrf-${this.#live.size + 1}`;
    this.#live.set(token, { csrfToken, principal });
    return { token, csrfToken };
  }

  async signIn(username: string, password: string) {
    const principal = this.#people[username];
    if (principal === undefined || password !== PASSWORD) return refused({ code: 'signInFailed' as const });
    return accepted({
      ...this.open(principal),
      principal,
      secondFactor: 'offInDemonstration' as const,
      missing: this.missing,
      expiresAt: '2026-11-23T04:00:00.000Z',
    });
  }

  async authenticate(token: string, csrfToken: string | null) {
    const session = this.#live.get(token);
    if (session === undefined) return refused({ code: 'signInRequired' as const });
    const csrfTokenMatches = session.csrfToken === csrfToken;
    return accepted({ principal: session.principal, csrfTokenMatches, missing: this.missing });
  }

  csrfTokenOf(token: string) {
    return this.#live.get(token)?.csrfToken ?? '';
  }

  async signOut(token: string) {
    this.#live.delete(token);
  }
}
