import type { Knex } from 'knex';
import { type Principal, principalName } from '../../../domain/shared/principal';

export interface PersonalRead {
  readonly principal: Principal;
  /** As the reader said it; at most 200 characters are kept. */
  readonly purpose: string;
  readonly traceId: string;
  readonly resourceKind:
    | 'issuance'
    | 'certificate'
    | 'issuanceDraft'
    | 'attachment'
    | 'officialPaper'
    | 'certificateChange'
    | 'anomalyCase'
    | 'incrementUpload';
  readonly resourceId: string;
  readonly certificateVersionId: string | null;
  /** Names of the face elements that were shown, never their values. */
  readonly fields: readonly string[];
  readonly unmasked: boolean;
  readonly readAt: Date;
}

const PURPOSE_LENGTH = 200;

/** Effect: the read is recorded in the reader's own transaction (art. 23), so nothing is shown that is not recorded. Append-only. */
export async function recordRead(transaction: Knex.Transaction, read: PersonalRead): Promise<void> {
  await transaction.raw(
    `INSERT INTO read_audit (principal_kind, principal_id, authority_id, purpose, resource_kind, resource_id,
                             certificate_version_id, fields, unmasked, trace_id, read_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      read.principal.kind,
      principalName(read.principal),
      'authorityId' in read.principal ? read.principal.authorityId : null,
      [...read.purpose].slice(0, PURPOSE_LENGTH).join(''),
      read.resourceKind,
      read.resourceId,
      read.certificateVersionId,
      [...read.fields],
      read.unmasked,
      read.traceId,
      read.readAt,
    ],
  );
}
