import type { OutboxTopic } from '../domain/shared/outbox-topic';

export interface OutboxItem {
  readonly id: string;
  readonly topic: OutboxTopic;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly attempts: number;
}

/** What committed transactions want done outside; several relays may lease side by side, no item is ever lost. */
export interface Outbox {
  /** Leases up to `limit` due items for `leaseMs`; an item whose lease ran out is leased again. */
  lease(limit: number, leaseMs: number): Promise<readonly OutboxItem[]>;
  done(itemIds: readonly string[]): Promise<void>;
  /** Keeps the reason and makes the item due again at the instant given. */
  failed(itemId: string, reason: string, retryAt: Date): Promise<void>;
  /** Age in seconds of the oldest item that is due and not done; 0 when there is none. */
  oldestAgeSeconds(): Promise<number>;
}
