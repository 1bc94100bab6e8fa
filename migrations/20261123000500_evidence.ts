import type { Knex } from 'knex';

/** Evidence that is only ever added to: events, log, read-audit, and the triggers that say no to anything else. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
CREATE TABLE event (
  id uuid PRIMARY KEY,
  kind text NOT NULL,
  case_kind text,
  case_id uuid,
  certificate_id uuid REFERENCES certificate,
  certificate_version_id uuid REFERENCES certificate_version,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  operation_code text,
  actor jsonb NOT NULL,
  legal_ground jsonb,
  facts jsonb NOT NULL,
  occurred_at timestamptz NOT NULL,
  recorded_at timestamptz NOT NULL,
  CONSTRAINT event_about_something CHECK (case_id IS NOT NULL OR certificate_version_id IS NOT NULL)
);
CREATE INDEX event_case_index ON event (case_kind, case_id, recorded_at);
CREATE INDEX event_certificate_index ON event (certificate_id, recorded_at);
COMMENT ON TABLE event IS 'What happened to a case or a certificate, by whom, on what legal ground; ids and digests, never a face or a name. Append-only.';

CREATE TABLE event_log_leaf (
  event_id uuid PRIMARY KEY REFERENCES event,
  arrival bigint GENERATED ALWAYS AS IDENTITY,
  leaf bytea NOT NULL CONSTRAINT event_log_leaf_is_sm3 CHECK (octet_length(leaf) = 32)
);
CREATE INDEX event_log_leaf_arrival_index ON event_log_leaf (arrival);
COMMENT ON TABLE event_log_leaf IS 'SM3 over the canonical form of an event, written in the event''s own transaction. Append-only.';

CREATE TABLE event_log_pending (
  arrival bigint PRIMARY KEY,
  event_id uuid NOT NULL CONSTRAINT event_log_pending_once UNIQUE REFERENCES event_log_leaf
);
COMMENT ON TABLE event_log_pending IS 'Leaves that the sequencer has not chained yet, written with the leaf and removed with its link, so that chaining costs the same however long the log is. A queue, not evidence: a leaf without a link is what counts.';

CREATE TABLE event_log_link (
  position bigint PRIMARY KEY,
  event_id uuid NOT NULL CONSTRAINT event_log_link_once UNIQUE REFERENCES event_log_leaf,
  head bytea NOT NULL CONSTRAINT event_log_link_head_is_sm3 CHECK (octet_length(head) = 32)
);
COMMENT ON TABLE event_log_link IS 'The chain: head(n) = SM3(head(n-1) || leaf(n)). Written by the sequencer alone. Append-only.';

CREATE TABLE event_log_head (
  position bigint PRIMARY KEY REFERENCES event_log_link,
  head bytea NOT NULL,
  key_id text NOT NULL,
  signature bytea NOT NULL,
  signed_at timestamptz NOT NULL
);
COMMENT ON TABLE event_log_head IS 'Signed heads of the chain; a later log must extend every one of them. Append-only.';

CREATE TABLE read_audit (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  principal_kind text NOT NULL,
  principal_id text NOT NULL,
  authority_id uuid,
  purpose text NOT NULL,
  resource_kind text NOT NULL,
  resource_id uuid NOT NULL,
  certificate_version_id uuid,
  fields text[] NOT NULL,
  unmasked boolean NOT NULL,
  trace_id text NOT NULL,
  read_at timestamptz NOT NULL
);
CREATE INDEX read_audit_resource_index ON read_audit (resource_kind, resource_id, read_at);
CREATE INDEX read_audit_version_index ON read_audit (certificate_version_id, read_at);
COMMENT ON TABLE read_audit IS 'Every read of personal data: who, what, which fields and for what purpose (art. 23). Append-only, kept at least three years.';

CREATE TABLE security_event (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  kind text NOT NULL,
  principal text NOT NULL,
  detail jsonb NOT NULL,
  occurred_at timestamptz NOT NULL
);
COMMENT ON TABLE security_event IS 'Logins, lock-outs, refused signatures, unmasking, changes of roles and keys. Append-only, kept at least 184 days.';

CREATE TABLE verification_count (
  certificate_version_id uuid NOT NULL REFERENCES certificate_version,
  counted_on date NOT NULL,
  verifications bigint NOT NULL,
  PRIMARY KEY (certificate_version_id, counted_on)
);
COMMENT ON TABLE verification_count IS 'How often a certificate was verified anonymously on a day; who did so is not known and not asked.';

CREATE TABLE up_report (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  event_id uuid NOT NULL CONSTRAINT up_report_once UNIQUE REFERENCES event,
  certificate_version_id uuid NOT NULL REFERENCES certificate_version,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  operation_code text NOT NULL,
  state text NOT NULL CONSTRAINT up_report_state_known CHECK (state IN ('pending','reported','returned','quarantined')),
  receipt text,
  reason text,
  attempts integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT up_report_reported_has_receipt CHECK (state <> 'reported' OR receipt IS NOT NULL),
  CONSTRAINT up_report_return_has_reason CHECK (state NOT IN ('returned','quarantined') OR reason IS NOT NULL)
);
CREATE INDEX up_report_state_index ON up_report (state, created_at);
COMMENT ON TABLE up_report IS 'Report of an issue, change or ending to the region (归集上报): 待上报, 已上报 with receipt, 被退回 or 隔离 with the reason; once per event.';

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'table % is evidence: it is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

DO $$
DECLARE evidence text;
BEGIN
  FOREACH evidence IN ARRAY ARRAY['event','event_log_leaf','event_log_link','event_log_head','read_audit','security_event','seal_use','seal_signature','certificate_file','stored_file','refused_request'] LOOP
    EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', evidence || '_append_only', evidence);
  END LOOP;
END $$;

CREATE FUNCTION refuse_holder_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM certificate_version v WHERE v.id = OLD.certificate_version_id AND v.issued_at IS NOT NULL) THEN
    RAISE EXCEPTION 'the holders of an issued version never change' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER certificate_holder_stays_when_issued BEFORE DELETE ON certificate_holder FOR EACH ROW EXECUTE FUNCTION refuse_holder_change();

CREATE FUNCTION refuse_face_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an issued version of a certificate never changes its face, identifier or dates' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER certificate_version_keeps_its_face BEFORE UPDATE ON certificate_version
  FOR EACH ROW WHEN (OLD.issued_at IS NOT NULL AND (OLD.identifier, OLD.masked_face, OLD.public_face, OLD.valid_from, OLD.valid_until, OLD.issued_on, OLD.issuance_id, OLD.verification_code_digest, OLD.catalog_entry_version_id)
    IS DISTINCT FROM (NEW.identifier, NEW.masked_face, NEW.public_face, NEW.valid_from, NEW.valid_until, NEW.issued_on, NEW.issuance_id, NEW.verification_code_digest, NEW.catalog_entry_version_id))
  EXECUTE FUNCTION refuse_face_change();

CREATE FUNCTION refuse_change_once_issued() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM certificate_version v WHERE v.issued_at IS NOT NULL
             AND v.id = CASE TG_OP WHEN 'INSERT' THEN NEW.certificate_version_id ELSE OLD.certificate_version_id END) THEN
    RAISE EXCEPTION 'the holders of an issued version of a certificate never change' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER certificate_holder_set_before_issue BEFORE INSERT OR DELETE ON certificate_holder
  FOR EACH ROW EXECUTE FUNCTION refuse_change_once_issued();
CREATE TRIGGER certificate_holder_keeps_its_identity BEFORE UPDATE ON certificate_holder
  FOR EACH ROW WHEN ((OLD.certificate_version_id, OLD.ordinal, OLD.kind, OLD.name_lookup, OLD.code_type, OLD.code_lookup, OLD.share)
    IS DISTINCT FROM (NEW.certificate_version_id, NEW.ordinal, NEW.kind, NEW.name_lookup, NEW.code_type, NEW.code_lookup, NEW.share))
  EXECUTE FUNCTION refuse_change_once_issued();

CREATE FUNCTION refuse_number_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM certificate_version v WHERE v.certificate_id = OLD.id AND v.issued_at IS NOT NULL) THEN
    RAISE EXCEPTION 'an issued certificate never changes its number, type or authority' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER certificate_keeps_its_number BEFORE UPDATE ON certificate
  FOR EACH ROW WHEN ((OLD.number, OLD.catalog_entry_id, OLD.authority_id) IS DISTINCT FROM (NEW.number, NEW.catalog_entry_id, NEW.authority_id))
  EXECUTE FUNCTION refuse_number_change();

CREATE FUNCTION refuse_intent_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a sealing intent is closed once and never rewritten' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER sealing_intent_closes_once BEFORE UPDATE ON sealing_intent
  FOR EACH ROW WHEN (OLD.state <> 'open' OR (OLD.certificate_version_id, OLD.file_kind, OLD.seal_ordinal, OLD.seal_id, OLD.mandate_id, OLD.container_digest, OLD.to_be_signed, OLD.finishing, OLD.signed_at_claim)
    IS DISTINCT FROM (NEW.certificate_version_id, NEW.file_kind, NEW.seal_ordinal, NEW.seal_id, NEW.mandate_id, NEW.container_digest, NEW.to_be_signed, NEW.finishing, NEW.signed_at_claim))
  EXECUTE FUNCTION refuse_intent_change();
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
DROP TRIGGER certificate_version_keeps_its_face ON certificate_version;
DROP TRIGGER certificate_holder_set_before_issue ON certificate_holder;
DROP TRIGGER certificate_holder_keeps_its_identity ON certificate_holder;
DROP TRIGGER certificate_keeps_its_number ON certificate;
DROP TRIGGER sealing_intent_closes_once ON sealing_intent;
DROP FUNCTION refuse_face_change(), refuse_change_once_issued(), refuse_number_change(), refuse_intent_change();
DROP TRIGGER certificate_holder_stays_when_issued ON certificate_holder;
DROP FUNCTION refuse_holder_change();
DO $$
DECLARE evidence text;
BEGIN
  FOREACH evidence IN ARRAY ARRAY['seal_use','seal_signature','certificate_file','stored_file','refused_request'] LOOP
    EXECUTE format('DROP TRIGGER %I ON %I', evidence || '_append_only', evidence);
  END LOOP;
END $$;
DROP TABLE up_report, verification_count, security_event, read_audit, event_log_head, event_log_link, event_log_pending, event_log_leaf, event;
DROP FUNCTION refuse_change();
`);
}
