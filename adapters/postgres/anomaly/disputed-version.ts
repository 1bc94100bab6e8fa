import type { Knex } from 'knex';
import { introducedIn } from '../../../domain/anomaly/same-value';
import type { CatalogDefinition } from '../../../domain/catalog/catalog-entry';
import type { Face } from '../../../domain/catalog/face-schema';
import type { Principal } from '../../../domain/shared/principal';
import { principalName } from '../../../domain/shared/principal';
import type { NamedCertificate } from '../../../ports/anomaly-desk';
import type { PersonalDataCipher } from '../../../ports/personal-data-cipher';
import { cipherPlace } from '../../cipher/encrypted-columns';
import { NEWEST_ISSUED } from '../certificate/certificate-rows';
import type { Register } from '../register/register';
import { ANOMALY_DESK } from './anomaly-row';

/** The version that an objection is about, with what a case needs to know of it. */
export interface DisputedVersion {
  readonly id: string;
  readonly certificate_id: string;
  readonly authority_id: string;
  readonly trade: string;
  readonly number: string;
  readonly definition: CatalogDefinition;
  readonly issuance_id: string;
  readonly face_cipher: Buffer;
}

const DISPUTED = `
SELECT v.id, v.certificate_id, v.authority_id, v.trade, c.number, k.definition, v.issuance_id, v.face_cipher
FROM certificate_version v
JOIN certificate c ON c.id = v.certificate_id
JOIN catalog_entry_version k ON k.id = v.catalog_entry_version_id`;

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

/** A version in the line that leads to a disputed one. */
export interface VersionInLine {
  readonly id: string;
  readonly issued_at: Date;
  readonly operator_id: string | null;
  readonly face: Face;
}

/** A chain of versions is walked no further back than this: three digits number them all. */
const MAX_VERSIONS = 999;

/** A version and those before it that were issued, newest first, with their faces; runs as the product. */
export async function lineOfVersions(
  transaction: Knex.Transaction,
  cipher: PersonalDataCipher,
  versionId: string,
): Promise<readonly VersionInLine[]> {
  const { rows } = await transaction.raw<{
    rows: (Omit<VersionInLine, 'face'> & { readonly face_cipher: Buffer })[];
  }>(
    `WITH RECURSIVE line AS (
       SELECT v.id, v.previous_version_id, v.issuance_id, v.face_cipher, v.issued_at, 1 AS depth
       FROM certificate_version v WHERE v.id = ?
       UNION ALL
       SELECT p.id, p.previous_version_id, p.issuance_id, p.face_cipher, p.issued_at, line.depth + 1
       FROM certificate_version p JOIN line ON p.id = line.previous_version_id WHERE line.depth < ?)
     SELECT line.id, line.issued_at, line.face_cipher, i.operator_id
     FROM line JOIN issuance i ON i.id = line.issuance_id WHERE line.issued_at IS NOT NULL ORDER BY line.depth`,
    [versionId, MAX_VERSIONS],
  );
  return rows.map(({ face_cipher: face, ...version }) => ({
    ...version,
    face: JSON.parse(
      cipher.decrypt(face, cipherPlace('certificate_version.face_cipher', version.id)),
    ) as Face,
  }));
}

/** Who entered the disputed values, and so may not judge them; null when an agency's system did. */
export async function whoEntered(
  transaction: Knex.Transaction,
  cipher: PersonalDataCipher,
  versionId: string,
  fields: readonly string[],
): Promise<string | null> {
  const line = await lineOfVersions(transaction, cipher, versionId);
  const index = introducedIn(
    line.map(({ face }) => face),
    fields,
  );
  return line[index]?.operator_id ?? null;
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
