import { Client } from 'pg';
import { CASE_CHANNEL } from '../issuance/issuance-row';

/** A missed announcement (a broken connection) costs at most this much: waiters look again by themselves. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Listens to the announcements that a transaction moved a case, over one connection for all waiters of a process.
 * It carries ids only and is a hint: a waiter always reads the register through its own scope.
 */
export class CaseAnnouncements {
  readonly #databaseUrl: string;
  readonly #waiting = new Map<string, Set<() => void>>();
  #client: Client | null = null;
  #connecting: Promise<void> | null = null;

  constructor(databaseUrl: string) {
    this.#databaseUrl = databaseUrl;
  }

  /** Resolves at the next announcement of the case, or after `limitMs`, or a second, whichever is first. */
  async next(caseId: string, limitMs: number): Promise<void> {
    await this.#listen();
    await new Promise<void>((resolve) => {
      const waiters = this.#waiting.get(caseId) ?? new Set();
      this.#waiting.set(caseId, waiters);
      const finish = (): void => {
        clearTimeout(timer);
        waiters.delete(finish);
        if (waiters.size === 0) this.#waiting.delete(caseId);
        resolve();
      };
      const timer = setTimeout(finish, Math.min(limitMs, LOOK_AGAIN_MS));
      waiters.add(finish);
    });
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.end();
  }

  async #listen(): Promise<void> {
    if (this.#client !== null) return;
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = null;
    });
    await this.#connecting;
  }

  async #connect(): Promise<void> {
    const client = new Client({
      connectionString: this.#databaseUrl,
      application_name: 'ecert-announcements',
    });
    const forget = (): void => {
      if (this.#client === client) this.#client = null;
    };
    client.on('error', forget);
    client.on('end', forget);
    client.on('notification', ({ payload }) => {
      for (const wake of this.#waiting.get(payload ?? '') ?? []) wake();
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${CASE_CHANNEL}`);
      this.#client = client;
    } catch {
      // The waiter looks again after a second by itself, and its own read says what is wrong with the database.
      await client.end().catch(() => undefined);
    }
  }
}
