import type { Knex } from 'knex';

const AS_SENTENCES = `
COMMENT ON TABLE anomaly_case IS 'An anomaly case (异常数据核查, art. 20): disputed fields of a certificate, from the first objection to the reply that was received; what people wrote is encrypted.';
COMMENT ON COLUMN anomaly_case.authority_id IS 'Who investigates: the issuing authority, or the one to which the case was transferred.';
COMMENT ON COLUMN anomaly_case.issuing_authority_id IS 'The authority of the certificate, which enters a correction wherever the case is investigated.';
COMMENT ON COLUMN anomaly_case.certificate_version_id IS 'The version whose fields are disputed; stays that version when a new one comes.';
COMMENT ON COLUMN anomaly_case.operator_id IS 'Who entered the disputed values, and so may not investigate them; null when an agency system did.';
COMMENT ON COLUMN anomaly_case.is_disputing IS 'The certificate carries 核查中 because of this case.';
COMMENT ON COLUMN anomaly_case.round IS 'Grows each time the case comes back to the same kind of work; tasks are named by it.';
COMMENT ON COLUMN anomaly_case.wrong_since IS 'Since when the disputed value was wrong, as the investigator found; null: since the first version that carried it was issued.';
COMMENT ON COLUMN anomaly_case.change_id IS 'The certificate change that was started by the decision; the case ends only when it is in force.';
COMMENT ON COLUMN anomaly_case.record_cipher IS 'What the agency''s own record said about the disputed fields when it was last asked, encrypted.';
COMMENT ON COLUMN anomaly_case.record_outcome IS 'How the last question to the agency''s own record ended; unavailable keeps what an earlier answer said.';
COMMENT ON COLUMN anomaly_case.hand_over IS 'Reference, receipt and receiving organ of a case that went to another province by the national channel.';
COMMENT ON TABLE anomaly_case_field IS 'The elements that a case disputes; no two open cases of a certificate dispute the same one.';
COMMENT ON TABLE anomaly_objection IS 'One objector''s objection; a second one about the same field joins the open case and gets the same reply. Claims and contact are encrypted.';
COMMENT ON COLUMN anomaly_objection.principal IS 'Stable name of who objected; repeats are counted by it.';
COMMENT ON COLUMN anomaly_objection.reply_paper_id IS 'The 异常核查告知书 to this objector among the official papers.';
COMMENT ON COLUMN anomaly_objection.received_how IS 'opened: the objector opened the reply; announced: he could not be reached within the policy''s days; internal: the product itself objected.';
COMMENT ON TABLE anomaly_transfer IS 'Each time a case went to another authority: from, to, by whom and why; no clock starts anew.';
COMMENT ON TABLE anomaly_contact_attempt IS 'Each try to reach an objector with the reply: by notice, mail, telephone or visit.';
COMMENT ON TABLE anomaly_told_user IS 'Everyone who used a disputed field while it was wrong, with how often, and that he was told, once. Append-only.';
COMMENT ON TABLE anomaly_case_counter IS 'The last number that the city gave to an anomaly case in a year.';
`;

const TABLES = `
CREATE TABLE anomaly_case (
  id uuid PRIMARY KEY,
  number text NOT NULL CONSTRAINT anomaly_case_number_unique UNIQUE,
  state text NOT NULL CONSTRAINT anomaly_case_state_known CHECK (state IN ('filed','investigating','awaitingEvidence','correcting','replying','awaitingReceipt','closed','withdrawn')),
  authority_id uuid NOT NULL REFERENCES authority,
  issuing_authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  certificate_id uuid NOT NULL REFERENCES certificate,
  certificate_version_id uuid NOT NULL REFERENCES certificate_version,
  operator_id uuid REFERENCES person,
  is_disputing boolean NOT NULL DEFAULT true,
  round integer NOT NULL DEFAULT 1,
  investigator_id uuid REFERENCES person,
  conclusion text CONSTRAINT anomaly_case_conclusion_known CHECK (conclusion IN ('inadmissible','upheld','corrected','certificateEnded','handedOver')),
  reason_cipher bytea,
  wrong_since timestamptz,
  change_id uuid,
  hand_over jsonb,
  record_outcome text CONSTRAINT anomaly_case_record_known CHECK (record_outcome IN ('found','notFound','unavailable','notConnected')),
  record_cipher bytea,
  record_asked_at timestamptz,
  filed_at timestamptz NOT NULL,
  accepted_at timestamptz,
  decided_at timestamptz,
  replied_at timestamptz,
  updated_at timestamptz NOT NULL,
  closed_at timestamptz,
  CONSTRAINT anomaly_case_closed_when_final CHECK ((state IN ('closed','withdrawn')) = (closed_at IS NOT NULL)),
  CONSTRAINT anomaly_case_disputing_until_settled CHECK (is_disputing = (state IN ('filed','investigating','awaitingEvidence','correcting'))),
  CONSTRAINT anomaly_case_concluded CHECK (state NOT IN ('correcting','replying','awaitingReceipt','closed') OR (conclusion IS NOT NULL AND reason_cipher IS NOT NULL AND decided_at IS NOT NULL AND investigator_id IS NOT NULL)),
  CONSTRAINT anomaly_case_operator_never_investigates CHECK (investigator_id IS NULL OR investigator_id IS DISTINCT FROM operator_id),
  CONSTRAINT anomaly_case_handed_over_with_reference CHECK (conclusion IS DISTINCT FROM 'handedOver' OR hand_over IS NOT NULL)
);
CREATE INDEX anomaly_case_authority_index ON anomaly_case (authority_id, filed_at DESC, id DESC);
CREATE INDEX anomaly_case_certificate_index ON anomaly_case (certificate_id);
CREATE INDEX anomaly_case_change_index ON anomaly_case (change_id) WHERE change_id IS NOT NULL;
CREATE INDEX anomaly_case_open_index ON anomaly_case (id) WHERE closed_at IS NULL;

CREATE TABLE anomaly_case_field (
  anomaly_case_id uuid NOT NULL REFERENCES anomaly_case,
  certificate_id uuid NOT NULL REFERENCES certificate,
  field text NOT NULL,
  is_disputed boolean NOT NULL DEFAULT true,
  PRIMARY KEY (anomaly_case_id, field)
);
CREATE UNIQUE INDEX anomaly_case_field_disputed_once ON anomaly_case_field (certificate_id, field) WHERE is_disputed;

CREATE TABLE anomaly_objection (
  id uuid PRIMARY KEY,
  anomaly_case_id uuid NOT NULL REFERENCES anomaly_case,
  ordinal integer NOT NULL CONSTRAINT anomaly_objection_ordinal_positive CHECK (ordinal > 0),
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  objector_kind text NOT NULL CONSTRAINT anomaly_objection_objector_known CHECK (objector_kind IN ('holder','relyingParty','staff','system')),
  principal text NOT NULL,
  person_id uuid REFERENCES person,
  holder_lookup bytea,
  is_government boolean NOT NULL,
  certificate_id uuid NOT NULL REFERENCES certificate,
  fields text[] NOT NULL CONSTRAINT anomaly_objection_has_field CHECK (cardinality(fields) > 0),
  claims_cipher bytea NOT NULL,
  contact_cipher bytea,
  attachment_ids uuid[] NOT NULL DEFAULT '{}',
  filed_at timestamptz NOT NULL,
  withdrawn_at timestamptz,
  reply_paper_id uuid CONSTRAINT anomaly_objection_reply_of_its_own UNIQUE,
  replied_at timestamptz,
  received_at timestamptz,
  received_how text CONSTRAINT anomaly_objection_received_known CHECK (received_how IN ('opened','announced','internal')),
  CONSTRAINT anomaly_objection_in_order UNIQUE (anomaly_case_id, ordinal),
  CONSTRAINT anomaly_objection_person_but_system CHECK ((objector_kind = 'system') = (person_id IS NULL)),
  CONSTRAINT anomaly_objection_reply_is_a_paper CHECK ((reply_paper_id IS NULL) = (replied_at IS NULL)),
  CONSTRAINT anomaly_objection_receipt_whole CHECK ((received_at IS NULL) = (received_how IS NULL) AND (received_at IS NULL OR replied_at IS NOT NULL))
);
CREATE UNIQUE INDEX anomaly_objection_once_each ON anomaly_objection (anomaly_case_id, principal) WHERE withdrawn_at IS NULL;
CREATE INDEX anomaly_objection_repeat_index ON anomaly_objection (certificate_id, principal);
CREATE INDEX anomaly_objection_person_index ON anomaly_objection (person_id);

CREATE TABLE anomaly_transfer (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  anomaly_case_id uuid NOT NULL REFERENCES anomaly_case,
  from_authority_id uuid NOT NULL REFERENCES authority,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  transferred_by uuid NOT NULL REFERENCES person,
  reason_cipher bytea NOT NULL,
  transferred_at timestamptz NOT NULL
);
CREATE INDEX anomaly_transfer_case_index ON anomaly_transfer (anomaly_case_id, transferred_at);

CREATE TABLE anomaly_contact_attempt (
  id uuid PRIMARY KEY,
  anomaly_objection_id uuid NOT NULL REFERENCES anomaly_objection,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  channel text NOT NULL CONSTRAINT anomaly_contact_attempt_channel_known CHECK (channel IN ('notice','mail','telephone','visit','announcement')),
  note_cipher bytea,
  attempted_by uuid REFERENCES person,
  attempted_at timestamptz NOT NULL
);
CREATE INDEX anomaly_contact_attempt_objection_index ON anomaly_contact_attempt (anomaly_objection_id, attempted_at);

CREATE TABLE anomaly_told_user (
  anomaly_case_id uuid NOT NULL REFERENCES anomaly_case,
  principal_kind text NOT NULL,
  principal_id text NOT NULL,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  uses integer NOT NULL CONSTRAINT anomaly_told_user_used CHECK (uses > 0),
  told_by text NOT NULL CONSTRAINT anomaly_told_user_channel_known CHECK (told_by IN ('notice','webhook')),
  told_at timestamptz NOT NULL,
  PRIMARY KEY (anomaly_case_id, principal_id)
);

CREATE TABLE anomaly_case_counter (
  year integer PRIMARY KEY,
  last_number integer NOT NULL CONSTRAINT anomaly_case_counter_positive CHECK (last_number > 0)
);
`;

/** An objector sees his own objection and its case; nothing else of them, and none that others made. */
const OF_OBJECTORS = `
CREATE POLICY anomaly_objection_own ON anomaly_objection FOR SELECT
  USING (person_id::text = (SELECT principal_id()));
CREATE POLICY anomaly_case_of_objector ON anomaly_case FOR SELECT
  USING ((SELECT principal_kind()) IN ('holder','relyingParty','person')
    AND EXISTS (SELECT 1 FROM anomaly_objection o WHERE o.anomaly_case_id = anomaly_case.id AND o.person_id::text = (SELECT principal_id())));
`;

/** Evidence of holders and relying parties belongs to no authority until the objection that it is for is filed. */
const ATTACHMENTS_OF_OBJECTORS = `
ALTER TABLE attachment ALTER COLUMN authority_id DROP NOT NULL;
ALTER TABLE attachment ADD CONSTRAINT attachment_of_authority_or_objector
  CHECK (authority_id IS NOT NULL OR uploaded_by ~ '^(holder|relyingParty):');
COMMENT ON COLUMN attachment.authority_id IS 'Null for evidence that a holder or relying party uploaded and has not yet filed with an objection.';
CREATE POLICY attachment_of_objector ON attachment
  USING ((SELECT principal_kind()) IN ('holder','relyingParty') AND uploaded_by = (SELECT principal_kind()) || ':' || (SELECT principal_id()));
`;

/** Whichever lifecycle brings a new version, the mark goes along; the case that waits for a change is told of its end. */
const FOLLOW_THE_VERSION = `
CREATE FUNCTION inherit_investigation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM anomaly_case c WHERE c.certificate_id = NEW.certificate_id AND c.is_disputing AND c.state <> 'correcting')
     AND NOT 'underInvestigation' = ANY (NEW.marks) THEN
    NEW.marks := NEW.marks || 'underInvestigation'::text;
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION inherit_investigation() IS 'A new version of a disputed certificate carries 核查中 from its first moment: what is disputed about it is not settled by being issued again.';
CREATE TRIGGER certificate_version_inherits_investigation BEFORE UPDATE OF issued_at ON certificate_version
  FOR EACH ROW WHEN (OLD.issued_at IS NULL AND NEW.issued_at IS NOT NULL) EXECUTE FUNCTION inherit_investigation();

CREATE FUNCTION tell_anomaly_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbox (dedupe_key, topic, payload, available_at)
  SELECT format('signalWorkflow/anomalyCase/%s/change/%s', c.id, NEW.id), 'signalWorkflow',
         jsonb_build_object('kind', 'anomalyCase', 'id', c.id), NEW.closed_at
  FROM anomaly_case c WHERE c.change_id = NEW.id
  ON CONFLICT (dedupe_key) DO NOTHING;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION tell_anomaly_case() IS 'The case that waits for a change looks again when the change is in force or came to nothing, whoever ended it.';
CREATE TRIGGER certificate_change_tells_anomaly_case AFTER UPDATE OF closed_at ON certificate_change
  FOR EACH ROW WHEN (OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL) EXECUTE FUNCTION tell_anomaly_case();
`;

/** Anomaly cases with objections, transfers, replies and the users who were told. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(TABLES);
  await knex.raw(AS_SENTENCES);
  await knex.raw(`
CALL protect_rows('anomaly_case', true);
CALL protect_rows('anomaly_objection', true);
CALL protect_rows('anomaly_transfer', true);
CALL protect_rows('anomaly_contact_attempt', true);
CALL protect_rows('anomaly_told_user', true);
CALL grant_register('anomaly_case', 'mutable');
CALL grant_register('anomaly_case_field', 'mutable');
CALL grant_register('anomaly_objection', 'mutable');
CALL grant_register('anomaly_transfer', 'mutable');
CALL grant_register('anomaly_contact_attempt', 'mutable');
CALL grant_register('anomaly_told_user', 'evidence');
CALL grant_register('anomaly_case_counter', 'mutable');
`);
  await knex.raw(OF_OBJECTORS);
  await knex.raw(ATTACHMENTS_OF_OBJECTORS);
  await knex.raw(FOLLOW_THE_VERSION);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
DROP TRIGGER certificate_version_inherits_investigation ON certificate_version;
DROP TRIGGER certificate_change_tells_anomaly_case ON certificate_change;
DROP FUNCTION inherit_investigation(), tell_anomaly_case();
DROP POLICY attachment_of_objector ON attachment;
ALTER TABLE attachment DROP CONSTRAINT attachment_of_authority_or_objector;
ALTER TABLE attachment ALTER COLUMN authority_id SET NOT NULL;
DROP TABLE anomaly_case_counter, anomaly_told_user, anomaly_contact_attempt, anomaly_transfer, anomaly_objection, anomaly_case_field, anomaly_case;
`);
}
