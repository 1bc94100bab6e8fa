import type { Knex } from 'knex';

const AS_SENTENCES = `
COMMENT ON TABLE force_majeure_event IS 'A force-majeure event (不可抗力, art. 10) from its declaration to its final report or its refusal; what people wrote is encrypted.';
COMMENT ON COLUMN force_majeure_event.entered_afterwards IS 'It was reported by telephone while the system was out of reach; reported_at is the call.';
COMMENT ON COLUMN force_majeure_event.round IS 'Grows with each recurrence (复发); the recovery of each round has its own deadline.';
COMMENT ON COLUMN force_majeure_event.began_at IS 'Start of the present round: the occurrence, or the last recurrence.';
COMMENT ON COLUMN force_majeure_event.cleared_at IS 'The clearance that counts now: as declared, as changed, or as the city settled it.';
COMMENT ON COLUMN force_majeure_event.overdue_at IS 'When it was found that the recovery had not been completed in three working days; told to the city once.';
COMMENT ON TABLE force_majeure_scope IS 'Which types of which authority an event covers, with the operations of art. 10; extended rows keep who extended them and why.';
COMMENT ON TABLE force_majeure_statement IS 'What was stated in the course of an event, with reason and evidence: how the city decided, what it added to the scope, and when the fault was cleared (declared, changed, disputed, settled) or came back.';
COMMENT ON TABLE force_majeure_item IS 'Something that could not be done because of an event: its step failed, or an operator marked it 无法办理 with the cause. Closed by proof, by a reasoned exception, or released when the event is not recognised.';
COMMENT ON COLUMN force_majeure_item.since IS 'Since when it could not be done.';
COMMENT ON COLUMN force_majeure_item.proof_event_id IS 'The event of the register by which its own lifecycle made it up.';
COMMENT ON TABLE force_majeure_item_clock IS 'A deadline of an affected case while the event holds it: when it was paused, when it went on, and the due instant that it gets back when the event is not recognised.';
COMMENT ON TABLE force_majeure_counter IS 'The last number given to events and to receipts of the city in a year; gapless, because a number and what it names are written together.';
COMMENT ON TABLE certificate_doubt IS 'Status in doubt (状态存疑, reading 3): a decision made on paper and not yet entered. Standing while lifted_at is null; the mark on the version follows it.';
`;

/** Force-majeure events with their scope, items and clearances (art. 10), and doubts about the status of certificates. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
CREATE TABLE force_majeure_event (
  id uuid PRIMARY KEY,
  number text NOT NULL CONSTRAINT force_majeure_event_number_unique UNIQUE,
  state text NOT NULL CONSTRAINT force_majeure_event_state_known CHECK (state IN ('declared','reported','recognised','recovering','clearanceDisputed','rejected','closed')),
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  cause text NOT NULL CONSTRAINT force_majeure_event_cause_known CHECK (cause IN ('flood','snowstorm','earthquake','fire','powerFailure','networkFailure','equipmentFailure','cyberAttack','epidemic','other')),
  occurred_at timestamptz NOT NULL,
  known_at timestamptz NOT NULL,
  entered_afterwards boolean NOT NULL,
  content_cipher bytea NOT NULL,
  declared_by uuid NOT NULL REFERENCES person,
  declared_at timestamptz NOT NULL,
  reported_by uuid REFERENCES person,
  reported_at timestamptz,
  receipt_number text CONSTRAINT force_majeure_event_receipt_unique UNIQUE,
  decided_by uuid REFERENCES person,
  decided_at timestamptz,
  round integer NOT NULL DEFAULT 1 CONSTRAINT force_majeure_event_round_positive CHECK (round > 0),
  began_at timestamptz NOT NULL,
  cleared_at timestamptz,
  overdue_at timestamptz,
  report_number text,
  report_facts jsonb,
  report_text text,
  closed_by uuid REFERENCES person,
  closed_at timestamptz,
  updated_at timestamptz NOT NULL,
  CONSTRAINT force_majeure_event_known_after_occurrence CHECK (known_at >= occurred_at AND declared_at >= known_at),
  CONSTRAINT force_majeure_event_reported_with_receipt CHECK ((state = 'declared') = (reported_at IS NULL) AND (reported_at IS NULL) = (receipt_number IS NULL)),
  CONSTRAINT force_majeure_event_decided_by_another CHECK (decided_by IS NULL OR (decided_by IS DISTINCT FROM declared_by AND decided_by IS DISTINCT FROM reported_by)),
  CONSTRAINT force_majeure_event_decided CHECK ((state IN ('declared','reported')) = (decided_by IS NULL)),
  CONSTRAINT force_majeure_event_cleared_in_round CHECK (cleared_at IS NULL OR cleared_at >= began_at),
  CONSTRAINT force_majeure_event_recovers_when_cleared CHECK (state NOT IN ('recovering','clearanceDisputed','closed') OR cleared_at IS NOT NULL),
  CONSTRAINT force_majeure_event_closed_when_final CHECK ((state IN ('rejected','closed')) = (closed_at IS NOT NULL)),
  CONSTRAINT force_majeure_event_closed_with_report CHECK ((state = 'closed') = (report_number IS NOT NULL AND report_facts IS NOT NULL AND report_text IS NOT NULL))
);
CREATE INDEX force_majeure_event_authority_index ON force_majeure_event (authority_id, declared_at DESC, id);
CREATE INDEX force_majeure_event_newest_index ON force_majeure_event (declared_at DESC, id DESC);
CREATE INDEX force_majeure_event_open_index ON force_majeure_event (id) WHERE closed_at IS NULL;

CREATE TABLE force_majeure_scope (
  event_id uuid NOT NULL REFERENCES force_majeure_event,
  authority_id uuid NOT NULL REFERENCES authority,
  catalog_entry_id uuid NOT NULL REFERENCES catalog_entry,
  trade text NOT NULL,
  operations text[] NOT NULL CONSTRAINT force_majeure_scope_operations_known CHECK (operations <@ ARRAY['issue','collect','update','cancel'] AND cardinality(operations) > 0),
  included_by uuid NOT NULL REFERENCES person,
  included_at timestamptz NOT NULL,
  extended_at timestamptz,
  PRIMARY KEY (event_id, authority_id, catalog_entry_id)
);
CREATE INDEX force_majeure_scope_authority_index ON force_majeure_scope (authority_id, catalog_entry_id);

CREATE TABLE force_majeure_statement (
  id uuid PRIMARY KEY,
  event_id uuid NOT NULL REFERENCES force_majeure_event,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  round integer NOT NULL,
  kind text NOT NULL CONSTRAINT force_majeure_statement_kind_known CHECK (kind IN ('recognised','rejected','extended','cleared','changed','disputed','settled','recurred')),
  at timestamptz NOT NULL,
  statement_cipher bytea NOT NULL,
  stated_by uuid NOT NULL REFERENCES person,
  stated_at timestamptz NOT NULL
);
CREATE INDEX force_majeure_statement_event_index ON force_majeure_statement (event_id, stated_at, id);

CREATE TABLE force_majeure_item (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  event_id uuid NOT NULL REFERENCES force_majeure_event,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  catalog_entry_id uuid NOT NULL REFERENCES catalog_entry,
  operation text NOT NULL CONSTRAINT force_majeure_item_operation_known CHECK (operation IN ('issue','collect','update','cancel')),
  subject_kind text NOT NULL CONSTRAINT force_majeure_item_subject_known CHECK (subject_kind IN ('issuance','delivery','certificateChange','incrementDay','upReport','businessNumber','certificateNumber')),
  subject_id uuid,
  reference text NOT NULL,
  origin text NOT NULL CONSTRAINT force_majeure_item_origin_known CHECK (origin IN ('collected','marked')),
  cause_code text NOT NULL,
  cause_cipher bytea,
  since timestamptz NOT NULL,
  marked_by uuid REFERENCES person,
  state text NOT NULL DEFAULT 'open' CONSTRAINT force_majeure_item_state_known CHECK (state IN ('open','done','excepted','released')),
  added_at timestamptz NOT NULL,
  closed_at timestamptz,
  closed_by uuid REFERENCES person,
  proof_event_id uuid REFERENCES event,
  proof_reference text,
  exception_cipher bytea,
  CONSTRAINT force_majeure_item_mark_has_cause CHECK ((origin = 'marked') = (marked_by IS NOT NULL) AND (origin = 'collected' OR cause_cipher IS NOT NULL)),
  CONSTRAINT force_majeure_item_closed CHECK ((state = 'open') = (closed_at IS NULL)),
  CONSTRAINT force_majeure_item_done_has_proof CHECK (state <> 'done' OR proof_event_id IS NOT NULL OR proof_reference IS NOT NULL),
  CONSTRAINT force_majeure_item_exception_has_reason CHECK ((state = 'excepted') = (exception_cipher IS NOT NULL) AND (state <> 'excepted' OR closed_by IS NOT NULL))
);
CREATE UNIQUE INDEX force_majeure_item_once ON force_majeure_item (event_id, operation, subject_kind, authority_id, catalog_entry_id, reference, coalesce(subject_id, '00000000-0000-0000-0000-000000000000'::uuid)) WHERE subject_kind <> 'certificateNumber';
CREATE UNIQUE INDEX force_majeure_item_case_held_once ON force_majeure_item (subject_kind, subject_id, operation) WHERE state = 'open' AND subject_id IS NOT NULL;
CREATE INDEX force_majeure_item_event_index ON force_majeure_item (event_id, added_at DESC, id DESC);
CREATE INDEX force_majeure_item_open_index ON force_majeure_item (event_id, subject_kind) WHERE state = 'open';

CREATE TABLE force_majeure_item_clock (
  item_id uuid NOT NULL REFERENCES force_majeure_item,
  deadline_id uuid NOT NULL REFERENCES deadline,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  original_due_at timestamptz,
  paused_at timestamptz NOT NULL,
  ended_at timestamptz,
  outcome text CONSTRAINT force_majeure_item_clock_outcome_known CHECK (outcome IN ('resumed','givenBack')),
  PRIMARY KEY (item_id, deadline_id, paused_at),
  CONSTRAINT force_majeure_item_clock_ended CHECK ((ended_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX force_majeure_item_clock_open_index ON force_majeure_item_clock (deadline_id) WHERE ended_at IS NULL;

CREATE TABLE force_majeure_counter (
  kind text NOT NULL CONSTRAINT force_majeure_counter_kind_known CHECK (kind IN ('event','receipt')),
  year integer NOT NULL,
  last integer NOT NULL,
  PRIMARY KEY (kind, year)
);

CREATE TABLE certificate_doubt (
  id uuid PRIMARY KEY,
  certificate_id uuid NOT NULL REFERENCES certificate,
  certificate_version_id uuid NOT NULL REFERENCES certificate_version,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  event_id uuid REFERENCES force_majeure_event,
  planned_operation text NOT NULL CONSTRAINT certificate_doubt_operation_known CHECK (planned_operation IN ('suspend','cancel','rescind','recall','revoke','void','amend','correct')),
  decision_cipher bytea NOT NULL,
  set_by uuid NOT NULL REFERENCES person,
  set_at timestamptz NOT NULL,
  lifted_at timestamptz,
  lifted_by uuid REFERENCES person,
  lift_kind text CONSTRAINT certificate_doubt_lift_known CHECK (lift_kind IN ('entered','confirmed')),
  lift_cipher bytea,
  CONSTRAINT certificate_doubt_lifted CHECK ((lifted_at IS NULL) = (lift_kind IS NULL)),
  CONSTRAINT certificate_doubt_confirmed_by_another CHECK (lift_kind IS DISTINCT FROM 'confirmed' OR (lifted_by IS NOT NULL AND lifted_by IS DISTINCT FROM set_by AND lift_cipher IS NOT NULL))
);
CREATE UNIQUE INDEX certificate_doubt_one_standing ON certificate_doubt (certificate_id) WHERE lifted_at IS NULL;
CREATE INDEX certificate_doubt_event_index ON certificate_doubt (event_id);

CREATE FUNCTION settle_doubt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state = 'superseded' THEN
    UPDATE certificate_doubt SET lifted_at = greatest(coalesce(NEW.ended_at, now()), set_at), lift_kind = 'entered'
      WHERE certificate_version_id = NEW.id AND lifted_at IS NULL AND planned_operation IN ('amend','correct');
    NEW.marks := array_remove(NEW.marks, 'statusInDoubt');
  ELSIF NEW.state NOT IN ('notYetInForce','inForce') THEN
    UPDATE certificate_doubt SET lifted_at = greatest(coalesce(NEW.ended_at, now()), set_at), lift_kind = 'entered'
      WHERE certificate_version_id = NEW.id AND lifted_at IS NULL AND (NEW.state <> 'expired' AND (NEW.state <> 'suspended' OR planned_operation = 'suspend'));
    IF NOT EXISTS (SELECT 1 FROM certificate_doubt WHERE certificate_version_id = NEW.id AND lifted_at IS NULL) OR NEW.state <> 'suspended' THEN
      NEW.marks := array_remove(NEW.marks, 'statusInDoubt');
    END IF;
  END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION settle_doubt() IS 'Whichever lifecycle enters the decision, the doubt ends with it: an ending or suspension that was on paper is in the register now.';
CREATE TRIGGER certificate_version_settles_doubt BEFORE UPDATE OF state ON certificate_version
  FOR EACH ROW WHEN (OLD.state IS DISTINCT FROM NEW.state AND OLD.issued_at IS NOT NULL) EXECUTE FUNCTION settle_doubt();

CREATE FUNCTION inherit_doubt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE certificate_doubt SET certificate_version_id = NEW.id
    WHERE certificate_version_id = NEW.previous_version_id AND lifted_at IS NULL AND planned_operation NOT IN ('amend','correct');
  IF FOUND AND NOT 'statusInDoubt' = ANY (NEW.marks) THEN NEW.marks := NEW.marks || 'statusInDoubt'::text; END IF;
  RETURN NEW;
END $$;
COMMENT ON FUNCTION inherit_doubt() IS 'An ending on paper also concerns the version that follows: a new version does not make the certificate certain.';
CREATE TRIGGER certificate_version_inherits_doubt BEFORE UPDATE OF issued_at ON certificate_version
  FOR EACH ROW WHEN (OLD.issued_at IS NULL AND NEW.issued_at IS NOT NULL AND NEW.previous_version_id IS NOT NULL) EXECUTE FUNCTION inherit_doubt();
${AS_SENTENCES}
CALL protect_rows('force_majeure_event', true);
CALL protect_rows('force_majeure_scope', true);
CALL protect_rows('force_majeure_statement', true);
CALL protect_rows('force_majeure_item', true);
CALL protect_rows('force_majeure_item_clock', true);
CALL protect_rows('certificate_doubt', true);
CREATE POLICY force_majeure_event_of_covered_units ON force_majeure_event FOR SELECT
  USING (EXISTS (SELECT 1 FROM force_majeure_scope s WHERE s.event_id = force_majeure_event.id));
CREATE POLICY force_majeure_statement_of_covered_units ON force_majeure_statement FOR SELECT
  USING (EXISTS (SELECT 1 FROM force_majeure_scope s WHERE s.event_id = force_majeure_statement.event_id));
CREATE POLICY force_majeure_scope_evidence ON force_majeure_scope FOR SELECT USING ((SELECT scope_evidence()));
CREATE POLICY force_majeure_item_evidence ON force_majeure_item FOR SELECT USING ((SELECT scope_evidence()));
CALL grant_register('force_majeure_event', 'mutable');
CALL grant_register('force_majeure_scope', 'mutable');
CALL grant_register('force_majeure_statement', 'mutable');
CALL grant_register('force_majeure_item', 'mutable');
CALL grant_register('force_majeure_item_clock', 'mutable');
CALL grant_register('force_majeure_counter', 'mutable');
CALL grant_register('certificate_doubt', 'mutable');
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
DROP TRIGGER certificate_version_settles_doubt ON certificate_version;
DROP TRIGGER certificate_version_inherits_doubt ON certificate_version;
DROP TABLE certificate_doubt, force_majeure_counter, force_majeure_item_clock, force_majeure_item, force_majeure_statement, force_majeure_scope, force_majeure_event;
DROP FUNCTION settle_doubt(), inherit_doubt();
`);
}
