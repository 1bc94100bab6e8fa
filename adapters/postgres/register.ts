import knex, { type Knex } from 'knex';
import { types } from 'pg';
import { sm3 } from '../../documents/sm/sm3';
import { NO_SCOPE, type Principal, type Role, type Scope } from '../../domain/shared/principal';
import { pause } from './pause';

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
/** serialization_failure and deadlock_detected: nothing was committed, so the same work may simply be done again. */
const RETRYABLE: ReadonlySet<string> = new Set(['40001', '40P01']);

const SET_PRINCIPAL = `SELECT set_config('ecert.principal', ?, true), set_config('ecert.principal_id', ?, true),
  set_config('ecert.everything', ?, true), set_config('ecert.evidence', ?, true),
  set_config('ecert.authorities', ?::uuid[]::text, true), set_config('ecert.trades', ?::text[]::text, true),
  set_config('ecert.pairs', ?::text[]::text, true), set_config('ecert.roles', ?::text[]::text, true),
  set_config('ecert.holder_lookup', ?, true)`;

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
    const bindings = settingsBindings(settingsOf(principal));
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#knex.transaction(async (transaction) => {
          await transaction.raw(SET_PRINCIPAL, bindings).options({ name: preparedName(SET_PRINCIPAL) });
          return work(transaction);
        });
      } catch (fault) {
        if (attempt > RETRIES || !RETRYABLE.has(sqlState(fault))) throw fault;
        await pause(attempt * 5 + Math.random() * 20);
      }
    }
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
    const { rows } = await this.#knex
      .raw<{ rows: Answer[] }>(statement, [...bindings])
      .options({ name: preparedName(statement) });
    return rows;
  }

  /** Effect: every connection is closed. */
  async destroy(): Promise<void> {
    await this.#knex.destroy();
  }
}

const preparedNames = new Map<string, string>();

/** The name under which a connection keeps the plan of a statement: planning is most of the cost of a small one. */
function preparedName(statement: string): string {
  const known = preparedNames.get(statement);
  if (known !== undefined) return known;
  const digest = Buffer.from(sm3(Buffer.from(statement, 'utf8'))).toString('hex');
  const name = `ecert_${digest.slice(0, 32)}`;
  preparedNames.set(statement, name);
  return name;
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
    client: 'pg',
    connection: {
      connectionString: databaseUrl,
      application_name: options.applicationName ?? 'ecert',
      statement_timeout: options.statementTimeoutMs ?? 30_000,
      keepAlive: true,
      types: { getTypeParser: typeParser },
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

function settingsBindings(settings: TransactionSettings): Knex.RawBinding[] {
  const { scope } = settings;
  return [
    settings.principal,
    settings.principalId,
    scope.everything ? 'on' : '',
    scope.evidence ? 'on' : '',
    [...scope.authorityIds],
    [...scope.trades],
    [...scope.pairs],
    [...settings.roles],
    settings.holderLookup,
  ];
}

const DATE_OID = 1082;
const BIGINT_OID = 20;

function typeParser(oid: number, format: string): (value: string) => unknown {
  if (format !== 'binary') {
    if (oid === DATE_OID) return (text) => text;
    if (oid === BIGINT_OID) return safeInteger;
  }
  return types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text');
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('a bigint of the register is beyond 2^53');
  return value;
}
