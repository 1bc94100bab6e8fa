import type { RoleGrant } from '../domain/organisation/role-rules';
import type { LegalDate } from '../domain/shared/legal-date';
import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import type { Idempotency } from './idempotency';
import type { Page, PageRequest } from './page';

export interface RoleAssignmentView extends RoleGrant {
  readonly id: string;
  readonly grantedAt: string;
  readonly endsAt: string | null;
}

export interface LeaveView {
  readonly from: LegalDate;
  /** Last day, included; null while it is open. */
  readonly until: LegalDate | null;
  readonly substituteId: string;
}

/** What only the three administrators see of an account; never a hash or a secret. */
export interface AccountView {
  readonly username: string;
  readonly hasSecondFactor: boolean;
  /** Until when the one-time password is good; null: the person has set one of his own. */
  readonly oneTimePasswordUntil: string | null;
  readonly lockedUntil: string | null;
  readonly roles: readonly RoleAssignmentView[];
  readonly createdAt: string;
}

export interface PersonView {
  readonly id: string;
  readonly state: 'active' | 'disabled';
  readonly displayName: string;
  readonly authorityId: string | null;
  readonly leave: LeaveView | null;
  /** Null for whoever is only a colleague. */
  readonly account: AccountView | null;
}

export interface NewAccount {
  readonly username: string;
  readonly displayName: string;
  readonly authorityId: string | null;
  readonly roles: readonly RoleGrant[];
}

/** An account with the password that is shown once; null when the same request is answered again. */
export interface AccountWithPassword {
  readonly person: PersonView;
  readonly oneTimePassword: string | null;
}

/** Accounts of people: the system administrator's work; colleagues see each other's names and leave. */
export interface PeopleDesk {
  list(principal: Principal, authorityId: string | null, page: PageRequest): Promise<Page<PersonView>>;
  find(principal: Principal, personId: string): Promise<PersonView | null>;
  add(
    principal: Principal,
    account: NewAccount,
    idempotency: Idempotency,
  ): Promise<Result<AccountWithPassword, Refusal>>;
  disable(principal: Principal, personId: string, reason: string): Promise<Result<PersonView, Refusal>>;
  enable(principal: Principal, personId: string): Promise<Result<PersonView, Refusal>>;
}

/** Roles with scope; the three administrators stay apart. */
export interface RoleDesk {
  grant(principal: Principal, personId: string, grant: RoleGrant): Promise<Result<PersonView, Refusal>>;
  end(principal: Principal, personId: string, assignmentId: string): Promise<Result<PersonView, Refusal>>;
}

/** One named substitute per person on leave. */
export interface LeaveDesk {
  set(principal: Principal, personId: string, leave: LeaveView): Promise<Result<PersonView, Refusal>>;
  end(principal: Principal, personId: string): Promise<Result<PersonView, Refusal>>;
}

/** A second factor that was shown and waits for its first code. */
export interface PendingSecondFactor {
  /** For an authenticator's QR code. */
  readonly otpauthUrl: string;
  /** Base32, for typing. */
  readonly secret: string;
  readonly expiresAt: string;
}

/** Passwords and second factors. No single person can take over the account of another: resetting and removing are two offices. */
export interface Credentials {
  resetPassword(
    principal: Principal,
    personId: string,
    idempotency: Idempotency,
  ): Promise<Result<AccountWithPassword, Refusal>>;
  removeSecondFactor(
    principal: Principal,
    personId: string,
    reason: string,
  ): Promise<Result<PersonView, Refusal>>;
  /** Ends every other session of the person. */
  changeOwnPassword(
    principal: Principal,
    passwords: { readonly current: string; readonly next: string; readonly sessionToken: string },
  ): Promise<Result<null, Refusal>>;
  /** `otp` of the present factor, when there is one. */
  beginSecondFactor(principal: Principal, otp: string | null): Promise<Result<PendingSecondFactor, Refusal>>;
  confirmSecondFactor(principal: Principal, otp: string): Promise<Result<null, Refusal>>;
}
