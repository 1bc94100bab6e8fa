import type { Knex } from 'knex';

const AS_SENTENCES = `
COMMENT ON COLUMN deadline.limit_value IS 'The limit as the policy version had it when the clock started: a later version of the policy binds later deadlines only.';
COMMENT ON COLUMN deadline.received_outside_hours IS 'Whether what came at night counted as that day (asFiled) or as the next working day, as the rule was when the clock started.';
COMMENT ON COLUMN deadline.suspensions IS 'When the clock stood still: from, until (null while it does) and why; a send-back suspends, a transfer does not.';
COMMENT ON COLUMN deadline.postponed_to IS 'Due at this instant instead of the computed one (不可抗力顺延); null gives the original clock back.';
COMMENT ON COLUMN deadline.course IS 'Grows when the clock starts anew from another instant or runs again after its end, so that the ladder rings again.';
COMMENT ON COLUMN deadline.next_ring_at IS 'When time next makes something due in this deadline: a rung of the ladder, its end, a daily reminder. Null while it stands still or is closed.';
COMMENT ON COLUMN work_calendar_coverage.reason IS 'Why the calendar was loaded, as people read it beside each deadline that it moved.';
COMMENT ON COLUMN task.deadline_id IS 'The deadline whose clock started with the task, so that its due date follows the deadline.';
COMMENT ON COLUMN notice.recipient_trade IS 'For a role of a trade (主管部门, 条线): seen by whoever has the role for this trade, in every area.';
COMMENT ON TABLE deadline_ring IS 'Which rungs of the ladder rang for a deadline and who was told; each rung once in each course of the clock. Append-only.';
COMMENT ON COLUMN deadline_ring.told IS 'Whom the notices went to; empty for a rung that a later one had overtaken when the clock was looked at.';
COMMENT ON TABLE escalation_rung IS 'The escalation ladder as data: at which share of the working time, at closing time, when due and daily after it, and who is told. The newest version counts.';
COMMENT ON TABLE clock_rule IS 'Office hours, what counts as received at night, and from how many working days before its end a deadline is near. The newest version counts.';
COMMENT ON TABLE deadline_count IS 'How many deadlines stand how, by lifecycle, authority, trade and day: what the board adds up instead of a million rows. With deadline_count_change it equals a full recount.';
COMMENT ON TABLE deadline_count_change IS 'What statements changed in these counts since they were last folded together; added to, so that no two transactions wait for one counter.';
COMMENT ON FUNCTION deadline_standing(text, text, timestamptz) IS 'How a deadline counts on the board: as its state, or late once a missed one is closed; null for one that was closed without being needed, and for technical limits of minutes, which no person works against.';
COMMENT ON TABLE responsible_person IS 'Responsible persons (专人, art. 22) of each authority, for all trades or one, with substitute and the filing with the city; one at a time, handed over without a gap.';
`;

/** Half-open intervals: a person is responsible from the first day until, and not including, the last. */
const RESPONSIBLE_PERSON = `
CREATE SEQUENCE responsible_person_filing;
CREATE TABLE responsible_person (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  authority_id uuid NOT NULL REFERENCES authority,
  trade text,
  person_id uuid NOT NULL REFERENCES person,
  substitute_id uuid REFERENCES person,
  from_on date NOT NULL,
  until_on date,
  state text NOT NULL CONSTRAINT responsible_person_state_known CHECK (state IN ('submitted','filed')),
  filing_number text NOT NULL CONSTRAINT responsible_person_filing_number_unique UNIQUE,
  appointed_by uuid NOT NULL REFERENCES person,
  appointed_at timestamptz NOT NULL,
  filed_by uuid REFERENCES person,
  filed_at timestamptz,
  CONSTRAINT responsible_person_period CHECK (until_on IS NULL OR until_on >= from_on),
  CONSTRAINT responsible_person_substitute_is_another CHECK (substitute_id IS DISTINCT FROM person_id),
  CONSTRAINT responsible_person_filed_names_who CHECK ((state = 'filed') = (filed_by IS NOT NULL AND filed_at IS NOT NULL))
);
CREATE UNIQUE INDEX responsible_person_one_at_a_time ON responsible_person (authority_id, coalesce(trade, '')) WHERE until_on IS NULL;
CREATE INDEX responsible_person_person_index ON responsible_person (person_id);
CALL protect_rows('responsible_person', true);
CALL grant_register('responsible_person', 'mutable');
GRANT USAGE ON SEQUENCE responsible_person_filing TO ecert_app;
`;

/**
 * Counts kept by statement triggers as changes that are only added to: a counter that is updated would make every two
 * transactions that open a deadline of one kind wait for each other.
 */
const COUNTS = `
CREATE FUNCTION deadline_standing(limit_unit text, state text, closed_at timestamptz) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN state = 'closed' OR limit_unit = 'minutes' THEN NULL WHEN state = 'missed' AND closed_at IS NOT NULL THEN 'late' ELSE state END $$;
CREATE FUNCTION deadline_count_day(due_date date, closed_at timestamptz) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce((closed_at AT TIME ZONE INTERVAL '8 hours')::date, due_date, DATE '9999-12-31') $$;
COMMENT ON FUNCTION deadline_count_day(date, timestamptz) IS 'The day under which a deadline is counted: the one on which it was closed, else the one on which it is due, else the end of time.';

CREATE TABLE deadline_count (
  case_kind text NOT NULL,
  authority_id uuid NOT NULL,
  trade text NOT NULL,
  standing text NOT NULL CONSTRAINT deadline_count_standing_known CHECK (standing IN ('running','awaitingCalendar','suspended','missed','met','late')),
  day date NOT NULL,
  deadlines bigint NOT NULL,
  CONSTRAINT deadline_count_once PRIMARY KEY (standing, day, case_kind, authority_id, trade)
);
CREATE TABLE deadline_count_change (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  case_kind text NOT NULL,
  authority_id uuid NOT NULL,
  trade text NOT NULL,
  standing text NOT NULL,
  day date NOT NULL,
  deadlines bigint NOT NULL
);
CALL protect_rows('deadline_count', true);
CALL protect_rows('deadline_count_change', true);
CALL grant_register('deadline_count', 'mutable');
CALL grant_register('deadline_count_change', 'mutable');
GRANT DELETE ON deadline_count, deadline_count_change TO ecert_app;

CREATE FUNCTION count_new_deadlines() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO deadline_count_change (case_kind, authority_id, trade, standing, day, deadlines)
  SELECT case_kind, authority_id, trade, deadline_standing(limit_unit, state, closed_at), deadline_count_day(due_date, closed_at), count(*)
  FROM after WHERE deadline_standing(limit_unit, state, closed_at) IS NOT NULL GROUP BY 1, 2, 3, 4, 5;
  RETURN NULL;
END $$;
CREATE FUNCTION count_changed_deadlines() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO deadline_count_change (case_kind, authority_id, trade, standing, day, deadlines)
  SELECT case_kind, authority_id, trade, standing, day, sum(more) FROM (
    SELECT case_kind, authority_id, trade, deadline_standing(limit_unit, state, closed_at) AS standing, deadline_count_day(due_date, closed_at) AS day, 1 AS more FROM after
    UNION ALL
    SELECT case_kind, authority_id, trade, deadline_standing(limit_unit, state, closed_at), deadline_count_day(due_date, closed_at), -1 FROM before) AS changes
  WHERE standing IS NOT NULL GROUP BY 1, 2, 3, 4, 5 HAVING sum(more) <> 0;
  RETURN NULL;
END $$;
COMMENT ON FUNCTION count_new_deadlines() IS 'Keeps the counts of the board for deadlines that were opened.';
COMMENT ON FUNCTION count_changed_deadlines() IS 'Keeps the counts of the board for deadlines that moved, were missed or closed.';
CREATE TRIGGER deadline_count_new AFTER INSERT ON deadline REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_new_deadlines();
CREATE TRIGGER deadline_count_changed AFTER UPDATE ON deadline REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION count_changed_deadlines();
`;

const CLOCK_RULES = `
CREATE TABLE clock_rule (
  version integer PRIMARY KEY,
  opens_at_minute integer NOT NULL,
  closes_at_minute integer NOT NULL,
  received_outside_hours text NOT NULL CONSTRAINT clock_rule_received_known CHECK (received_outside_hours IN ('asFiled','nextWorkingDay')),
  near_working_days integer NOT NULL CONSTRAINT clock_rule_near_small CHECK (near_working_days BETWEEN 1 AND 20),
  basis text NOT NULL,
  set_by uuid REFERENCES person,
  set_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT clock_rule_hours CHECK (opens_at_minute >= 0 AND closes_at_minute > opens_at_minute AND closes_at_minute <= 1440)
);
INSERT INTO clock_rule (version, opens_at_minute, closes_at_minute, received_outside_hours, near_working_days, basis)
VALUES (1, 510, 1050, 'asFiled', 2, '市电子证照管理部门设定的办公时间；夜间和节假日收到的按收到当日起算');

CREATE TABLE escalation_rung (
  version integer NOT NULL,
  ordinal integer NOT NULL,
  key text NOT NULL CONSTRAINT escalation_rung_key_form CHECK (key ~ '^[a-z][A-Za-z]{1,29}$'),
  kind text NOT NULL CONSTRAINT escalation_rung_kind_known CHECK (kind IN ('fraction','closingTime','due','daily')),
  fraction numeric,
  recipients text[] NOT NULL CONSTRAINT escalation_rung_recipients_known CHECK (recipients <@ ARRAY['taskHolder','responsiblePerson','bureauAndDepartment','city'] AND cardinality(recipients) > 0),
  set_by uuid REFERENCES person,
  set_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT escalation_rung_once PRIMARY KEY (version, key),
  CONSTRAINT escalation_rung_ordinal_once UNIQUE (version, ordinal),
  CONSTRAINT escalation_rung_fraction_of_its_kind CHECK ((kind = 'fraction') = (fraction IS NOT NULL) AND (fraction IS NULL OR (fraction > 0 AND fraction < 1)))
);
INSERT INTO escalation_rung (version, ordinal, key, kind, fraction, recipients) VALUES
  (1, 1, 'half', 'fraction', 0.5, '{taskHolder}'),
  (1, 2, 'mostly', 'fraction', 0.8, '{taskHolder,responsiblePerson}'),
  (1, 3, 'closing', 'closingTime', NULL, '{taskHolder,responsiblePerson}'),
  (1, 4, 'due', 'due', NULL, '{taskHolder,responsiblePerson,bureauAndDepartment}'),
  (1, 5, 'daily', 'daily', NULL, '{responsiblePerson,bureauAndDepartment,city}');

CREATE TABLE deadline_ring (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  deadline_id uuid NOT NULL REFERENCES deadline,
  course integer NOT NULL,
  rung text NOT NULL,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  due_at timestamptz NOT NULL,
  rang_at timestamptz NOT NULL,
  told text[] NOT NULL,
  CONSTRAINT deadline_ring_once UNIQUE (deadline_id, course, rung)
);
CALL protect_rows('deadline_ring', true);
CALL grant_register('deadline_ring', 'evidence');
CALL grant_register('clock_rule', 'evidence');
CALL grant_register('escalation_rung', 'evidence');
`;

/** The escalation ladder, suspensions and postponements, the counts of the board, and responsible persons. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
ALTER TABLE deadline
  ADD COLUMN limit_value integer NOT NULL,
  ADD COLUMN limit_unit text NOT NULL CONSTRAINT deadline_limit_unit_known CHECK (limit_unit IN ('workingDays','hours','minutes','calendarDay')),
  ADD COLUMN received_outside_hours text NOT NULL DEFAULT 'asFiled' CONSTRAINT deadline_received_known CHECK (received_outside_hours IN ('asFiled','nextWorkingDay')),
  ADD COLUMN suspensions jsonb NOT NULL DEFAULT '[]',
  ADD COLUMN postponed_to timestamptz,
  ADD COLUMN course integer NOT NULL DEFAULT 1,
  ADD COLUMN next_ring_at timestamptz,
  ADD COLUMN sort_due_at timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(due_at, '9999-12-31T00:00:00Z')) STORED,
  DROP CONSTRAINT deadline_state_known,
  DROP CONSTRAINT deadline_due_or_awaiting,
  ADD CONSTRAINT deadline_state_known CHECK (state IN ('running','awaitingCalendar','suspended','met','missed','closed')),
  ADD CONSTRAINT deadline_due_or_unknown CHECK (state IN ('awaitingCalendar','suspended','closed') OR due_at IS NOT NULL);
DROP INDEX deadline_running_index;
CREATE INDEX deadline_ring_due_index ON deadline (next_ring_at) WHERE closed_at IS NULL AND next_ring_at IS NOT NULL;
CREATE INDEX deadline_open_index ON deadline (authority_id, sort_due_at, id) WHERE closed_at IS NULL;
CREATE INDEX deadline_closed_index ON deadline (authority_id, closed_at, id) WHERE closed_at IS NOT NULL;
CREATE INDEX deadline_calendar_index ON deadline (calendar_version) WHERE closed_at IS NULL AND calendar_version IS NOT NULL;
ALTER TABLE work_calendar_coverage
  ADD COLUMN reason text NOT NULL DEFAULT '载入工作日历',
  ADD COLUMN loaded_by uuid REFERENCES person;
GRANT DELETE ON work_calendar_day TO ecert_app;
ALTER TABLE task ADD COLUMN deadline_id uuid REFERENCES deadline;
CREATE INDEX task_deadline_index ON task (deadline_id) WHERE deadline_id IS NOT NULL;
ALTER TABLE notice ADD COLUMN recipient_trade text CONSTRAINT notice_trade_of_a_role CHECK (recipient_trade IS NULL OR recipient_role IS NOT NULL);
CREATE POLICY notice_of_trade ON notice USING (
  recipient_role = ANY ((SELECT scope_roles())::text[]) AND recipient_trade = ANY ((SELECT scope_trades())::text[]));
`);
  await knex.raw(COUNTS);
  await knex.raw(CLOCK_RULES);
  await knex.raw(RESPONSIBLE_PERSON);
  await knex.raw(AS_SENTENCES);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
DROP TABLE responsible_person, escalation_rung, clock_rule, deadline_ring, deadline_count_change, deadline_count;
DROP SEQUENCE responsible_person_filing;
DROP TRIGGER deadline_count_new ON deadline;
DROP TRIGGER deadline_count_changed ON deadline;
DROP FUNCTION count_new_deadlines(), count_changed_deadlines(), deadline_standing(text, text, timestamptz), deadline_count_day(date, timestamptz);
DROP POLICY notice_of_trade ON notice;
ALTER TABLE notice DROP COLUMN recipient_trade;
ALTER TABLE task DROP COLUMN deadline_id;
REVOKE DELETE ON work_calendar_day FROM ecert_app;
ALTER TABLE work_calendar_coverage DROP COLUMN reason, DROP COLUMN loaded_by;
DROP INDEX deadline_ring_due_index, deadline_open_index, deadline_closed_index, deadline_calendar_index;
ALTER TABLE deadline
  DROP CONSTRAINT deadline_state_known,
  DROP CONSTRAINT deadline_due_or_unknown,
  DROP COLUMN limit_value, DROP COLUMN limit_unit, DROP COLUMN received_outside_hours, DROP COLUMN suspensions,
  DROP COLUMN postponed_to, DROP COLUMN course, DROP COLUMN next_ring_at, DROP COLUMN sort_due_at,
  ADD CONSTRAINT deadline_state_known CHECK (state IN ('running','awaitingCalendar','met','missed','closed')),
  ADD CONSTRAINT deadline_due_or_awaiting CHECK (state IN ('awaitingCalendar','closed') OR due_at IS NOT NULL);
CREATE INDEX deadline_running_index ON deadline (due_at) WHERE state = 'running';
`);
}
