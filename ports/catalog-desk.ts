import type { CatalogDefinition, Entitlement } from '../domain/catalog/catalog-entry';
import type { CatalogOperation, CatalogVersionState } from '../domain/catalog/lifecycle';
import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import type { Idempotency } from './idempotency';

export interface CatalogVersionView {
  readonly id: string;
  readonly catalogEntryId: string;
  readonly version: number;
  readonly state: CatalogVersionState;
  readonly effectiveFrom: string | null;
  readonly publishedAt: string | null;
  /** Why it was sent back or withdrawn. */
  readonly stateReason: string | null;
  readonly definition: CatalogDefinition;
  readonly availableOperations: readonly CatalogOperation[];
}

export interface CatalogEntryView {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly trade: string;
  readonly publishedVersion: number | null;
  readonly entitlements: readonly Entitlement[];
}

/** 发证目录 (art. 7): a draft is written by one person and approved by another; publishing supersedes the version before. */
export interface CatalogDesk {
  list(principal: Principal): Promise<readonly CatalogEntryView[]>;
  versions(principal: Principal, catalogEntryId: string): Promise<readonly CatalogVersionView[] | null>;
  /** Opens a draft: of a new type, or of the next version of an existing one. */
  draft(
    principal: Principal,
    definition: CatalogDefinition,
    idempotency: Idempotency,
  ): Promise<Result<CatalogVersionView, Refusal>>;
  submit(principal: Principal, versionId: string): Promise<Result<CatalogVersionView, Refusal>>;
  approve(principal: Principal, versionId: string): Promise<Result<CatalogVersionView, Refusal>>;
  /** Back to a draft, with the reason; an approval that it had is void. */
  sendBack(
    principal: Principal,
    versionId: string,
    reason: string,
  ): Promise<Result<CatalogVersionView, Refusal>>;
  /** For good; the next draft of the type is a version of its own. */
  withdraw(
    principal: Principal,
    versionId: string,
    reason: string,
  ): Promise<Result<CatalogVersionView, Refusal>>;
  publish(
    principal: Principal,
    versionId: string,
    effectiveFrom: string,
  ): Promise<Result<CatalogVersionView, Refusal>>;
}
