import type { Principal } from '../domain/shared/principal';
import type { Refusal } from '../domain/shared/refusals';
import type { Result } from '../domain/shared/result';
import type { Idempotency } from './idempotency';
import type { Page, PageRequest } from './page';

export interface SealView {
  readonly id: string;
  readonly authorityId: string;
  readonly name: string;
  readonly kind: string;
  readonly state: 'inUse' | 'stopped' | 'cancelled';
  readonly stateReason: string | null;
  readonly validFrom: string;
  readonly validUntil: string;
}

export interface SealUseMandateView {
  readonly id: string;
  readonly sealId: string;
  readonly catalogCode: string;
  readonly authorityId: string;
  readonly validFrom: string;
  readonly validUntil: string;
  readonly volumeCap: number;
  readonly used: number;
  readonly endedAt: string | null;
}

export interface DeliveryView {
  readonly id: string;
  readonly certificateVersionId: string;
  readonly holderOrdinal: number;
  readonly channel: string;
  readonly state: string;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly deliveredAt: string | null;
  readonly portalReceipt: string | null;
  readonly availableOperations: readonly string[];
}

/** Seals and their mandates (art. 11); a stop or a new mandate lets waiting cases go on by themselves. */
export interface SealDesk {
  seals(principal: Principal): Promise<readonly SealView[]>;
  stop(principal: Principal, sealId: string, reason: string): Promise<Result<SealView, Refusal>>;
  resume(principal: Principal, sealId: string): Promise<Result<SealView, Refusal>>;
  mandates(principal: Principal): Promise<readonly SealUseMandateView[]>;
  grantMandate(
    principal: Principal,
    mandate: {
      readonly sealId: string;
      readonly catalogCode: string;
      readonly validFrom: string;
      readonly validUntil: string;
      readonly volumeCap: number;
    },
    idempotency: Idempotency,
  ): Promise<Result<SealUseMandateView, Refusal>>;
  endMandate(principal: Principal, mandateId: string): Promise<Result<SealUseMandateView, Refusal>>;
}

/** What the office looks at beside cases and certificates. */
export interface OfficeDesk {
  deliveries(principal: Principal, state: string | null, page: PageRequest): Promise<Page<DeliveryView>>;
  delivery(principal: Principal, deliveryId: string): Promise<DeliveryView | null>;
  retryDelivery(principal: Principal, deliveryId: string): Promise<Result<null, Refusal>>;
}

/** A file that belongs to a request or a decision. */
export interface AttachmentDesk {
  add(
    principal: Principal,
    file: { readonly bytes: Uint8Array; readonly fileName: string; readonly mediaType: string },
    idempotency: Idempotency,
  ): Promise<Result<{ readonly id: string }, Refusal>>;
}
