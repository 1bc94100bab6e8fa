import type { SystemPrincipal } from '../../domain/shared/principal';
import type { Clock } from '../../ports/clock';
import type { FileToStamp, TimestampLedger } from '../../ports/timestamp-ledger';
import type { Register } from './register';

const STAMPER: SystemPrincipal = { kind: 'system', component: 'timestamps' };

interface DueRow {
  readonly digest: string;
  readonly attempts: number;
  readonly signature: Buffer;
  readonly file_kind: 'ofd' | 'pdf';
}

/** A failed file waits half a minute per attempt, at most an hour, before it is tried again. */
const DUE = `
SELECT t.digest, t.attempts, s.signature, s.file_kind
FROM file_timestamp t
JOIN certificate_file f ON f.digest = t.digest
JOIN LATERAL (SELECT signature, file_kind FROM seal_signature
  WHERE sealed_digest = t.digest ORDER BY seal_ordinal DESC LIMIT 1) s ON true
WHERE t.token IS NULL
  AND t.requested_at + least(t.attempts * interval '30 seconds', interval '1 hour') <= :now
ORDER BY t.requested_at LIMIT :limit`;

/** Which sealed files lack a timestamp token, on the register. */
export class PostgresTimestampLedger implements TimestampLedger {
  readonly #register: Register;
  readonly #clock: Clock;

  constructor(options: { readonly register: Register; readonly clock: Clock }) {
    this.#register = options.register;
    this.#clock = options.clock;
  }

  due(limit: number): Promise<readonly FileToStamp[]> {
    return this.#register.within(STAMPER, async (transaction) => {
      const { rows } = await transaction.raw<{ rows: DueRow[] }>(DUE, { now: this.#clock.now(), limit });
      return rows.map((row) => ({
        digest: row.digest,
        attempts: row.attempts,
        signature: row.signature,
        imprint: row.file_kind === 'ofd' ? 'sm3' : 'sha256',
      }));
    });
  }

  async recordToken(digest: string, token: Uint8Array): Promise<void> {
    await this.#register.within(STAMPER, (transaction) =>
      transaction('file_timestamp')
        .where({ digest })
        .whereNull('token')
        .update({ token: Buffer.from(token), obtained_at: this.#clock.now(), last_error: null }),
    );
  }

  async recordFault(digest: string, reason: string): Promise<void> {
    await this.#register.within(STAMPER, (transaction) =>
      transaction('file_timestamp')
        .where({ digest })
        .whereNull('token')
        .update({ attempts: transaction.raw('attempts + 1'), last_error: reason.slice(0, 500) }),
    );
  }

  backlog(): Promise<{ readonly files: number; readonly oldestAgeSeconds: number }> {
    return this.#register.within(STAMPER, async (transaction) => {
      const { rows } = await transaction.raw<{ rows: { files: number; oldest: Date | null }[] }>(
        'SELECT count(*) AS files, min(requested_at) AS oldest FROM file_timestamp WHERE token IS NULL',
      );
      const oldest = rows[0]?.oldest ?? null;
      return {
        files: rows[0]?.files ?? 0,
        oldestAgeSeconds: oldest === null ? 0 : (this.#clock.now().getTime() - oldest.getTime()) / 1000,
      };
    });
  }
}
