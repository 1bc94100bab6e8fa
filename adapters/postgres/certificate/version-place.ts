import type { Knex } from 'knex';
import type { IssuanceRow } from '../issuance/issuance-row';
import { deterministicId } from '../register/deterministic-id';

/** Which version of which certificate a case brings forth; the same at every repetition. */
export interface VersionPlace {
  readonly certificateId: string;
  readonly versionId: string;
  readonly version: string;
  readonly previousVersionId: string | null;
  /** The case from which a serial is made where the number does not fit into an identifier; the same for all versions. */
  readonly serialOf: string;
}

const FIRST_VERSION = '001';
const LAST_VERSION = 999;

interface CertificateRow {
  readonly created_by_issuance_id: string;
  readonly last_version: string | null;
}

/**
 * A new issue makes a certificate with its first version; the case of a change makes the next version of the certificate,
 * after all that were ever sealed, also one that never came into force. Throws past version 999, which the identifier
 * (GB/T 36904) cannot write.
 */
export async function versionPlace(transaction: Knex.Transaction, row: IssuanceRow): Promise<VersionPlace> {
  if (row.certificate_change_id === null) {
    return {
      certificateId: deterministicId('certificate', row.id),
      versionId: deterministicId('certificateVersion', row.id, FIRST_VERSION),
      version: FIRST_VERSION,
      previousVersionId: null,
      serialOf: row.id,
    };
  }
  const { rows } = await transaction.raw<{ rows: CertificateRow[] }>(
    `SELECT c.created_by_issuance_id, (SELECT max(v.version) FROM certificate_version v
       WHERE v.certificate_id = c.id AND v.state <> 'draft' AND v.issuance_id <> :issuance) AS last_version
     FROM certificate c WHERE c.id = :certificate`,
    { issuance: row.id, certificate: row.certificate_id },
  );
  const [certificate] = rows;
  if (certificate === undefined || row.certificate_id === null) {
    throw new Error(`issuance ${row.id} has no certificate`);
  }
  const next = Number(certificate.last_version ?? '0') + 1;
  if (next > LAST_VERSION) throw new RangeError(`certificate ${row.certificate_id} has ${next} versions`);
  return {
    certificateId: row.certificate_id,
    versionId: deterministicId('certificateVersion', row.id),
    version: String(next).padStart(FIRST_VERSION.length, '0'),
    previousVersionId: row.previous_version_id,
    serialOf: certificate.created_by_issuance_id,
  };
}
