import type { SystemPrincipal } from '../../../domain/shared/principal';
import type { Clock } from '../../../ports/clock';
import type { FileToStamp, TimestampLedger } from '../../../ports/timestamp-ledger';
import type { Register } from '../register/register';

const STAMPER: SystemPrincipal = { kind: 'system', component: 'timestamps' };

interface DueRow {
  readonly digest: string;
  readonly attempts: number;
  readonly signature: Buffer;
  readonly file_kind: 'ofd' | 'pdf';
}

/**
 * Each try counts when it begins, and a file waits half a minute per try, at most an hour: so two workers hardly ever ask
 * for the same file, and one that was killed in between delays nothing for long.
 */
const TAKE_DUE = `
UPDATE file_timestamp t SET attempts = attempts + 1
FROM (SELECT digest FROM file_timestamp
  WHERE token IS NULL AND requested_at + least(attempts * interval '30 seconds', interval '1 hour') <= :now
  ORDER BY requested_at LIMIT :limit FOR UPDATE SKIP LOCKED) due
JOIN certificate_file f ON f.digest = due.digest
JOIN LATERAL (SELECT signature, file_kind FROM seal_signature
  WHERE sealed_digest = due.digest ORDER BY seal_ordinal DESC LIMIT 1) s ON true
WHERE t.digest = due.digest
RETURNING t.digest, t.attempts, s.signature, s.file_kind`;

/** Which sealed files lack a timestamp token, on the register. */
export class PostgresTimestampLedger implements TimestampLedger {
  readonly #register: Register;
  readonly #clock: Clock;

  constructor(options: { readonly register: Register; readonly clock: Clock }) {
    this.#register = options.register;
    this.#clock = options.clock;
  }

  async due(limit: number): Promise<readonly FileToStamp[]> {
    const rows = await this.#register.statement<DueRow>(STAMPER, TAKE_DUE, { now: this.#clock.now(), limit });
    return rows.map((row) => ({
      digest: row.digest,
      attempts: row.attempts,
      signature: row.signature,
      imprint: row.file_kind === 'ofd' ? 'sm3' : 'sha256',
    }));
  }

  async recordToken(digest: string, token: Uint8Array): Promise<void> {
    await this.#register.statement(
      STAMPER,
      `UPDATE file_timestamp SET token = ?, obtained_at = ?, last_error = NULL WHERE digest = ? AND token IS NULL`,
      [Buffer.from(token), this.#clock.now(), digest],
    );
  }

  async recordFault(digest: string, reason: string): Promise<void> {
    await this.#register.statement(
      STAMPER,
      'UPDATE file_timestamp SET last_error = ? WHERE digest = ? AND token IS NULL',
      [reason.slice(0, 500), digest],
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
