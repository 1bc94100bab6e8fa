import type { Knex } from 'knex';
import { sm3 } from '../../../documents/sm/sm3';
import type { SystemPrincipal } from '../../../domain/shared/principal';
import type { Clock } from '../../../ports/clock';
import type { EventLogSequencer } from '../../../ports/event-log';
import { canonicalJson } from '../register/canonical-json';
import type { Register } from '../register/register';

const SEQUENCER: SystemPrincipal = { kind: 'system', component: 'sequencer' };
/** Arbitrary but fixed: whoever holds this advisory lock is the one sequencer. */
const SEQUENCER_LOCK = 32_379;
/** Names the layout of a signed head inside of it. */
export const HEAD_FORMAT = 'ecert-event-log-head/1';
/** The head before the first leaf. */
export const EMPTY_HEAD = Buffer.alloc(32);

export interface SequencerOptions {
  readonly register: Register;
  readonly clock: Clock;
  readonly keyId: string;
  /** Signs the bytes of `signedHeadBytes` (SM2 with SM3). */
  readonly sign: (bytes: Uint8Array) => Promise<Uint8Array>;
}

interface PendingRow {
  readonly event_id: string;
  readonly leaf: Buffer;
}

interface HeadRow {
  readonly position: number;
  readonly head: Buffer;
}

const ANY_PENDING = 'SELECT 1 AS pending FROM event_log_pending LIMIT 1';

/** The present head, unless it is signed already. */
const UNSIGNED_HEAD = `
SELECT l.position, l.head FROM (SELECT position, head FROM event_log_link ORDER BY position DESC LIMIT 1) l
WHERE NOT EXISTS (SELECT 1 FROM event_log_head h WHERE h.position = l.position)`;

/** In: the head before and a leaf. Out: the head after it: SM3(head before ‖ leaf), 32 bytes. */
export function nextHead(head: Uint8Array, leaf: Uint8Array): Buffer {
  return Buffer.from(sm3(Buffer.concat([head, leaf])));
}

/** The bytes that the signature of a head covers: canonical JSON of format, position, head (hex) and instant, UTF-8. */
export function signedHeadBytes(head: {
  readonly position: number;
  readonly head: Uint8Array;
  readonly signedAt: Date;
}): Buffer {
  return Buffer.from(
    canonicalJson({
      format: HEAD_FORMAT,
      position: head.position,
      head: Buffer.from(head.head).toString('hex'),
      signedAt: head.signedAt.toISOString(),
    }),
    'utf8',
  );
}

/**
 * Chains the leaves of committed events, the earliest arrival first. A leaf whose transaction commits late is simply found
 * by a later turn: leaves are taken from the list of those not yet chained, never by counting arrivals, so neither a gap
 * nor a slow transaction loses one. What depends on a committed event has a later arrival than it and stays behind it.
 */
export class PostgresEventLogSequencer implements EventLogSequencer {
  readonly #options: SequencerOptions;

  constructor(options: SequencerOptions) {
    this.#options = options;
  }

  /** Out: how many leaves were chained; 0 also while another process is the sequencer. */
  async sequence(limit: number): Promise<number> {
    // Most turns find nothing: they cost one exchange and no lock.
    const [pending] = await this.#options.register.statement(SEQUENCER, ANY_PENDING, []);
    if (pending === undefined) return 0;
    return this.#options.register.within(SEQUENCER, async (transaction) => {
      if (!(await becomeSequencer(transaction))) return 0;
      const pending = await transaction.raw<{ rows: PendingRow[] }>(
        `SELECT p.event_id, l.leaf FROM event_log_pending p JOIN event_log_leaf l USING (event_id)
         ORDER BY p.arrival LIMIT ?`,
        [limit],
      );
      if (pending.rows.length === 0) return 0;
      const last = await presentHead(transaction);
      await chain(transaction, last, pending.rows);
      return pending.rows.length;
    });
  }

  /** Out: how many events have no place in the chain yet. */
  async pending(): Promise<number> {
    const [row] = await this.#options.register.statement<{ events: number }>(
      SEQUENCER,
      'SELECT count(*)::integer AS events FROM event_log_pending',
      [],
    );
    return row?.events ?? 0;
  }

  async signHead(): Promise<void> {
    const { register, clock, keyId, sign } = this.#options;
    const [unsigned] = await register.statement<HeadRow>(SEQUENCER, UNSIGNED_HEAD, []);
    if (unsigned === undefined) return;
    const signedAt = clock.now();
    const signature = await sign(signedHeadBytes({ ...unsigned, signedAt }));
    await register.statement(
      SEQUENCER,
      `INSERT INTO event_log_head (position, head, key_id, signature, signed_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (position) DO NOTHING`,
      [unsigned.position, unsigned.head, keyId, Buffer.from(signature), signedAt],
    );
  }
}

async function becomeSequencer(transaction: Knex.Transaction): Promise<boolean> {
  const { rows } = await transaction.raw<{ rows: { locked: boolean }[] }>(
    'SELECT pg_try_advisory_xact_lock(?) AS locked',
    [SEQUENCER_LOCK],
  );
  return rows[0]?.locked === true;
}

async function presentHead(transaction: Knex.Transaction): Promise<HeadRow> {
  const last = await transaction<HeadRow>('event_log_link')
    .orderBy('position', 'desc')
    .first('position', 'head');
  return last ?? { position: 0, head: EMPTY_HEAD };
}

async function chain(
  transaction: Knex.Transaction,
  last: HeadRow,
  pending: readonly PendingRow[],
): Promise<void> {
  let { position, head } = last;
  const links: { readonly position: number; readonly eventId: string; readonly head: Buffer }[] = [];
  for (const { event_id: eventId, leaf } of pending) {
    position += 1;
    head = nextHead(head, leaf);
    links.push({ position, eventId, head });
  }
  const eventIds = links.map(({ eventId }) => eventId);
  await transaction.raw(
    'INSERT INTO event_log_link (position, event_id, head) SELECT * FROM unnest(?::bigint[], ?::uuid[], ?::bytea[])',
    [links.map((link) => link.position), eventIds, links.map((link) => link.head)],
  );
  await transaction.raw('DELETE FROM event_log_pending WHERE event_id = ANY (?::uuid[])', [eventIds]);
}
