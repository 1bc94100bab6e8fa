import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { alarmTitle } from '../../../domain/alarm/alarms';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { addDays, legalDateAt, startOfLegalDateMs } from '../../../domain/shared/legal-date';
import type { SystemPrincipal } from '../../../domain/shared/principal';
import type { Difference, ReportHere } from '../../../domain/up-report/compare-day';
import {
  compareDay,
  DIFFERENCE_HANDLING,
  DIFFERENCE_KIND_NAMES,
} from '../../../domain/up-report/compare-day';
import type { UpReportOperation } from '../../../domain/up-report/lifecycle';
import { applyUpReportTransition } from '../../../domain/up-report/lifecycle';
import type { UpReportState } from '../../../domain/up-report/up-report-state';
import type { Clock } from '../../../ports/clock';
import type { RegionReceipt, UpReportReceipts } from '../../../ports/up-report-channel';
import { closeTasks } from '../case/case-tasks';
import { recordEvent } from '../evidence/record-event';
import { postNotice } from '../notice/post-notice';
import { deterministicId } from '../register/deterministic-id';
import type { Register } from '../register/register';
import { sendUpReport } from './open-up-report';

const RECONCILER: SystemPrincipal = { kind: 'system', component: 'upReportReconciliation' };
const ACTOR = { kind: 'system', id: 'upReportReconciliation' } as const;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** A report for which no outbox item is under way that long after its last change is set going again. */
const FORGOTTEN_MS = 300_000;
const PAGE = 200;

/** The first day that ended and was not compared, beginning with the first day on which anything was reported. */
const NEXT_DAY = `
SELECT coalesce((SELECT max(date) + 1 FROM up_report_reconciliation),
                (SELECT (min(reported_at) AT TIME ZONE 'Asia/Shanghai')::date FROM up_report WHERE reported_at IS NOT NULL)) AS date`;

interface HereRow {
  readonly id: string;
  readonly state: UpReportState;
  readonly receipt: string | null;
  readonly round: number;
  readonly authority_id: string;
  readonly trade: string;
  readonly certificate_version_id: string;
}

type Here = ReportHere & { readonly row: HereRow };

/**
 * Compares the oldest day that has ended and was not compared yet with the region's own list of it (reading 6). Effect: what
 * the region has lost is sent again, a receipt that never arrived here is taken over, everything else is listed for the city.
 * Idempotent by day. Out: whether another day may be due. Faults of the region are thrown and change nothing.
 */
export async function reconcileUpReports(options: {
  readonly register: Register;
  readonly clock: Clock;
  readonly receipts: UpReportReceipts;
}): Promise<boolean> {
  const { register, clock, receipts } = options;
  const now = clock.now();
  const today = legalDateAt(now.getTime());
  const [next] = await register.statement<{ date: LegalDate | null }>(RECONCILER, NEXT_DAY, []);
  const date = next?.date ?? null;
  if (date === null || date >= today) return false;
  const there = await receipts.receivedOn(date);
  const thereBeside = [
    ...(await receipts.receivedOn(addDays(date, -1))),
    ...(await receipts.receivedOn(addDays(date, 1))),
  ];
  await register.within(RECONCILER, (transaction) =>
    writeDay(transaction, { date, there, thereBeside, now }),
  );
  return true;
}

/**
 * Effect: pending reports that nothing sends any more are sent: a report that waited for an earlier one of its certificate, and
 * whose release was lost between two transactions. Idempotent per hour. Out: how many.
 */
export async function sendForgottenReports(register: Register, now: Date): Promise<number> {
  const sent = await register.statement<{ id: string }>(
    RECONCILER,
    `INSERT INTO outbox (dedupe_key, topic, payload, available_at)
     SELECT 'upReport/' || r.id || '/' || r.round || '/swept/' || :hour, 'upReport', jsonb_build_object('upReportId', r.id), :now::timestamptz
     FROM up_report r JOIN certificate_version v ON v.id = r.certificate_version_id
     WHERE r.state = 'pending' AND r.updated_at <= :before::timestamptz
       AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.topic = 'upReport' AND o.done_at IS NULL AND o.payload->>'upReportId' = r.id::text)
       AND NOT EXISTS (SELECT 1 FROM certificate_version w JOIN up_report p ON p.certificate_version_id = w.id
                       WHERE w.certificate_id = v.certificate_id AND p.state <> 'reported' AND (p.created_at, p.id) < (r.created_at, r.id))
     LIMIT ${PAGE} ON CONFLICT (dedupe_key) DO NOTHING RETURNING id`,
    { hour: now.toISOString().slice(0, 13), now, before: new Date(now.getTime() - FORGOTTEN_MS) },
  );
  return sent.length;
}

async function writeDay(
  transaction: Knex.Transaction,
  day: {
    readonly date: LegalDate;
    readonly there: readonly RegionReceipt[];
    readonly thereBeside: readonly RegionReceipt[];
    readonly now: Date;
  },
): Promise<void> {
  const { date, there, thereBeside, now } = day;
  await transaction.raw("SELECT pg_advisory_xact_lock(hashtextextended('upReportReconciliation', 0))");
  const known = await transaction('up_report_reconciliation').where({ date }).first('date');
  if (known !== undefined) return;
  const here = await reportedOn(transaction, date);
  const listed = await reportsById(
    transaction,
    there.map(({ reportId }) => reportId),
  );
  const differences = compareDay({ here, there, thereBeside, known: listed });
  const rows = new Map<string, HereRow>([...here, ...listed.values()].map(({ row }) => [row.id, row]));
  await transaction('up_report_reconciliation').insert({
    date,
    state: differences.length === 0 ? 'agreed' : 'different',
    reported_count: here.length,
    received_count: new Set(there.map(({ reportId }) => reportId)).size,
    difference_count: differences.length,
    compared_at: now,
  });
  for (const [index, difference] of differences.entries()) {
    await handle(transaction, { difference, row: rows.get(difference.reportId) ?? null, date, index, now });
  }
  if (differences.length > 0) await tellCity(transaction, date, differences, now);
}

async function handle(
  transaction: Knex.Transaction,
  found: {
    readonly difference: Difference;
    readonly row: HereRow | null;
    readonly date: LegalDate;
    readonly index: number;
    readonly now: Date;
  },
): Promise<void> {
  const { difference, row, date, index, now } = found;
  await transaction('up_report_difference').insert({
    id: deterministicId('upReportDifference', date, index),
    date,
    kind: difference.kind,
    up_report_id: row?.id ?? null,
    region_report_id: difference.reportId,
    authority_id: row?.authority_id ?? null,
    trade: row?.trade ?? null,
    handling: DIFFERENCE_HANDLING[difference.kind],
    found_at: now,
  });
  if (row === null) return;
  if (difference.kind === 'lostThere') {
    await move(transaction, row, 'sendAgain', { receipt: null, round: row.round + 1 }, now);
    await sendUpReport(transaction, { id: row.id, round: row.round + 1, now });
  } else if (difference.kind === 'unconfirmedHere') {
    const receipt = difference.receipt ?? '';
    await move(transaction, row, 'takeOver', { receipt, reason: null, reported_at: now }, now);
    await closeTasks(transaction, { kind: 'upReportMending', caseId: row.id, now });
  }
}

async function move(
  transaction: Knex.Transaction,
  row: HereRow,
  operation: UpReportOperation,
  set: Readonly<Record<string, unknown>>,
  now: Date,
): Promise<void> {
  const next = applyUpReportTransition(row.state, operation);
  if (!next.ok) throw new Error(`up-report ${row.id}: ${operation} is not possible in ${row.state}`);
  await transaction('up_report')
    .where({ id: row.id })
    .update({ state: next.value, updated_at: now, ...set });
  await recordEvent(transaction, {
    id: randomUUID(),
    kind: `upReport.${operation}`,
    caseKind: 'upReport',
    caseId: row.id,
    certificateVersionId: row.certificate_version_id,
    authorityId: row.authority_id,
    trade: row.trade,
    actor: ACTOR,
    facts: { from: row.state, to: next.value, formerReceipt: row.receipt },
    occurredAt: now,
    recordedAt: now,
  });
}

const HERE = `SELECT id, state, receipt, round, authority_id, trade, certificate_version_id FROM up_report`;

async function reportedOn(transaction: Knex.Transaction, date: LegalDate): Promise<readonly Here[]> {
  const { rows } = await transaction.raw<{ rows: HereRow[] }>(
    `${HERE} WHERE state = 'reported' AND reported_at >= ? AND reported_at < ? ORDER BY id FOR UPDATE`,
    [new Date(startOfLegalDateMs(date)), new Date(startOfLegalDateMs(addDays(date, 1)))],
  );
  return rows.map(hereOf);
}

async function reportsById(
  transaction: Knex.Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Here>> {
  const { rows } = await transaction.raw<{ rows: HereRow[] }>(
    `${HERE} WHERE id = ANY (?::uuid[]) ORDER BY id FOR UPDATE`,
    [ids.filter((id) => UUID.test(id))],
  );
  return new Map(rows.map((row) => [row.id, hereOf(row)]));
}

function hereOf(row: HereRow): Here {
  return { id: row.id, state: row.state, receipt: row.receipt, row };
}

async function tellCity(
  transaction: Knex.Transaction,
  date: LegalDate,
  differences: readonly Difference[],
  now: Date,
): Promise<void> {
  const kinds = [...new Set(differences.map(({ kind }) => kind))];
  const counts = kinds.map(
    (kind) =>
      `${DIFFERENCE_KIND_NAMES[kind]} ${differences.filter((difference) => difference.kind === kind).length} 条`,
  );
  await postNotice(transaction, {
    naturalKey: `upReportReconciliation/${date}`,
    recipient: { role: 'cityAdministrator' },
    title: `${alarmTitle('upReportsDiffer')}（${date}）`,
    body: `${counts.join('；')}。上级没有收到的已自动重新上报，缺回执的已补记，其余请核对。`,
    link: '/up-report-reconciliations',
    createdAt: now,
  });
}
