import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import type { FaultStack } from './fault-stack';

/** Looks at the register as the auditor while everything around it is being killed. */
export class RegisterProbe {
  readonly #pool: Pool;

  constructor(stack: FaultStack) {
    this.#pool = new Pool({ connectionString: stack.connections.databaseAuditorUrl, max: 2 });
    // Its connections die with the server; the next question opens new ones.
    this.#pool.on('error', () => undefined);
  }

  async rows<Row extends object>(
    statement: string,
    values: readonly unknown[] = [],
  ): Promise<readonly Row[]> {
    return (await this.#pool.query<Row>(statement, [...values])).rows;
  }

  async number(statement: string, values: readonly unknown[] = []): Promise<number> {
    const [row] = await this.rows<{ count: string }>(statement, values);
    return Number(row?.count ?? 0);
  }

  /** How many of these cases are issued. */
  issued(ids: readonly string[]): Promise<number> {
    return this.number(`SELECT count(*) FROM issuance WHERE id = ANY ($1::uuid[]) AND state = 'issued'`, [
      ids,
    ]);
  }

  /** How many of these cases are issued with all of their deliveries made, and nothing left in the outbox. */
  async unfinished(ids: readonly string[]): Promise<number> {
    const cases = await this.number(
      `SELECT count(*) FROM issuance i WHERE id = ANY ($1::uuid[]) AND (state <> 'issued' OR EXISTS (
         SELECT 1 FROM delivery d WHERE d.certificate_version_id = i.certificate_version_id AND d.state <> 'delivered'))`,
      [ids],
    );
    return cases + (await this.number('SELECT count(*) FROM outbox WHERE done_at IS NULL'));
  }

  /** How many cases of whatever lifecycle are not at their end. */
  openLives(): Promise<number> {
    return this.number(
      `SELECT (SELECT count(*) FROM issuance WHERE closed_at IS NULL)
         + (SELECT count(*) FROM delivery WHERE state NOT IN ('delivered', 'pickedUp', 'exempted'))
         + (SELECT count(*) FROM certificate_change WHERE closed_at IS NULL)
         + (SELECT count(*) FROM anomaly_case WHERE closed_at IS NULL)
         + (SELECT count(*) FROM force_majeure_event WHERE closed_at IS NULL) AS count`,
    );
  }

  async state(issuanceId: string): Promise<string> {
    const [row] = await this.rows<{ state: string }>('SELECT state FROM issuance WHERE id = $1', [
      issuanceId,
    ]);
    return row?.state ?? 'gone';
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

/** Asks every 200 ms until it holds, faults of a killed server counting as no. Out: how long it took, in ms, or null. */
export async function until(
  holds: () => Promise<boolean>,
  timeoutMs: number,
  interrupted: AbortSignal,
): Promise<number | null> {
  const startedAtMs = performance.now();
  while (performance.now() - startedAtMs < timeoutMs) {
    interrupted.throwIfAborted();
    if (await holds().catch(() => false)) return performance.now() - startedAtMs;
    await sleep(200);
  }
  return null;
}

/** As {@link until}; throws when it does not come to hold. */
export async function mustCome(
  what: string,
  holds: () => Promise<boolean>,
  timeoutMs: number,
  interrupted: AbortSignal,
): Promise<number> {
  const tookMs = await until(holds, timeoutMs, interrupted);
  if (tookMs === null) throw new Error(`${what} did not come within ${timeoutMs / 1000} s`);
  return tookMs;
}
