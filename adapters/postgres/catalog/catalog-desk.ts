import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { CatalogDefinition } from '../../../domain/catalog/catalog-entry';
import { checkCatalogDefinition } from '../../../domain/catalog/check-catalog-definition';
import {
  applyCatalogTransition,
  availableCatalogTransitions,
  type CatalogOperation,
} from '../../../domain/catalog/lifecycle';
import { legalDateAt, parseLegalDate } from '../../../domain/shared/legal-date';
import { type PersonPrincipal, type Principal, principalName } from '../../../domain/shared/principal';
import type { Problem, Refusal } from '../../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../../domain/shared/result';
import type { CatalogDesk, CatalogEntryView, CatalogVersionView } from '../../../ports/catalog-desk';
import type { Clock } from '../../../ports/clock';
import type { Idempotency } from '../../../ports/idempotency';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { recordEvent } from '../evidence/record-event';
import { createOnce } from '../register/idempotency-keys';
import type { Register } from '../register/register';
import { shanghaiText } from '../register/shanghai-text';
import { catalogEditor, isCityAdministrator, mayDoWithCatalog } from './catalog-editor';
import { loadEntitlements } from './catalog-rules';
import { type CatalogVersionRow, checkCatalogVersion, sealedCatalogVersion } from './catalog-version-row';

interface EntryRow {
  readonly id: string;
  readonly code: string;
  readonly trade: string;
}

type Answer = Result<CatalogVersionView, Refusal>;

/** Work on one locked version: the columns that change, or why it may not. */
type Change = (
  row: CatalogVersionRow,
  editor: PersonPrincipal,
  now: Date,
) => Result<Partial<CatalogVersionRow>, Refusal>;

/** 发证目录 (art. 7). Drafted by the city or the type's department, approved by another person, published by the city. */
export class PostgresCatalogDesk implements CatalogDesk {
  readonly #register: Register;
  readonly #integrity: RowIntegrity;
  readonly #clock: Clock;

  constructor(options: {
    readonly register: Register;
    readonly integrity: RowIntegrity;
    readonly clock: Clock;
  }) {
    this.#register = options.register;
    this.#integrity = options.integrity;
    this.#clock = options.clock;
  }

  /** The catalogue is public (art. 7): everybody who is signed in sees every type, with the version in force today. */
  async list(principal: Principal): Promise<readonly CatalogEntryView[]> {
    const today = legalDateAt(this.#clock.now().getTime());
    return this.#register.within(principal, async (transaction) => {
      const entries = await transaction<EntryRow>('catalog_entry').orderBy('code');
      const entitlements = await loadEntitlements(transaction);
      const versions = await transaction<CatalogVersionRow>('catalog_entry_version').orderBy('version');
      return entries.map((entry) => {
        const own = versions.filter((version) => version.catalog_entry_id === entry.id);
        const published = own.findLast((version) => isInForce(version, today));
        return {
          id: entry.id,
          code: entry.code,
          name: (published ?? own.at(-1))?.definition.name ?? '',
          trade: entry.trade,
          publishedVersion: published?.version ?? null,
          entitlements: entitlements.get(entry.id) ?? [],
        };
      });
    });
  }

  async versions(
    principal: Principal,
    catalogEntryId: string,
  ): Promise<readonly CatalogVersionView[] | null> {
    return this.#register.within(principal, async (transaction) => {
      const rows = await transaction<CatalogVersionRow>('catalog_entry_version')
        .where({ catalog_entry_id: catalogEntryId })
        .orderBy('version', 'desc');
      return rows.length === 0 ? null : rows.map((row) => this.#view(row, principal));
    });
  }

  /** An open draft of the type is written over by whoever drafts; one that is under review or approved is not touched. */
  async draft(
    principal: Principal,
    definition: CatalogDefinition,
    idempotency: Idempotency,
  ): Promise<Answer> {
    const editor = catalogEditor(principal, definition.trade);
    if (editor === null) return refused({ code: 'notPermitted' });
    if (!/^[0-9A-Z]{21}$/.test(definition.code))
      return refusedFor('/code', '证照类型代码为 21 位数字或大写字母');
    const now = this.#clock.now();
    return this.#register.within(principal, async (transaction) => {
      const made = await createOnce(
        transaction,
        principalName(principal),
        idempotency,
        { resourceKind: 'catalogVersion', now },
        () => this.#draftVersion(transaction, editor, definition, now),
      );
      if (!made.ok) return made;
      const row = await transaction<CatalogVersionRow>('catalog_entry_version')
        .where({ id: made.value.resourceId })
        .first();
      if (row === undefined) throw new Error('a catalogue version that was just written is not visible');
      return accepted(this.#view(row, principal));
    });
  }

  async submit(principal: Principal, versionId: string): Promise<Answer> {
    return this.#change(principal, versionId, 'submit', ({ definition }) => {
      const problems: Problem[] = checkCatalogDefinition(definition).map(({ pointer, expected }) => ({
        pointer,
        code: 'definitionInvalid',
        expected,
      }));
      return problems.length === 0
        ? accepted({ state_reason: null })
        : refused({ code: 'malformedRequest', problems });
    });
  }

  async approve(principal: Principal, versionId: string): Promise<Answer> {
    return this.#change(principal, versionId, 'approve', (row, editor) => {
      if (!isCityAdministrator(editor)) return refused({ code: 'notPermitted' });
      return row.drafted_by === editor.personId
        ? refused({ code: 'secondPersonRequired' })
        : accepted({ approved_by: editor.personId });
    });
  }

  /** A version takes effect on a day from today on; the one before it holds until then. */
  async publish(principal: Principal, versionId: string, effectiveFrom: string): Promise<Answer> {
    return this.#change(principal, versionId, 'publish', (_row, editor, now) => {
      if (!isCityAdministrator(editor)) return refused({ code: 'notPermitted' });
      const from = parseLegalDate(effectiveFrom);
      if (!from.ok) return refusedFor('/effectiveFrom', from.refusal.expected);
      if (from.value < legalDateAt(now.getTime())) {
        return refusedFor('/effectiveFrom', '生效日期不得早于今天');
      }
      return accepted({ effective_from: from.value, published_at: now });
    });
  }

  async sendBack(principal: Principal, versionId: string, reason: string): Promise<Answer> {
    return this.#change(principal, versionId, 'sendBack', () =>
      accepted({ approved_by: null, state_reason: reason }),
    );
  }

  async withdraw(principal: Principal, versionId: string, reason: string): Promise<Answer> {
    return this.#change(principal, versionId, 'withdraw', () => accepted({ state_reason: reason }));
  }

  /** Out: the id of the draft. */
  async #draftVersion(
    transaction: Knex.Transaction,
    editor: PersonPrincipal,
    definition: CatalogDefinition,
    now: Date,
  ): Promise<Result<string, Refusal>> {
    const known = await transaction<EntryRow>('catalog_entry').where({ code: definition.code }).first();
    if (known !== undefined && known.trade !== definition.trade) {
      return refusedFor('/trade', '条线应与该类型已登记的条线一致');
    }
    const entry = await findOrAddEntry(transaction, definition);
    const versions = await transaction<CatalogVersionRow>('catalog_entry_version')
      .where({ catalog_entry_id: entry.id })
      .orderBy('version')
      .forUpdate();
    const open = versions.find(({ state }) => isOpen(state));
    if (open !== undefined && open.state !== 'draft') {
      return refused({ code: 'transitionNotAllowed', facts: { state: open.state } });
    }
    const row = {
      id: open?.id ?? randomUUID(),
      catalog_entry_id: entry.id,
      version: open?.version ?? (versions.at(-1)?.version ?? 0) + 1,
      state: 'draft' as const,
      definition,
      effective_from: null,
      drafted_by: editor.personId,
      approved_by: null,
      state_reason: open?.state_reason ?? null,
      created_at: open?.created_at ?? now,
      published_at: null,
    };
    const written = await this.#write(transaction, row, open === undefined);
    await this.#record(transaction, editor, written, 'draft', now);
    return accepted(row.id);
  }

  async #change(
    principal: Principal,
    versionId: string,
    operation: CatalogOperation,
    change: Change,
  ): Promise<Answer> {
    const now = this.#clock.now();
    return this.#register.within(principal, async (transaction) => {
      const row = await transaction<CatalogVersionRow>('catalog_entry_version')
        .where({ id: versionId })
        .forUpdate()
        .first();
      if (row === undefined) return refused<Refusal>({ code: 'notFound' });
      checkCatalogVersion(this.#integrity, row);
      const editor = catalogEditor(principal, row.definition.trade);
      if (editor === null) return refused<Refusal>({ code: 'notPermitted' });
      if (
        !mayDoWithCatalog(operation, row, principal) &&
        (operation === 'sendBack' || operation === 'withdraw')
      ) {
        return refused<Refusal>({ code: 'notPermitted' });
      }
      const next = applyCatalogTransition(row.state, operation);
      if (!next.ok) return refused<Refusal>({ code: 'transitionNotAllowed', facts: { state: row.state } });
      const changed = change(row, editor, now);
      if (!changed.ok) return changed;
      if (operation === 'publish') await this.#supersede(transaction, row);
      const written = await this.#write(transaction, { ...row, ...changed.value, state: next.value }, false);
      await this.#record(transaction, editor, written, operation, now);
      return accepted(this.#view(written, principal));
    });
  }

  async #supersede(transaction: Knex.Transaction, successor: CatalogVersionRow): Promise<void> {
    const published = await transaction<CatalogVersionRow>('catalog_entry_version')
      .where({ catalog_entry_id: successor.catalog_entry_id, state: 'published' })
      .forUpdate();
    for (const row of published) {
      checkCatalogVersion(this.#integrity, row);
      await this.#write(transaction, { ...row, state: 'superseded' }, false);
    }
  }

  async #write(
    transaction: Knex.Transaction,
    row: Omit<CatalogVersionRow, 'mac' | 'mac_key_id'>,
    isNew: boolean,
  ): Promise<CatalogVersionRow> {
    const columns = sealedCatalogVersion(this.#integrity, {
      id: row.id,
      catalog_entry_id: row.catalog_entry_id,
      version: row.version,
      state: row.state,
      definition: row.definition,
      effective_from: row.effective_from,
      drafted_by: row.drafted_by,
      approved_by: row.approved_by,
      state_reason: row.state_reason ?? null,
      created_at: row.created_at,
      published_at: row.published_at,
    });
    const table = transaction('catalog_entry_version');
    const written: readonly CatalogVersionRow[] = isNew
      ? await table.insert(columns).returning('*')
      : await table.where({ id: row.id }).update(columns).returning('*');
    if (written[0] === undefined) throw new Error('a catalogue version that was just written is not visible');
    return written[0];
  }

  /** Who did what to the catalogue is evidence of the editor's own authority. */
  async #record(
    transaction: Knex.Transaction,
    editor: PersonPrincipal,
    row: CatalogVersionRow,
    operation: CatalogOperation | 'draft',
    now: Date,
  ): Promise<void> {
    if (editor.authorityId === null) return;
    await recordEvent(transaction, {
      id: randomUUID(),
      kind: `catalog.${operation}`,
      caseKind: 'catalog',
      caseId: row.catalog_entry_id,
      authorityId: editor.authorityId,
      trade: row.definition.trade,
      actor: { kind: 'person', id: editor.personId },
      facts: {
        code: row.definition.code,
        version: row.version,
        state: row.state,
        effectiveFrom: row.effective_from,
        ...(row.state_reason == null ? {} : { reason: row.state_reason }),
      },
      occurredAt: now,
      recordedAt: now,
    });
  }

  #view(row: CatalogVersionRow, principal: Principal): CatalogVersionView {
    checkCatalogVersion(this.#integrity, row);
    return {
      id: row.id,
      catalogEntryId: row.catalog_entry_id,
      version: row.version,
      state: row.state,
      effectiveFrom: row.effective_from,
      publishedAt: row.published_at === null ? null : shanghaiText(row.published_at),
      stateReason: row.state_reason ?? null,
      definition: row.definition,
      availableOperations: availableCatalogTransitions(row.state).filter((operation) =>
        mayDoWithCatalog(operation, row, principal),
      ),
    };
  }
}

function isOpen(state: CatalogVersionRow['state']): boolean {
  return state === 'draft' || state === 'underReview' || state === 'approved';
}

function isInForce(row: CatalogVersionRow, today: string): boolean {
  const wasPublished = row.state === 'published' || row.state === 'superseded';
  return wasPublished && row.effective_from !== null && row.effective_from <= today;
}

async function findOrAddEntry(
  transaction: Knex.Transaction,
  { code, trade }: CatalogDefinition,
): Promise<EntryRow> {
  await transaction('catalog_entry').insert({ code, trade }).onConflict('code').ignore();
  const entry = await transaction<EntryRow>('catalog_entry').where({ code }).first();
  if (entry === undefined) throw new Error('a catalogue entry that was just written is not visible');
  return entry;
}

function refusedFor(pointer: string, expected: string): Result<never, Refusal> {
  return refused({
    code: 'malformedRequest',
    problems: [{ pointer, code: 'definitionInvalid', expected }],
  });
}
