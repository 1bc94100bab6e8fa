import type { Knex } from 'knex';

/** Numbered papers that the office gives to somebody (公文), and the counters of their numbers. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
ALTER TABLE authority ADD COLUMN document_word text CONSTRAINT authority_document_word_form CHECK (char_length(document_word) BETWEEN 2 AND 12);
COMMENT ON COLUMN authority.document_word IS 'The unit''s 发文机关代字, such as 鄂东审服; null: the city''s common one is used.';

CREATE TABLE official_paper_counter (
  authority_id uuid NOT NULL REFERENCES authority,
  year integer NOT NULL,
  last_sequence integer NOT NULL CONSTRAINT official_paper_counter_positive CHECK (last_sequence > 0),
  PRIMARY KEY (authority_id, year)
);
COMMENT ON TABLE official_paper_counter IS 'The last number that a unit gave to a paper in a year; raised in the transaction that writes the paper, so numbers have no gap.';

CREATE TABLE official_paper (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  natural_key text NOT NULL CONSTRAINT official_paper_once UNIQUE,
  kind text NOT NULL CONSTRAINT official_paper_kind_known CHECK (kind IN ('deliveryReceipt','changeDecision','anomalyReply','anomalyRefusal','anomalyHandOver','forceMajeureReport','forceMajeureRecognition','forceMajeureFinalReport')),
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  year integer NOT NULL,
  sequence integer NOT NULL,
  number text NOT NULL,
  case_kind text NOT NULL,
  case_id uuid NOT NULL,
  addressee_holder_lookup bytea,
  addressee_person_id uuid REFERENCES person,
  content_cipher bytea NOT NULL,
  issued_at timestamptz NOT NULL,
  CONSTRAINT official_paper_number_unique UNIQUE (authority_id, year, sequence)
);
CREATE INDEX official_paper_case_index ON official_paper (case_kind, case_id);
CREATE INDEX official_paper_holder_index ON official_paper (addressee_holder_lookup);
CREATE INDEX official_paper_newest_index ON official_paper (issued_at DESC, id DESC);
COMMENT ON TABLE official_paper IS 'A numbered paper as it was given: addressee and text encrypted. Nothing of it changes but the key under which its text is encrypted.';

CREATE TABLE official_paper_receipt (
  official_paper_id uuid PRIMARY KEY REFERENCES official_paper,
  received_by text NOT NULL,
  how text NOT NULL CONSTRAINT official_paper_receipt_how_known CHECK (how IN ('openedInApplication','signedAtCounter','portalReceipt')),
  received_at timestamptz NOT NULL
);
COMMENT ON TABLE official_paper_receipt IS 'The addressee has the paper: opened here, signed for at the counter, or receipt of the portal. Append-only, the first receipt counts.';

CALL protect_rows('official_paper', true);
CREATE POLICY official_paper_own ON official_paper FOR SELECT USING (
  ((SELECT principal_kind()) = 'holder' AND addressee_holder_lookup = (SELECT scope_holder()))
  OR addressee_person_id::text = (SELECT principal_id()));
CALL grant_register('official_paper', 'mutable');
CREATE TRIGGER official_paper_keeps_its_number BEFORE UPDATE ON official_paper
  FOR EACH ROW WHEN ((OLD.id, OLD.natural_key, OLD.kind, OLD.authority_id, OLD.trade, OLD.year, OLD.sequence, OLD.number, OLD.case_kind, OLD.case_id, OLD.addressee_holder_lookup, OLD.addressee_person_id, OLD.issued_at)
    IS DISTINCT FROM (NEW.id, NEW.natural_key, NEW.kind, NEW.authority_id, NEW.trade, NEW.year, NEW.sequence, NEW.number, NEW.case_kind, NEW.case_id, NEW.addressee_holder_lookup, NEW.addressee_person_id, NEW.issued_at))
  EXECUTE FUNCTION refuse_change();
CALL grant_register('official_paper_receipt', 'evidence');
ALTER TABLE official_paper_receipt ENABLE ROW LEVEL SECURITY;
ALTER TABLE official_paper_receipt FORCE ROW LEVEL SECURITY;
CREATE POLICY official_paper_receipt_of_paper ON official_paper_receipt
  USING (EXISTS (SELECT 1 FROM official_paper p WHERE p.id = official_paper_id));
CREATE POLICY official_paper_receipt_auditor_reads ON official_paper_receipt FOR SELECT TO ecert_auditor USING (true);
CALL protect_rows('official_paper_counter', false);
CALL grant_register('official_paper_counter', 'mutable');
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
DROP TABLE official_paper_receipt, official_paper, official_paper_counter;
ALTER TABLE authority DROP COLUMN document_word;
`);
}
