import type { IssuanceOperation } from '../../../domain/issuance/lifecycle';
import { availableIssuanceOperations } from '../../../domain/issuance/lifecycle';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { Principal } from '../../../domain/shared/principal';
import type { IssuanceView } from '../../../ports/issuance-desk';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import type { IssuanceRow } from './issuance-row';

export interface IssuanceViewRow extends IssuanceRow {
  readonly catalog_code: string;
  readonly certificate_name: string;
  readonly number: string | null;
  readonly identifier: string | null;
  readonly version_state: string | null;
  readonly verification_code_cipher: Buffer | null;
}

export const ISSUANCE_VIEW = `
SELECT i.*, e.code AS catalog_code, k.name AS certificate_name, c.number, v.identifier,
       v.state AS version_state, v.verification_code_cipher
FROM issuance i
JOIN catalog_entry e ON e.id = i.catalog_entry_id
JOIN catalog_entry_version k ON k.id = i.catalog_entry_version_id
LEFT JOIN certificate c ON c.id = i.certificate_id
LEFT JOIN certificate_version v ON v.id = i.certificate_version_id AND v.state <> 'draft'`;

/** A case as the principal sees it; the address of its verification once it is issued. */
export function issuanceView(
  row: IssuanceViewRow,
  principal: Principal,
  { cipher, publicUrl }: { readonly cipher: PersonalDataCipher; readonly publicUrl: string },
): IssuanceView {
  const code =
    row.verification_code_cipher === null || row.certificate_version_id === null || row.state !== 'issued'
      ? null
      : cipher.decrypt(
          row.verification_code_cipher,
          cipherPlace('certificate_version.verification_code_cipher', row.certificate_version_id),
        );
  return {
    id: row.id,
    state: row.state,
    origin: row.origin,
    catalogCode: row.catalog_code,
    certificateName: row.certificate_name,
    authorityId: row.authority_id,
    businessNumber: row.business_number,
    decidedAt: shanghaiInstant(row.decided_at.getTime()),
    receivedAt: shanghaiInstant(row.received_at.getTime()),
    updatedAt: shanghaiInstant(row.updated_at.getTime()),
    closedAt: row.closed_at === null ? null : shanghaiInstant(row.closed_at.getTime()),
    revision: row.revision,
    waitingFor: row.waiting_for,
    stateReason: row.state_reason,
    availableOperations: isInitiator(principal, row)
      ? availableIssuanceOperations(row.state, 'initiator').filter((operation) => mayAsk(row, operation))
      : [],
    certificate:
      row.certificate_id === null || row.certificate_version_id === null || row.identifier === null
        ? null
        : {
            id: row.certificate_id,
            versionId: row.certificate_version_id,
            number: row.number ?? '',
            identifier: row.identifier,
            state: row.version_state ?? '',
            verificationUrl: code === null ? null : `${publicUrl}/api/v1/public/verify/${code}`,
          },
  };
}

/** What produces the version of a change is amended where the change is. */
export function mayAsk(
  row: Pick<IssuanceRow, 'certificate_change_id'>,
  operation: IssuanceOperation,
): boolean {
  return operation !== 'resubmit' || row.certificate_change_id === null;
}

/** Only the agency system or the operator who brought a case may withdraw or amend it. */
export function isInitiator(principal: Principal, row: IssuanceRow): boolean {
  if (principal.kind === 'agency') return row.agency_system_id === principal.agencySystemId;
  return principal.kind === 'person' && row.operator_id === principal.personId;
}

/** The agency system that sent a request; of one that was typed in, whoever begins cases in its authority. */
export function mayReadRequest(principal: Principal, row: IssuanceRow): boolean {
  if (principal.kind === 'agency') return row.agency_system_id === principal.agencySystemId;
  if (principal.kind !== 'person' || row.agency_system_id !== null) return false;
  const begins = principal.roles.includes('operator') || principal.roles.includes('windowClerk');
  return begins && principal.scope.authorityIds.includes(row.authority_id);
}
