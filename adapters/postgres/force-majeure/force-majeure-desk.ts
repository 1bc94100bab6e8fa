import type { AffectedOperation, ItemState } from '../../../domain/force-majeure/affected-item';
import type { ForceMajeureState } from '../../../domain/force-majeure/lifecycle';
import type { Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type {
  AffectedItemView,
  ClearanceStatement,
  ForceMajeureDeclaration,
  ForceMajeureDesk,
  ForceMajeureSummary,
  ForceMajeureView,
  ItemClosing,
  ItemMark,
  WantedScope,
} from '../../../ports/force-majeure-desk';
import type { Idempotency } from '../../../ports/idempotency';
import type { Page, PageRequest } from '../../../ports/page';
import { createOnce } from '../register/idempotency-keys';
import { pageOf, readCursor } from '../register/list-page';
import type { ForceMajeureAct, ForceMajeureParts } from './force-majeure-act';
import { actOnForceMajeure, seesAttachments } from './force-majeure-act';
import { clearFault, disputeClearance, recurFault } from './force-majeure-clearance';
import { closeEvent } from './force-majeure-close';
import { declareEvent } from './force-majeure-declare';
import { closeItem, markItem } from './force-majeure-items';
import { decideRecognition, extendScope, reportToCity } from './force-majeure-report';
import { FORCE_MAJEURE, readContent } from './force-majeure-row';
import type { ListedItem, ListedRow } from './force-majeure-view';
import {
  besideEvents,
  FORCE_MAJEURE_ROWS,
  ITEM_ROWS,
  itemCounts,
  itemView,
  scopeViews,
  statementViews,
  summaryOf,
} from './force-majeure-view';

/** Force majeure as the API sees it. */
export class PostgresForceMajeureDesk implements ForceMajeureDesk {
  readonly #parts: ForceMajeureParts;

  constructor(parts: ForceMajeureParts) {
    this.#parts = parts;
  }

  async declare(
    principal: Principal,
    declaration: ForceMajeureDeclaration,
    idempotency: Idempotency,
  ): Promise<Result<{ readonly eventId: string; readonly replayed: boolean }, Refusal>> {
    if (principal.kind !== 'person') return refused({ code: 'notPermitted' });
    const { register, clock } = this.#parts;
    const attachmentIds = attachmentsOf(declaration.evidence);
    const seen = await register.within(principal, (transaction) =>
      seesAttachments(transaction, attachmentIds),
    );
    if (!seen.ok) return seen;
    const now = clock.now();
    return register.within(FORCE_MAJEURE, async (transaction) => {
      const resource = { resourceKind: 'forceMajeureEvent', now };
      const created = await createOnce(transaction, principalName(principal), idempotency, resource, () =>
        declareEvent({ ...this.#parts, transaction, person: principal, declaration, now }),
      );
      if (!created.ok) return created;
      return accepted({ eventId: created.value.resourceId, replayed: created.value.replayed });
    });
  }

  async find(principal: Principal, eventId: string): Promise<ForceMajeureView | null> {
    const { register, cipher } = this.#parts;
    const seen = await register.within(principal, async (transaction) => {
      const { rows } = await transaction.raw<{ rows: ListedRow[] }>(`${FORCE_MAJEURE_ROWS} WHERE e.id = ?`, [
        eventId,
      ]);
      const [row] = rows;
      if (row === undefined) return null;
      const counts = await itemCounts(transaction, [eventId]);
      const scope = await scopeViews(transaction, eventId);
      return { row, counts, scope, statements: await statementViews(transaction, cipher, eventId) };
    });
    if (seen === null) return null;
    const { row, counts, scope, statements } = seen;
    const beside = await besideEvents(this.#parts, principal, [row]);
    const { report_facts: facts, report_text: text } = row;
    return {
      ...summaryOf(row, counts, beside),
      ...readContent(cipher, row),
      scope,
      statements,
      finalReport: facts === null || text === null ? null : { facts, text },
    };
  }

  async list(
    principal: Principal,
    filter: { readonly state: ForceMajeureState | null },
    page: PageRequest,
  ): Promise<Page<ForceMajeureSummary>> {
    const after = readCursor(page.cursor);
    const seen = await this.#parts.register.within(principal, async (transaction) => {
      const { rows } = await transaction.raw<{ rows: ListedRow[] }>(
        `${FORCE_MAJEURE_ROWS}
         WHERE (:state::text IS NULL OR e.state = :state)
           AND (:afterAt::timestamptz IS NULL OR (e.declared_at, e.id) < (:afterAt, :afterId::uuid))
         ORDER BY e.declared_at DESC, e.id DESC LIMIT :limit`,
        {
          state: filter.state,
          afterAt: after?.at ?? null,
          afterId: after?.id ?? null,
          limit: page.limit + 1,
        },
      );
      const ids = rows.map(({ id }) => id);
      return { rows, counts: await itemCounts(transaction, ids) };
    });
    const beside = await besideEvents(this.#parts, principal, seen.rows);
    return pageOf(
      seen.rows,
      page.limit,
      (row) => ({ at: row.declared_at, id: row.id }),
      (row) => summaryOf(row, seen.counts, beside),
    );
  }

  async items(
    principal: Principal,
    eventId: string,
    filter: { readonly state: ItemState | null; readonly operation: AffectedOperation | null },
    page: PageRequest,
  ): Promise<Page<AffectedItemView> | null> {
    const event = await this.find(principal, eventId);
    if (event === null) return null;
    const after = readCursor(page.cursor);
    const rows = await this.#parts.register.within(principal, async (transaction) => {
      const found = await transaction.raw<{ rows: ListedItem[] }>(
        `${ITEM_ROWS}
         WHERE m.event_id = :event AND (:state::text IS NULL OR m.state = :state)
           AND (:operation::text IS NULL OR m.operation = :operation)
           AND (:afterAt::timestamptz IS NULL OR (m.added_at, m.id) < (:afterAt, :afterId::uuid))
         ORDER BY m.added_at DESC, m.id DESC LIMIT :limit`,
        {
          event: eventId,
          ...filter,
          afterAt: after?.at ?? null,
          afterId: after?.id ?? null,
          limit: page.limit + 1,
        },
      );
      return found.rows;
    });
    return pageOf(
      rows,
      page.limit,
      (row) => ({ at: row.added_at, id: row.id }),
      (row) => itemView(row, event.availableActions),
    );
  }

  async item(principal: Principal, eventId: string, itemId: string): Promise<AffectedItemView | null> {
    const event = await this.find(principal, eventId);
    if (event === null) return null;
    const row = await this.#parts.register.within(principal, async (transaction) => {
      const { rows } = await transaction.raw<{ rows: ListedItem[] }>(
        `${ITEM_ROWS} WHERE m.event_id = ? AND m.id = ?`,
        [eventId, itemId],
      );
      return rows[0];
    });
    return row === undefined ? null : itemView(row, event.availableActions);
  }

  report(principal: Principal, eventId: string): Promise<Result<null, Refusal>> {
    return this.#act(principal, { eventId, action: 'report' }, reportToCity);
  }

  recognise(principal: Principal, eventId: string, reason: string): Promise<Result<null, Refusal>> {
    return this.#act(principal, { eventId, action: 'recognise' }, (act) =>
      decideRecognition(act, 'recognise', reason),
    );
  }

  reject(principal: Principal, eventId: string, reason: string): Promise<Result<null, Refusal>> {
    return this.#act(principal, { eventId, action: 'reject' }, (act) =>
      decideRecognition(act, 'reject', reason),
    );
  }

  extendScope(
    principal: Principal,
    eventId: string,
    extension: { readonly scope: WantedScope; readonly reason: string },
  ): Promise<Result<null, Refusal>> {
    return this.#act(principal, { eventId, action: 'extendScope' }, (act) => extendScope(act, extension));
  }

  clear(
    principal: Principal,
    eventId: string,
    statement: ClearanceStatement,
  ): Promise<Result<null, Refusal>> {
    const attachmentIds = attachmentsOf(statement.evidence);
    return this.#act(principal, { eventId, action: 'clear', attachmentIds }, (act) =>
      clearFault(act, statement),
    );
  }

  disputeClearance(
    principal: Principal,
    eventId: string,
    statement: ClearanceStatement,
  ): Promise<Result<null, Refusal>> {
    const attachmentIds = attachmentsOf(statement.evidence);
    return this.#act(principal, { eventId, action: 'disputeClearance', attachmentIds }, (act) =>
      disputeClearance(act, statement),
    );
  }

  recur(
    principal: Principal,
    eventId: string,
    statement: Parameters<ForceMajeureDesk['recur']>[2],
  ): Promise<Result<null, Refusal>> {
    const attachmentIds = attachmentsOf(statement.evidence);
    return this.#act(principal, { eventId, action: 'recur', attachmentIds }, (act) =>
      recurFault(act, statement),
    );
  }

  close(principal: Principal, eventId: string): Promise<Result<null, Refusal>> {
    return this.#act(principal, { eventId, action: 'close' }, closeEvent);
  }

  async markItem(
    principal: Principal,
    eventId: string,
    mark: ItemMark,
    idempotency: Idempotency,
  ): Promise<Result<{ readonly itemId: string; readonly replayed: boolean }, Refusal>> {
    let created: Result<{ readonly itemId: string; readonly replayed: boolean }, Refusal> = refused({
      code: 'notFound',
    });
    const acted = await this.#act(principal, { eventId, action: 'markItem' }, async (act) => {
      const resource = { resourceKind: 'forceMajeureItem', now: act.now };
      const once = await createOnce(act.transaction, principalName(principal), idempotency, resource, () =>
        markItem(act, mark),
      );
      if (!once.ok) return once;
      created = accepted({ itemId: once.value.resourceId, replayed: once.value.replayed });
      return accepted(null);
    });
    return acted.ok ? created : acted;
  }

  closeItem(
    principal: Principal,
    eventId: string,
    itemId: string,
    closing: ItemClosing,
  ): Promise<Result<null, Refusal>> {
    return this.#act(principal, { eventId, action: 'closeItem' }, (act) => closeItem(act, itemId, closing));
  }

  #act(
    principal: Principal,
    wanted: Parameters<typeof actOnForceMajeure>[2],
    work: (act: ForceMajeureAct) => Promise<Result<null, Refusal>>,
  ): Promise<Result<null, Refusal>> {
    return actOnForceMajeure(this.#parts, principal, wanted, work);
  }
}

function attachmentsOf(evidence: ForceMajeureDeclaration['evidence']): readonly string[] {
  return evidence.flatMap(({ attachmentId }) => (attachmentId === null ? [] : [attachmentId]));
}
