import type { CatalogDefinition } from '../../../domain/catalog/catalog-entry';
import type { Face } from '../../../domain/catalog/face-schema';
import type { CertificateMark, CertificateState } from '../../../domain/certificate/lifecycle';
import type { ChangeKind } from '../../../domain/certificate-change/change-kind';
import { mayBegin, possibleChanges } from '../../../domain/certificate-change/change-kind';
import type { ChangeState } from '../../../domain/certificate-change/lifecycle';
import type { Principal } from '../../../domain/shared/principal';
import type { CertificateView, EventView, UseView } from '../../../ports/certificate-register';
import { shanghaiText } from '../register/shanghai-text';

export interface CertificateRow {
  readonly id: string;
  readonly certificate_id: string;
  readonly version: string;
  readonly state: CertificateState;
  readonly marks: readonly CertificateMark[];
  readonly number: string;
  readonly identifier: string;
  readonly catalog_code: string;
  readonly certificate_name: string;
  readonly authority_id: string;
  readonly issuing_authority: string;
  readonly masked_holders: CertificateView['maskedHolders'];
  readonly masked_face: Face;
  readonly valid_from: string;
  readonly valid_until: string | null;
  readonly issued_on: string;
  readonly issued_at: Date | null;
  readonly ended_at: Date | null;
  readonly definition: CatalogDefinition;
  readonly open_change_id: string | null;
  readonly open_change_operation: ChangeKind | null;
  readonly open_change_state: ChangeState | null;
  readonly open_change_since: Date | null;
  readonly inspections: CertificateView['inspections'];
}

/** Versions with their certificate (`v`, `c`), catalogue version (`k`) and authority (`a`). */
export const CERTIFICATE_ROWS = `
SELECT v.*, c.number, e.code AS catalog_code, k.definition, k.name AS certificate_name,
       a.name AS issuing_authority, h.id AS open_change_id, h.operation AS open_change_operation,
       h.state AS open_change_state, h.received_at AS open_change_since,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('endorsedOn', n.endorsed_on, 'result', n.result, 'nextDueOn', n.next_due_on)
          ORDER BY n.endorsed_on DESC, n.recorded_at DESC), '[]') FROM certificate_endorsement n
        WHERE n.certificate_version_id = v.id) AS inspections
FROM certificate_version v
JOIN certificate c ON c.id = v.certificate_id
JOIN catalog_entry_version k ON k.id = v.catalog_entry_version_id
JOIN catalog_entry e ON e.id = k.catalog_entry_id
JOIN authority a ON a.id = v.authority_id
LEFT JOIN certificate_change h ON h.certificate_id = c.id AND h.closed_at IS NULL`;

/** Of each certificate the last version that was issued; one in preparation is a case, not a certificate. */
export const NEWEST_ISSUED = `v.issued_at IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM certificate_version n WHERE n.previous_version_id = v.id AND n.issued_at IS NOT NULL)`;

/** What the principal may begin on the newest version of a certificate now: by the tables, the roles and the open change. */
function changesFor(row: CertificateRow, principal: Principal): readonly ChangeKind[] {
  if (principal.kind !== 'agency' && principal.kind !== 'person') return [];
  if (!principal.scope.authorityIds.includes(row.authority_id)) return [];
  const { handling, periodicInspection } = row.definition;
  return possibleChanges({
    state: row.state,
    marks: row.marks,
    hasOpenChange: row.open_change_id !== null,
    handling,
    periodicInspection,
    // Whoever sees the certificate is whoever let it go; the place it goes to is told by a notice.
  }).filter((kind) => kind !== 'transferIn' && mayBegin(kind, principal));
}

function openChangeOf(row: CertificateRow): CertificateView['openChange'] {
  const { open_change_id: id, open_change_operation: operation, open_change_state: state } = row;
  if (id === null || operation === null || state === null || row.open_change_since === null) return null;
  return { id, operation, state, since: shanghaiText(row.open_change_since) };
}

/** A row as lists show it: masked. An older version is only looked at. */
export function certificateView(row: CertificateRow, principal: Principal, isNewest = true): CertificateView {
  return {
    id: row.certificate_id,
    versionId: row.id,
    version: row.version,
    state: row.state,
    marks: row.marks,
    number: row.number,
    identifier: row.identifier,
    catalogCode: row.catalog_code,
    certificateName: row.certificate_name,
    authorityId: row.authority_id,
    issuingAuthority: row.issuing_authority,
    maskedHolders: row.masked_holders,
    maskedFace: row.masked_face,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    issuedOn: row.issued_on,
    issuedAt: row.issued_at === null ? null : shanghaiText(row.issued_at),
    endedAt: row.ended_at === null ? null : shanghaiText(row.ended_at),
    openChange: isNewest ? openChangeOf(row) : null,
    inspections: row.inspections,
    availableOperations: isNewest ? changesFor(row, principal) : [],
  };
}

/** An event as the history of a certificate shows it. */
export function eventView(row: {
  readonly id: string;
  readonly kind: string;
  readonly operation_code: string | null;
  readonly actor: Readonly<Record<string, string | null>>;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly occurred_at: Date;
  readonly recorded_at: Date;
}): EventView {
  return {
    id: row.id,
    kind: row.kind,
    operationCode: row.operation_code,
    actor: row.actor,
    facts: row.facts,
    occurredAt: shanghaiText(row.occurred_at),
  };
}

/** A recorded read as the holder and the office see it: the authority by name, a person by its id only. */
export function useView(row: {
  readonly id: string;
  readonly read_at: Date;
  readonly principal_kind: string;
  readonly principal_id: string;
  readonly authority_name: string | null;
  readonly purpose: string;
  readonly fields: readonly string[];
  readonly unmasked: boolean;
}): UseView {
  return {
    readAt: shanghaiText(row.read_at),
    principalKind: row.principal_kind,
    who: row.authority_name ?? row.principal_id,
    purpose: row.purpose,
    fields: row.fields,
    unmasked: row.unmasked,
  };
}
