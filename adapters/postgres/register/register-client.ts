import knex, { type Knex } from 'knex';
import type { Client as Connection, QueryConfig, QueryResult, ResultBuilder } from 'pg';
import { types } from 'pg';
import { keepPlanUnder } from './kept-plans';
import { LedStatement } from './led-statement';

/** For whom a transaction or a single statement runs. */
export interface OnBehalf {
  /** The nine values of `SET_PRINCIPAL`, in PostgreSQL's text form. */
  readonly principal: readonly string[];
  /** Whether the connection keeps the plans: the statements of programmes are few and the same again and again. */
  readonly keepPlans: boolean;
}

/** What knex hands over to be run. */
interface KnexQuery {
  readonly sql: string;
  readonly bindings?: readonly unknown[];
  readonly options?: { readonly name?: string; readonly onBehalf?: OnBehalf };
  response?: QueryResult | ResultBuilder;
}

export interface RegisterTransactionConfig extends Knex.TransactionConfig {
  readonly onBehalf: OnBehalf;
}

/** knex tells its dialects by name only. */
const PostgresDialect: typeof Knex.Client = knex({ client: 'pg' }).client.constructor;

const BEGIN = { name: 'ecert_begin', text: 'BEGIN' };
const SET_PRINCIPAL = {
  name: 'ecert_set_principal',
  text: `SELECT set_config('ecert.principal', $1, true), set_config('ecert.principal_id', $2, true),
  set_config('ecert.everything', $3, true), set_config('ecert.evidence', $4, true),
  set_config('ecert.authorities', $5::uuid[]::text, true), set_config('ecert.trades', $6::text[]::text, true),
  set_config('ecert.pairs', $7::text[]::text, true), set_config('ecert.roles', $8::text[]::text, true),
  set_config('ecert.holder_lookup', $9, true)`,
};
const NOBODY = ['', '', '', '', '{}', '{}', '{}', '{}', ''];
const END = /^(COMMIT|ROLLBACK);?$/;

interface OpenTransaction {
  readonly onBehalf: OnBehalf;
  hasBegun: boolean;
}

const openTransactions = new WeakMap<Connection, OpenTransaction>();

/**
 * knex over node-postgres with fewer message exchanges: a transaction begins together with its first statement, and sets
 * its principal before it; one that has no statement never begins.
 */
export class RegisterClient extends PostgresDialect {
  /** What leads other statements is prepared once, when a connection is opened. */
  override async acquireRawConnection(): Promise<Connection> {
    const connection: Connection = await super.acquireRawConnection();
    await connection.query(BEGIN);
    await connection.query({ ...SET_PRINCIPAL, values: NOBODY });
    await connection.query('ROLLBACK');
    return connection;
  }

  override transaction(
    work: unknown,
    config: Partial<RegisterTransactionConfig> | undefined,
    outer: unknown,
  ): ReturnType<Knex.Client['transaction']> {
    const transaction = super.transaction(work, config, outer);
    const onBehalf = config?.onBehalf;
    if (onBehalf === undefined) return transaction;
    // knex asks the transaction to begin when it has a connection, which is later than now.
    return Object.assign(transaction, {
      begin: async (connection: Connection): Promise<void> => {
        openTransactions.set(connection, { onBehalf, hasBegun: false });
      },
    });
  }

  /** knex runs every statement through this. */
  async _query(connection: Connection, query: KnexQuery): Promise<KnexQuery> {
    const open = openTransactions.get(connection);
    if (open !== undefined && END.test(query.sql)) {
      openTransactions.delete(connection);
      if (!open.hasBegun) return Object.assign(query, { response: { command: query.sql, rows: [] } });
    }
    return Object.assign(query, { response: await send(connection, query, open) });
  }

  /** In: a connection of the pool and a lone statement. Out: its rows. */
  async ask<Answer extends object>(connection: Connection, query: KnexQuery): Promise<readonly Answer[]> {
    const { rows } = await send(connection, query, undefined);
    return rows;
  }
}

/** A lone statement for somebody is a transaction by itself. */
async function send(
  connection: Connection,
  { sql, bindings = [], options = {} }: KnexQuery,
  open: OpenTransaction | undefined,
): Promise<QueryResult | ResultBuilder> {
  const onBehalf = open?.onBehalf ?? options.onBehalf;
  const name = options.name ?? (onBehalf?.keepPlans === true ? keepPlanUnder(sql) : undefined);
  const statement: QueryConfig = {
    text: sql,
    values: [...bindings],
    types: READING,
    ...(name === undefined ? {} : { name }),
  };
  if (onBehalf === undefined || open?.hasBegun === true) return connection.query(statement);
  const setPrincipal = { name: SET_PRINCIPAL.name, values: onBehalf.principal };
  const leads = open === undefined ? [setPrincipal] : [{ name: BEGIN.name, values: [] }, setPrincipal];
  if (open !== undefined) open.hasBegun = true;
  return new Promise((resolve, reject) => {
    const led = new LedStatement(leads, statement, (fault, result) => {
      if (fault) reject(fault);
      else resolve(result);
    });
    connection.query(led);
  });
}

const DATE_OID = 1082;
const BIGINT_OID = 20;

/**
 * The register's reading of types: dates stay YYYY-MM-DD (a legal date has no time zone), bigint becomes a number and
 * throws beyond 2^53, instants are Date, numeric stays text.
 */
export const READING = {
  getTypeParser(oid: number, format?: string): (value: string) => unknown {
    if (format !== 'binary') {
      if (oid === DATE_OID) return (text) => text;
      if (oid === BIGINT_OID) return safeInteger;
    }
    return types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text');
  },
};

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('a bigint of the register is beyond 2^53');
  return value;
}
