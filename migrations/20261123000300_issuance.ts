import type { Knex } from 'knex';

const AS_SENTENCES = `
COMMENT ON TABLE issuance IS 'One issuance case from an agency''s signed request, an operator''s form or a back entry (补录) to its only final state. The request is encrypted; the row is written before the caller is answered.';
COMMENT ON COLUMN issuance.revision IS 'Grows with each resubmission after a send-back, so that a decision on an older revision is refused.';
COMMENT ON COLUMN issuance.comparison_cipher IS 'How the request differs from the agency''s own record, both values, encrypted like the request itself.';
COMMENT ON COLUMN issuance.waiting_for IS 'What the case waits for in words of the office (agencyUnavailable, sealExpired ...), or null.';
COMMENT ON TABLE uniqueness_reservation IS 'The right to the one live certificate of a type for a holder or an asset, taken at step 1 and kept until that certificate ends; a row, not a check, so that two cases cannot both pass.';
COMMENT ON TABLE certificate IS 'An electronic certificate (电子证照) through all its versions.';
COMMENT ON TABLE certificate_version IS 'A version of a certificate: the unit that has a state. The face is encrypted; masked and public faces are what lists and verification show.';
COMMENT ON COLUMN certificate_version.verification_code_digest IS 'HMAC-SM3 of the unguessable code printed on the file; the code itself is encrypted beside it.';
COMMENT ON COLUMN certificate_version.marks IS 'Marks beside the state: underInvestigation, statusInDoubt, renewalPending.';
COMMENT ON TABLE certificate_holder IS 'Holders of a version in order, with shares; names and codes encrypted, found by HMAC-SM3.';
COMMENT ON TABLE number_record IS 'Every number the register gave out, and why one was not used: the numbers of an authority have no unexplained gap.';
COMMENT ON TABLE stored_file IS 'A file in the content-addressed store; written and flushed there before this row exists. Never deleted while a certificate refers to it.';
COMMENT ON TABLE sealing_intent IS 'What is about to be sealed: the digest of the prepared container, the exact bytes to be signed, and by which seal. Redeemed once; redeeming is the only step that touches a private key.';
COMMENT ON TABLE seal_signature IS 'The one signature of a seal on a file of a version; exists exactly once per version, file kind and required seal.';
COMMENT ON TABLE seal_use IS 'Register of every use of a seal (用印台账, art. 11). Append-only.';
COMMENT ON TABLE certificate_file IS 'The sealed files of a version by digest. Append-only: a delivered file never changes.';
COMMENT ON TABLE file_timestamp IS 'A timestamp token obtained for a sealed file, kept beside it; null until the timestamp authority answered.';
`;

/** Issuance cases and what they bring forth: certificates, versions, holders, numbers, sealing intents, files. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
CREATE TABLE issuance (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  state text NOT NULL CONSTRAINT issuance_state_known CHECK (state IN ('received','comparing','underReview','sentBack','approved','prepared','awaitingSeal','sealed','issued','refused','withdrawn')),
  origin text NOT NULL CONSTRAINT issuance_origin_known CHECK (origin IN ('agency','form','backEntry')),
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  catalog_entry_id uuid NOT NULL REFERENCES catalog_entry,
  catalog_entry_version_id uuid NOT NULL REFERENCES catalog_entry_version,
  agency_system_id uuid REFERENCES agency_system,
  operator_id uuid REFERENCES person,
  business_number text NOT NULL,
  decided_at timestamptz NOT NULL,
  request_cipher bytea NOT NULL,
  uniqueness_digest bytea NOT NULL,
  callback_url text,
  revision integer NOT NULL DEFAULT 1,
  comparison_outcome text CONSTRAINT issuance_comparison_known CHECK (comparison_outcome IN ('same','different','agencyRecordNotFound','notCompared')),
  comparison_cipher bytea,
  waiting_for text,
  state_reason jsonb,
  certificate_id uuid,
  certificate_version_id uuid,
  received_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  closed_at timestamptz,
  CONSTRAINT issuance_has_one_initiator CHECK ((agency_system_id IS NULL) <> (operator_id IS NULL)),
  CONSTRAINT issuance_closed_when_final CHECK ((state IN ('issued','refused','withdrawn')) = (closed_at IS NOT NULL)),
  CONSTRAINT issuance_issued_has_certificate CHECK (state <> 'issued' OR certificate_version_id IS NOT NULL),
  CONSTRAINT issuance_ending_has_reason CHECK (state NOT IN ('refused','sentBack') OR state_reason IS NOT NULL)
);
CREATE INDEX issuance_authority_index ON issuance (authority_id, received_at DESC, id);
CREATE INDEX issuance_open_index ON issuance (state) WHERE closed_at IS NULL;

CREATE TABLE uniqueness_reservation (
  catalog_entry_id uuid NOT NULL REFERENCES catalog_entry,
  uniqueness_digest bytea NOT NULL,
  issuance_id uuid NOT NULL REFERENCES issuance,
  certificate_id uuid,
  reserved_at timestamptz NOT NULL,
  CONSTRAINT uniqueness_reservation_one_live_certificate PRIMARY KEY (catalog_entry_id, uniqueness_digest)
);

CREATE TABLE certificate (
  id uuid PRIMARY KEY,
  catalog_entry_id uuid NOT NULL REFERENCES catalog_entry,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  number text NOT NULL,
  created_by_issuance_id uuid NOT NULL CONSTRAINT certificate_one_per_issuance UNIQUE REFERENCES issuance,
  created_at timestamptz NOT NULL
);
CREATE INDEX certificate_number_index ON certificate (number);

CREATE TABLE certificate_version (
  id uuid PRIMARY KEY,
  certificate_id uuid NOT NULL REFERENCES certificate,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  version text NOT NULL CONSTRAINT certificate_version_form CHECK (version ~ '^[0-9]{3}$'),
  identifier text NOT NULL,
  state text NOT NULL CONSTRAINT certificate_version_state_known CHECK (state IN ('draft','underReview','awaitingSeal','notYetInForce','inForce','suspended','superseded','expired','cancelled','rescinded','recalled','transferredOut','revoked','voided')),
  marks text[] NOT NULL DEFAULT '{}' CONSTRAINT certificate_version_marks_known CHECK (marks <@ ARRAY['underInvestigation','statusInDoubt','renewalPending']),
  catalog_entry_version_id uuid NOT NULL REFERENCES catalog_entry_version,
  issuance_id uuid NOT NULL CONSTRAINT certificate_version_one_per_issuance UNIQUE REFERENCES issuance,
  previous_version_id uuid CONSTRAINT certificate_version_one_successor UNIQUE REFERENCES certificate_version,
  face_cipher bytea NOT NULL,
  masked_face jsonb NOT NULL,
  public_face jsonb NOT NULL,
  masked_holders jsonb NOT NULL,
  verification_code_digest bytea NOT NULL CONSTRAINT certificate_version_code_unique UNIQUE,
  verification_code_cipher bytea NOT NULL,
  valid_from date NOT NULL,
  valid_until date,
  issued_on date NOT NULL,
  prepared_at timestamptz NOT NULL,
  issued_at timestamptz,
  ended_at timestamptz,
  CONSTRAINT certificate_version_number_unique UNIQUE (certificate_id, version),
  CONSTRAINT certificate_version_period CHECK (valid_until IS NULL OR valid_until >= valid_from),
  CONSTRAINT certificate_version_effective_when_issued CHECK (state IN ('draft','underReview','awaitingSeal','voided') OR issued_at IS NOT NULL)
);
CREATE UNIQUE INDEX certificate_version_identifier_unique ON certificate_version (identifier) WHERE state <> 'draft';
CREATE INDEX certificate_version_identifier_index ON certificate_version (identifier);
CREATE INDEX certificate_version_newest_index ON certificate_version (issued_at DESC, id) WHERE issued_at IS NOT NULL;
CREATE INDEX certificate_version_of_certificate_index ON certificate_version (certificate_id, version);
ALTER TABLE issuance ADD CONSTRAINT issuance_certificate FOREIGN KEY (certificate_id) REFERENCES certificate;
ALTER TABLE issuance ADD CONSTRAINT issuance_certificate_version FOREIGN KEY (certificate_version_id) REFERENCES certificate_version;
ALTER TABLE uniqueness_reservation ADD CONSTRAINT uniqueness_reservation_certificate FOREIGN KEY (certificate_id) REFERENCES certificate;

CREATE TABLE certificate_number (
  catalog_entry_id uuid NOT NULL REFERENCES catalog_entry,
  authority_id uuid NOT NULL REFERENCES authority,
  number text NOT NULL,
  certificate_id uuid NOT NULL REFERENCES certificate,
  CONSTRAINT certificate_number_unique PRIMARY KEY (catalog_entry_id, authority_id, number)
);
COMMENT ON TABLE certificate_number IS 'Numbers are unique per type and authority; a voided preparation gives its number back here, while number_record keeps the trace.';

CREATE TABLE number_record (
  authority_id uuid NOT NULL REFERENCES authority,
  catalog_entry_id uuid NOT NULL REFERENCES catalog_entry,
  year integer NOT NULL,
  sequence bigint NOT NULL,
  number text NOT NULL,
  issuance_id uuid NOT NULL CONSTRAINT number_record_one_per_issuance UNIQUE REFERENCES issuance,
  state text NOT NULL CONSTRAINT number_record_state_known CHECK (state IN ('reserved','used','gap')),
  gap_reason text,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (authority_id, catalog_entry_id, year, sequence),
  CONSTRAINT number_record_gap_has_reason CHECK ((state = 'gap') = (gap_reason IS NOT NULL))
);

CREATE TABLE certificate_holder (
  certificate_version_id uuid NOT NULL REFERENCES certificate_version,
  ordinal integer NOT NULL CONSTRAINT certificate_holder_ordinal_positive CHECK (ordinal > 0),
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  kind text NOT NULL CONSTRAINT certificate_holder_kind_known CHECK (kind IN ('person','organisation','unincorporated')),
  name_cipher bytea NOT NULL,
  name_lookup bytea NOT NULL,
  code_type text,
  code_cipher bytea,
  code_lookup bytea,
  share text,
  PRIMARY KEY (certificate_version_id, ordinal)
);
CREATE INDEX certificate_holder_code_index ON certificate_holder (code_lookup);
CREATE INDEX certificate_holder_name_index ON certificate_holder (name_lookup);

CREATE TABLE stored_file (
  digest text PRIMARY KEY CONSTRAINT stored_file_digest_form CHECK (digest ~ '^[0-9a-f]{64}$'),
  size_bytes integer NOT NULL CONSTRAINT stored_file_not_empty CHECK (size_bytes > 0),
  media_type text NOT NULL,
  stored_at timestamptz NOT NULL
);

CREATE TABLE sealing_intent (
  id uuid PRIMARY KEY,
  issuance_id uuid NOT NULL REFERENCES issuance,
  certificate_version_id uuid NOT NULL REFERENCES certificate_version,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  file_kind text NOT NULL CONSTRAINT sealing_intent_file_kind_known CHECK (file_kind IN ('ofd','pdf')),
  seal_ordinal integer NOT NULL CONSTRAINT sealing_intent_ordinal_positive CHECK (seal_ordinal > 0),
  seal_id uuid NOT NULL REFERENCES seal,
  mandate_id uuid REFERENCES seal_use_mandate,
  container_digest text NOT NULL REFERENCES stored_file,
  to_be_signed bytea NOT NULL,
  finishing jsonb NOT NULL,
  signed_at_claim timestamptz NOT NULL,
  state text NOT NULL CONSTRAINT sealing_intent_state_known CHECK (state IN ('open','redeemed','voided')),
  void_reason text,
  prepared_at timestamptz NOT NULL,
  closed_at timestamptz,
  CONSTRAINT sealing_intent_void_has_reason CHECK ((state = 'voided') = (void_reason IS NOT NULL)),
  CONSTRAINT sealing_intent_closed CHECK ((state = 'open') = (closed_at IS NULL))
);
CREATE UNIQUE INDEX sealing_intent_one_per_seal ON sealing_intent (certificate_version_id, file_kind, seal_ordinal) WHERE state <> 'voided';
CREATE INDEX sealing_intent_issuance_index ON sealing_intent (issuance_id);

CREATE TABLE seal_signature (
  sealing_intent_id uuid PRIMARY KEY REFERENCES sealing_intent,
  certificate_version_id uuid NOT NULL REFERENCES certificate_version,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  file_kind text NOT NULL,
  seal_ordinal integer NOT NULL,
  signature bytea NOT NULL,
  sealed_digest text NOT NULL REFERENCES stored_file,
  sealed_at timestamptz NOT NULL,
  CONSTRAINT seal_signature_once UNIQUE (certificate_version_id, file_kind, seal_ordinal)
);

CREATE TABLE seal_use (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  sealing_intent_id uuid NOT NULL CONSTRAINT seal_use_once UNIQUE REFERENCES sealing_intent,
  seal_id uuid NOT NULL REFERENCES seal,
  mandate_id uuid REFERENCES seal_use_mandate,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  used_at timestamptz NOT NULL
);
CREATE INDEX seal_use_mandate_count_index ON seal_use (mandate_id);

CREATE TABLE certificate_file (
  certificate_version_id uuid NOT NULL REFERENCES certificate_version,
  file_kind text NOT NULL CONSTRAINT certificate_file_kind_known CHECK (file_kind IN ('ofd','pdf')),
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  digest text NOT NULL REFERENCES stored_file,
  recorded_at timestamptz NOT NULL,
  PRIMARY KEY (certificate_version_id, file_kind)
);
CREATE INDEX certificate_file_digest_index ON certificate_file (digest);

CREATE TABLE file_timestamp (
  digest text NOT NULL REFERENCES stored_file,
  requested_at timestamptz NOT NULL,
  token bytea,
  obtained_at timestamptz,
  attempts integer NOT NULL DEFAULT 0,
  last_error text,
  PRIMARY KEY (digest)
);
CREATE INDEX file_timestamp_backlog_index ON file_timestamp (requested_at) WHERE token IS NULL;

CREATE TABLE attachment (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  authority_id uuid NOT NULL REFERENCES authority,
  digest text NOT NULL REFERENCES stored_file,
  file_name_cipher bytea NOT NULL,
  media_type text NOT NULL,
  uploaded_by text NOT NULL,
  uploaded_at timestamptz NOT NULL
);
COMMENT ON TABLE attachment IS 'A file that belongs to a request or a decision; its name may be personal and is encrypted.';

CREATE TABLE issuance_draft (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  operator_id uuid NOT NULL REFERENCES person,
  catalog_entry_id uuid NOT NULL REFERENCES catalog_entry,
  body_cipher bytea NOT NULL,
  revision integer NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL
);
COMMENT ON TABLE issuance_draft IS 'A form an operator has begun; nothing of it counts until it is submitted.';
${AS_SENTENCES}
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
ALTER TABLE issuance DROP CONSTRAINT issuance_certificate, DROP CONSTRAINT issuance_certificate_version;
DROP TABLE issuance_draft, attachment, file_timestamp, certificate_file, seal_use, seal_signature, sealing_intent, stored_file, certificate_holder, number_record, certificate_number, uniqueness_reservation, certificate_version, certificate, issuance;
`);
}
