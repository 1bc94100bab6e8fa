import type { Knex } from 'knex';
import type { CatalogDefinition } from '../../domain/catalog/catalog-entry';
import type { Principal } from '../../domain/shared/principal';
import { principalName } from '../../domain/shared/principal';
import type { NamedCertificate } from '../../ports/anomaly-desk';
import type { PersonalDataCipher } from '../../ports/personal-data-cipher';
import { ANOMALY_DESK } from './anomaly-row';
import { NEWEST_ISSUED } from './certificate-rows';
import type { Register } from './register';

/** The version that an objection is about, with what a case needs to know of it. */
export interface DisputedVersion {
  readonly id: string;
  readonly certificate_id: string;
  readonly authority_id: string;
  readonly trade: string;
  readonly number: string;
  readonly definition: CatalogDefinition;
  readonly issuance_id: string;
  /** Who entered it; null when an agency system did. */
  readonly operator_id: string | null;
  readonly face_cipher: Buffer;
  readonly previous_version_id: string | null;
  readonly issued_at: Date;
}

const DISPUTED = `
SELECT v.id, v.certificate_id, v.authority_id, v.trade, c.number, k.definition, v.issuance_id, i.operator_id,
       v.face_cipher, v.previous_version_id, v.issued_at
FROM certificate_version v
JOIN certificate c ON c.id = v.certificate_id
JOIN catalog_entry_version k ON k.id = v.catalog_entry_version_id
JOIN issuance i ON i.id = v.issuance_id`;

/** A version of the register by its id, whoever may see it; runs as the product. Throws when there is none. */
export async function disputedVersion(
  transaction: Knex.Transaction,
  versionId: string,
): Promise<DisputedVersion> {
  const { rows } = await transaction.raw<{ rows: DisputedVersion[] }>(`${DISPUTED} WHERE v.id = ?`, [
    versionId,
  ]);
  const [row] = rows;
  if (row === undefined) throw new Error(`version ${versionId} is not in the register`);
  return row;
}

/** The newest issued version of a certificate, locked with the certificate, so that objections to it come one by one. */
export async function lockDisputedVersion(
  transaction: Knex.Transaction,
  certificateId: string,
): Promise<DisputedVersion | null> {
  await transaction('certificate').where({ id: certificateId }).forUpdate().first('id');
  const { rows } = await transaction.raw<{ rows: DisputedVersion[] }>(
    `${DISPUTED} WHERE c.id = ? AND ${NEWEST_ISSUED}`,
    [certificateId],
  );
  return rows[0] ?? null;
}

/**
 * The certificate that a principal names, if he may know of it; null otherwise. Holders and staff see it within their scope;
 * whoever holds the file names it by the code or identifier printed on it; a relying party names by id only what it has read.
 */
export async function namedCertificate(
  register: Register,
  cipher: PersonalDataCipher,
  principal: Principal,
  named: NamedCertificate,
): Promise<string | null> {
  switch (named.by) {
    case 'verificationCode':
      return first(register, ANOMALY_DESK, 'v.verification_code_digest = ?', [
        cipher.lookup('verificationCode', named.code),
      ]);
    case 'identifier':
      return first(register, ownerOfSight(principal), 'v.identifier = ?', [named.identifier]);
    case 'id':
      return principal.kind === 'relyingParty'
        ? first(
            register,
            ANOMALY_DESK,
            `v.certificate_id = ? AND EXISTS (SELECT 1 FROM read_audit r
               WHERE r.resource_kind = 'certificate' AND r.resource_id = v.certificate_id AND r.principal_id = ?)`,
            [named.id, principalName(principal)],
          )
        : first(register, principal, 'v.certificate_id = ?', [named.id]);
  }
}

/** A relying party sees no row of the register; the identifier on the file that it holds is what it knows. */
function ownerOfSight(principal: Principal): Principal {
  return principal.kind === 'relyingParty' ? ANOMALY_DESK : principal;
}

async function first(
  register: Register,
  principal: Principal,
  condition: string,
  bindings: readonly Knex.RawBinding[],
): Promise<string | null> {
  const { rows } = await register.within(principal, (transaction) =>
    transaction.raw<{ rows: { certificate_id: string }[] }>(
      `SELECT v.certificate_id FROM certificate_version v WHERE v.issued_at IS NOT NULL AND ${condition} LIMIT 1`,
      [...bindings],
    ),
  );
  return rows[0]?.certificate_id ?? null;
}
