import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { IssuanceRequest } from '../../../domain/issuance/issuance-request';
import type { IssuanceState } from '../../../domain/issuance/lifecycle';
import { applyIssuanceTransition } from '../../../domain/issuance/lifecycle';
import type { LegalDate } from '../../../domain/shared/legal-date';
import type { Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { Clock } from '../../../ports/clock';
import type { Idempotency } from '../../../ports/idempotency';
import type { IssuanceDesk, IssuanceRules, IssuanceView, NewIssuance } from '../../../ports/issuance-desk';
import type { Page, PageRequest } from '../../../ports/page';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import type { CaseAnnouncements } from '../case/case-announcements';
import type { PromptStarts } from '../case/prompt-starts';
import { tellCase } from '../case/tell-case';
import { loadRules } from '../catalog/catalog-rules';
import { eventActor } from '../evidence/event-actor';
import { recordRead } from '../evidence/read-audit';
import { recordClassifiedSuspicion } from '../evidence/record-classified-suspicion';
import { claimIdempotencyKey } from '../register/idempotency-keys';
import { pageOf, readCursor } from '../register/list-page';
import type { Register } from '../register/register';
import { voidOpenIntents } from '../sealing/sealing-intents';
import { closeTasks, giveEverythingBack, release } from './give-back-issuance';
import { readRequest } from './issuance-ledger';
import type { IssuanceRow } from './issuance-row';
import { moveIssuance } from './issuance-row';
import type { IssuanceViewRow } from './issuance-view';
import { ISSUANCE_VIEW, isInitiator, issuanceView, mayAsk, mayReadRequest } from './issuance-view';
import { issuanceContent, storeIssuance } from './store-issuance';

export interface IssuanceDeskOptions {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
  readonly starts: PromptStarts;
  readonly announcements: CaseAnnouncements;
  /** Address of the product as printed in codes. */
  readonly publicUrl: string;
}

const VIEW_OF_ONE = `${ISSUANCE_VIEW} WHERE i.id = ?`;

/** States in which nobody gains by waiting longer: the end, or a wait for people. */
const RESTING: ReadonlySet<IssuanceState> = new Set([
  'underReview',
  'sentBack',
  'awaitingSeal',
  'issued',
  'refused',
  'withdrawn',
]);

/** Issuance as the API sees it. */
export class PostgresIssuanceDesk implements IssuanceDesk {
  readonly #options: IssuanceDeskOptions;

  constructor(options: IssuanceDeskOptions) {
    this.#options = options;
  }

  async rulesFor(
    principal: Principal,
    catalogCode: string,
    on: LegalDate,
  ): Promise<Result<IssuanceRules, Refusal>> {
    const authorityId = authorityOf(principal);
    if (authorityId === null) return refused({ code: 'authorityNotEntitled' });
    const { register, integrity } = this.#options;
    return register.within(principal, (transaction) =>
      loadRules(transaction, integrity, catalogCode, authorityId, on),
    );
  }

  async accept(
    principal: Principal,
    issuance: NewIssuance,
    idempotency: Idempotency,
  ): Promise<Result<{ readonly issuanceId: string; readonly replayed: boolean }, Refusal>> {
    const issuanceId = randomUUID();
    const now = this.#options.clock.now();
    const answer = await this.#options.register.within(principal, async (transaction) => {
      const claim = await claimIdempotencyKey(transaction, principalName(principal), idempotency, {
        resourceKind: 'issuance',
        resourceId: issuanceId,
        now,
      });
      if (!claim.ok) return claim;
      if (claim.value.replayed) return accepted({ issuanceId: claim.value.resourceId, replayed: true });
      await storeIssuance(transaction, this.#options, principal, issuanceId, issuance, now);
      return accepted({ issuanceId, replayed: false });
    });
    if (answer.ok && !answer.value.replayed) this.#options.starts.start('issuance', answer.value.issuanceId);
    return answer;
  }

  async find(principal: Principal, issuanceId: string): Promise<IssuanceView | null> {
    const [row] = await this.#options.register.statement<IssuanceViewRow>(principal, VIEW_OF_ONE, [
      issuanceId,
    ]);
    return row === undefined ? null : issuanceView(row, principal, this.#options);
  }

  async list(
    principal: Principal,
    filter: { readonly state: IssuanceState | null; readonly businessNumber: string | null },
    page: PageRequest,
  ): Promise<Page<IssuanceView>> {
    const after = readCursor(page.cursor);
    return this.#options.register.within(principal, async (transaction) => {
      const { rows } = await transaction.raw<{ rows: IssuanceViewRow[] }>(
        `${ISSUANCE_VIEW}
         WHERE (:state::text IS NULL OR i.state = :state)
           AND (:businessNumber::text IS NULL OR i.business_number = :businessNumber)
           AND (:afterAt::timestamptz IS NULL OR (i.received_at, i.id) < (:afterAt, :afterId::uuid))
         ORDER BY i.received_at DESC, i.id DESC LIMIT :limit`,
        {
          state: filter.state,
          businessNumber: filter.businessNumber,
          afterAt: after?.at ?? null,
          afterId: after?.id ?? null,
          limit: page.limit + 1,
        },
      );
      return pageOf(
        rows,
        page.limit,
        (row) => ({ at: row.received_at, id: row.id }),
        (row) => issuanceView(row, principal, this.#options),
      );
    });
  }

  async waitForOutcome(principal: Principal, issuanceId: string, waitMs: number): Promise<void> {
    // Wall time, not the office's clock: this is how long a connection stays open.
    const until = performance.now() + waitMs;
    for (;;) {
      const leftMs = until - performance.now();
      if (leftMs <= 0) return;
      const announced = this.#options.announcements.next(issuanceId, leftMs);
      const view = await this.find(principal, issuanceId);
      if (view === null || RESTING.has(view.state)) return;
      await announced;
    }
  }

  async withdraw(principal: Principal, issuanceId: string, reason: string): Promise<Result<null, Refusal>> {
    const now = this.#options.clock.now();
    return this.#change(principal, issuanceId, 'withdraw', async (transaction, row) => {
      const sealed = await transaction('seal_signature')
        .where({ certificate_version_id: row.certificate_version_id })
        .first('sealing_intent_id');
      if (sealed !== undefined) return refused({ code: 'alreadySealed' });
      await voidOpenIntents(transaction, row.id, 'withdrawn', now);
      await moveIssuance(transaction, row, {
        operation: 'withdraw',
        now,
        actor: eventActor(principalName(principal)),
        reason: { code: 'withdrawn', detail: reason },
      });
      await giveEverythingBack(transaction, row, `撤件：${reason}`, now);
      await closeTasks(transaction, row, now);
      return accepted(null);
    });
  }

  async resubmit(
    principal: Principal,
    issuanceId: string,
    issuance: NewIssuance,
  ): Promise<Result<null, Refusal>> {
    const now = this.#options.clock.now();
    return this.#change(principal, issuanceId, 'resubmit', async (transaction, row) => {
      if (issuance.rules.catalogEntryId !== row.catalog_entry_id) {
        return refused({
          code: 'malformedRequest',
          problems: [
            { pointer: '/catalogCode', code: 'catalogCodeChanged', expected: '补正时不得更换证照类型' },
          ],
        });
      }
      await release(transaction, row);
      await transaction<IssuanceRow>('issuance')
        .where({ id: row.id })
        .update({
          ...issuanceContent(this.#options.cipher, row.id, issuance),
          comparison_outcome: null,
          comparison_cipher: null,
        });
      await moveIssuance(transaction, row, {
        operation: 'resubmit',
        now,
        actor: eventActor(principalName(principal)),
        set: { revision: row.revision + 1 },
      });
      return accepted(null);
    });
  }

  async request(
    principal: Principal,
    issuanceId: string,
    read: { readonly purpose: string; readonly traceId: string },
  ): Promise<Result<IssuanceRequest, Refusal>> {
    const { register, cipher, clock } = this.#options;
    return register.within(principal, async (transaction) => {
      const row = await transaction<IssuanceRow>('issuance').where({ id: issuanceId }).first();
      if (row === undefined) return refused<Refusal>({ code: 'notFound' });
      if (!mayReadRequest(principal, row)) return refused<Refusal>({ code: 'notPermitted' });
      const request = readRequest(cipher, row);
      await recordRead(transaction, {
        principal,
        ...read,
        resourceKind: 'issuance',
        resourceId: row.id,
        certificateVersionId: row.certificate_version_id,
        fields: Object.keys(request.face),
        unmasked: true,
        readAt: clock.now(),
      });
      return accepted(request);
    });
  }

  async recordClassifiedSuspicion(principal: Principal, pointer: string): Promise<void> {
    const suspicion = { principal: principalName(principal), pointer, now: this.#options.clock.now() };
    await this.#options.register.within({ kind: 'system', component: 'classified-guard' }, (transaction) =>
      recordClassifiedSuspicion(transaction, suspicion),
    );
  }

  /** A change asked for by the initiator: within scope, his own case, allowed by the table; then the workflow is told. */
  async #change(
    principal: Principal,
    issuanceId: string,
    operation: 'withdraw' | 'resubmit',
    work: (transaction: Knex.Transaction, row: IssuanceRow) => Promise<Result<null, Refusal>>,
  ): Promise<Result<null, Refusal>> {
    const answer = await this.#options.register.within(principal, async (transaction) => {
      const row = await transaction<IssuanceRow>('issuance').where({ id: issuanceId }).forUpdate().first();
      if (row === undefined) return refused<Refusal>({ code: 'notFound' });
      if (!isInitiator(principal, row)) return refused<Refusal>({ code: 'notPermitted' });
      if (!mayAsk(row, operation)) return refused<Refusal>({ code: 'transitionNotAllowed' });
      if (!applyIssuanceTransition(row.state, operation).ok) {
        const code =
          row.state === 'sealed' || row.state === 'issued' ? 'alreadySealed' : 'transitionNotAllowed';
        return refused<Refusal>({ code: operation === 'withdraw' ? code : 'transitionNotAllowed' });
      }
      const result = await work(transaction, row);
      if (result.ok) {
        await tellCase(transaction, {
          kind: 'issuance',
          caseId: issuanceId,
          change: `${operation}/${row.revision}`,
          now: this.#options.clock.now(),
        });
      }
      return result;
    });
    return answer;
  }
}

function authorityOf(principal: Principal): string | null {
  return principal.kind === 'agency' || principal.kind === 'person' ? principal.authorityId : null;
}
