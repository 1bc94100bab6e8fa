import type { Knex } from 'knex';

/** What people do about each other's tasks: hand over, transfer, urge, comment, copy. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
ALTER TABLE task ADD COLUMN unclaimed_told integer NOT NULL DEFAULT 0 CONSTRAINT task_unclaimed_told_known CHECK (unclaimed_told BETWEEN 0 AND 2);
CREATE INDEX task_unclaimed_too_long_index ON task (opened_at, id) WHERE state = 'open' AND unclaimed_told < 2;
COMMENT ON COLUMN task.unclaimed_told IS 'How far up the line it was told that nobody takes the task: 0 nobody, 1 the area, 2 the city.';

CREATE TABLE task_handover_request (
  task_id uuid NOT NULL REFERENCES task,
  requested_by uuid NOT NULL REFERENCES person,
  holder_id uuid NOT NULL REFERENCES person,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  requested_at timestamptz NOT NULL,
  CONSTRAINT task_handover_request_once PRIMARY KEY (task_id, requested_by, holder_id)
);
COMMENT ON TABLE task_handover_request IS 'Somebody of the same queue asked the holder of a task for it; a transfer is the yes.';

CREATE TABLE task_transfer (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  task_id uuid NOT NULL REFERENCES task,
  from_person_id uuid REFERENCES person,
  to_person_id uuid NOT NULL REFERENCES person,
  transferred_by uuid NOT NULL REFERENCES person,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  reason text NOT NULL,
  transferred_at timestamptz NOT NULL
);
CREATE INDEX task_transfer_task_index ON task_transfer (task_id, transferred_at);
COMMENT ON TABLE task_transfer IS 'A task went from one person (or from the queue) to another: 转办 by its holder, 改派 by a supervisor, taken over by the substitute of a person on leave. Append-only; the deadline stays what it was.';

CREATE TABLE task_urge (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  task_id uuid NOT NULL REFERENCES task,
  urged_by uuid NOT NULL REFERENCES person,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  urged_at timestamptz NOT NULL
);
CREATE INDEX task_urge_task_index ON task_urge (task_id, urged_at DESC);
COMMENT ON TABLE task_urge IS 'Somebody urged the task (催办); not again before the policy URGE_COOL_DOWN has passed. Append-only.';

CREATE TABLE task_comment (
  id uuid PRIMARY KEY,
  task_id uuid NOT NULL REFERENCES task,
  author_id uuid NOT NULL REFERENCES person,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  text_cipher bytea NOT NULL,
  written_at timestamptz NOT NULL
);
CREATE INDEX task_comment_task_index ON task_comment (task_id, written_at);
COMMENT ON TABLE task_comment IS 'What people say about a task; encrypted, because people write names.';

CREATE TABLE task_copy (
  task_id uuid NOT NULL REFERENCES task,
  person_id uuid NOT NULL REFERENCES person,
  copied_by uuid NOT NULL REFERENCES person,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  copied_at timestamptz NOT NULL,
  CONSTRAINT task_copy_once PRIMARY KEY (person_id, task_id)
);
COMMENT ON TABLE task_copy IS 'Tasks that a person was given to know of (抄送).';

CALL protect_rows('task_handover_request', true);
CALL protect_rows('task_transfer', true);
CALL protect_rows('task_urge', true);
CALL protect_rows('task_comment', true);
CALL protect_rows('task_copy', true);
CALL grant_register('task_handover_request', 'mutable');
CALL grant_register('task_transfer', 'evidence');
CALL grant_register('task_urge', 'evidence');
CALL grant_register('task_comment', 'mutable');
CALL grant_register('task_copy', 'mutable');
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
DROP TABLE task_copy, task_comment, task_urge, task_transfer, task_handover_request;
DROP INDEX task_unclaimed_too_long_index;
ALTER TABLE task DROP COLUMN unclaimed_told;
`);
}
