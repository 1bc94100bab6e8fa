import type { CollectionGap, ExemptionGround } from '../domain/ingestion/collection-gap';
import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import type { Idempotency } from './idempotency';

/** What an agency's own system counts for a period; both days included. */
export interface NewCollectionCount {
  readonly catalogCode: string;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly counted: number;
  readonly businessNumbers: readonly string[] | null;
}

export interface NewCollectionExemption {
  readonly catalogCode: string;
  readonly businessNumber: string;
  /** The day of issue of the paper. */
  readonly recordedOn: string;
  readonly ground: ExemptionGround;
  readonly basis: string;
}

export interface CollectionGapView extends CollectionGap {
  readonly authorityId: string;
  readonly catalogCode: string;
  readonly certificateName: string;
  readonly firstDay: string;
  readonly lastDay: string;
  readonly toldAt: string;
}

/** 应归尽归: registered here, counted there. */
export interface CollectionDesk {
  /** Append-only: the newest count of a period is what is compared. */
  count(
    principal: Principal,
    count: NewCollectionCount,
    idempotency: Idempotency,
  ): Promise<Result<CollectionGapView, Refusal>>;
  exempt(
    principal: Principal,
    exemption: NewCollectionExemption,
    idempotency: Idempotency,
  ): Promise<Result<{ readonly id: string }, Refusal>>;
  /** The newest count of every period that touches a month (YYYY-MM), compared as it stands now. */
  gaps(
    principal: Principal,
    filter: { readonly authorityId: string | null; readonly month: string },
  ): Promise<readonly CollectionGapView[]>;
}
