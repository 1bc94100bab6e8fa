import type { Connection, QueryConfig, ResultBuilder } from 'pg';
import { Query } from 'pg';

/** A statement that every connection prepared when it was opened, with its values in PostgreSQL's text form. */
export interface Lead {
  readonly name: string;
  readonly values: readonly string[];
}

/** What node-postgres calls on a query that it has sent; its types tell only of `submit`. */
interface Answered {
  handleRowDescription(message: unknown): void;
  handleDataRow(message: unknown): void;
  handlePortalSuspended(connection: Connection): void;
  handleEmptyQuery(connection: Connection): void;
  handleCommandComplete(message: unknown, connection: Connection): void;
  handleError(fault: unknown, connection: Connection): void;
  handleReadyForQuery(connection: Connection): void;
}

/**
 * A statement that goes to the server in one message exchange with those that must run before it. PostgreSQL skips
 * everything after a fault until the next Sync (protocol 3, "Pipelining"), so the statement never runs without its leads;
 * unless one of the leads is BEGIN, all are one transaction that has committed when the answer arrives.
 */
export class LedStatement {
  /** By these two node-postgres remembers what the connection has prepared; the leads were prepared before. */
  readonly name: string | undefined;
  readonly text: string;
  readonly #leads: readonly Lead[];
  readonly #statement: Query & Answered;
  #leadsToComplete: number;

  constructor(
    leads: readonly Lead[],
    statement: QueryConfig,
    callback: (fault: Error | undefined, result: ResultBuilder) => void,
  ) {
    this.name = statement.name;
    this.text = statement.text;
    this.#leads = leads;
    this.#leadsToComplete = leads.length;
    // The simple protocol would end the transaction that the leads are in.
    const extended = { ...statement, queryMode: 'extended' };
    this.#statement = new Query(extended, callback) as Query & Answered;
  }

  submit(connection: Connection): unknown {
    const { stream } = connection;
    stream.cork();
    try {
      for (const { name, values } of this.#leads) {
        connection.bind({ statement: name, values: [...values] }, true);
        connection.execute(null, true);
      }
      return this.#statement.submit(connection);
    } finally {
      stream.uncork();
    }
  }

  handleRowDescription(message: unknown): void {
    this.#statement.handleRowDescription(message);
  }

  handleDataRow(message: unknown): void {
    if (this.#leadsToComplete === 0) this.#statement.handleDataRow(message);
  }

  handlePortalSuspended(connection: Connection): void {
    this.#statement.handlePortalSuspended(connection);
  }

  handleEmptyQuery(connection: Connection): void {
    this.#statement.handleEmptyQuery(connection);
  }

  handleCommandComplete(message: unknown, connection: Connection): void {
    if (this.#leadsToComplete === 0) this.#statement.handleCommandComplete(message, connection);
    else this.#leadsToComplete -= 1;
  }

  handleError(fault: unknown, connection: Connection): void {
    this.#statement.handleError(fault, connection);
  }

  handleReadyForQuery(connection: Connection): void {
    this.#statement.handleReadyForQuery(connection);
  }
}
