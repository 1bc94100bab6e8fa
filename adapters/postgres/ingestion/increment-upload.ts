import type { Knex } from 'knex';
import type { LegalDate } from '../../../domain/shared/legal-date';
import { legalDateAt } from '../../../domain/shared/legal-date';
import type { PersonPrincipal } from '../../../domain/shared/principal';
import type { IncrementUploadView } from '../../../ports/increment-desk';
import type { PersonalDataCipher, RowIntegrity } from '../../../ports/personal-data-cipher';
import { eventActor } from '../evidence/event-actor';
import { recordEvent } from '../evidence/record-event';
import type { IncrementRules } from './increment-rules';

export interface StoreTools {
  readonly cipher: PersonalDataCipher;
  readonly integrity: RowIntegrity;
}

/** Who delivers, when, and by what. */
export interface StoredDelivery {
  readonly rules: IncrementRules;
  readonly format: IncrementUploadView['format'];
  readonly contentDigest: string;
  readonly receivedAt: Date;
  readonly retryOf: string | null;
  /** Stable name of the principal. */
  readonly uploadedBy: string;
  /** Null for an agency's system. */
  readonly person: PersonPrincipal | null;
}

/** The upload's row and event; a zero report is an upload without rows. */
export async function writeUpload(
  transaction: Knex.Transaction,
  uploadId: string,
  delivery: StoredDelivery,
  counts: { readonly accepted_count: number; readonly late_count: number; readonly rejected_count: number },
  zeroReportFor: LegalDate | null = null,
): Promise<void> {
  const { rules, receivedAt } = delivery;
  const scope = { authority_id: rules.authority.id, trade: rules.definition.trade };
  const day = legalDateAt(receivedAt.getTime()).replaceAll('-', '');
  const receipt = `ZL${day}-${uploadId.replaceAll('-', '').slice(0, 12).toUpperCase()}`;
  await transaction('increment_upload').insert({
    id: uploadId,
    receipt,
    ...scope,
    catalog_entry_id: rules.entryId,
    catalog_entry_version_id: rules.entryVersionId,
    format: delivery.format,
    content_digest: delivery.contentDigest,
    zero_report_for: zeroReportFor,
    uploaded_by: delivery.uploadedBy,
    retry_of_id: delivery.retryOf,
    ...counts,
    received_at: receivedAt,
  });
  await recordEvent(transaction, {
    id: uploadId,
    kind: zeroReportFor === null ? 'increment.receive' : 'increment.receiveZero',
    caseKind: 'incrementUpload',
    caseId: uploadId,
    authorityId: scope.authority_id,
    trade: scope.trade,
    actor: eventActor(delivery.uploadedBy),
    facts: {
      receipt,
      format: delivery.format,
      contentDigest: delivery.contentDigest,
      accepted: counts.accepted_count,
      late: counts.late_count,
      rejected: counts.rejected_count,
    },
    occurredAt: receivedAt,
    recordedAt: receivedAt,
  });
}
