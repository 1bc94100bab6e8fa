import { randomBytes, randomUUID } from 'node:crypto';
import { recordEvent } from '../../adapters/postgres/record-event';
import type { Answered } from './api-client';
import { CaseDriver, eventually } from './case-driver';
import type { Product } from './product';
import { SYSTEM } from './register-rows';

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

  /** Clones of a real case that wait for the agency, as if their step had failed now; out: their ids. */
  async failingCases(issuanceId: string, count: number): Promise<readonly string[]> {
    const rows = await this.rows<{ id: string }>(
      `insert into issuance (id, state, origin, authority_id, trade, catalog_entry_id, catalog_entry_version_id, agency_system_id,
         operator_id, business_number, decided_at, request_cipher, uniqueness_digest, waiting_for, received_at, updated_at)
       select gen_random_uuid(), 'comparing', origin, authority_id, trade, catalog_entry_id, catalog_entry_version_id, agency_system_id,
         operator_id, 'clone-' || gen_random_uuid(), decided_at, request_cipher, uniqueness_digest, 'agencyUnavailable', $2::timestamptz, $2::timestamptz
       from issuance, generate_series(1, $3) where id = $1 returning id`,
      [issuanceId, this.now(), count],
    );
    return rows.map(({ id }) => id);
  }

  /** Changes that were marked in an event directly; out: their ids, which become changes when {@link endChanges} enters them. */
  async heldChanges(
    eventId: string,
    operation: 'update' | 'cancel',
    count: number,
  ): Promise<readonly string[]> {
    return this.#heldItems(eventId, operation, 'certificateChange', count);
  }

  async heldNumbers(eventId: string, count: number): Promise<readonly string[]> {
    return this.#heldItems(eventId, 'collect', 'businessNumber', count);
  }

  /** Ends clones with the event of the register that proves it. */
  async endCases(ids: readonly string[]): Promise<void> {
    await this.rows(
      `update issuance set state = 'withdrawn', waiting_for = null, closed_at = $2, updated_at = $2 where id = any ($1::uuid[])`,
      [ids, this.now()],
    );
    await this.#recordEnds('issuance', ids);
  }

  /** Enters the numbers that could not be submitted, as cases that have ended. */
  async enterNumbers(issuanceId: string, references: readonly string[]): Promise<void> {
    const rows = await this.rows<{ id: string }>(
      `insert into issuance (id, state, origin, authority_id, trade, catalog_entry_id, catalog_entry_version_id, agency_system_id,
         operator_id, business_number, decided_at, request_cipher, uniqueness_digest, received_at, updated_at, closed_at)
       select gen_random_uuid(), 'withdrawn', origin, authority_id, trade, catalog_entry_id, catalog_entry_version_id, agency_system_id,
         operator_id, reference, decided_at, request_cipher, uniqueness_digest, $3::timestamptz, $3::timestamptz, $3::timestamptz
       from issuance, unnest($2::text[]) as reference where id = $1 returning id`,
      [issuanceId, references, this.now()],
    );
    await this.#recordEnds(
      'issuance',
      rows.map(({ id }) => id),
    );
  }

  async endChanges(certificateId: string, ids: readonly string[]): Promise<void> {
    await this.rows(
      `insert into certificate_change (id, certificate_id, certificate_version_id, operation, state, authority_id, trade, catalog_entry_version_id,
         operator_id, business_number, decided_at, request_cipher, received_at, updated_at, closed_at)
       select n.id, v.certificate_id, v.id, 'inspectPeriodically', 'done', v.authority_id, v.trade, v.catalog_entry_version_id,
         (select p.id from person p where p.username = 'operator1'), n.id::text, $3::timestamptz, '\\x00', $3::timestamptz, $3::timestamptz, $3::timestamptz
       from unnest($2::uuid[]) as n(id), certificate_version v where v.certificate_id = $1 and v.version = '001'`,
      [certificateId, ids, this.now()],
    );
    await this.#recordEnds('certificateChange', ids);
  }

  async #heldItems(
    eventId: string,
    operation: string,
    subjectKind: string,
    count: number,
  ): Promise<readonly string[]> {
    const rows = await this.rows<{ subject_id: string | null; reference: string }>(
      `insert into force_majeure_item (event_id, authority_id, trade, catalog_entry_id, operation, subject_kind, subject_id, reference,
         origin, cause_code, since, added_at)
       select s.event_id, s.authority_id, s.trade, s.catalog_entry_id, $2, $3, case when $3 = 'businessNumber' then null else gen_random_uuid() end,
         'built-' || gen_random_uuid(), 'collected', 'built', $5::timestamptz, $5::timestamptz
       from force_majeure_scope s, generate_series(1, $4) where s.event_id = $1 returning subject_id, reference`,
      [eventId, operation, subjectKind, count, this.now()],
    );
    return rows.map((row) => row.subject_id ?? row.reference);
  }

  async #recordEnds(caseKind: string, ids: readonly string[]): Promise<void> {
    const { register } = this.#product.foundation;
    const authorityId = await this.authorityId();
    const now = this.#product.clock.now();
    await register.within(SYSTEM, async (transaction) => {
      for (const caseId of ids) {
        await recordEvent(transaction, {
          id: randomUUID(),
          kind: `${caseKind}.withdraw`,
          caseKind,
          caseId,
          authorityId,
          trade: 'transport',
          actor: { kind: 'system', id: 'test' },
          facts: {},
          occurredAt: now,
          recordedAt: now,
        });
      }
    });
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
