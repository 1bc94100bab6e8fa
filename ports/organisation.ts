import type { AuthorityKind, AuthorityLevel } from '../domain/organisation/authority';
import type { LegalDate } from '../domain/shared/legal-date';
import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import type { Idempotency } from './idempotency';

export interface EntrustmentView {
  readonly byId: string;
  readonly basis: string;
  /** First day on which it no longer holds; null while no end is known. */
  readonly endsOn: LegalDate | null;
}

export interface AuthorityView {
  readonly id: string;
  readonly creditCode: string;
  readonly name: string;
  readonly kind: AuthorityKind;
  readonly level: AuthorityLevel;
  readonly areaCode: string;
  readonly trade: string | null;
  readonly isIssuing: boolean;
  readonly parentId: string | null;
  readonly competentDepartmentId: string | null;
  readonly successorId: string | null;
  readonly successorBasis: string | null;
  readonly entrustment: EntrustmentView | null;
  readonly activeFrom: LegalDate;
  readonly activeUntil: LegalDate | null;
  readonly revision: number;
}

export interface NewAuthority {
  readonly creditCode: string;
  readonly name: string;
  readonly kind: AuthorityKind;
  readonly level: AuthorityLevel;
  readonly areaCode: string;
  readonly trade: string | null;
  readonly isIssuing: boolean;
  readonly parentId: string | null;
  readonly competentDepartmentId: string | null;
  readonly entrustment: EntrustmentView | null;
  readonly activeFrom: LegalDate;
}

/** What may change of a unit that stays itself; a member that is left out stays. */
export type AuthorityChange = Partial<
  Pick<NewAuthority, 'name' | 'trade' | 'isIssuing' | 'parentId' | 'competentDepartmentId'>
> & { readonly entrustmentEndsOn?: LegalDate | null };

/** The units of the city (art. 2), public to everybody who is signed in. */
export interface AuthorityDesk {
  list(principal: Principal): Promise<readonly AuthorityView[]>;
  find(principal: Principal, authorityId: string): Promise<AuthorityView | null>;
  add(
    principal: Principal,
    authority: NewAuthority,
    idempotency: Idempotency,
  ): Promise<Result<AuthorityView, Refusal>>;
  change(
    principal: Principal,
    authorityId: string,
    revision: number,
    change: AuthorityChange,
  ): Promise<Result<AuthorityView, Refusal>>;
  /** The successor answers for all certificates and cases of the unit from now on; the unit begins nothing any more. */
  succeed(
    principal: Principal,
    authorityId: string,
    succession: { readonly successorId: string; readonly on: LegalDate; readonly basis: string },
  ): Promise<Result<AuthorityView, Refusal>>;
}

export interface AgencySystemView {
  readonly id: string;
  readonly state: 'active' | 'stopped';
  readonly authorityId: string;
  readonly name: string;
  readonly callbackHosts: readonly string[];
  readonly hasWebhookSecret: boolean;
  /** Where and as whom this office asks for the agency's own record; null: it is not asked. */
  readonly recordPort: { readonly url: string; readonly keyId: string | null } | null;
  readonly createdAt: string;
}

export interface AgencyKeyView {
  readonly keyId: string;
  readonly agencySystemId: string;
  readonly validFrom: string;
  readonly validUntil: string | null;
  readonly revokedAt: string | null;
}

/** Business systems of authorities. */
export interface AgencySystemDesk {
  list(principal: Principal): Promise<readonly AgencySystemView[]>;
  add(
    principal: Principal,
    system: {
      readonly authorityId: string;
      readonly name: string;
      readonly callbackHosts: readonly string[];
    },
    idempotency: Idempotency,
  ): Promise<Result<AgencySystemView, Refusal>>;
  /** Null: the agency is asked for no record any more. */
  setRecordPort(
    principal: Principal,
    systemId: string,
    port: { readonly url: string; readonly keyId: string; readonly secret: string } | null,
  ): Promise<Result<AgencySystemView, Refusal>>;
  /** The new secret, shown once; the old one ends at once. */
  renewWebhookSecret(
    principal: Principal,
    systemId: string,
  ): Promise<Result<{ readonly system: AgencySystemView; readonly secret: string }, Refusal>>;
  setState(
    principal: Principal,
    systemId: string,
    state: AgencySystemView['state'],
  ): Promise<Result<AgencySystemView, Refusal>>;
}

/** Keys with which agency systems sign: two live ones each, so that they are rotated without an outage. */
export interface AgencyKeyDesk {
  list(principal: Principal): Promise<readonly AgencyKeyView[]>;
  /** The secret is null when the same request is answered again: it is shown once. */
  issue(
    principal: Principal,
    wanted: { readonly agencySystemId: string; readonly validUntil: Date | null },
    idempotency: Idempotency,
  ): Promise<Result<{ readonly key: AgencyKeyView; readonly secret: string | null }, Refusal>>;
  revoke(principal: Principal, keyId: string): Promise<Result<AgencyKeyView, Refusal>>;
}
