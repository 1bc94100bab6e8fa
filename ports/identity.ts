import type { AgencyPrincipal, Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';

/** What a person must do before anything else. */
export type SetUpStep = 'password' | 'secondFactor';

export interface SignedInSession {
  /** Secret of the cookie; leaves the server once. */
  readonly token: string;
  readonly csrfToken: string;
  readonly principal: Exclude<Principal, AgencyPrincipal | { kind: 'system' }>;
  /** `notEnrolled`: signed in with a one-time password, as far as enrolling one. */
  readonly secondFactor: 'used' | 'offInDemonstration' | 'notEnrolled';
  readonly missing: readonly SetUpStep[];
  readonly expiresAt: string;
}

/** Sessions of people: scrypt, lock-out after repeated failures, idle lock, TOTP. */
export interface Sessions {
  signIn(username: string, password: string, otp: string | null): Promise<Result<SignedInSession, Refusal>>;
  /** The principal of a live session and whether the CSRF token is the session's; renews the idle clock. */
  authenticate(
    token: string,
    csrfToken: string | null,
  ): Promise<
    Result<
      {
        readonly principal: SignedInSession['principal'];
        readonly csrfTokenMatches: boolean;
        readonly missing: readonly SetUpStep[];
      },
      Refusal
    >
  >;
  /** The CSRF token of the session with this cookie. */
  csrfTokenOf(token: string): string;
  signOut(token: string): Promise<void>;
}

/** Keys and nonces of agency systems. */
export interface AgencyKeys {
  /** The secret (UTF-8 text) and principal of a live key; null when unknown, revoked or outside its period. */
  find(keyId: string): Promise<{ readonly secret: string; readonly principal: AgencyPrincipal } | null>;
  /** Takes a nonce; false when the key has used it before. Exactly one of many concurrent callers gets true. */
  useNonce(keyId: string, nonce: string): Promise<boolean>;
}
