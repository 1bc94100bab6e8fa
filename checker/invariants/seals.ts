import type { Check } from '../invariant';
import { countOf, findingsOf } from '../invariant';

const SEALED_TWICE = `
SELECT certificate_version_id AS id,
  format('%s place %s bears %s signatures', file_kind, seal_ordinal, count(*)) AS what
FROM seal_signature GROUP BY certificate_version_id, file_kind, seal_ordinal HAVING count(*) > 1`;

/** Which seals a type needs stands in the version of the catalogue entry that the certificate is pinned to (art. 11). */
const SEAL_MISSING = `
SELECT v.id, format('%s place %s bears no seal', f.kind, s.place->>'ordinal') AS what
FROM certificate_version v
JOIN catalog_entry_version k ON k.id = v.catalog_entry_version_id
CROSS JOIN LATERAL jsonb_array_elements(k.definition->'requiredSeals') AS s(place)
CROSS JOIN (VALUES ('ofd'), ('pdf')) AS f(kind)
WHERE v.issued_at IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM seal_signature g WHERE g.certificate_version_id = v.id AND g.file_kind = f.kind
    AND g.seal_ordinal = (s.place->>'ordinal')::int)`;

const SEAL_NOT_REQUIRED = `
SELECT g.certificate_version_id AS id, format('%s place %s is none of the type', g.file_kind, g.seal_ordinal) AS what
FROM seal_signature g
JOIN certificate_version v ON v.id = g.certificate_version_id
JOIN catalog_entry_version k ON k.id = v.catalog_entry_version_id
WHERE NOT EXISTS (SELECT 1 FROM jsonb_array_elements(k.definition->'requiredSeals') AS s(place)
  WHERE (s.place->>'ordinal')::int = g.seal_ordinal)`;

/** 用印台账: every signature is one use of its seal, and every use one signature. */
const USE_MISMATCH = `
SELECT coalesce(g.sealing_intent_id, u.sealing_intent_id) AS id,
  CASE WHEN g.sealing_intent_id IS NULL THEN 'a use of a seal without its signature'
    ELSE format('a signature with %s entries in the register of uses', coalesce(u.uses, 0)) END AS what
FROM (SELECT DISTINCT sealing_intent_id FROM seal_signature) g
FULL JOIN (SELECT sealing_intent_id, count(*) AS uses FROM seal_use GROUP BY sealing_intent_id) u
  ON u.sealing_intent_id = g.sealing_intent_id
WHERE g.sealing_intent_id IS NULL OR coalesce(u.uses, 0) <> 1`;

const INTENT_MISSING = `
SELECT g.certificate_version_id AS id,
  format('%s place %s was sealed %s', g.file_kind, g.seal_ordinal, CASE
    WHEN i.id IS NULL THEN 'without an intent'
    WHEN i.prepared_at > g.sealed_at THEN 'before its intent was written'
    WHEN i.state <> 'redeemed' THEN format('while its intent is %s', i.state)
    ELSE 'by the intent of another place' END) AS what
FROM seal_signature g LEFT JOIN sealing_intent i ON i.id = g.sealing_intent_id
WHERE i.id IS NULL OR i.prepared_at > g.sealed_at OR i.state <> 'redeemed'
   OR (i.certificate_version_id, i.file_kind, i.seal_ordinal) <> (g.certificate_version_id, g.file_kind, g.seal_ordinal)`;

const REDEEMED_WITHOUT_SIGNATURE = `
SELECT i.id, 'redeemed, but there is no signature of it' AS what
FROM sealing_intent i LEFT JOIN seal_signature g ON g.sealing_intent_id = i.id
WHERE i.state = 'redeemed' AND g.sealing_intent_id IS NULL`;

/** A case that is over leaves no intent that somebody might still redeem. */
const INTENT_LEFT_OPEN = `
SELECT n.id, format('open, while its case is %s', i.state) AS what
FROM sealing_intent n JOIN issuance i ON i.id = n.issuance_id
WHERE n.state = 'open' AND i.closed_at IS NOT NULL`;

/** I3: one seal signature per version, file kind and required seal. */
export const checkSealsOnce: Check = async ({ register }) => ({
  invariant: 'I3',
  title: 'one seal signature per version, file kind and required seal',
  checked: await countOf(register, 'SELECT count(*) FROM seal_signature'),
  findings: [
    ...(await findingsOf(register, SEALED_TWICE)),
    ...(await findingsOf(register, SEAL_MISSING)),
    ...(await findingsOf(register, SEAL_NOT_REQUIRED)),
    ...(await findingsOf(register, USE_MISMATCH)),
  ],
});

/** I6: every seal has an older intent, and no intent is left behind. */
export const checkIntents: Check = async ({ register }) => ({
  invariant: 'I6',
  title: 'every seal has an older intent',
  checked: await countOf(register, 'SELECT count(*) FROM sealing_intent'),
  findings: [
    ...(await findingsOf(register, INTENT_MISSING)),
    ...(await findingsOf(register, REDEEMED_WITHOUT_SIGNATURE)),
    ...(await findingsOf(register, INTENT_LEFT_OPEN)),
  ],
});
