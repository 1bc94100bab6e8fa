import type { OwnedRow, ScopedKind } from './isolation-oracle';
import type { RegisterProbe } from './register-probe';

/** Where each kind of row is, with the case by which its holders are known. */
export const OWNED: Readonly<Record<ScopedKind, string>> = {
  issuances: `SELECT id, authority_id, trade, id AS case_id, NULL::uuid AS person_id, NULL AS role FROM issuance`,
  certificates: `SELECT id, authority_id, trade, created_by_issuance_id AS case_id, NULL::uuid AS person_id, NULL AS role FROM certificate`,
  tasks: `SELECT id, authority_id, trade, NULL::uuid AS case_id, NULL::uuid AS person_id, NULL AS role FROM task`,
  deliveries: `SELECT d.id, d.authority_id, d.trade, v.issuance_id AS case_id, NULL::uuid AS person_id, NULL AS role
    FROM delivery d JOIN certificate_version v ON v.id = d.certificate_version_id`,
  'up-reports': `SELECT id, authority_id, trade, NULL::uuid AS case_id, NULL::uuid AS person_id, NULL AS role FROM up_report`,
  'certificate-changes': `SELECT id, authority_id, trade, NULL::uuid AS case_id, NULL::uuid AS person_id, NULL AS role FROM certificate_change`,
  seals: `SELECT id, authority_id, NULL AS trade, NULL::uuid AS case_id, NULL::uuid AS person_id, NULL AS role FROM seal`,
  'seal-use-mandates': `SELECT id, authority_id, NULL AS trade, NULL::uuid AS case_id, NULL::uuid AS person_id, NULL AS role FROM seal_use_mandate`,
  'issuance-drafts': `SELECT id, authority_id, trade, NULL::uuid AS case_id, operator_id AS person_id, NULL AS role FROM issuance_draft`,
  notices: `SELECT n.id, n.recipient_authority_id AS authority_id, NULL AS trade, v.issuance_id AS case_id,
      n.recipient_person_id AS person_id, n.recipient_role AS role, h.ordinal
    FROM notice n LEFT JOIN certificate_holder h ON h.code_lookup = n.recipient_holder_lookup
    LEFT JOIN certificate_version v ON v.id = h.certificate_version_id`,
};

interface OwnedRecord {
  readonly id: string;
  readonly authority_id: string | null;
  readonly trade: string | null;
  readonly case_id: string | null;
  readonly person_id: string | null;
  readonly role: string | null;
  /** A notice goes to this one of the holders only. */
  readonly ordinal?: number | null;
}

/** In: holders' codes by case. Out: every row that belongs to somebody, as the auditor reads it. */
export async function ownedRows(
  probe: RegisterProbe,
  holdersOf: ReadonlyMap<string, readonly string[]>,
): Promise<readonly OwnedRow[]> {
  const rows: OwnedRow[] = [];
  for (const [kind, statement] of Object.entries(OWNED) as [ScopedKind, string][]) {
    for (const found of await probe.rows<OwnedRecord>(statement)) {
      rows.push({
        kind,
        id: found.id,
        authorityId: found.authority_id,
        trade: found.trade,
        holderCodes: (holdersOf.get(found.case_id ?? '') ?? []).filter(
          (_, index) => found.ordinal == null || index + 1 === found.ordinal,
        ),
        personId: found.person_id,
        recipientRole: found.role,
      });
    }
  }
  return rows;
}
