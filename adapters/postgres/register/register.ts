import knex, { type Knex } from 'knex';
import { NO_SCOPE, type Principal, type Role, type Scope } from '../../../domain/shared/principal';
import { pause } from '../sla/pause';
import { forgetPlans, keepPlanUnder, positioned } from './kept-plans';
import type { OnBehalf, RegisterTransactionConfig } from './register-client';
import { READING, RegisterClient } from './register-client';

/** What a transaction tells the database about whom it acts for; the row policies read nothing else. */
interface TransactionSettings {
  readonly principal: Principal['kind'];
  readonly principalId: string;
  readonly scope: Scope;
  readonly roles: readonly Role[];
  /** Hex; empty unless the principal is a holder. */
  readonly holderLookup: string;
}

export type Row = Readonly<Record<string, unknown>>;

const RETRIES = 4;
/** feature_not_supported: a migration beside us changed the columns under a plan that is kept. */
const PLAN_OUTDATED = '0A000';
/** With serialization_failure and deadlock_detected: nothing was committed, so the same work may simply be done again. */
const RETRYABLE: ReadonlySet<string> = new Set(['40001', '40P01', PLAN_OUTDATED]);

/**
 * The register (PostgreSQL) behind its two doors. There is no third: nobody else of the product holds a connection,
 * so no statement runs without the database knowing for whom.
 */
export class Register {
  readonly #knex: Knex;

  constructor(options: { readonly knex: Knex }) {
    this.#knex = options.knex;
  }

  /**
   * In: for whom, and the work. Effect: one transaction in which row-level security shows exactly what the principal
   * may see; committed when the work answers (also when it answers a refusal, so refuse before writing), rolled back
   * when it throws. The work is run again, up to four times, after a serialization failure or a deadlock: it must have
   * no effect outside of the transaction. Out: what the work answered.
   */
  async within<Answer>(
    principal: Principal,
    work: (transaction: Knex.Transaction) => Promise<Answer>,
  ): Promise<Answer> {
    const config: RegisterTransactionConfig = { onBehalf: onBehalfOf(principal) };
    return again(() => this.#knex.transaction(work, config));
  }

  /**
   * In: for whom, and one statement with its values, which commits by itself. Out: its rows. The same as `within` with this
   * statement alone, in one message exchange instead of two; its text must be one of few.
   */
  async statement<Answer extends object = Row>(
    principal: Principal,
    statement: string,
    bindings: readonly Knex.RawBinding[] | Readonly<Record<string, Knex.RawBinding>>,
  ): Promise<readonly Answer[]> {
    const onBehalf = { ...onBehalfOf(principal), keepPlans: true };
    return again(() => this.#ask<Answer>(statement, bindings, { onBehalf }));
  }

  /**
   * In: one statement with its values, which commits by itself. Out: its rows. For the public's SECURITY DEFINER functions,
   * for nonces and for questions about the server: it runs without a principal, so row-level security shows it no row.
   * Each connection plans a statement once, so its text must be one of few.
   */
  async public<Answer extends object = Row>(
    statement: string,
    bindings: readonly Knex.RawBinding[],
  ): Promise<readonly Answer[]> {
    return this.#ask<Answer>(statement, bindings, {});
  }

  /** Past knex's builders, which cost more than a small statement. */
  async #ask<Answer extends object>(
    statement: string,
    bindings: readonly unknown[] | Readonly<Record<string, unknown>>,
    options: { readonly onBehalf?: OnBehalf },
  ): Promise<readonly Answer[]> {
    const { text, order } = positioned(statement);
    const client: RegisterClient = this.#knex.client;
    const connection = await client.acquireConnection();
    try {
      const name = keepPlanUnder(text);
      return await client.ask<Answer>(connection, {
        sql: text,
        bindings: order(bindings),
        options: { ...options, ...(name === undefined ? {} : { name }) },
      });
    } finally {
      client.releaseConnection(connection);
    }
  }

  /** Effect: every connection is closed. */
  async destroy(): Promise<void> {
    await this.#knex.destroy();
  }
}

/** Serialization failures and deadlocks are tried again, for nothing was committed. */
async function again<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (fault) {
      const state = sqlState(fault);
      if (state === PLAN_OUTDATED) forgetPlans();
      if (attempt > RETRIES || !RETRYABLE.has(state)) throw fault;
      await pause(attempt * 5 + Math.random() * 20);
    }
  }
}

/** The five-character SQLSTATE of a fault that PostgreSQL reported, or an empty text for any other fault. */
export function sqlState(fault: unknown): string {
  return textMember(fault, 'code') ?? '';
}

/** The name of the constraint that a statement violated, or null. */
export function violatedConstraint(fault: unknown): string | null {
  return textMember(fault, 'constraint');
}

function textMember(fault: unknown, name: 'code' | 'constraint'): string | null {
  if (typeof fault !== 'object' || fault === null) return null;
  const value: unknown = Reflect.get(fault, name);
  return typeof value === 'string' ? value : null;
}

export interface RegisterOptions {
  readonly poolMax: number;
  readonly applicationName?: string;
  /** A statement that runs longer is cancelled by the server. Default 30 s. */
  readonly statementTimeoutMs?: number;
}

/**
 * In: the address of the application role. Out: the register, checked: a role that row-level security does not bind
 * (superuser, owner, BYPASSRLS) is refused by a thrown sentence, because then no scope would hold.
 */
export async function openRegister(databaseUrl: string, options: RegisterOptions): Promise<Register> {
  const database = connectKnex(databaseUrl, options);
  const register = new Register({ knex: database });
  try {
    const problem = await checkRole(register);
    if (problem !== null) throw new Error(problem);
    return register;
  } catch (fault) {
    await register.destroy();
    throw fault;
  }
}

/**
 * In: an address. Out: knex over node-postgres with the register's reading of types: dates stay YYYY-MM-DD (a legal
 * date has no time zone), bigint becomes a number and throws beyond 2^53, instants are Date, numeric stays text.
 */
export function connectKnex(databaseUrl: string, options: RegisterOptions): Knex {
  return knex({
    client: RegisterClient,
    connection: {
      connectionString: databaseUrl,
      application_name: options.applicationName ?? 'ecert',
      statement_timeout: options.statementTimeoutMs ?? 30_000,
      keepAlive: true,
      types: READING,
    },
    pool: { min: 0, max: options.poolMax },
    acquireConnectionTimeout: 20_000,
  });
}

/** Null, or the sentence why the role of this connection must not run the product. */
export async function checkRole(register: Register): Promise<string | null> {
  const [role] = await register.public<{ name: string; mighty: boolean; owns: boolean }>(
    `SELECT current_user AS name, r.rolsuper OR r.rolbypassrls AS mighty,
       EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v') AND pg_has_role(r.oid, c.relowner, 'MEMBER')) AS owns
     FROM pg_roles r WHERE r.rolname = current_user`,
    [],
  );
  if (role === undefined) return 'the role of the database connection is unknown';
  if (role.mighty) {
    return `database role "${role.name}" is superuser or has BYPASSRLS, so no scope would bind it: use the application role`;
  }
  if (role.owns) {
    return `database role "${role.name}" owns tables of the register and could change evidence: use the application role`;
  }
  return null;
}

/** Sentences about settings under which an acknowledged commit could be lost; empty when there are none. */
export async function durabilityProblems(register: Register): Promise<readonly string[]> {
  const settings = await register.public<{ name: string; setting: string }>(
    `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes') ORDER BY name`,
    [],
  );
  // synchronous_commit also knows remote_write and remote_apply, which promise more than "on" for the local disk.
  return settings
    .filter(({ setting }) => setting === 'off')
    .map(({ name }) => `PostgreSQL runs with ${name} = off: an acknowledged issue could be lost`);
}

function settingsOf(principal: Principal): TransactionSettings {
  const nothing = { scope: NO_SCOPE, roles: [], holderLookup: '' };
  switch (principal.kind) {
    case 'person':
      return {
        ...nothing,
        principal: 'person',
        principalId: principal.personId,
        scope: principal.scope,
        roles: principal.roles,
      };
    case 'agency':
      return {
        ...nothing,
        principal: 'agency',
        principalId: principal.agencySystemId,
        scope: principal.scope,
      };
    case 'holder':
      return {
        ...nothing,
        principal: 'holder',
        principalId: principal.personId,
        holderLookup: principal.holderLookup,
      };
    case 'relyingParty':
      return { ...nothing, principal: 'relyingParty', principalId: principal.personId };
    case 'system':
      return { ...nothing, principal: 'system', principalId: principal.component };
  }
}

function onBehalfOf(principal: Principal): OnBehalf {
  const settings = settingsOf(principal);
  const { scope } = settings;
  return {
    principal: [
      settings.principal,
      settings.principalId,
      scope.everything ? 'on' : '',
      scope.evidence ? 'on' : '',
      arrayText(scope.authorityIds),
      arrayText(scope.trades),
      arrayText(scope.pairs),
      arrayText(settings.roles),
      settings.holderLookup,
    ],
    keepPlans: principal.kind === 'system' || principal.kind === 'agency',
  };
}

/** PostgreSQL's text form of an array (manual, 8.15.6), each element quoted. */
function arrayText(elements: readonly string[]): string {
  return `{${elements.map((element) => `"${element.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
