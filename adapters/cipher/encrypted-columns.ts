import type { CipherPlace } from '../../ports/personal-data-cipher';

/** Every encrypted column of the register and the columns that name its row; the rotation command walks this list. */
export const ENCRYPTED_COLUMNS = {
  'person.totp_secret_cipher': ['id'],
  'person.totp_pending_cipher': ['id'],
  'person.email_cipher': ['id'],
  'agency_key.secret_cipher': ['key_id'],
  'agency_system.record_secret_cipher': ['id'],
  'agency_system.webhook_secret_cipher': ['id'],
  'issuance.request_cipher': ['id'],
  'issuance.comparison_cipher': ['id'],
  'issuance_draft.body_cipher': ['id'],
  'certificate_version.face_cipher': ['id'],
  'certificate_version.verification_code_cipher': ['id'],
  'certificate_holder.name_cipher': ['certificate_version_id', 'ordinal'],
  'certificate_holder.code_cipher': ['certificate_version_id', 'ordinal'],
  'attachment.file_name_cipher': ['id'],
  'increment_row.cells_cipher': ['increment_upload_id', 'row_number'],
  'ingested_record.record_cipher': ['id'],
  'force_majeure_event.content_cipher': ['id'],
  'force_majeure_statement.statement_cipher': ['id'],
  'force_majeure_item.cause_cipher': ['id'],
  'force_majeure_item.exception_cipher': ['id'],
  'certificate_doubt.decision_cipher': ['id'],
  'certificate_doubt.lift_cipher': ['id'],
  'certificate_change.request_cipher': ['id'],
  'delivery.pickup_cipher': ['id'],
  'task_comment.text_cipher': ['id'],
  'official_paper.content_cipher': ['id'],
  'anomaly_case.reason_cipher': ['id'],
  'anomaly_case.record_cipher': ['id'],
  'anomaly_objection.claims_cipher': ['id'],
  'anomaly_objection.contact_cipher': ['id'],
  'anomaly_transfer.reason_cipher': ['id'],
  'anomaly_contact_attempt.note_cipher': ['id'],
} as const satisfies Record<string, readonly string[]>;

export type EncryptedColumn = keyof typeof ENCRYPTED_COLUMNS;

/**
 * In: a column (`table.column`) and the values that name its row in the order of the list, such as a version's id and a
 * holder's ordinal. Out: the place that is bound into the ciphertext.
 */
export function cipherPlace(column: EncryptedColumn, ...row: readonly (string | number)[]): CipherPlace {
  if (row.length !== ENCRYPTED_COLUMNS[column].length) {
    throw new TypeError(`${column}: its row is named by ${ENCRYPTED_COLUMNS[column].join(', ')}`);
  }
  return { column, rowId: row.join('/') };
}
