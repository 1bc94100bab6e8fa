import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { Refusal } from '../../../domain/shared/refusals';
import { accepted, type Result, refused } from '../../../domain/shared/result';
import { applyUpReportTransition } from '../../../domain/up-report/lifecycle';
import type { UpReportState } from '../../../domain/up-report/up-report-state';
import type { Clock } from '../../../ports/clock';
import type { Page, PageRequest } from '../../../ports/page';
import type { RowIntegrity } from '../../../ports/personal-data-cipher';
import type { UpReportDesk, UpReportReconciliationView, UpReportView } from '../../../ports/up-report-desk';
import { completeTask } from '../case/case-tasks';
import { recordEvent } from '../evidence/record-event';
import { hasRoleAt } from '../organisation/resolve-scope';
import { pageOf, readCursor } from '../register/list-page';
import type { Register } from '../register/register';
import { sendUpReport } from './open-up-report';

const DESK = { kind: 'system', component: 'upReportDesk' } as const;
const SHOWN_DAYS = 60;

interface UpReportRow {
  readonly id: string;
  readonly state: UpReportState;
  readonly certificate_id: string;
  readonly certificate_version_id: string;
  readonly number: string;
  readonly certificate_name: string;
  readonly authority_id: string;
  readonly trade: string;
  readonly operation_code: string;
  readonly receipt: string | null;
  readonly reason: string | null;
  readonly mended: string | null;
  readonly round: number;
  readonly attempts: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly reported_at: Date | null;
}

const UP_REPORTS = `
SELECT r.*, v.certificate_id, c.number, k.name AS certificate_name
FROM up_report r
JOIN certificate_version v ON v.id = r.certificate_version_id
JOIN certificate c ON c.id = v.certificate_id
JOIN catalog_entry_version k ON k.id = v.catalog_entry_version_id`;

const RECONCILIATIONS = `
SELECT c.date, c.state, c.reported_count, c.received_count, c.difference_count, c.compared_at,
  coalesce((SELECT jsonb_agg(jsonb_build_object('kind', d.kind, 'handling', d.handling, 'upReportId', d.up_report_id,
                                                'regionReportId', d.region_report_id) ORDER BY d.id)
            FROM up_report_difference d WHERE d.date = c.date), '[]') AS differences
FROM up_report_reconciliation c ORDER BY c.date DESC LIMIT ${SHOWN_DAYS}`;

interface ReconciliationRow {
  readonly date: string;
  readonly state: 'agreed' | 'different';
  readonly reported_count: number;
  readonly received_count: number;
  readonly difference_count: number;
  readonly compared_at: Date;
  readonly differences: UpReportReconciliationView['differences'];
}

export interface UpReportDeskOptions {
  readonly register: Register;
  readonly integrity: RowIntegrity;
  readonly clock: Clock;
}

/** Up-reports as the office looks at them and sends them again. */
export class PostgresUpReportDesk implements UpReportDesk {
  readonly #options: UpReportDeskOptions;

  constructor(options: UpReportDeskOptions) {
    this.#options = options;
  }

  async list(
    principal: Principal,
    state: UpReportState | null,
    page: PageRequest,
  ): Promise<Page<UpReportView>> {
    const after = readCursor(page.cursor);
    const rows = await this.#ask(
      principal,
      `${UP_REPORTS} WHERE (:state::text IS NULL OR r.state = :state)
         AND (:afterAt::timestamptz IS NULL OR (r.created_at, r.id) < (:afterAt, :afterId::uuid))
       ORDER BY r.created_at DESC, r.id DESC LIMIT :limit`,
      { state, afterAt: after?.at ?? null, afterId: after?.id ?? null, limit: page.limit + 1 },
    );
    return pageOf(
      rows,
      page.limit,
      (row) => ({ at: row.created_at, id: row.id }),
      (row) => upReportView(row, principal),
    );
  }

  async find(principal: Principal, upReportId: string): Promise<UpReportView | null> {
    const [row] = await this.#ask(principal, `${UP_REPORTS} WHERE r.id = :id`, { id: upReportId });
    return row === undefined ? null : upReportView(row, principal);
  }

  async retry(
    principal: Principal,
    upReportId: string,
    mended: string,
  ): Promise<Result<UpReportView, Refusal>> {
    const [seen] = await this.#ask(principal, `${UP_REPORTS} WHERE r.id = :id`, { id: upReportId });
    if (seen === undefined) return refused({ code: 'notFound' });
    if (principal.kind !== 'person') return refused({ code: 'notPermitted' });
    const { register, integrity, clock } = this.#options;
    const now = clock.now();
    const done = await register.within(DESK, async (transaction): Promise<Result<null, Refusal>> => {
      const wanted = {
        personId: principal.personId,
        role: 'operator',
        authorityId: seen.authority_id,
        now,
      } as const;
      if (!(await hasRoleAt(transaction, integrity, wanted))) return refused({ code: 'roleMissing' });
      const row = await transaction<UpReportRow>('up_report').where({ id: upReportId }).forUpdate().first();
      const next = row === undefined ? null : applyUpReportTransition(row.state, 'retry');
      if (row === undefined || next === null || !next.ok) return refused({ code: 'transitionNotAllowed' });
      const task = { kind: 'upReportMending', caseId: upReportId, reason: mended, now } as const;
      const completed = await completeTask(transaction, task, principal);
      if (!completed.ok) return completed;
      await transaction('up_report')
        .where({ id: upReportId })
        .update({
          state: next.value,
          round: row.round + 1,
          mended,
          mended_by: principalName(principal),
          updated_at: now,
        });
      await sendUpReport(transaction, { id: upReportId, round: row.round + 1, now });
      await recordRetry(transaction, row, principal.personId, now);
      return accepted(null);
    });
    if (!done.ok) return done;
    const view = await this.find(principal, upReportId);
    return view === null ? refused({ code: 'notFound' }) : accepted(view);
  }

  async reconciliations(principal: Principal): Promise<readonly UpReportReconciliationView[]> {
    const rows = await this.#options.register.within(principal, async (transaction) => {
      const found = await transaction.raw<{ rows: ReconciliationRow[] }>(RECONCILIATIONS);
      return found.rows;
    });
    return rows.map((row) => ({
      date: row.date,
      state: row.state,
      reportedCount: row.reported_count,
      receivedCount: row.received_count,
      differenceCount: row.difference_count,
      comparedAt: shanghaiInstant(row.compared_at.getTime()),
      differences: row.differences,
    }));
  }

  #ask(
    principal: Principal,
    statement: string,
    bindings: Readonly<Record<string, Knex.RawBinding>>,
  ): Promise<readonly UpReportRow[]> {
    return this.#options.register.within(principal, async (transaction) => {
      const { rows } = await transaction.raw<{ rows: UpReportRow[] }>(statement, bindings);
      return rows;
    });
  }
}

async function recordRetry(
  transaction: Knex.Transaction,
  row: UpReportRow,
  personId: string,
  now: Date,
): Promise<void> {
  await recordEvent(transaction, {
    id: randomUUID(),
    kind: 'upReport.retry',
    caseKind: 'upReport',
    caseId: row.id,
    certificateVersionId: row.certificate_version_id,
    authorityId: row.authority_id,
    trade: row.trade,
    actor: { kind: 'person', id: personId },
    facts: { from: row.state, to: 'pending', round: row.round + 1 },
    occurredAt: now,
    recordedAt: now,
  });
}

function upReportView(row: UpReportRow, principal: Principal): UpReportView {
  const isRetryable = applyUpReportTransition(row.state, 'retry').ok;
  const mayRetry =
    principal.kind === 'person' &&
    principal.roles.includes('operator') &&
    principal.scope.authorityIds.includes(row.authority_id);
  return {
    id: row.id,
    state: row.state,
    certificateId: row.certificate_id,
    certificateVersionId: row.certificate_version_id,
    certificateNumber: row.number,
    certificateName: row.certificate_name,
    authorityId: row.authority_id,
    operationCode: row.operation_code,
    receipt: row.receipt,
    reason: row.reason,
    mended: row.mended,
    round: row.round,
    attempts: row.attempts,
    createdAt: shanghaiInstant(row.created_at.getTime()),
    updatedAt: shanghaiInstant(row.updated_at.getTime()),
    reportedAt: row.reported_at === null ? null : shanghaiInstant(row.reported_at.getTime()),
    availableOperations: isRetryable && mayRetry ? ['retry'] : [],
  };
}
