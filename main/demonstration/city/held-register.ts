import type { Knex } from 'knex';
import { Register } from '../../../adapters/postgres/register/register';
import type { Principal, SystemPrincipal } from '../../../domain/shared/principal';
import type { ConductedKind } from '../../../ports/conductor';

const KEEPER: SystemPrincipal = { kind: 'system', component: 'demonstration' };
/** After a laying-out that died, the running product conducts the cases that it left. */
const HOLD_MS = 15 * 60_000;

/** What this very transaction has written for workflows waits until it is let go. */
const HOLD = `
UPDATE outbox SET available_at = ?
WHERE done_at IS NULL AND topic IN ('startWorkflow', 'signalWorkflow') AND xmin = pg_current_xact_id_if_assigned()::xid
RETURNING dedupe_key`;

/** Clocks that this transaction has set do not ring while the story goes on: by today's clock all of them are late. */
const SILENCE = `
UPDATE deadline SET next_ring_at = NULL
WHERE closed_at IS NULL AND next_ring_at IS NOT NULL AND xmin = pg_current_xact_id_if_assigned()::xid
RETURNING id`;
const RING_AGAIN =
  'UPDATE deadline SET next_ring_at = ? WHERE id = ANY (?::uuid[]) AND closed_at IS NULL AND next_ring_at IS NULL';

/** Cases that have come to their end while they were held need no workflow any more. */
const ENDED: Readonly<Partial<Record<ConductedKind, string>>> = {
  issuance: 'SELECT id FROM issuance WHERE closed_at IS NOT NULL AND id = ANY (?::uuid[])',
  delivery: `SELECT id FROM delivery WHERE state IN ('delivered', 'pickedUp', 'exempted') AND id = ANY (?::uuid[])`,
  certificateChange: 'SELECT id FROM certificate_change WHERE closed_at IS NOT NULL AND id = ANY (?::uuid[])',
  anomalyCase: 'SELECT id FROM anomaly_case WHERE closed_at IS NOT NULL AND id = ANY (?::uuid[])',
};

const DONE =
  'UPDATE outbox SET done_at = ?, leased_until = NULL WHERE dedupe_key = ANY (?::text[]) AND done_at IS NULL';
const LET_GO = 'UPDATE outbox SET available_at = ? WHERE dedupe_key = ANY (?::text[]) AND done_at IS NULL';

/**
 * The register as the demonstration's past is written into it: what a transaction leaves in the outbox for workflows is held
 * back, and clocks are kept from ringing, so that the running product, whose clock stands at today, does not conduct a case
 * of last year beside it. When a story is told, {@link letGo} starts the workflows and the clocks of what is still open.
 */
export class HeldRegister extends Register {
  readonly #held = new Set<string>();
  readonly #silenced = new Set<string>();
  readonly #today: () => Date;
  /** The transaction that everything is a part of for the time being. */
  #one: Knex.Transaction | null = null;

  constructor(options: { readonly knex: Knex; readonly today: () => Date }) {
    super(options);
    this.#today = options.today;
  }

  override within<Answer>(
    principal: Principal,
    work: (transaction: Knex.Transaction) => Promise<Answer>,
  ): Promise<Answer> {
    if (this.#one !== null) return work(this.#one);
    return super.within(principal, async (transaction) => {
      const answer = await work(transaction);
      // Only the product itself may see what it has to do; the work of whoever acts is over.
      if (principal.kind !== 'system') {
        await transaction.raw("SELECT set_config('ecert.principal', 'system', true)");
      }
      await this.#hold(transaction);
      return answer;
    });
  }

  override async statement<Answer extends object>(
    principal: Principal,
    statement: string,
    bindings: readonly Knex.RawBinding[] | Readonly<Record<string, Knex.RawBinding>>,
  ): Promise<readonly Answer[]> {
    if (this.#one === null) return super.statement<Answer>(principal, statement, bindings);
    const { rows } = await this.#one.raw<{ rows: Answer[] }>(statement, bindings);
    return rows;
  }

  /**
   * Effect: all that `work` does through this register is one transaction, which the rest of the product sees whole or not at
   * all: what its schedules go on with by themselves cannot be half told. Within it the product acts, whoever asked: whom the
   * desks let act they judge themselves, but row-level security hides nothing.
   */
  asOne(work: () => Promise<void>): Promise<void> {
    return super.within(KEEPER, async (transaction) => {
      this.#one = transaction;
      try {
        await work();
      } finally {
        this.#one = null;
      }
      await this.#hold(transaction);
    });
  }

  async #hold(transaction: Knex.Transaction): Promise<void> {
    const { rows } = await transaction.raw<{ rows: { dedupe_key: string }[] }>(HOLD, [
      new Date(this.#today().getTime() + HOLD_MS),
    ]);
    for (const { dedupe_key: key } of rows) this.#held.add(key);
    const silenced = await transaction.raw<{ rows: { id: string }[] }>(SILENCE);
    for (const { id } of silenced.rows) this.#silenced.add(id);
  }

  /** Effect: open cases that were held get their workflows now; for those that have ended nothing is left to do. */
  async letGo(): Promise<void> {
    const now = this.#today();
    if (this.#silenced.size > 0) {
      await this.statement(KEEPER, RING_AGAIN, [now, [...this.#silenced]]);
      this.#silenced.clear();
    }
    const keys = [...this.#held];
    if (keys.length === 0) return;
    const ended = await this.#endedOf(keys.map(caseOfKey));
    const isOpenStart = (key: string): boolean =>
      key.startsWith('startWorkflow/') && !ended.has(caseOfKey(key).id);
    const open = keys.filter(isOpenStart);
    await this.statement(KEEPER, DONE, [now, keys.filter((key) => !isOpenStart(key))]);
    if (open.length > 0) await this.statement(KEEPER, LET_GO, [now, open]);
    this.#held.clear();
  }

  async #endedOf(cases: readonly HeldCase[]): Promise<ReadonlySet<string>> {
    const ended = new Set<string>();
    for (const kind of new Set(cases.map((held) => held.kind))) {
      const question = new Map(Object.entries(ENDED)).get(kind);
      if (question === undefined) continue;
      const ids = [...new Set(cases.filter((held) => held.kind === kind).map(({ id }) => id))];
      const rows = await this.statement<{ id: string }>(KEEPER, question, [ids]);
      for (const { id } of rows) ended.add(id);
    }
    return ended;
  }
}

interface HeldCase {
  readonly kind: string;
  readonly id: string;
}

/** `startWorkflow/<kind>/<id>` or `signalWorkflow/<kind>/<id>/<change>`. */
function caseOfKey(key: string): HeldCase {
  const [, kind = '', id = ''] = key.split('/');
  return { kind, id };
}
