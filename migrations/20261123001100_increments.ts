import type { Knex } from 'knex';

const AS_SENTENCES = `
COMMENT ON TABLE increment_duty IS 'A period in which a unit owes the daily increment of a type (art. 8): it cannot issue synchronously and its exemption is recorded here as it was; half-open, kept for whoever assesses.';
COMMENT ON TABLE increment_day IS 'One day D of a unit and type that owes increments: what was delivered by D 24:00, what came later (补报), and how the day ended.';
COMMENT ON COLUMN increment_day.force_majeure_event_id IS 'The event for which the day is put off (不可抗力顺延); kept after the increment was made up, so that assessment is fair.';
COMMENT ON COLUMN increment_day.caught_up_at IS 'When the increment of a day that had ended without it arrived; from the end of the day on that is the lateness.';
COMMENT ON TABLE increment_upload IS 'One upload of a day''s increments, or a zero report, with its receipt. The file itself is not kept, only its digest: a cell with a secrecy mark must leave no trace (art. 3).';
COMMENT ON COLUMN increment_upload.received_at IS 'The server''s time when the last byte had arrived; it alone decides what is in time.';
COMMENT ON COLUMN increment_upload.retry_of_id IS 'The upload whose rejected rows this one brings again.';
COMMENT ON TABLE increment_row IS 'What became of one row of an upload: accepted, or rejected with column, reason and what was expected. The cells of a rejected row are kept encrypted for its error file, those of a row with a secrecy mark are not.';
COMMENT ON COLUMN increment_row.row_number IS 'The row of the file as people see it there: the header is row 1; of a JSON body the first row is 1.';
COMMENT ON COLUMN increment_row.mended_by_upload_id IS 'The later upload by which the rejected row came in.';
COMMENT ON TABLE ingested_record IS 'The record of a certificate that a unit issued on its own and delivered by increment (归集). Unsigned: it is never shown as a certificate (art. 3) before the batch sealing of existing records.';
COMMENT ON COLUMN ingested_record.recorded_on IS 'The day of issue on the record itself: the day whose increment it belongs to.';
COMMENT ON TABLE collection_count IS 'How many papers an agency''s own system counts for a unit, type and period, and their business numbers when it gives the list (应归尽归, art. 4). Append-only; the newest counts.';
COMMENT ON TABLE collection_exemption IS 'A paper record that has no electronic one, and why (应归尽归: an electronic record or a recorded exemption). Append-only.';
COMMENT ON TABLE up_report_reconciliation IS 'The daily comparison of what was reported to the region with what the region says it received, both ways.';
COMMENT ON TABLE up_report_difference IS 'One difference found by a reconciliation and what was done about it; a report that the region knows and we do not has no authority.';
`;

/** Daily increments (art. 8), reconciliation of counts (art. 4), and the rest of up-reporting. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
CREATE TABLE increment_duty (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  catalog_entry_id uuid NOT NULL REFERENCES catalog_entry,
  exemption jsonb NOT NULL,
  since date NOT NULL,
  until date,
  opened_at timestamptz NOT NULL,
  ended_because text CONSTRAINT increment_duty_end_known CHECK (ended_because IN ('synchronous','exemptionExpired','entitlementEnded')),
  CONSTRAINT increment_duty_period CHECK (until IS NULL OR until >= since),
  CONSTRAINT increment_duty_end_has_reason CHECK ((until IS NULL) = (ended_because IS NULL))
);
CREATE UNIQUE INDEX increment_duty_one_open ON increment_duty (authority_id, catalog_entry_id) WHERE until IS NULL;

CREATE TABLE increment_day (
  id uuid PRIMARY KEY,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  catalog_entry_id uuid NOT NULL REFERENCES catalog_entry,
  date date NOT NULL,
  state text NOT NULL CONSTRAINT increment_day_state_known CHECK (state IN ('open','delivered','zeroReported','missed','awaitingCalendar','caughtUp','deferred','notRequired')),
  in_time_count integer NOT NULL DEFAULT 0,
  late_count integer NOT NULL DEFAULT 0,
  zero_reported_at timestamptz,
  zero_reported_by text,
  force_majeure_event_id uuid REFERENCES force_majeure_event,
  caught_up_at timestamptz,
  opened_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CONSTRAINT increment_day_once UNIQUE (authority_id, catalog_entry_id, date),
  CONSTRAINT increment_day_delivered_has_rows CHECK (state <> 'delivered' OR in_time_count > 0),
  CONSTRAINT increment_day_zero_is_reported CHECK (state <> 'zeroReported' OR zero_reported_at IS NOT NULL),
  CONSTRAINT increment_day_catch_up_has_instant CHECK (state <> 'caughtUp' OR caught_up_at IS NOT NULL),
  CONSTRAINT increment_day_deferred_names_event CHECK (state <> 'deferred' OR force_majeure_event_id IS NOT NULL)
);
CREATE INDEX increment_day_open_index ON increment_day (date, id) WHERE state IN ('open','awaitingCalendar','deferred');
CREATE INDEX increment_day_missed_index ON increment_day (date, id) WHERE state = 'missed';

CREATE TABLE increment_upload (
  id uuid PRIMARY KEY,
  receipt text NOT NULL CONSTRAINT increment_upload_receipt_unique UNIQUE,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  catalog_entry_id uuid NOT NULL REFERENCES catalog_entry,
  catalog_entry_version_id uuid NOT NULL REFERENCES catalog_entry_version,
  format text NOT NULL CONSTRAINT increment_upload_format_known CHECK (format IN ('json','csvUtf8','csvGb18030','xlsx','zeroReport')),
  content_digest text NOT NULL CONSTRAINT increment_upload_digest_form CHECK (content_digest ~ '^[0-9a-f]{64}$'),
  zero_report_for date,
  uploaded_by text NOT NULL,
  retry_of_id uuid REFERENCES increment_upload,
  accepted_count integer NOT NULL,
  late_count integer NOT NULL,
  rejected_count integer NOT NULL,
  received_at timestamptz NOT NULL,
  CONSTRAINT increment_upload_zero_names_day CHECK ((format = 'zeroReport') = (zero_report_for IS NOT NULL)),
  CONSTRAINT increment_upload_late_are_accepted CHECK (late_count <= accepted_count)
);
CREATE INDEX increment_upload_newest_index ON increment_upload (authority_id, received_at DESC, id DESC);

CREATE TABLE ingested_record (
  id uuid PRIMARY KEY,
  increment_upload_id uuid NOT NULL REFERENCES increment_upload,
  row_number integer NOT NULL,
  increment_day_id uuid NOT NULL REFERENCES increment_day,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  catalog_entry_id uuid NOT NULL REFERENCES catalog_entry,
  catalog_entry_version_id uuid NOT NULL REFERENCES catalog_entry_version,
  business_number text NOT NULL,
  number text NOT NULL,
  identifier text,
  recorded_on date NOT NULL,
  record_cipher bytea NOT NULL,
  masked_face jsonb NOT NULL,
  masked_holders jsonb NOT NULL,
  is_late boolean NOT NULL,
  ingested_at timestamptz NOT NULL,
  CONSTRAINT ingested_record_number_unique UNIQUE (catalog_entry_id, authority_id, number),
  CONSTRAINT ingested_record_once_per_row UNIQUE (increment_upload_id, row_number)
);
CREATE UNIQUE INDEX ingested_record_identifier_unique ON ingested_record (identifier) WHERE identifier IS NOT NULL;
CREATE INDEX ingested_record_day_index ON ingested_record (increment_day_id);
CREATE INDEX ingested_record_business_index ON ingested_record (authority_id, catalog_entry_id, business_number);

CREATE TABLE increment_row (
  increment_upload_id uuid NOT NULL REFERENCES increment_upload,
  row_number integer NOT NULL,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  state text NOT NULL CONSTRAINT increment_row_state_known CHECK (state IN ('accepted','rejected','mended')),
  problems jsonb NOT NULL DEFAULT '[]',
  cells_cipher bytea,
  ingested_record_id uuid REFERENCES ingested_record,
  mended_by_upload_id uuid REFERENCES increment_upload,
  PRIMARY KEY (increment_upload_id, row_number),
  CONSTRAINT increment_row_accepted_has_record CHECK ((state = 'accepted') = (ingested_record_id IS NOT NULL)),
  CONSTRAINT increment_row_rejected_has_reason CHECK (state = 'accepted' OR jsonb_array_length(problems) > 0),
  CONSTRAINT increment_row_mended_names_upload CHECK ((state = 'mended') = (mended_by_upload_id IS NOT NULL))
);

CREATE TABLE collection_count (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  catalog_entry_id uuid NOT NULL REFERENCES catalog_entry,
  first_day date NOT NULL,
  last_day date NOT NULL,
  counted integer NOT NULL CONSTRAINT collection_count_not_negative CHECK (counted >= 0),
  business_numbers text[],
  told_by text NOT NULL,
  told_at timestamptz NOT NULL,
  CONSTRAINT collection_count_period CHECK (first_day <= last_day),
  CONSTRAINT collection_count_list_is_whole CHECK (business_numbers IS NULL OR cardinality(business_numbers) = counted)
);
CREATE INDEX collection_count_index ON collection_count (authority_id, catalog_entry_id, first_day, told_at DESC);

CREATE TABLE collection_exemption (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  catalog_entry_id uuid NOT NULL REFERENCES catalog_entry,
  business_number text NOT NULL,
  recorded_on date NOT NULL,
  ground text NOT NULL CONSTRAINT collection_exemption_ground_known CHECK (ground IN ('byLaw','technicalFinding','paperUnreadable')),
  basis text NOT NULL,
  recorded_by text NOT NULL,
  recorded_at timestamptz NOT NULL,
  CONSTRAINT collection_exemption_once UNIQUE (authority_id, catalog_entry_id, business_number)
);

ALTER TABLE up_report ADD COLUMN round integer NOT NULL DEFAULT 1, ADD COLUMN reported_at timestamptz,
  ADD COLUMN mended text, ADD COLUMN mended_by text;
CREATE INDEX up_report_version_index ON up_report (certificate_version_id);
CREATE INDEX up_report_reported_index ON up_report (reported_at) WHERE reported_at IS NOT NULL;
COMMENT ON COLUMN up_report.round IS 'Grows each time the report is sent again: after mending, or because the region has lost it.';
COMMENT ON COLUMN up_report.mended IS 'What was mended before it was sent again, in the words of whoever did.';
COMMENT ON COLUMN up_report.reported_at IS 'When the region''s receipt arrived; the day by which it is reconciled.';

CREATE TABLE up_report_reconciliation (
  date date PRIMARY KEY,
  state text NOT NULL CONSTRAINT up_report_reconciliation_state_known CHECK (state IN ('agreed','different')),
  reported_count integer NOT NULL,
  received_count integer NOT NULL,
  difference_count integer NOT NULL,
  compared_at timestamptz NOT NULL,
  CONSTRAINT up_report_reconciliation_different_counts CHECK ((state = 'different') = (difference_count > 0))
);

CREATE TABLE up_report_difference (
  id uuid PRIMARY KEY,
  date date NOT NULL,
  kind text NOT NULL CONSTRAINT up_report_difference_kind_known CHECK (kind IN ('lostThere','unconfirmedHere','unknownHere','receiptDiffers','receivedTwice')),
  up_report_id uuid REFERENCES up_report,
  region_report_id text,
  authority_id uuid REFERENCES authority,
  trade text,
  handling text NOT NULL CONSTRAINT up_report_difference_handling_known CHECK (handling IN ('sentAgain','takenOver','flagged')),
  found_at timestamptz NOT NULL,
  CONSTRAINT up_report_difference_names_report CHECK (up_report_id IS NOT NULL OR region_report_id IS NOT NULL)
);
CREATE INDEX up_report_difference_date_index ON up_report_difference (date, id);
${AS_SENTENCES}
CALL protect_rows('increment_duty', true);
CALL grant_register('increment_duty', 'mutable');
CALL protect_rows('increment_day', true);
CALL grant_register('increment_day', 'mutable');
CALL protect_rows('increment_upload', true);
CALL grant_register('increment_upload', 'mutable');
CALL protect_rows('increment_row', true);
CALL grant_register('increment_row', 'mutable');
CALL protect_rows('ingested_record', true);
CALL grant_register('ingested_record', 'mutable');
CALL protect_rows('collection_count', true);
CALL grant_register('collection_count', 'evidence');
CALL protect_rows('collection_exemption', true);
CALL grant_register('collection_exemption', 'evidence');
CALL grant_register('up_report_reconciliation', 'mutable');
CALL protect_rows('up_report_difference', true);
CALL grant_register('up_report_difference', 'mutable');
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
DROP TABLE up_report_difference, up_report_reconciliation;
DROP INDEX up_report_version_index, up_report_reported_index;
ALTER TABLE up_report DROP COLUMN round, DROP COLUMN reported_at, DROP COLUMN mended, DROP COLUMN mended_by;
DROP TABLE collection_exemption, collection_count, increment_row, ingested_record, increment_upload, increment_day, increment_duty;
`);
}
