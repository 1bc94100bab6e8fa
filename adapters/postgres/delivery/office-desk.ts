import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import {
  applyDeliveryTransition,
  type DeliveryOperation,
  type DeliveryState,
  deliveryTransition,
} from '../../../domain/delivery/lifecycle';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import { type Principal, principalName, type Role } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../../domain/shared/result';
import type { Clock } from '../../../ports/clock';
import type { DeliveryView, OfficeDesk } from '../../../ports/office-desk';
import type { Page, PageRequest } from '../../../ports/page';
import { enqueue } from '../case/outbox';
import { tellCase } from '../case/tell-case';
import { recordEvent } from '../evidence/record-event';
import { pageOf, readCursor } from '../register/list-page';
import type { Register } from '../register/register';

interface DeliveryRow {
  readonly id: string;
  readonly certificate_version_id: string;
  readonly authority_id: string;
  readonly trade: string;
  readonly holder_ordinal: number;
  readonly channel: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly created_at: Date;
  readonly delivered_at: Date | null;
  readonly portal_receipt: string | null;
}

/** Who brings a certificate to its holder. */
const DELIVERING_ROLES: readonly Role[] = ['operator', 'windowClerk'];

/** Deliveries as the office looks at them. */
export class PostgresOfficeDesk implements OfficeDesk {
  readonly #register: Register;
  readonly #clock: Clock;

  constructor(options: { readonly register: Register; readonly clock: Clock }) {
    this.#register = options.register;
    this.#clock = options.clock;
  }

  async deliveries(
    principal: Principal,
    state: string | null,
    page: PageRequest,
  ): Promise<Page<DeliveryView>> {
    const rows = await this.#register.within(principal, (transaction) =>
      newestFirst(transaction<DeliveryRow>('delivery'), state, page),
    );
    return pageOf(rows, page.limit, positionOf, (row) => deliveryView(row, principal));
  }

  async delivery(principal: Principal, deliveryId: string): Promise<DeliveryView | null> {
    const row = await this.#register.within(principal, (transaction) =>
      transaction<DeliveryRow>('delivery').where({ id: deliveryId }).first(),
    );
    return row === undefined ? null : deliveryView(row, principal);
  }

  /** Effect: a delivery that waits for its holder is tried again at once; its workflow is started again when it has ended. */
  async retryDelivery(principal: Principal, deliveryId: string): Promise<Result<null, Refusal>> {
    const now = this.#clock.now();
    return this.#register.within(principal, async (transaction) => {
      const row = await transaction<DeliveryRow>('delivery').where({ id: deliveryId }).forUpdate().first();
      if (row === undefined) return refused<Refusal>({ code: 'notFound' });
      if (!mayDeliver(principal)) return refused<Refusal>({ code: 'notPermitted' });
      const next = applyDeliveryTransition(row.state, 'retry');
      if (!next.ok) return refused<Refusal>({ code: 'transitionNotAllowed' });
      await transaction('delivery')
        .where({ id: deliveryId })
        .update({ state: next.value, next_attempt_at: null, last_error: null, updated_at: now });
      await this.#recordRetry(transaction, principal, row, now);
      return accepted(null);
    });
  }

  async #recordRetry(
    transaction: Knex.Transaction,
    principal: Principal,
    row: DeliveryRow,
    now: Date,
  ): Promise<void> {
    const eventId = randomUUID();
    await recordEvent(transaction, {
      id: eventId,
      kind: 'delivery.retry',
      caseKind: 'delivery',
      caseId: row.id,
      certificateVersionId: row.certificate_version_id,
      authorityId: row.authority_id,
      trade: row.trade,
      actor: { kind: principal.kind, id: principalName(principal) },
      facts: { from: row.state, to: 'pending' },
      occurredAt: now,
      recordedAt: now,
    });
    await enqueue(transaction, {
      dedupeKey: `startWorkflow/delivery/${row.id}/${eventId}`,
      topic: 'startWorkflow',
      payload: { kind: 'delivery', id: row.id },
      availableAt: now,
    });
    await tellCase(transaction, { kind: 'delivery', caseId: row.id, change: `retry/${eventId}`, now });
  }
}

interface Listed {
  readonly id: string;
  readonly state: string;
  readonly created_at: Date;
}

function newestFirst<RowType extends Listed>(
  query: Knex.QueryBuilder<RowType, RowType[]>,
  state: string | null,
  page: PageRequest,
): Knex.QueryBuilder<RowType, RowType[]> {
  const after = readCursor(page.cursor);
  query
    .orderBy([
      { column: 'created_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(page.limit + 1);
  if (state !== null) query.whereRaw('state = ?', [state]);
  if (after !== null) query.whereRaw('(created_at, id) < (?, ?::uuid)', [after.at, after.id]);
  return query;
}

function positionOf(row: Listed): { readonly at: Date; readonly id: string } {
  return { at: row.created_at, id: row.id };
}

function mayDeliver(principal: Principal): boolean {
  return principal.kind === 'person' && principal.roles.some((role) => DELIVERING_ROLES.includes(role));
}

/** What a person's roles allow in a state: another try, handing over at the counter, an exemption by law. */
function availableFor(state: DeliveryRow['state'], principal: Principal): readonly DeliveryOperation[] {
  if (principal.kind !== 'person') return [];
  const { roles } = principal;
  const byPeople = [
    ['retry', mayDeliver(principal)],
    ['pickUp', roles.includes('windowClerk')],
    ['exempt', roles.includes('reviewer')],
  ] as const;
  return byPeople
    .filter(([operation, may]) => may && deliveryTransition(operation).from.includes(state))
    .map(([operation]) => operation);
}

function deliveryView(row: DeliveryRow, principal: Principal): DeliveryView {
  return {
    id: row.id,
    certificateVersionId: row.certificate_version_id,
    holderOrdinal: row.holder_ordinal,
    channel: row.channel,
    state: row.state,
    attempts: row.attempts,
    lastError: row.last_error,
    deliveredAt: row.delivered_at === null ? null : shanghaiInstant(row.delivered_at.getTime()),
    portalReceipt: row.portal_receipt,
    availableOperations: availableFor(row.state, principal),
  };
}
