import type { Knex } from 'knex';

const AS_SENTENCES = `
COMMENT ON TABLE task IS 'Work for a person: who may take it, who holds it, what was decided. A decision takes effect at takes_effect_at and can be taken back until then.';
COMMENT ON COLUMN task.subject IS 'What the task is about, as lists show it: the name of the certificate type or of the event; never a person.';
COMMENT ON COLUMN task.reference IS 'The number by which people call the case: the business number, the certificate''s number, the number of the case.';
COMMENT ON COLUMN task.excluded_person_id IS 'The operator of the case, who may never decide it (operator is not reviewer, also after a change of role).';
COMMENT ON COLUMN task.sort_due_at IS 'due_at, or the end of time for none: a plain column, because a row policy keeps the condition on an expression from the index.';
COMMENT ON TABLE deadline IS 'A deadline as data: start, due, calendar version and the explanation of every day; awaitingCalendar past the loaded years.';
COMMENT ON COLUMN deadline.calendar_version IS 'Version of the working calendar by which days were counted; null for limits in hours, minutes or calendar days.';
COMMENT ON COLUMN deadline.moves IS 'Each time a new calendar or policy moved it: when, from, to and why; always computed from the original start.';
COMMENT ON TABLE notice IS 'Notice inside the application (站内信) to one person or to a role of an authority; the first channel of every message.';
COMMENT ON TABLE delivery IS 'Delivery (送达, art. 9) of a version to one holder, with the proof as the channel gave it, unaltered.';
COMMENT ON TABLE outbox IS 'What must happen outside this database because of a committed transaction; the only way workflows are started and told across lifecycles.';
COMMENT ON TABLE idempotency_key IS 'Which resource a client''s Idempotency-Key created, written in the same transaction as the resource.';
COMMENT ON TABLE refused_request IS 'Requests refused as classifiedSuspected (art. 3): when, by whom and where the mark stood, never what it said.';
`;

/** Tasks, deadlines, notices, deliveries, outbox and idempotency keys. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
CREATE TABLE task (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  kind text NOT NULL CONSTRAINT task_kind_known CHECK (kind IN ('issuanceReview','backEntryConfirmation','changeReview','dependentCertificate','pickup','anomalyAcceptance','anomalyInvestigation','anomalyReply','forceMajeureReport','forceMajeureRecognition','forceMajeureRecovery','incrementCatchUp','upReportMending')),
  case_kind text NOT NULL CONSTRAINT task_case_kind_known CHECK (case_kind IN ('issuance','delivery','certificateChange','anomalyCase','forceMajeureEvent','incrementDay','certificate','upReport')),
  case_id uuid NOT NULL,
  round integer NOT NULL,
  subject text NOT NULL,
  reference text NOT NULL,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  queue_role text NOT NULL,
  excluded_person_id uuid REFERENCES person,
  state text NOT NULL CONSTRAINT task_state_known CHECK (state IN ('open','claimed','decided','closed')),
  claimed_by uuid REFERENCES person,
  claimed_at timestamptz,
  decision text CONSTRAINT task_decision_known CHECK (decision IN ('approve','sendBack','refuse','done')),
  decision_reason text,
  decided_by uuid REFERENCES person,
  decided_at timestamptz,
  takes_effect_at timestamptz,
  due_at timestamptz,
  sort_due_at timestamptz NOT NULL GENERATED ALWAYS AS (coalesce(due_at, '9999-12-31T00:00:00Z')) STORED,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  CONSTRAINT task_one_per_round UNIQUE (case_kind, case_id, kind, round),
  CONSTRAINT task_claim_names_person CHECK ((state <> 'claimed') OR (claimed_by IS NOT NULL AND claimed_at IS NOT NULL)),
  CONSTRAINT task_decision_complete CHECK ((state = 'decided' AND decision IS NOT NULL OR state IN ('open','claimed') AND decision IS NULL OR state = 'closed') AND (decision IS NULL OR (decided_by IS NOT NULL AND decided_at IS NOT NULL AND takes_effect_at IS NOT NULL))),
  CONSTRAINT task_refusal_has_reason CHECK (decision IS NULL OR decision IN ('approve','done') OR decision_reason IS NOT NULL),
  CONSTRAINT task_operator_never_decides CHECK (decided_by IS NULL OR decided_by IS DISTINCT FROM excluded_person_id),
  CONSTRAINT task_operator_never_claims CHECK (claimed_by IS NULL OR claimed_by IS DISTINCT FROM excluded_person_id)
);
CREATE INDEX task_unclaimed_index ON task (authority_id, queue_role, sort_due_at, id) WHERE state = 'open';
CREATE INDEX task_mine_index ON task (claimed_by, sort_due_at, id) WHERE state = 'claimed';
CREATE INDEX task_done_index ON task (decided_by, decided_at DESC, id DESC) WHERE state = 'decided';
CREATE INDEX task_case_index ON task (case_kind, case_id);

CREATE TABLE deadline (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  case_kind text NOT NULL,
  case_id uuid NOT NULL,
  key text NOT NULL,
  round integer NOT NULL DEFAULT 1,
  policy_version integer NOT NULL,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  start_at timestamptz NOT NULL,
  due_date date,
  due_at timestamptz,
  original_due_at timestamptz,
  state text NOT NULL CONSTRAINT deadline_state_known CHECK (state IN ('running','awaitingCalendar','met','missed','closed')),
  calendar_version text,
  explanation jsonb NOT NULL,
  moves jsonb NOT NULL DEFAULT '[]',
  closed_at timestamptz,
  CONSTRAINT deadline_one_per_round UNIQUE (case_kind, case_id, key, round),
  CONSTRAINT deadline_due_or_awaiting CHECK (state IN ('awaitingCalendar','closed') OR due_at IS NOT NULL)
);
CREATE INDEX deadline_running_index ON deadline (due_at) WHERE state = 'running';

CREATE TABLE notice (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  natural_key text NOT NULL CONSTRAINT notice_once UNIQUE,
  recipient_person_id uuid REFERENCES person,
  recipient_authority_id uuid REFERENCES authority,
  recipient_role text,
  recipient_holder_lookup bytea,
  title text NOT NULL,
  body text NOT NULL,
  link text,
  created_at timestamptz NOT NULL,
  read_at timestamptz,
  read_by uuid REFERENCES person,
  CONSTRAINT notice_has_recipient CHECK (recipient_person_id IS NOT NULL OR recipient_role IS NOT NULL OR recipient_holder_lookup IS NOT NULL)
);
CREATE INDEX notice_person_index ON notice (recipient_person_id, created_at DESC);
CREATE INDEX notice_role_index ON notice (recipient_role, recipient_authority_id, created_at DESC);
CREATE INDEX notice_holder_index ON notice (recipient_holder_lookup, created_at DESC);

CREATE TABLE delivery (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  certificate_version_id uuid NOT NULL REFERENCES certificate_version,
  holder_ordinal integer NOT NULL,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  channel text NOT NULL CONSTRAINT delivery_channel_known CHECK (channel IN ('portal','counter','exempt')),
  state text NOT NULL CONSTRAINT delivery_state_known CHECK (state IN ('pending','awaitingReceipt','awaitingPickup','wrongPerson','delivered','pickedUp','exempted')),
  attempts integer NOT NULL DEFAULT 0,
  last_error text,
  next_attempt_at timestamptz,
  portal_receipt text,
  proof jsonb,
  proof_digest text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  delivered_at timestamptz,
  reminders integer NOT NULL DEFAULT 0,
  pickup_cipher bytea,
  picked_up_at timestamptz,
  exemption jsonb,
  CONSTRAINT delivery_picked_up_is_proven CHECK (state <> 'pickedUp' OR (pickup_cipher IS NOT NULL AND picked_up_at IS NOT NULL)),
  CONSTRAINT delivery_exemption_has_basis CHECK (state <> 'exempted' OR exemption IS NOT NULL),
  CONSTRAINT delivery_one_per_holder UNIQUE (certificate_version_id, holder_ordinal),
  CONSTRAINT delivery_delivered_has_proof CHECK (state <> 'delivered' OR (proof IS NOT NULL AND proof_digest IS NOT NULL AND delivered_at IS NOT NULL)),
  CONSTRAINT delivery_of_a_holder FOREIGN KEY (certificate_version_id, holder_ordinal) REFERENCES certificate_holder
);
CREATE INDEX delivery_open_index ON delivery (state) WHERE state NOT IN ('delivered','pickedUp','exempted');
COMMENT ON COLUMN delivery.pickup_cipher IS 'Who came to the counter, how the identity was checked and in whose place: agent with authorisation, guardian of a minor; encrypted.';
COMMENT ON COLUMN delivery.exemption IS 'The law that exempts from delivery, the document and who decided (art. 9).';

CREATE TABLE outbox (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  dedupe_key text NOT NULL CONSTRAINT outbox_once UNIQUE,
  topic text NOT NULL CONSTRAINT outbox_topic_known CHECK (topic IN ('startWorkflow','signalWorkflow','mail','webhook','upReport')),
  payload jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  available_at timestamptz NOT NULL,
  leased_until timestamptz,
  attempts integer NOT NULL DEFAULT 0,
  last_error text,
  done_at timestamptz
);
CREATE INDEX outbox_due_index ON outbox (available_at, id) WHERE done_at IS NULL;

CREATE TABLE idempotency_key (
  principal text NOT NULL,
  method text NOT NULL,
  path text NOT NULL,
  key text NOT NULL,
  body_digest bytea NOT NULL,
  resource_kind text NOT NULL,
  resource_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  CONSTRAINT idempotency_key_once PRIMARY KEY (principal, method, path, key)
);
CREATE INDEX idempotency_key_age_index ON idempotency_key (created_at);

CREATE TABLE refused_request (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  principal text NOT NULL,
  code text NOT NULL,
  pointer text NOT NULL,
  refused_at timestamptz NOT NULL
);
${AS_SENTENCES}
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
DROP TABLE refused_request, idempotency_key, outbox, delivery, notice, deadline, task;
`);
}
