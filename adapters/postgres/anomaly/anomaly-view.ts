import type { Knex } from 'knex';
import type { AnomalyOperation } from '../../../domain/anomaly/lifecycle';
import { availableAnomalyOperations } from '../../../domain/anomaly/lifecycle';
import { shanghaiInstant } from '../../../domain/shared/legal-date';
import type { PersonPrincipal, Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { AnomalyCaseView, ObjectionView } from '../../../ports/anomaly-desk';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import type { AnomalyRow, ObjectionRow } from './anomaly-row';

interface ViewRow extends AnomalyRow {
  readonly certificate_name: string;
  readonly certificate_number: string;
  readonly fields: readonly string[];
  readonly transfers: number;
  readonly told_users: number;
  readonly due_at: Date | null;
}

interface ObjectionViewRow extends ObjectionRow {
  readonly attempts: number;
}

const VIEW = `
SELECT a.*, k.name AS certificate_name, c.number AS certificate_number,
  ARRAY(SELECT f.field FROM anomaly_case_field f WHERE f.anomaly_case_id = a.id ORDER BY f.field) AS fields,
  (SELECT count(*)::int FROM anomaly_transfer t WHERE t.anomaly_case_id = a.id) AS transfers,
  (SELECT count(*)::int FROM anomaly_told_user u WHERE u.anomaly_case_id = a.id) AS told_users,
  (SELECT min(d.due_at) FROM deadline d WHERE d.case_kind = 'anomalyCase' AND d.case_id = a.id AND d.closed_at IS NULL) AS due_at
FROM anomaly_case a
JOIN certificate c ON c.id = a.certificate_id
JOIN certificate_version v ON v.id = a.certificate_version_id
JOIN catalog_entry_version k ON k.id = v.catalog_entry_version_id
WHERE a.id = ANY (:ids::uuid[])`;

/**
 * The cases with these ids, in their order, as the principal sees them; that he may see them was asked of the row policies
 * before. Runs as the product, because a case that was transferred is about a certificate of another authority.
 */
export async function anomalyViews(
  transaction: Knex.Transaction,
  principal: Principal,
  ids: readonly string[],
  /** With it the view says what the office last said; lists do without. */
  cipher: PersonalDataCipher | null,
): Promise<readonly AnomalyCaseView[]> {
  const { rows } = await transaction.raw<{ rows: ViewRow[] }>(VIEW, { ids: [...ids] });
  const { rows: objections } = await transaction.raw<{ rows: ObjectionViewRow[] }>(
    `SELECT o.*, (SELECT count(*)::int FROM anomaly_contact_attempt t WHERE t.anomaly_objection_id = o.id) AS attempts
     FROM anomaly_objection o WHERE o.anomaly_case_id = ANY (?::uuid[]) ORDER BY o.ordinal`,
    [[...ids]],
  );
  return ids.flatMap((id) => {
    const row = rows.find((candidate) => candidate.id === id);
    const own = objections.filter((objection) => objection.anomaly_case_id === id);
    return row === undefined ? [] : [viewOf(row, own, principal, cipher)];
  });
}

/** Whether a person sees a case as the office does, and not only as somebody who objected. */
export function isOfOffice(principal: Principal, authorityId: string, trade: string): boolean {
  if (principal.kind === 'system') return true;
  if (principal.kind !== 'person') return false;
  const { everything, authorityIds, trades, pairs } = principal.scope;
  return (
    everything ||
    authorityIds.includes(authorityId) ||
    trades.includes(trade) ||
    pairs.includes(`${authorityId}:${trade}`)
  );
}

function viewOf(
  row: ViewRow,
  objections: readonly ObjectionViewRow[],
  principal: Principal,
  cipher: PersonalDataCipher | null,
): AnomalyCaseView {
  const name = principalName(principal);
  const ofOffice = isOfOffice(principal, row.authority_id, row.trade);
  const shown = objections.filter((objection) => ofOffice || objection.principal === name);
  return {
    id: row.id,
    number: row.number,
    state: row.state,
    authorityId: row.authority_id,
    issuingAuthorityId: row.issuing_authority_id,
    certificateId: row.certificate_id,
    certificateVersionId: row.certificate_version_id,
    certificateName: row.certificate_name,
    certificateNumber: row.certificate_number,
    fields: row.fields,
    objections: shown.map((objection) => objectionView(objection, name)),
    conclusion: row.conclusion,
    reason:
      cipher === null || row.reason_cipher === null
        ? null
        : cipher.decrypt(row.reason_cipher, cipherPlace('anomaly_case.reason_cipher', row.id)),
    changeId: row.change_id,
    handOver: row.hand_over,
    transfers: row.transfers,
    toldUsers: row.told_users,
    filedAt: shanghaiInstant(row.filed_at.getTime()),
    acceptedAt: instantOrNull(row.accepted_at),
    decidedAt: instantOrNull(row.decided_at),
    repliedAt: instantOrNull(row.replied_at),
    closedAt: instantOrNull(row.closed_at),
    dueAt: instantOrNull(row.due_at),
    availableOperations: [...operationsOf(row, principal), ...operationsOfObjector(row, objections, name)],
  };
}

/** From the table and the person's roles; whether the role is held at this very authority is asked when he acts. */
function operationsOf(row: ViewRow, principal: Principal): readonly AnomalyOperation[] {
  return principal.kind === 'person' && mayInvestigate(row, principal)
    ? availableAnomalyOperations(row.state, 'investigator')
    : [];
}

function mayInvestigate(row: ViewRow, person: PersonPrincipal): boolean {
  return (
    person.roles.includes('investigator') &&
    person.personId !== row.operator_id &&
    isOfOffice(person, row.authority_id, row.trade)
  );
}

function operationsOfObjector(
  row: ViewRow,
  objections: readonly ObjectionViewRow[],
  name: string,
): readonly AnomalyOperation[] {
  const objects = objections.some(
    (objection) => objection.principal === name && objection.withdrawn_at === null,
  );
  return objects ? availableAnomalyOperations(row.state, 'objector') : [];
}

function objectionView(row: ObjectionViewRow, name: string): ObjectionView {
  return {
    id: row.id,
    ordinal: row.ordinal,
    objectorKind: row.objector_kind,
    isGovernment: row.is_government,
    isMine: row.principal === name,
    fields: row.fields,
    attachmentIds: row.attachment_ids,
    filedAt: shanghaiInstant(row.filed_at.getTime()),
    withdrawnAt: instantOrNull(row.withdrawn_at),
    repliedAt: instantOrNull(row.replied_at),
    receivedAt: instantOrNull(row.received_at),
    receivedHow: row.received_how,
    contactAttempts: row.attempts,
  };
}

function instantOrNull(instant: Date | null): string | null {
  return instant === null ? null : shanghaiInstant(instant.getTime());
}
