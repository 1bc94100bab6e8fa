import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { IssuanceState } from '../../domain/issuance/lifecycle';
import type { Answered } from './api-client';
import type { IssuanceBody } from './builders/issuance-body';
import { tell } from './outside-world';
import type { Product } from './product';

const PATIENCE_MS = 45_000;
const LOOK_EVERY_MS = 50;

export interface CaseView {
  readonly id: string;
  readonly state: IssuanceState;
  readonly origin: string;
  readonly revision: number;
  readonly waitingFor: string | null;
  readonly stateReason: { readonly code: string; readonly detail: string } | null;
  readonly availableActions: readonly string[];
  readonly certificateId: string | null;
  readonly certificate: {
    readonly id: string;
    readonly versionId: string;
    readonly number: string;
    readonly identifier: string;
    readonly state: string;
    readonly verificationUrl: string | null;
  } | null;
}

export interface TaskOfCase {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly caseId: string;
  readonly dueAt: string | null;
  readonly takesEffectAt: string | null;
  readonly availableActions: readonly string[];
}

type Row = Readonly<Record<string, unknown>>;

/** What people and agencies do with cases, as short sentences for journeys. */
export class CaseDriver {
  readonly #product: Product;

  constructor(product: Product) {
    this.#product = product;
  }

  /** The agency's clerk lays the record down, as the agency's own store has it. */
  async layDownRecord(record: IssuanceBody): Promise<void> {
    const { baseUrl } = this.#product.simulators.agency;
    const answer = await fetch(`${baseUrl}/records/${record.businessNumber}`, {
      method: 'PUT',
      body: JSON.stringify(record),
    });
    if (!answer.ok) throw new Error(`the record was refused: ${answer.status}`);
  }

  /** The agency's system sends a request; `waitS` is what it asks to wait for the outcome. */
  send(body: unknown, options: { readonly key?: string; readonly waitS?: number } = {}): Promise<Answered> {
    return this.#product.agency('POST', '/api/v1/issuances', {
      body,
      headers: {
        'idempotency-key': options.key ?? randomBytes(12).toString('hex'),
        ...(options.waitS === undefined ? {} : { prefer: `wait=${options.waitS}` }),
      },
    });
  }

  /** Sends a request that is accepted; out: the case's id. */
  async submit(body: unknown): Promise<string> {
    const answered = await this.send(body);
    if (answered.status !== 202 && answered.status !== 201) {
      throw new Error(`the request was refused: ${answered.text}`);
    }
    return viewOf(answered).id;
  }

  /** Lays the record down and submits. */
  async submitWithRecord(body: IssuanceBody, record: IssuanceBody = body): Promise<string> {
    await this.layDownRecord(record);
    return this.submit(body);
  }

  async view(issuanceId: string): Promise<CaseView> {
    return viewOf(await this.#product.agency('GET', `/api/v1/issuances/${issuanceId}`));
  }

  /** Waits until the case satisfies; out: how it then stands. Throws with its last state when patience ends. */
  async until(issuanceId: string, what: string, holds: (view: CaseView) => boolean): Promise<CaseView> {
    return eventually(`case ${issuanceId} ${what}`, () => this.#anyView(issuanceId), holds);
  }

  untilState(issuanceId: string, state: IssuanceState): Promise<CaseView> {
    return this.until(issuanceId, `is ${state}`, (view) => view.state === state);
  }

  untilWaitingFor(issuanceId: string, waitingFor: string): Promise<CaseView> {
    return this.until(issuanceId, `waits for ${waitingFor}`, (view) => view.waitingFor === waitingFor);
  }

  /** The open task of a case in the queue of a person. */
  async task(issuanceId: string, username = 'reviewer1', queue = 'unclaimed'): Promise<TaskOfCase> {
    return eventually(
      `case ${issuanceId} has a task for ${username}`,
      async () => {
        const answered = await this.#product.person(username)(
          'GET',
          `/api/v1/tasks?queue=${queue}&limit=100`,
        );
        if (answered.status !== 200) throw new Error(`no inbox: ${answered.text}`);
        const { items }: { items: readonly TaskOfCase[] } = JSON.parse(answered.text);
        return items.find((task) => task.caseId === issuanceId) ?? null;
      },
      (task) => task !== null,
    ).then((task) => task ?? unreachable());
  }

  claim(taskId: string, username = 'reviewer1'): Promise<Answered> {
    return this.#product.person(username)('POST', `/api/v1/tasks/${taskId}/claim`);
  }

  decide(
    taskId: string,
    decision: 'approve' | 'sendBack' | 'refuse',
    reason: string | null = null,
    username = 'reviewer1',
  ): Promise<Answered> {
    return this.#product.person(username)('POST', `/api/v1/tasks/${taskId}/decide`, {
      body: { decision, reason },
    });
  }

  /** Claims the open task of a case and decides it; throws when either is refused. */
  async review(
    issuanceId: string,
    decision: 'approve' | 'sendBack' | 'refuse',
    reason: string | null = null,
    username = 'reviewer1',
  ): Promise<TaskOfCase> {
    const task = await this.task(issuanceId, username);
    for (const step of [
      () => this.claim(task.id, username),
      () => this.decide(task.id, decision, reason, username),
    ]) {
      const answered = await step();
      if (answered.status !== 200) throw new Error(`${decision} was refused: ${answered.text}`);
    }
    return task;
  }

  withdraw(issuanceId: string, reason = '申请人撤回'): Promise<Answered> {
    return this.#product.agency('POST', `/api/v1/issuances/${issuanceId}/withdraw`, { body: { reason } });
  }

  resubmit(issuanceId: string, body: unknown): Promise<Answered> {
    return this.#product.agency('POST', `/api/v1/issuances/${issuanceId}/resubmit`, { body });
  }

  /** Stops or resumes the seal of the 东胜 bureau with this kind. */
  async changeSeal(kind: string, change: 'stop' | 'resume'): Promise<void> {
    const keeper = this.#product.person('sealkeeper1');
    const { items }: { items: readonly { id: string; kind: string }[] } = JSON.parse(
      (await keeper('GET', '/api/v1/seals')).text,
    );
    const seal = items.find((candidate) => candidate.kind === kind);
    const body = change === 'stop' ? { body: { reason: '印章维护' } } : {};
    const answered = await keeper('POST', `/api/v1/seals/${seal?.id}/${change}`, body);
    if (answered.status !== 200) throw new Error(`${change} was refused: ${answered.text}`);
  }

  /** Rows as nobody in the product may see them all. */
  async rows<Wanted extends Row>(
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<readonly Wanted[]> {
    const client = new Client({ connectionString: this.#product.database.superuserUrl });
    await client.connect();
    try {
      return (await client.query<Wanted>(sql, [...parameters])).rows;
    } finally {
      await client.end();
    }
  }

  /** How many rows each table of the register has. */
  async counts(): Promise<Readonly<Record<string, number>>> {
    const tables = await this.rows<{ name: string }>(
      `select relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'public' and c.relkind in ('r', 'p') order by relname`,
    );
    const parts = tables.map(({ name }) => `select '${name}' as name, count(*)::int as rows from "${name}"`);
    const counted = await this.rows<{ name: string; rows: number }>(parts.join(' union all '));
    return Object.fromEntries(counted.map(({ name, rows }) => [name, rows]));
  }

  /** Every deadline of a case with its state and instant. */
  deadlines(issuanceId: string): Promise<readonly DeadlineOfCase[]> {
    return this.rows<DeadlineOfCase>(
      `select key, round, state, start_at, due_at, explanation from deadline
       where case_kind = 'issuance' and case_id = $1 order by key, round`,
      [issuanceId],
    );
  }

  tellSimulator(name: keyof Product['simulators'], path: string, value: unknown): Promise<unknown> {
    return tell(this.#product.simulators[name], path, value);
  }

  /** A case of a form belongs to no agency system: the operator's bureau sees it. */
  async #anyView(issuanceId: string): Promise<CaseView> {
    const answered = await this.#product.agency('GET', `/api/v1/issuances/${issuanceId}`);
    if (answered.status === 200) return viewOf(answered);
    return viewOf(await this.#product.person('operator1')('GET', `/api/v1/issuances/${issuanceId}`));
  }
}

export interface DeadlineOfCase extends Row {
  readonly key: string;
  readonly round: number;
  readonly state: string;
  readonly start_at: Date;
  readonly due_at: Date | null;
  readonly explanation: unknown;
}

/** The case that an answer shows; throws when it shows none. */
export function viewOf(answered: Answered): CaseView {
  if (answered.status >= 400) throw new Error(`no case: ${answered.text}`);
  return JSON.parse(answered.text);
}

/** Asks until the answer satisfies; throws with the last answer when patience ends. */
export async function eventually<Answer>(
  what: string,
  asked: () => Promise<Answer>,
  holds: (answer: Answer) => boolean,
): Promise<Answer> {
  const endAtMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await asked();
    if (holds(answer)) return answer;
    if (performance.now() > endAtMs) {
      throw new Error(`in vain: ${what}; last seen ${JSON.stringify(answer)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

function unreachable(): never {
  throw new Error('unreachable');
}
