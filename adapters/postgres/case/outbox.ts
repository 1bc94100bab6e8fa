import type { Knex } from 'knex';
import type { SystemPrincipal } from '../../../domain/shared/principal';
import type { Clock } from '../../../ports/clock';
import type { Outbox, OutboxItem } from '../../../ports/outbox';
import type { Register } from '../register/register';

const RELAY: SystemPrincipal = { kind: 'system', component: 'outbox' };

export interface NewOutboxItem {
  /** Natural key of the effect; a second row of the same key is not written. */
  readonly dedupeKey: string;
  readonly topic: OutboxItem['topic'];
  /** Ids and digests only: this row is not encrypted. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly availableAt: Date;
}

/** Effect: the item is committed or lost together with the caller's transaction. Out: whether the key was new. */
export async function enqueue(transaction: Knex.Transaction, item: NewOutboxItem): Promise<boolean> {
  const { rowCount } = await transaction.raw<{ rowCount: number }>(
    `INSERT INTO outbox (dedupe_key, topic, payload, available_at) VALUES (?, ?, ?::jsonb, ?)
     ON CONFLICT (dedupe_key) DO NOTHING`,
    [item.dedupeKey, item.topic, JSON.stringify(item.payload), item.availableAt],
  );
  return rowCount > 0;
}

/** Effect: as `enqueue` for each of several, in one statement. */
export async function enqueueAll(
  transaction: Knex.Transaction,
  items: readonly NewOutboxItem[],
): Promise<void> {
  await transaction.raw(
    `INSERT INTO outbox (dedupe_key, topic, payload, available_at)
     SELECT * FROM unnest(?::text[], ?::text[], ?::jsonb[], ?::timestamptz[])
     ON CONFLICT (dedupe_key) DO NOTHING`,
    [
      items.map((item) => item.dedupeKey),
      items.map((item) => item.topic),
      items.map((item) => JSON.stringify(item.payload)),
      items.map((item) => item.availableAt),
    ],
  );
}

interface LeasedRow {
  readonly id: string;
  readonly topic: OutboxItem['topic'];
  readonly payload: Readonly<Record<string, unknown>>;
  readonly attempts: number;
  readonly available_at: Date;
}

/** The outbox of the register: several relays side by side, each item leased by one of them at a time. */
export class PostgresOutbox implements Outbox {
  readonly #register: Register;
  readonly #clock: Clock;

  constructor(options: { readonly register: Register; readonly clock: Clock }) {
    this.#register = options.register;
    this.#clock = options.clock;
  }

  /** Out: up to `limit` due items, oldest first; `attempts` counts this lease. */
  async lease(limit: number, leaseMs: number): Promise<readonly OutboxItem[]> {
    const now = this.#clock.now();
    const rows = await this.#register.statement<LeasedRow>(
      RELAY,
      `UPDATE outbox SET leased_until = ?, attempts = attempts + 1
       WHERE id = ANY (ARRAY(
         SELECT id FROM outbox
         WHERE done_at IS NULL AND available_at <= ? AND (leased_until IS NULL OR leased_until <= ?)
         ORDER BY available_at, id LIMIT ? FOR UPDATE SKIP LOCKED))
       RETURNING id, topic, payload, attempts, available_at`,
      [new Date(now.getTime() + leaseMs), now, now, limit],
    );
    return rows
      .toSorted(
        (left, right) =>
          left.available_at.getTime() - right.available_at.getTime() || (left.id < right.id ? -1 : 1),
      )
      .map(({ id, topic, payload, attempts }) => ({ id, topic, payload, attempts }));
  }

  /** Effect: the items are never leased again; an item that is done already stays as it is. */
  async done(itemIds: readonly string[]): Promise<void> {
    if (itemIds.length === 0) return;
    const now = this.#clock.now();
    await this.#register.statement(
      RELAY,
      'UPDATE outbox SET done_at = ?, leased_until = NULL WHERE id = ANY (?::uuid[]) AND done_at IS NULL',
      [now, [...itemIds]],
    );
  }

  /** Effect: the lease ends, the reason is kept and the item is due again at the instant given. */
  async failed(itemId: string, reason: string, retryAt: Date): Promise<void> {
    await this.#register.statement(
      RELAY,
      'UPDATE outbox SET last_error = ?, available_at = ?, leased_until = NULL WHERE id = ? AND done_at IS NULL',
      [reason.slice(0, 500), retryAt, itemId],
    );
  }

  /** Seconds since the oldest item became due without being done; 0 when the outbox has drained. */
  async oldestAgeSeconds(): Promise<number> {
    const now = this.#clock.now();
    const [row] = await this.#register.statement<{ oldest: Date | null }>(
      RELAY,
      'SELECT min(available_at) AS oldest FROM outbox WHERE done_at IS NULL AND available_at <= ?',
      [now],
    );
    const oldest = row?.oldest ?? null;
    return oldest === null ? 0 : (now.getTime() - oldest.getTime()) / 1000;
  }
}
