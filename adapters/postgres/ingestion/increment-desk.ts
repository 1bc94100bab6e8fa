import type { Knex } from 'knex';
import { legalDateAt, parseLegalDate } from '../../../domain/shared/legal-date';
import type { Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import type { Result } from '../../../domain/shared/result';
import { accepted, refused } from '../../../domain/shared/result';
import type { Clock } from '../../../ports/clock';
import type { Idempotency } from '../../../ports/idempotency';
import type {
  IncrementDayView,
  IncrementDelivery,
  IncrementDesk,
  IncrementModeView,
  IncrementMonth,
  IncrementRowView,
} from '../../../ports/increment-desk';
import type { IncrementTableReader } from '../../../ports/increment-table';
import type { PageRequest } from '../../../ports/page';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import { recordRead } from '../evidence/read-audit';
import { hasRoleAt } from '../organisation/resolve-scope';
import { createOnce } from '../register/idempotency-keys';
import type { Register } from '../register/register';
import { INCREMENTS } from './increment-day';
import { errorTable, rejectedRows } from './increment-errors';
import type { MonthFilter } from './increment-lists';
import { findDay, findUploadRow, listMonth, listRows } from './increment-lists';
import type { NewMode } from './increment-modes';
import { changeMode, listModes } from './increment-modes';
import type { IncrementRules } from './increment-rules';
import { loadIncrementRules } from './increment-rules';
import type { StoredDelivery } from './increment-upload';
import type { UploadViewRow } from './increment-view';
import { mayDeliver, uploadView } from './increment-view';
import { judgeRows } from './judge-increment';
import type { GivenContent } from './read-increment';
import { digestOfJson, readIncrement, rowsAgain } from './read-increment';
import { reportZero } from './report-zero';
import { storeIncrement } from './store-increment';

export interface IncrementDeskOptions {
  readonly register: Register;
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
  readonly reader: IncrementTableReader;
  readonly writeCsv: (rows: readonly (readonly string[])[]) => Uint8Array;
}

type Delivered = Result<{ readonly uploadId: string; readonly replayed: boolean }, Refusal>;

/** Daily increments on the register. */
export class PostgresIncrementDesk implements IncrementDesk {
  readonly #options: IncrementDeskOptions;

  constructor(options: IncrementDeskOptions) {
    this.#options = options;
  }

  async deliver(
    principal: Principal,
    delivery: IncrementDelivery,
    idempotency: Idempotency,
  ): Promise<Delivered> {
    const rules = await this.#rulesFor(principal, delivery.catalogCode, delivery.receivedAt);
    if (!rules.ok) return rules;
    const { content } = delivery;
    if (content.kind === 'zeroReport')
      return this.#zero(principal, rules.value, delivery, content.date, idempotency);
    const given = await readIncrement(this.#options, {
      principal,
      content,
      rules: rules.value,
      now: delivery.receivedAt,
    });
    if (!given.ok) return given;
    return this.#store(principal, { ...given.value, rules: rules.value, delivery }, idempotency);
  }

  async retry(
    principal: Principal,
    uploadId: string,
    receivedAt: Date,
    idempotency: Idempotency,
  ): Promise<Delivered> {
    const upload = await this.#uploadRow(principal, uploadId);
    if (upload === null) return refused({ code: 'notFound' });
    if (!mayDeliver(principal, upload.authority_id)) return refused({ code: 'notPermitted' });
    const rules = await this.#rulesFor(principal, upload.catalog_code, receivedAt);
    if (!rules.ok) return rules;
    const rejected = await this.#options.register.within(INCREMENTS, (transaction) =>
      rejectedRows(transaction, this.#options.cipher, uploadId),
    );
    const rows = rowsAgain(rejected);
    if (rows.length === 0) return refused({ code: 'transitionNotAllowed' });
    return this.#store(
      principal,
      {
        rules: rules.value,
        delivery: { receivedAt, retryOf: uploadId },
        rows,
        format: 'json',
        contentDigest: digestOfJson(rows),
      },
      idempotency,
    );
  }

  async upload(principal: Principal, uploadId: string) {
    const row = await this.#uploadRow(principal, uploadId);
    return row === null ? null : uploadView(row, principal);
  }

  rows(principal: Principal, uploadId: string, state: IncrementRowView['state'] | null, page: PageRequest) {
    return this.#options.register.within(principal, (transaction) =>
      listRows(transaction, { uploadId, state, page }),
    );
  }

  async errorFile(
    principal: Principal,
    uploadId: string,
    read: { readonly purpose: string; readonly traceId: string },
  ): Promise<Result<Uint8Array, Refusal>> {
    const upload = await this.#uploadRow(principal, uploadId);
    if (upload === null) return refused({ code: 'notFound' });
    if (!mayDeliver(principal, upload.authority_id)) return refused({ code: 'notPermitted' });
    const { register, cipher, clock, writeCsv } = this.#options;
    return register.within(INCREMENTS, async (transaction) => {
      const table = errorTable(await rejectedRows(transaction, cipher, uploadId));
      await recordRead(transaction, {
        principal,
        ...read,
        resourceKind: 'incrementUpload',
        resourceId: uploadId,
        certificateVersionId: null,
        fields: table[0] ?? [],
        unmasked: true,
        readAt: clock.now(),
      });
      return accepted(writeCsv(table));
    });
  }

  month(principal: Principal, filter: MonthFilter): Promise<IncrementMonth> {
    const now = this.#options.clock.now();
    return this.#options.register.within(principal, (transaction) =>
      listMonth(transaction, principal, filter, now),
    );
  }

  day(principal: Principal, dayId: string): Promise<IncrementDayView | null> {
    const now = this.#options.clock.now();
    return this.#options.register.within(principal, (transaction) =>
      findDay(transaction, principal, dayId, now),
    );
  }

  modes(principal: Principal): Promise<readonly IncrementModeView[]> {
    const now = this.#options.clock.now();
    return this.#options.register.within(principal, (transaction) => listModes(transaction, principal, now));
  }

  async setMode(
    principal: Principal,
    entitlementId: string,
    mode: NewMode,
  ): Promise<Result<IncrementModeView, Refusal>> {
    if (principal.kind !== 'person' || !principal.roles.includes('cityAdministrator')) {
      return refused({ code: 'notPermitted' });
    }
    const now = this.#options.clock.now();
    return this.#options.register.within(principal, (transaction) =>
      changeMode(transaction, principal, { entitlementId, mode, now }),
    );
  }

  /** The unit's own rules; who has no unit, or no role that delivers, is refused before anything is read. */
  async #rulesFor(
    principal: Principal,
    catalogCode: string,
    receivedAt: Date,
  ): Promise<Result<IncrementRules, Refusal>> {
    const authorityId =
      principal.kind === 'agency' || principal.kind === 'person' ? principal.authorityId : null;
    if (authorityId === null) return refused({ code: 'notPermitted' });
    const { register, integrity } = this.#options;
    const on = legalDateAt(receivedAt.getTime());
    return register.within(INCREMENTS, async (transaction) => {
      if (principal.kind === 'person') {
        const at = { personId: principal.personId, authorityId, now: receivedAt };
        const isOperator = await hasRoleAt(transaction, integrity, { ...at, role: 'operator' });
        if (!isOperator && !(await hasRoleAt(transaction, integrity, { ...at, role: 'windowClerk' }))) {
          return refused<Refusal>({ code: 'roleMissing' });
        }
      }
      return loadIncrementRules(transaction, integrity, { catalogCode, authorityId, on });
    });
  }

  async #store(principal: Principal, given: GivenDelivery, idempotency: Idempotency): Promise<Delivered> {
    const { rules, rows, delivery } = given;
    const judged = judgeRows(rows, rules, legalDateAt(delivery.receivedAt.getTime()));
    return this.#once(principal, rules, delivery, idempotency, async (transaction) => {
      if (delivery.retryOf !== null && !(await isOwnUpload(transaction, delivery.retryOf, rules))) {
        const expected = '应为本单位同一类型此前一次上传的编号';
        return refused({
          code: 'contentInvalid',
          problems: [{ pointer: '/retryOf', code: 'uploadUnknown', expected }],
        });
      }
      const stored = this.#stored(principal, rules, given, delivery);
      return accepted(await storeIncrement(transaction, this.#options, stored, judged));
    });
  }

  async #zero(
    principal: Principal,
    rules: IncrementRules,
    delivery: IncrementDelivery,
    text: string,
    idempotency: Idempotency,
  ): Promise<Delivered> {
    const date = parseLegalDate(text);
    if (!date.ok) return refused({ code: 'incrementDayNotOwed' });
    const contentDigest = digestOfJson([rules.definition.code, date.value]);
    const stored = this.#stored(principal, rules, { format: 'zeroReport', contentDigest }, delivery);
    return this.#once(principal, rules, delivery, idempotency, (transaction) =>
      reportZero(transaction, this.#options, stored, date.value),
    );
  }

  #stored(
    principal: Principal,
    rules: IncrementRules,
    content: Pick<GivenDelivery, 'format' | 'contentDigest'>,
    delivery: Pick<IncrementDelivery, 'receivedAt' | 'retryOf'>,
  ): StoredDelivery {
    return {
      rules,
      format: content.format,
      contentDigest: content.contentDigest,
      receivedAt: delivery.receivedAt,
      retryOf: delivery.retryOf,
      uploadedBy: principalName(principal),
      person: principal.kind === 'person' ? principal : null,
    };
  }

  /** Uploads of one unit and type follow one another, so that none overlooks a number that another brings. */
  async #once(
    principal: Principal,
    rules: IncrementRules,
    { receivedAt }: Pick<IncrementDelivery, 'receivedAt'>,
    idempotency: Idempotency,
    create: (transaction: Knex.Transaction) => Promise<Result<string, Refusal>>,
  ): Promise<Delivered> {
    const resource = { resourceKind: 'incrementUpload', now: receivedAt };
    const answer = await this.#options.register.within(INCREMENTS, (transaction) =>
      createOnce(transaction, principalName(principal), idempotency, resource, async () => {
        await transaction.raw('SELECT pg_advisory_xact_lock(hashtextextended(?, 0))', [
          `increment/${rules.authority.id}/${rules.entryId}`,
        ]);
        return create(transaction);
      }),
    );
    return answer.ok
      ? accepted({ uploadId: answer.value.resourceId, replayed: answer.value.replayed })
      : answer;
  }

  #uploadRow(principal: Principal, uploadId: string): Promise<UploadViewRow | null> {
    return this.#options.register.within(principal, (transaction) => findUploadRow(transaction, uploadId));
  }
}

interface GivenDelivery extends GivenContent {
  readonly rules: IncrementRules;
  readonly delivery: Pick<IncrementDelivery, 'receivedAt' | 'retryOf'>;
}

async function isOwnUpload(
  transaction: Knex.Transaction,
  uploadId: string,
  rules: IncrementRules,
): Promise<boolean> {
  const known = await transaction('increment_upload')
    .where({ id: uploadId, authority_id: rules.authority.id, catalog_entry_id: rules.entryId })
    .first('id');
  return known !== undefined;
}
