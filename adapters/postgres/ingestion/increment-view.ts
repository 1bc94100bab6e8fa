import type { SynchronyExemption } from '../../../domain/catalog/catalog-entry';
import type { Face } from '../../../domain/catalog/face-schema';
import { isInTime } from '../../../domain/ingestion/day-close';
import type { IncrementDayState } from '../../../domain/ingestion/lifecycle';
import { incrementDayOperationsFrom } from '../../../domain/ingestion/lifecycle';
import type { RowProblem } from '../../../domain/ingestion/row-reading';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { legalDateAt, shanghaiInstant } from '../../../domain/shared/legal-date';
import type { Principal } from '../../../domain/shared/principal';
import type {
  IncrementDayView,
  IncrementModeView,
  IncrementRowView,
  IncrementUploadView,
} from '../../../ports/increment-desk';
import type { IncrementDayRow } from './increment-day';

/** A type's name as it is published now, beside its code. */
const TYPE = `
JOIN catalog_entry e ON e.id = t.catalog_entry_id
JOIN LATERAL (SELECT k.definition->>'name' AS certificate_name FROM catalog_entry_version k
              WHERE k.catalog_entry_id = e.id AND k.state IN ('published', 'superseded') ORDER BY k.version DESC LIMIT 1) n ON true`;

export const DAYS = `SELECT t.*, e.code AS catalog_code, n.certificate_name FROM increment_day t ${TYPE}`;
export const UPLOADS = `
SELECT t.*, e.code AS catalog_code, n.certificate_name,
  (SELECT count(*)::integer FROM increment_row r WHERE r.increment_upload_id = t.id AND r.state = 'mended') AS mended_count,
  EXISTS (SELECT 1 FROM increment_row r WHERE r.increment_upload_id = t.id AND r.state = 'rejected'
          AND r.cells_cipher IS NOT NULL) AS is_retryable
FROM increment_upload t ${TYPE}`;
export const ROWS = `
SELECT t.row_number, t.state, t.problems, r.business_number, r.number, r.recorded_on, r.is_late, r.masked_face, r.masked_holders
FROM increment_row t LEFT JOIN ingested_record r ON r.id = t.ingested_record_id`;
export const MODES = `
SELECT t.id, t.authority_id, e.code AS catalog_code, e.trade, t.mode, t.exemption, t.valid_from, t.valid_until
FROM catalog_entitlement t JOIN catalog_entry e ON e.id = t.catalog_entry_id`;

export interface DayViewRow extends IncrementDayRow {
  readonly catalog_code: string;
  readonly certificate_name: string;
}

export interface UploadViewRow {
  readonly id: string;
  readonly receipt: string;
  readonly authority_id: string;
  readonly trade: string;
  readonly catalog_entry_id: string;
  readonly catalog_code: string;
  readonly certificate_name: string;
  readonly format: IncrementUploadView['format'];
  readonly content_digest: string;
  readonly zero_report_for: LegalDate | null;
  readonly retry_of_id: string | null;
  readonly accepted_count: number;
  readonly late_count: number;
  readonly rejected_count: number;
  readonly mended_count: number;
  /** Whether a rejected row is left of which something was kept. */
  readonly is_retryable: boolean;
  readonly received_at: Date;
}

export interface RowViewRow {
  readonly row_number: number;
  readonly state: IncrementRowView['state'];
  readonly problems: readonly RowProblem[];
  readonly business_number: string | null;
  readonly number: string | null;
  readonly recorded_on: LegalDate | null;
  readonly is_late: boolean | null;
  readonly masked_face: Face | null;
  readonly masked_holders: readonly { readonly name: string; readonly code: string | null }[] | null;
}

export interface ModeViewRow {
  readonly id: string;
  readonly authority_id: string;
  readonly catalog_code: string;
  readonly trade: string;
  readonly mode: 'synchronous' | 'dailyIncrement';
  readonly exemption: SynchronyExemption | null;
  readonly valid_from: LegalDate;
  readonly valid_until: LegalDate | null;
}

/** The unit's own staff and systems deliver; nobody else may, whatever he sees. */
export function mayDeliver(principal: Principal, authorityId: string): boolean {
  if (principal.kind === 'agency') return principal.authorityId === authorityId;
  return (
    principal.kind === 'person' &&
    (principal.roles.includes('operator') || principal.roles.includes('windowClerk')) &&
    principal.scope.authorityIds.includes(authorityId)
  );
}

/** A day as people read it, with what its reader may do about it. */
export function dayView(row: DayViewRow, principal: Principal, now: Date): IncrementDayView {
  return {
    id: row.id,
    authorityId: row.authority_id,
    catalogCode: row.catalog_code,
    certificateName: row.certificate_name,
    date: row.date,
    state: row.state,
    inTimeCount: row.in_time_count,
    lateCount: row.late_count,
    zeroReportedAt: instantOrNull(row.zero_reported_at),
    caughtUpAt: instantOrNull(row.caught_up_at),
    forceMajeureEventId: row.force_majeure_event_id,
    availableOperations: mayDeliver(principal, row.authority_id)
      ? operationsOn(row.state, row.date, row, now)
      : [],
  };
}

function operationsOn(
  state: IncrementDayState,
  date: LegalDate,
  row: Pick<IncrementDayRow, 'in_time_count' | 'late_count' | 'zero_reported_at'>,
  now: Date,
): IncrementDayView['availableOperations'] {
  const inTime = isInTime(date, now.getTime());
  const operations = incrementDayOperationsFrom(state);
  const mayReportZero =
    row.in_time_count + row.late_count === 0 &&
    row.zero_reported_at === null &&
    (inTime ? operations.includes('reportZero') : state !== 'notRequired' && operations.includes('catchUp'));
  return mayReportZero ? ['upload', 'reportZero'] : ['upload'];
}

/** An upload as people read it. */
export function uploadView(row: UploadViewRow, principal: Principal): IncrementUploadView {
  return {
    id: row.id,
    receipt: row.receipt,
    authorityId: row.authority_id,
    catalogCode: row.catalog_code,
    certificateName: row.certificate_name,
    format: row.format,
    zeroReportFor: row.zero_report_for,
    retryOfId: row.retry_of_id,
    acceptedCount: row.accepted_count,
    lateCount: row.late_count,
    rejectedCount: row.rejected_count,
    mendedCount: row.mended_count,
    receivedAt: shanghaiInstant(row.received_at.getTime()),
    availableOperations: row.is_retryable && mayDeliver(principal, row.authority_id) ? ['retry'] : [],
  };
}

/** A row of an upload; what of an accepted one is personal is masked. */
export function rowView(row: RowViewRow): IncrementRowView {
  const { business_number: businessNumber, number, recorded_on: recordedOn } = row;
  const record =
    businessNumber === null || number === null || recordedOn === null
      ? null
      : {
          businessNumber,
          number,
          recordedOn,
          isLate: row.is_late === true,
          maskedFace: row.masked_face ?? {},
          maskedHolders: row.masked_holders ?? [],
        };
  return { rowNumber: row.row_number, state: row.state, problems: row.problems, record };
}

/** The mode of a unit and type with its exemption. */
export function modeView(row: ModeViewRow, principal: Principal, now: Date): IncrementModeView {
  const { exemption } = row;
  const today = legalDateAt(now.getTime());
  const mayDecide = principal.kind === 'person' && principal.roles.includes('cityAdministrator');
  return {
    id: row.id,
    authorityId: row.authority_id,
    catalogCode: row.catalog_code,
    mode: row.mode,
    exemption,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    isExemptionInForce: exemption !== null && (exemption.kind === 'byLaw' || today < exemption.expiresOn),
    availableOperations: mayDecide ? ['setMode'] : [],
  };
}

function instantOrNull(instant: Date | null): string | null {
  return instant === null ? null : shanghaiInstant(instant.getTime());
}
