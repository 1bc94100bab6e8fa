import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { collectionGap } from '../../../domain/ingestion/collection-gap';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../../domain/shared/result';
import type { Clock } from '../../../ports/clock';
import type {
  CollectionDesk,
  CollectionGapView,
  NewCollectionCount,
  NewCollectionExemption,
} from '../../../ports/collection-desk';
import type { Idempotency } from '../../../ports/idempotency';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import { recordEvent } from '../evidence/record-event';
import { hasRoleAt } from '../organisation/resolve-scope';
import { createOnce } from '../register/idempotency-keys';
import type { Register } from '../register/register';

const COLLECTION = { kind: 'system', component: 'collection' } as const;

export interface CollectionDeskOptions {
  readonly register: Register;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
}

interface CountRow {
  readonly id: string;
  readonly authority_id: string;
  readonly catalog_entry_id: string;
  readonly catalog_code: string;
  readonly certificate_name: string;
  readonly first_day: LegalDate;
  readonly last_day: LegalDate;
  readonly counted: number;
  readonly business_numbers: readonly string[] | null;
  readonly told_at: Date;
}

const COUNTS = `
SELECT DISTINCT ON (t.authority_id, t.catalog_entry_id, t.first_day, t.last_day) t.*, e.code AS catalog_code, n.certificate_name
FROM collection_count t
JOIN catalog_entry e ON e.id = t.catalog_entry_id
JOIN LATERAL (SELECT k.definition->>'name' AS certificate_name FROM catalog_entry_version k
              WHERE k.catalog_entry_id = e.id AND k.state IN ('published', 'superseded') ORDER BY k.version DESC LIMIT 1) n ON true`;
const NEWEST =
  'ORDER BY t.authority_id, t.catalog_entry_id, t.first_day, t.last_day, t.told_at DESC, t.id DESC';

/** Registered: issued here by the day of the paper, and collected by increment. Exempted: by the day of the paper. */
const SIDES = `
SELECT 'registered' AS side, i.business_number FROM issuance i JOIN certificate_version v ON v.id = i.certificate_version_id
WHERE i.authority_id = :authority AND i.catalog_entry_id = :entry AND v.issued_at IS NOT NULL
  AND v.issued_on >= :first::date AND v.issued_on <= :last::date
UNION
SELECT 'registered', r.business_number FROM ingested_record r
WHERE r.authority_id = :authority AND r.catalog_entry_id = :entry AND r.recorded_on >= :first::date AND r.recorded_on <= :last::date
UNION
SELECT 'exempted', x.business_number FROM collection_exemption x
WHERE x.authority_id = :authority AND x.catalog_entry_id = :entry AND x.recorded_on >= :first::date AND x.recorded_on <= :last::date`;

/** Counts and exemptions on the register. */
export class PostgresCollectionDesk implements CollectionDesk {
  readonly #options: CollectionDeskOptions;

  constructor(options: CollectionDeskOptions) {
    this.#options = options;
  }

  async count(
    principal: Principal,
    count: NewCollectionCount,
    idempotency: Idempotency,
  ): Promise<Result<CollectionGapView, Refusal>> {
    const written = await this.#write(
      principal,
      'collectionCount',
      count.catalogCode,
      idempotency,
      async (place) => {
        const id = randomUUID();
        await place.transaction('collection_count').insert({
          id,
          authority_id: place.authorityId,
          trade: place.trade,
          catalog_entry_id: place.entryId,
          first_day: count.firstDay,
          last_day: count.lastDay,
          counted: count.counted,
          business_numbers: count.businessNumbers === null ? null : [...count.businessNumbers],
          told_by: principalName(principal),
          told_at: place.now,
        });
        await note(place, id, 'collection.count', {
          counted: count.counted,
          first: count.firstDay,
          last: count.lastDay,
        });
        return accepted(id);
      },
    );
    if (!written.ok) return written;
    const [gap] = await this.#options.register.within(principal, (transaction) =>
      gapsOf(transaction, `${COUNTS} WHERE t.id = :id ${NEWEST}`, { id: written.value.id }),
    );
    return gap === undefined ? refused({ code: 'notFound' }) : accepted(gap);
  }

  async exempt(
    principal: Principal,
    exemption: NewCollectionExemption,
    idempotency: Idempotency,
  ): Promise<Result<{ readonly id: string }, Refusal>> {
    return this.#write(
      principal,
      'collectionExemption',
      exemption.catalogCode,
      idempotency,
      async (place) => {
        const name = {
          authority_id: place.authorityId,
          catalog_entry_id: place.entryId,
          business_number: exemption.businessNumber,
        };
        const known = await place.transaction('collection_exemption').where(name).first('id');
        if (known !== undefined) return refused({ code: 'transitionNotAllowed' });
        const id = randomUUID();
        await place.transaction('collection_exemption').insert({
          id,
          ...name,
          trade: place.trade,
          recorded_on: exemption.recordedOn,
          ground: exemption.ground,
          basis: exemption.basis,
          recorded_by: principalName(principal),
          recorded_at: place.now,
        });
        await note(place, id, 'collection.exempt', { ground: exemption.ground });
        return accepted(id);
      },
    );
  }

  gaps(
    principal: Principal,
    filter: { readonly authorityId: string | null; readonly month: string },
  ): Promise<readonly CollectionGapView[]> {
    return this.#options.register.within(principal, (transaction) =>
      gapsOf(
        transaction,
        `${COUNTS} WHERE t.last_day >= :first::date AND t.first_day < (:first::date + interval '1 month')::date
           AND (:authorityId::uuid IS NULL OR t.authority_id = :authorityId) ${NEWEST}`,
        { first: `${filter.month}-01`, authorityId: filter.authorityId },
      ),
    );
  }

  /** The unit's own system or operator tells; for a type that the unit is entitled to. */
  async #write(
    principal: Principal,
    resourceKind: string,
    catalogCode: string,
    idempotency: Idempotency,
    work: (place: Place) => Promise<Result<string, Refusal>>,
  ): Promise<Result<{ readonly id: string }, Refusal>> {
    const authorityId =
      principal.kind === 'agency' || principal.kind === 'person' ? principal.authorityId : null;
    if (authorityId === null) return refused({ code: 'notPermitted' });
    const { register, integrity, clock } = this.#options;
    const now = clock.now();
    const answer = await register.within(COLLECTION, async (transaction) => {
      if (principal.kind === 'person') {
        const wanted = { personId: principal.personId, role: 'operator', authorityId, now } as const;
        if (!(await hasRoleAt(transaction, integrity, wanted)))
          return refused<Refusal>({ code: 'roleMissing' });
      }
      const { rows } = await transaction.raw<{ rows: { id: string; trade: string }[] }>(
        `SELECT e.id, e.trade FROM catalog_entry e WHERE e.code = ?
         AND EXISTS (SELECT 1 FROM catalog_entitlement t WHERE t.catalog_entry_id = e.id AND t.authority_id = ?)`,
        [catalogCode, authorityId],
      );
      const [entry] = rows;
      if (entry === undefined) return refused<Refusal>({ code: 'authorityNotEntitled' });
      const place = { transaction, authorityId, trade: entry.trade, entryId: entry.id, principal, now };
      return createOnce(transaction, principalName(principal), idempotency, { resourceKind, now }, () =>
        work(place),
      );
    });
    return answer.ok ? accepted({ id: answer.value.resourceId }) : answer;
  }
}

interface Place {
  readonly transaction: Knex.Transaction;
  readonly authorityId: string;
  readonly trade: string;
  readonly entryId: string;
  readonly principal: Principal;
  readonly now: Date;
}

async function note(
  place: Place,
  caseId: string,
  kind: string,
  facts: Readonly<Record<string, string | number>>,
): Promise<void> {
  const [actorKind, id] = principalName(place.principal).split(':', 2);
  await recordEvent(place.transaction, {
    id: randomUUID(),
    kind,
    caseKind: 'collection',
    caseId,
    authorityId: place.authorityId,
    trade: place.trade,
    actor: { kind: actorKind ?? null, id: id ?? null },
    facts,
    occurredAt: place.now,
    recordedAt: place.now,
  });
}

async function gapsOf(
  transaction: Knex.Transaction,
  statement: string,
  bindings: Readonly<Record<string, Knex.RawBinding>>,
): Promise<readonly CollectionGapView[]> {
  const { rows } = await transaction.raw<{ rows: CountRow[] }>(statement, bindings);
  const gaps: CollectionGapView[] = [];
  for (const row of rows) {
    const sides = await transaction.raw<{
      rows: { side: 'registered' | 'exempted'; business_number: string }[];
    }>(SIDES, {
      authority: row.authority_id,
      entry: row.catalog_entry_id,
      first: row.first_day,
      last: row.last_day,
    });
    const numbers = (side: 'registered' | 'exempted'): readonly string[] =>
      sides.rows.filter((candidate) => candidate.side === side).map(({ business_number }) => business_number);
    gaps.push({
      ...collectionGap({
        registered: numbers('registered'),
        exempted: numbers('exempted'),
        counted: row.counted,
        listed: row.business_numbers,
      }),
      authorityId: row.authority_id,
      catalogCode: row.catalog_code,
      certificateName: row.certificate_name,
      firstDay: row.first_day,
      lastDay: row.last_day,
      toldAt: shanghaiInstant(row.told_at.getTime()),
    });
  }
  return gaps;
}
