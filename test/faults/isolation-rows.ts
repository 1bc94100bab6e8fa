import type { Belonging, OwnedRow, ScopedKind } from './isolation-oracle';
import { NEIGHBOURS } from './isolation-world';
import type { RegisterProbe } from './register-probe';

export const DEMONSTRATION_KEY = 'demo-agency';

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
  // Kinds below name everybody they are about themselves.
  'anomaly-cases': `SELECT c.id, c.authority_id, c.trade, NULL::uuid AS case_id, NULL::uuid AS person_id, NULL AS role,
      (SELECT array_agg(o.person_id::text) FROM anomaly_objection o WHERE o.anomaly_case_id = c.id AND o.person_id IS NOT NULL) AS participants,
      (SELECT o.attachment_ids[1]::text FROM anomaly_objection o WHERE o.anomaly_case_id = c.id AND cardinality(o.attachment_ids) > 0 LIMIT 1) AS part
    FROM anomaly_case c`,
  'force-majeure-events': `SELECT e.id, e.authority_id, e.trade, NULL::uuid AS case_id, NULL::uuid AS person_id, NULL AS role,
      (SELECT json_agg(json_build_object('authorityId', s.authority_id, 'trade', s.trade)) FROM force_majeure_scope s WHERE s.event_id = e.id) AS covered,
      (SELECT i.id::text FROM force_majeure_item i WHERE i.event_id = e.id LIMIT 1) AS part
    FROM force_majeure_event e`,
  deadlines: `SELECT id, authority_id, trade, NULL::uuid AS case_id, NULL::uuid AS person_id, NULL AS role FROM deadline`,
  'official-papers': `SELECT DISTINCT ON (p.id) p.id, p.authority_id, p.trade, v.issuance_id AS case_id, NULL::uuid AS person_id, NULL AS role,
      coalesce(h.ordinal, 0) AS ordinal, ARRAY[p.addressee_person_id::text] AS participants
    FROM official_paper p LEFT JOIN certificate_holder h ON h.code_lookup = p.addressee_holder_lookup
    LEFT JOIN certificate_version v ON v.id = h.certificate_version_id ORDER BY p.id, v.issuance_id`,
  'responsible-persons': `SELECT id, authority_id, trade, NULL::uuid AS case_id, NULL::uuid AS person_id, NULL AS role FROM responsible_person`,
  increments: `SELECT id, authority_id, trade, NULL::uuid AS case_id, NULL::uuid AS person_id, NULL AS role FROM increment_upload`,
  'increments/days': `SELECT id, authority_id, trade, NULL::uuid AS case_id, NULL::uuid AS person_id, NULL AS role FROM increment_day`,
  'collection-counts': `SELECT id, authority_id, trade, NULL::uuid AS case_id, NULL::uuid AS person_id, NULL AS role FROM collection_count`,
  people: `SELECT id, authority_id, NULL AS trade, NULL::uuid AS case_id, NULL::uuid AS person_id, NULL AS role FROM person`,
  'agency-systems': `SELECT id, authority_id, NULL AS trade, NULL::uuid AS case_id, NULL::uuid AS person_id, NULL AS role FROM agency_system`,
  // The auditor's account of the database does not read keys, so they are named.
  'agency-keys': `SELECT k.id, NULL::uuid AS authority_id, NULL AS trade, NULL::uuid AS case_id, NULL::uuid AS person_id, NULL AS role
    FROM (VALUES ${[DEMONSTRATION_KEY, ...NEIGHBOURS.map(({ agencyKeyId }) => agencyKeyId)].map((keyId) => `('${keyId}')`).join(', ')}) AS k (id)`,
  notices: `SELECT n.id, n.recipient_authority_id AS authority_id, n.recipient_trade AS trade, v.issuance_id AS case_id,
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
  readonly covered?: readonly Belonging[] | null;
  readonly participants?: readonly (string | null)[] | null;
  readonly part?: string | null;
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
        covered: found.covered ?? [],
        participantIds: (found.participants ?? []).flatMap((id) => (id === null ? [] : [id])),
        partId: found.part ?? null,
      });
    }
  }
  return rows;
}
