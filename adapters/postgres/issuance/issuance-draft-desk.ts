import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { CatalogDefinition } from '../../../domain/catalog/catalog-entry';
import type { Face, FaceField, FaceSchema } from '../../../domain/catalog/face-schema';
import type { IssuanceRequest } from '../../../domain/issuance/issuance-request';
import { type PersonPrincipal, type Principal, principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../../domain/shared/result';
import type { Clock } from '../../../ports/clock';
import type { Idempotency } from '../../../ports/idempotency';
import type { IssuanceDraft, IssuanceDraftDesk } from '../../../ports/issuance-desk';
import type { Page, PageRequest } from '../../../ports/page';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { recordRead } from '../evidence/read-audit';
import { createOnce } from '../register/idempotency-keys';
import { pageOf, readCursor } from '../register/list-page';
import type { Register } from '../register/register';
import { shanghaiText } from '../register/shanghai-text';

interface DraftRow {
  readonly id: string;
  readonly authority_id: string;
  readonly operator_id: string;
  readonly code: string;
  readonly body_cipher: Buffer;
  readonly revision: number;
  readonly updated_at: Date;
}

interface LastCaseRow {
  readonly id: string;
  readonly request_cipher: Buffer;
  readonly definition: CatalogDefinition;
  readonly certificate_version_id: string | null;
}

const DRAFTS = `SELECT d.*, e.code FROM issuance_draft d JOIN catalog_entry e ON e.id = d.catalog_entry_id`;
/** What belongs to one certificate only and is written anew for the next. */
const OF_ONE_CERTIFICATE: readonly FaceField['metadata'][] = ['ZZBH', 'ZZBFRQ', 'ZZYXQQSRQ', 'ZZYXQJZRQ'];

/** An operator's unfinished forms, encrypted like the requests that they become. */
export class PostgresIssuanceDraftDesk implements IssuanceDraftDesk {
  readonly #register: Register;
  readonly #cipher: PersonalDataCipher;
  readonly #clock: Clock;

  constructor(options: {
    readonly register: Register;
    readonly cipher: PersonalDataCipher;
    readonly clock: Clock;
  }) {
    this.#register = options.register;
    this.#cipher = options.cipher;
    this.#clock = options.clock;
  }

  async create(
    principal: Principal,
    wanted: Parameters<IssuanceDraftDesk['create']>[1],
    idempotency: Idempotency,
  ): Promise<Result<IssuanceDraft, Refusal>> {
    const operator = operatorOf(principal);
    if (operator === null) return refused({ code: 'notPermitted' });
    const now = this.#clock.now();
    return this.#register.within(principal, async (transaction) => {
      const made = await createOnce(
        transaction,
        principalName(principal),
        idempotency,
        { resourceKind: 'issuanceDraft', now },
        () => this.#insert(transaction, operator, wanted, now),
      );
      if (!made.ok) return made;
      // Gone since: what was drafted under this key has been submitted or discarded.
      const row = await ownDraft(transaction, principal, made.value.resourceId);
      return row === null ? refused<Refusal>({ code: 'notFound' }) : accepted(this.#view(row));
    });
  }

  async find(principal: Principal, draftId: string): Promise<IssuanceDraft | null> {
    const row = await this.#register.within(principal, (transaction) =>
      ownDraft(transaction, principal, draftId),
    );
    return row === null ? null : this.#view(row);
  }

  async list(principal: Principal, page: PageRequest): Promise<Page<IssuanceDraft>> {
    const after = readCursor(page.cursor);
    const rows = await this.#register.within(principal, async (transaction) => {
      const found = await transaction.raw<{ rows: DraftRow[] }>(
        `${DRAFTS} WHERE d.operator_id = :operator
         ${after === null ? '' : 'AND (d.updated_at, d.id) < (:at, :afterId::uuid)'}
         ORDER BY d.updated_at DESC, d.id DESC LIMIT :limit`,
        {
          operator: operatorOf(principal)?.personId ?? null,
          ...(after === null ? {} : { at: after.at, afterId: after.id }),
          limit: page.limit + 1,
        },
      );
      return found.rows;
    });
    return pageOf(
      rows,
      page.limit,
      (row) => ({ at: row.updated_at, id: row.id }),
      (row) => this.#view(row),
    );
  }

  async save(
    principal: Principal,
    draftId: string,
    revision: number,
    body: IssuanceDraft['body'],
  ): Promise<Result<IssuanceDraft, Refusal>> {
    const now = this.#clock.now();
    return this.#register.within(principal, async (transaction) => {
      const row = await ownDraft(transaction, principal, draftId);
      if (row === null) return refused<Refusal>({ code: 'notFound' });
      const saved = await transaction('issuance_draft')
        .where({ id: draftId, revision })
        .update({ body_cipher: this.#sealBody(draftId, body), revision: revision + 1, updated_at: now });
      if (saved === 0) {
        return refused<Refusal>({ code: 'revisionConflict', facts: { revision: row.revision } });
      }
      return accepted({
        id: draftId,
        catalogCode: row.code,
        revision: revision + 1,
        updatedAt: shanghaiText(now),
        body,
      });
    });
  }

  async discard(principal: Principal, draftId: string): Promise<Result<null, Refusal>> {
    return this.#register.within(principal, async (transaction) => {
      if ((await ownDraft(transaction, principal, draftId)) === null) {
        return refused<Refusal>({ code: 'notFound' });
      }
      await transaction('issuance_draft').where({ id: draftId }).delete();
      return accepted(null);
    });
  }

  /** The copy holds the last applicant's data, so it is a read of them and recorded as one. */
  async copyFromLast(principal: Principal, catalogCode: string): Promise<IssuanceDraft['body'] | null> {
    const operator = operatorOf(principal);
    if (operator === null) return null;
    return this.#register.within(principal, async (transaction) => {
      const { rows } = await transaction.raw<{ rows: LastCaseRow[] }>(
        `SELECT i.id, i.request_cipher, i.certificate_version_id, k.definition FROM issuance i
         JOIN catalog_entry e ON e.id = i.catalog_entry_id
         JOIN catalog_entry_version k ON k.id = i.catalog_entry_version_id
         WHERE i.operator_id = ? AND e.code = ? AND i.state = 'issued' ORDER BY i.closed_at DESC, i.id LIMIT 1`,
        [operator.personId, catalogCode],
      );
      const [last] = rows;
      if (last === undefined) return null;
      const request: IssuanceRequest = JSON.parse(
        this.#cipher.decrypt(last.request_cipher, cipherPlace('issuance.request_cipher', last.id)),
      );
      const face = withoutNumberAndDates(last.definition.faceSchema, request.face);
      await recordRead(transaction, {
        principal,
        purpose: '以最近一件同类办件为底填写',
        traceId: 'copyFromLast',
        resourceKind: 'issuance',
        resourceId: last.id,
        certificateVersionId: last.certificate_version_id,
        fields: Object.keys(face),
        unmasked: true,
        readAt: this.#clock.now(),
      });
      const { holders, acceptingAuthority } = request;
      return { catalogCode, holders, acceptingAuthority, face };
    });
  }

  async #insert(
    transaction: Knex.Transaction,
    operator: { readonly personId: string; readonly authorityId: string },
    { catalogCode, body }: Parameters<IssuanceDraftDesk['create']>[1],
    now: Date,
  ): Promise<Result<string, Refusal>> {
    const entry = await transaction<{ id: string; code: string; trade: string }>('catalog_entry')
      .where({ code: catalogCode })
      .first();
    if (entry === undefined) return refused({ code: 'catalogEntryUnknown' });
    const id = randomUUID();
    await transaction('issuance_draft').insert({
      id,
      authority_id: operator.authorityId,
      trade: entry.trade,
      operator_id: operator.personId,
      catalog_entry_id: entry.id,
      body_cipher: this.#sealBody(id, body),
      updated_at: now,
    });
    return accepted(id);
  }

  #sealBody(draftId: string, body: IssuanceDraft['body']): Buffer {
    return this.#cipher.encrypt(JSON.stringify(body), cipherPlace('issuance_draft.body_cipher', draftId));
  }

  #view(row: DraftRow): IssuanceDraft {
    const body: IssuanceDraft['body'] = JSON.parse(
      this.#cipher.decrypt(row.body_cipher, cipherPlace('issuance_draft.body_cipher', row.id)),
    );
    return {
      id: row.id,
      catalogCode: row.code,
      revision: row.revision,
      updatedAt: shanghaiText(row.updated_at),
      body,
    };
  }
}

async function ownDraft(
  transaction: Knex.Transaction,
  principal: Principal,
  draftId: string,
): Promise<DraftRow | null> {
  const operator = operatorOf(principal);
  if (operator === null) return null;
  const { rows } = await transaction.raw<{ rows: DraftRow[] }>(
    `${DRAFTS} WHERE d.id = ? AND d.operator_id = ? FOR UPDATE OF d`,
    [draftId, operator.personId],
  );
  return rows[0] ?? null;
}

/** Whoever may begin an issuance at the counter or the desk, of an authority. */
function operatorOf(principal: Principal): (PersonPrincipal & { readonly authorityId: string }) | null {
  if (principal.kind !== 'person' || principal.authorityId === null) return null;
  const begins = principal.roles.includes('operator') || principal.roles.includes('windowClerk');
  return begins ? { ...principal, authorityId: principal.authorityId } : null;
}

function withoutNumberAndDates(schema: FaceSchema, face: Face): Face {
  const kept = schema.filter(
    ({ kind, metadata }) => kind !== 'date' && !OF_ONE_CERTIFICATE.includes(metadata),
  );
  const values = kept.flatMap(({ name }) => {
    const value = face[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(values);
}
