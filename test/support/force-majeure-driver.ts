import { randomBytes, randomUUID } from 'node:crypto';
import type { Answered } from './api-client';
import { CaseDriver, eventually } from './case-driver';
import type { Product } from './product';

export const ROAD_TRANSPORT = '11100000000019713D013';
const EVENTS = '/api/v1/force-majeure-events';

export interface EventView {
  readonly id: string;
  readonly number: string;
  readonly state: string;
  readonly receiptNumber: string | null;
  readonly reportDueAt: string | null;
  readonly round: number;
  readonly clearedAt: string | null;
  readonly recoveryDueAt: string | null;
  readonly awaitingCalendar: boolean;
  readonly overdueAt: string | null;
  readonly progress: readonly {
    readonly operation: string;
    readonly total: number;
    readonly done: number;
    readonly excepted: number;
    readonly open: number;
  }[];
  readonly availableActions: readonly string[];
  readonly statements: readonly { readonly kind: string; readonly at: string }[];
  readonly finalReport: { readonly facts: Readonly<Record<string, unknown>>; readonly text: string } | null;
}

export interface ItemView {
  readonly id: string;
  readonly state: string;
  readonly operation: string;
  readonly subjectKind: string;
  readonly subjectId: string | null;
  readonly reference: string;
  readonly proofEventId: string | null;
}

const EVIDENCE = [{ description: '现场照片与运维记录', attachmentId: null }];

/** What units and the city do about a force-majeure event, as short sentences for journeys. */
export class ForceMajeureDriver extends CaseDriver {
  readonly #product: Product;

  constructor(product: Product) {
    super(product);
    this.#product = product;
  }

  now(): string {
    return this.#product.clock.now().toISOString();
  }

  /** The unit of `operator1`. */
  async authorityId(): Promise<string> {
    const [row] = await this.rows<{ authority_id: string }>(
      `select authority_id from person where username = 'operator1'`,
    );
    return row?.authority_id ?? '';
  }

  async declareAs(username: string, override: object = {}, key = freshKey()): Promise<Answered> {
    return this.#product.person(username)('POST', EVENTS, {
      headers: { 'idempotency-key': key },
      body: {
        authorityIds: [await this.authorityId()],
        catalogCodes: [ROAD_TRANSPORT],
        operations: ['issue', 'collect', 'update', 'cancel'],
        cause: 'flood',
        occurredAt: this.now(),
        knownAt: this.now(),
        ground: { unforeseeable: '百年一遇山洪', unavoidable: '机房进水', insurmountable: '备用线路同断' },
        emergencyMeasures: '窗口纸质受理，事后补录',
        evidence: EVIDENCE,
        ...override,
      },
    });
  }

  async declare(override: object = {}): Promise<EventView> {
    return viewOf(await this.declareAs('operator1', override), 201);
  }

  act(username: string, id: string, action: string, body?: object): Promise<Answered> {
    return this.#product.person(username)(
      'POST',
      `${EVENTS}/${id}/${action}`,
      body === undefined ? {} : { body },
    );
  }

  async acted(username: string, id: string, action: string, body?: object): Promise<EventView> {
    return viewOf(await this.act(username, id, action, body), 200);
  }

  /** Declared, reported and recognised. */
  async recognised(override: object = {}): Promise<EventView> {
    const { id } = await this.declare(override);
    await this.acted('operator1', id, 'report');
    return this.acted('city', id, 'recognise', { reason: '情况属实' });
  }

  clear(id: string, clearedAt: string, username = 'operator1'): Promise<Answered> {
    return this.act(username, id, 'clear', { clearedAt, reason: '设备恢复', evidence: EVIDENCE });
  }

  dispute(id: string, clearedAt: string, username: string): Promise<Answered> {
    return this.act(username, id, 'dispute-clearance', {
      clearedAt,
      reason: '监控记录显示另一时间',
      evidence: EVIDENCE,
    });
  }

  recur(id: string, recurredAt: string): Promise<Answered> {
    return this.act('operator1', id, 'recur', { recurredAt, reason: '再次断电', evidence: EVIDENCE });
  }

  async mark(id: string, mark: object, key = freshKey()): Promise<Answered> {
    return this.#product.person('operator1')('POST', `${EVENTS}/${id}/items`, {
      headers: { 'idempotency-key': key },
      body: {
        operation: 'issue',
        subjectKind: 'businessNumber',
        subjectId: null,
        authorityId: await this.authorityId(),
        catalogCode: ROAD_TRANSPORT,
        reference: `B-${randomUUID()}`,
        cause: '网络中断，无法提交',
        since: this.now(),
        ...mark,
      },
    });
  }

  async markedItem(id: string, mark: object = {}): Promise<ItemView> {
    return itemOf(await this.mark(id, mark), 201);
  }

  closeItem(id: string, itemId: string, closing: object): Promise<Answered> {
    return this.act('operator1', id, `items/${itemId}/close`, closing);
  }

  async event(id: string, username = 'operator1'): Promise<EventView> {
    return viewOf(await this.#product.person(username)('GET', `${EVENTS}/${id}`), 200);
  }

  async items(id: string, query = '', username = 'operator1'): Promise<readonly ItemView[]> {
    const answered = await this.#product.person(username)('GET', `${EVENTS}/${id}/items?limit=100${query}`);
    if (answered.status !== 200) throw new Error(`no items: ${answered.text}`);
    const { items }: { items: readonly ItemView[] } = JSON.parse(answered.text);
    return items;
  }

  /** Lets the event look at the register until it satisfies. */
  async untilEvent(
    id: string,
    what: string,
    holds: (view: EventView) => boolean,
    username = 'operator1',
  ): Promise<EventView> {
    return eventually(
      `event ${id} ${what}`,
      async () => {
        await this.#product.conductor.tell('forceMajeureEvent', id);
        return this.event(id, username);
      },
      holds,
    );
  }

  open(view: EventView): number {
    return view.progress.reduce((sum, { open }) => sum + open, 0);
  }

  /** A day or more later: sessions have ended meanwhile. */
  advanceTo(instant: string): void {
    this.#product.clock.advance(Date.parse(instant) - this.#product.clock.now().getTime());
    for (const username of ['operator1', 'city', 'window1', 'reviewer1', 'reviewer2', 'dongsheng']) {
      this.#product.signInAgain(username);
    }
  }
}

export function freshKey(): string {
  return randomBytes(12).toString('hex');
}

/** The event that an answer shows; throws when it shows none. */
export function viewOf(answered: Answered, status: number): EventView {
  if (answered.status !== status) throw new Error(`expected ${status}: ${answered.status} ${answered.text}`);
  return JSON.parse(answered.text);
}

export function itemOf(answered: Answered, status: number): ItemView {
  if (answered.status !== status) throw new Error(`expected ${status}: ${answered.status} ${answered.text}`);
  return JSON.parse(answered.text);
}
