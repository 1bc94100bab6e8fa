import type { Check } from '../invariant';
import { countOf, findingsOf } from '../invariant';

/** States in which a version is nobody's but the office's. */
const NOT_EFFECTIVE = `('draft', 'underReview', 'awaitingSeal', 'voided')`;

const EFFECTIVE_UNISSUED = `
SELECT id, format('%s without having been issued', state) AS what
FROM certificate_version WHERE state NOT IN ${NOT_EFFECTIVE} AND issued_at IS NULL`;

const ISSUED_UNSEALED = `
SELECT v.id, format('issued with %s of 2 sealed files', count(f.digest) FILTER (WHERE s.digest IS NOT NULL)) AS what
FROM certificate_version v
LEFT JOIN certificate_file f ON f.certificate_version_id = v.id
LEFT JOIN stored_file s ON s.digest = f.digest
WHERE v.issued_at IS NOT NULL
GROUP BY v.id HAVING count(DISTINCT f.file_kind) FILTER (WHERE s.digest IS NOT NULL) <> 2 OR count(f.digest) <> 2`;

const SEALED_AFTER_ISSUE = `
SELECT v.id, format('the %s was sealed after it was issued', g.file_kind) AS what
FROM certificate_version v JOIN seal_signature g ON g.certificate_version_id = v.id
WHERE v.issued_at < g.sealed_at`;

const STORED_AFTER_ISSUE = `
SELECT v.id, format('the %s was stored after it was issued', f.file_kind) AS what
FROM certificate_version v JOIN certificate_file f ON f.certificate_version_id = v.id
JOIN stored_file s ON s.digest = f.digest WHERE v.issued_at < s.stored_at`;

const FILE_UNISSUED = `
SELECT v.id, 'it has final files but was not issued' AS what
FROM certificate_version v WHERE v.issued_at IS NULL AND v.state <> 'voided'
  AND EXISTS (SELECT 1 FROM certificate_file f WHERE f.certificate_version_id = v.id)`;

const DELIVERED_EARLY = `
SELECT d.id, CASE WHEN v.issued_at IS NULL THEN 'a delivery of what was not issued'
  ELSE 'delivered before it was issued' END AS what
FROM delivery d JOIN certificate_version v ON v.id = d.certificate_version_id
WHERE v.issued_at IS NULL OR d.created_at < v.issued_at OR d.delivered_at < v.issued_at`;

const REPORTED_EARLY = `
SELECT u.id, 'reported upwards before it was issued' AS what
FROM up_report u JOIN certificate_version v ON v.id = u.certificate_version_id
WHERE v.issued_at IS NULL OR u.created_at < v.issued_at`;

const PUBLIC_EARLY = `
SELECT p.certificate_version_id AS id, 'verified by the public before it was issued' AS what
FROM verification_count p JOIN certificate_version v ON v.id = p.certificate_version_id
WHERE v.issued_at IS NULL`;

/** I4: nothing is delivered, reported or public before it is sealed and stored (art. 3). */
export const checkOrder: Check = async ({ register }) => ({
  invariant: 'I4',
  title: 'nothing delivered, ingested or public before it is sealed and stored',
  checked: await countOf(register, 'SELECT count(*) FROM certificate_version'),
  findings: [
    ...(await findingsOf(register, EFFECTIVE_UNISSUED)),
    ...(await findingsOf(register, ISSUED_UNSEALED)),
    ...(await findingsOf(register, SEALED_AFTER_ISSUE)),
    ...(await findingsOf(register, STORED_AFTER_ISSUE)),
    ...(await findingsOf(register, FILE_UNISSUED)),
    ...(await findingsOf(register, DELIVERED_EARLY)),
    ...(await findingsOf(register, REPORTED_EARLY)),
    ...(await findingsOf(register, PUBLIC_EARLY)),
  ],
});
