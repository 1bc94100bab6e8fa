import type { Check } from '../invariant';
import { countOf, findingsOf } from '../invariant';

const NUMBER_TWICE = `
SELECT string_agg(c.id::text, ' ' ORDER BY c.id) AS id,
  format('%s certificates of one type and authority bear the same number', count(*)) AS what
FROM certificate c
WHERE EXISTS (SELECT 1 FROM certificate_version v WHERE v.certificate_id = c.id AND v.issued_at IS NOT NULL)
GROUP BY c.catalog_entry_id, c.authority_id, c.number HAVING count(*) > 1`;

const IDENTIFIER_TWICE = `
SELECT string_agg(id::text, ' ' ORDER BY id) AS id, format('%s versions bear one identifier', count(*)) AS what
FROM certificate_version WHERE state <> 'draft' GROUP BY identifier HAVING count(*) > 1`;

/** Every number that the counter passed has a record; the record says what became of it. */
const SERIES_WITH_HOLES = `
SELECT format('%s/%s/%s', n.authority_id, n.catalog_entry_id, n.year) AS id,
  format('the counter stands before %s, the records are %s from %s to %s', n.next_sequence, count(r.sequence),
    min(r.sequence), max(r.sequence)) AS what
FROM number_counter n LEFT JOIN number_record r USING (authority_id, catalog_entry_id, year)
GROUP BY n.authority_id, n.catalog_entry_id, n.year, n.next_sequence
HAVING count(r.sequence) <> n.next_sequence - 1 OR count(DISTINCT r.sequence) <> count(r.sequence)
  OR coalesce(min(r.sequence), 1) <> 1 OR coalesce(max(r.sequence), 0) <> n.next_sequence - 1`;

const RECORD_WITHOUT_COUNTER = `
SELECT format('%s/%s/%s/%s', r.authority_id, r.catalog_entry_id, r.year, r.sequence) AS id,
  'a number was given out that no counter knows' AS what
FROM number_record r LEFT JOIN number_counter n USING (authority_id, catalog_entry_id, year)
WHERE n.year IS NULL`;

/** Reserved: its case is open. Used: its certificate was issued under it. Gap: it says why. */
const RECORD_UNEXPLAINED = `
SELECT r.issuance_id AS id, format('number %s/%s is %s while its case is %s', r.year, r.sequence, r.state, i.state) AS what
FROM number_record r JOIN issuance i ON i.id = r.issuance_id
LEFT JOIN certificate c ON c.created_by_issuance_id = i.id
WHERE (r.state = 'reserved' AND i.closed_at IS NOT NULL)
   OR (r.state = 'used' AND (i.state <> 'issued' OR c.number IS DISTINCT FROM r.number))
   OR (r.state = 'gap' AND (coalesce(r.gap_reason, '') = '' OR i.state = 'issued'))`;

const NUMBER_WITHOUT_RECORD = `
SELECT c.id, 'issued under a number of the register that has no record' AS what
FROM certificate c
JOIN certificate_version v ON v.certificate_id = c.id AND v.issued_at IS NOT NULL AND v.version = '001'
JOIN catalog_entry_version k ON k.id = v.catalog_entry_version_id
LEFT JOIN number_record r ON r.issuance_id = c.created_by_issuance_id AND r.state = 'used'
WHERE k.definition->'numberedBy'->>'by' = 'register' AND r.issuance_id IS NULL`;

const SEVERAL_RECORDS = `
SELECT issuance_id AS id, format('%s numbers were given to one case', count(*)) AS what
FROM number_record GROUP BY issuance_id HAVING count(*) > 1`;

/** I2: numbers are unique, and every gap in a series is explained by a record. */
export const checkNumbers: Check = async ({ register }) => ({
  invariant: 'I2',
  title: 'certificate numbers unique, gaps explained by a record',
  checked:
    (await countOf(register, 'SELECT count(*) FROM certificate')) +
    (await countOf(register, 'SELECT count(*) FROM number_record')),
  findings: [
    ...(await findingsOf(register, NUMBER_TWICE)),
    ...(await findingsOf(register, IDENTIFIER_TWICE)),
    ...(await findingsOf(register, SERIES_WITH_HOLES)),
    ...(await findingsOf(register, RECORD_WITHOUT_COUNTER)),
    ...(await findingsOf(register, RECORD_UNEXPLAINED)),
    ...(await findingsOf(register, NUMBER_WITHOUT_RECORD)),
    ...(await findingsOf(register, SEVERAL_RECORDS)),
  ],
});
