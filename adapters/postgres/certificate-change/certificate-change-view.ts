import type { ChangeKind } from '../../../domain/certificate-change/change-kind';
import { availableChangeOperations } from '../../../domain/certificate-change/lifecycle';
import type { IssuanceState } from '../../../domain/issuance/lifecycle';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { Principal } from '../../../domain/shared/principal';
import type { CertificateChangeView } from '../../../ports/certificate-change-desk';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import type { ChangeRow } from './certificate-change-row';
import { readChangeRequest } from './certificate-change-row';

export interface ChangeViewRow extends ChangeRow {
  readonly certificate_name: string;
  readonly number: string;
  readonly issuance_id: string | null;
  readonly issuance_state: IssuanceState | null;
  readonly has_seal: boolean;
  readonly new_version_id: string | null;
  readonly new_version: string | null;
  readonly new_identifier: string | null;
}

/** A change with what it is about and what it brought forth; left joins, because those rows may lie in another scope. */
export const CHANGE_VIEW = `
SELECT h.*, k.name AS certificate_name, coalesce(c.number, '') AS number, i.id AS issuance_id,
       i.state AS issuance_state, n.id AS new_version_id, n.version AS new_version, n.identifier AS new_identifier,
       EXISTS (SELECT 1 FROM seal_signature g WHERE g.certificate_version_id = i.certificate_version_id) AS has_seal
FROM certificate_change h
LEFT JOIN certificate c ON c.id = h.certificate_id
JOIN catalog_entry_version k ON k.id = h.catalog_entry_version_id
LEFT JOIN issuance i ON i.certificate_change_id = h.id
LEFT JOIN certificate_version n ON n.id = i.certificate_version_id AND n.issued_at IS NOT NULL`;

/** A change as the principal sees it. */
export function changeView(
  row: ChangeViewRow,
  principal: Principal,
  cipher: PersonalDataCipher,
): CertificateChangeView {
  const { newVersion: _, ...request } = readChangeRequest(cipher, row);
  return {
    id: row.id,
    operation: row.operation as ChangeKind,
    state: row.state,
    certificateId: row.certificate_id,
    certificateVersionId: row.certificate_version_id,
    certificateName: row.certificate_name,
    number: row.number,
    authorityId: row.authority_id,
    ...request,
    businessNumber: row.business_number,
    decidedAt: shanghaiInstant(row.decided_at.getTime()),
    receivedAt: shanghaiInstant(row.received_at.getTime()),
    updatedAt: shanghaiInstant(row.updated_at.getTime()),
    closedAt: row.closed_at === null ? null : shanghaiInstant(row.closed_at.getTime()),
    revision: row.revision,
    stateReason: row.state_reason,
    preemptedBy: row.preempted_by,
    issuance:
      row.issuance_id === null || row.issuance_state === null
        ? null
        : { id: row.issuance_id, state: row.issuance_state },
    newVersion:
      row.new_version_id === null || row.new_version === null || row.new_identifier === null
        ? null
        : { versionId: row.new_version_id, version: row.new_version, identifier: row.new_identifier },
    availableOperations: isChangeInitiator(principal, row)
      ? availableChangeOperations(row.state, 'initiator').filter(
          (operation) => operation !== 'withdraw' || !row.has_seal,
        )
      : [],
  };
}

/** Only the agency system or the operator who began a change may withdraw or amend it. */
export function isChangeInitiator(principal: Principal, row: ChangeRow): boolean {
  if (principal.kind === 'agency') return row.agency_system_id === principal.agencySystemId;
  return principal.kind === 'person' && row.operator_id === principal.personId;
}
