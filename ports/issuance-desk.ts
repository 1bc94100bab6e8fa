import type { CatalogDefinition, Entitlement } from '../domain/catalog/catalog-entry';
import type { Face } from '../domain/catalog/face-schema';
import type { IssuanceRequest } from '../domain/issuance/issuance-request';
import type { IssuanceOperation, IssuanceState } from '../domain/issuance/lifecycle';
import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import type { Idempotency } from './idempotency';
import type { Page, PageRequest } from './page';

/** What a request of one type by one authority is parsed against. */
export interface IssuanceRules {
  readonly catalogEntryId: string;
  readonly catalogEntryVersionId: string;
  readonly definition: CatalogDefinition;
  readonly entitlement: Entitlement;
  readonly authority: { readonly id: string; readonly name: string; readonly creditCode: string };
}

export interface IssuanceView {
  readonly id: string;
  readonly state: IssuanceState;
  readonly origin: 'agency' | 'form' | 'backEntry';
  readonly catalogCode: string;
  readonly certificateName: string;
  readonly authorityId: string;
  readonly businessNumber: string;
  readonly decidedAt: string;
  readonly receivedAt: string;
  readonly updatedAt: string;
  readonly closedAt: string | null;
  readonly revision: number;
  /** What the case waits for in words of the office, such as agencyUnavailable or sealExpired; null when it moves. */
  readonly waitingFor: string | null;
  readonly stateReason: { readonly code: string; readonly detail: string } | null;
  readonly availableOperations: readonly IssuanceOperation[];
  readonly certificate: {
    readonly id: string;
    readonly versionId: string;
    readonly number: string;
    readonly identifier: string;
    readonly state: string;
    readonly verificationUrl: string | null;
  } | null;
}

/** A request after parsing, with what the register needs beside it. */
export interface NewIssuance {
  readonly rules: IssuanceRules;
  readonly request: IssuanceRequest;
  readonly origin: 'agency' | 'form' | 'backEntry';
  /** Canonical text of the uniqueness key; stored as HMAC-SM3 only. */
  readonly uniquenessKey: string;
}

/** Issuance as the API sees it. Every method acts within the principal's scope; what is outside it is not found. */
export interface IssuanceDesk {
  /** The published catalogue version and entitlement in force on a date (YYYY-MM-DD), or why there is none. */
  rulesFor(principal: Principal, catalogCode: string, on: string): Promise<Result<IssuanceRules, Refusal>>;
  /**
   * Stores case, outbox row and idempotency key in one transaction, then nudges the conductor. The case exists
   * when this answers; the same key and body answers the same case with `replayed`.
   */
  accept(
    principal: Principal,
    issuance: NewIssuance,
    idempotency: Idempotency,
  ): Promise<Result<{ readonly issuanceId: string; readonly replayed: boolean }, Refusal>>;
  find(principal: Principal, issuanceId: string): Promise<IssuanceView | null>;
  list(
    principal: Principal,
    filter: { readonly state: IssuanceState | null; readonly businessNumber: string | null },
    page: PageRequest,
  ): Promise<Page<IssuanceView>>;
  /** Resolves when the case is final or waits for people or a seal, or after `waitMs`. Never polls faster than needed. */
  waitForOutcome(principal: Principal, issuanceId: string, waitMs: number): Promise<void>;
  withdraw(principal: Principal, issuanceId: string, reason: string): Promise<Result<null, Refusal>>;
  resubmit(principal: Principal, issuanceId: string, issuance: NewIssuance): Promise<Result<null, Refusal>>;
  /**
   * The request of a case as it was brought, for its author to correct: the agency system that sent it, or whoever
   * begins cases in its authority. Unmasked, so the read is recorded with its purpose.
   */
  request(
    principal: Principal,
    issuanceId: string,
    read: { readonly purpose: string; readonly traceId: string },
  ): Promise<Result<IssuanceRequest, Refusal>>;
  /** Keeps that a request bore a secrecy mark (art. 3) and tells the security administrator; none of its content. */
  recordClassifiedSuspicion(principal: Principal, pointer: string): Promise<void>;
}

/** An operator's unfinished form. */
export interface IssuanceDraft {
  readonly id: string;
  readonly catalogCode: string;
  readonly revision: number;
  readonly updatedAt: string;
  readonly body: { readonly face?: Face } & Readonly<Record<string, unknown>>;
}

/** Drafts belong to their operator; nothing of them counts until submitted. */
export interface IssuanceDraftDesk {
  create(
    principal: Principal,
    wanted: { readonly catalogCode: string; readonly body: IssuanceDraft['body'] },
    idempotency: Idempotency,
  ): Promise<Result<IssuanceDraft, Refusal>>;
  find(principal: Principal, draftId: string): Promise<IssuanceDraft | null>;
  list(principal: Principal, page: PageRequest): Promise<Page<IssuanceDraft>>;
  save(
    principal: Principal,
    draftId: string,
    revision: number,
    body: IssuanceDraft['body'],
  ): Promise<Result<IssuanceDraft, Refusal>>;
  discard(principal: Principal, draftId: string): Promise<Result<null, Refusal>>;
  /** The body of the operator's last issued case of the type, without number and dates, as a start for the next. */
  copyFromLast(principal: Principal, catalogCode: string): Promise<IssuanceDraft['body'] | null>;
}
