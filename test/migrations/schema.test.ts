import { Client } from 'pg';
import { ENCRYPTED_COLUMNS } from '../../adapters/cipher/encrypted-columns';
import { SEALED_COLUMNS } from '../../adapters/cipher/sealed-row';
import { ANOMALY_CONCLUSIONS, ANOMALY_STATES, OBJECTOR_KINDS } from '../../domain/anomaly/lifecycle';
import { ENTITLEMENT_MODES, SEAL_KINDS } from '../../domain/catalog/catalog-entry';
import { CATALOG_VERSION_STATES } from '../../domain/catalog/lifecycle';
import { HOLDER_KINDS } from '../../domain/certificate/holder-code-type';
import {
  CERTIFICATE_MARKS,
  CERTIFICATE_STATES,
  REISSUE_REASONS,
  VERSION_ORIGINS,
} from '../../domain/certificate/lifecycle';
import { DOUBT_ENDS, PLANNED_OPERATION_CODES } from '../../domain/certificate/status-in-doubt';
import { CHANGE_KIND_NAMES } from '../../domain/certificate-change/change-kind';
import { INSPECTION_RESULTS } from '../../domain/certificate-change/change-request';
import { CHANGE_STATES } from '../../domain/certificate-change/lifecycle';
import { DELIVERY_STATES } from '../../domain/delivery/lifecycle';
import {
  AFFECTED_OPERATIONS,
  ITEM_STATES,
  ITEM_SUBJECT_KINDS,
} from '../../domain/force-majeure/affected-item';
import { FORCE_MAJEURE_CAUSE_CODES, STATEMENT_KINDS } from '../../domain/force-majeure/declaration';
import { FORCE_MAJEURE_STATES } from '../../domain/force-majeure/lifecycle';
import { EXEMPTION_GROUNDS } from '../../domain/ingestion/collection-gap';
import { INCREMENT_DAY_STATES } from '../../domain/ingestion/lifecycle';
import { DUTY_ENDS, INCREMENT_FORMATS, INCREMENT_ROW_STATES } from '../../domain/ingestion/upload-format';
import { COMPARISON_OUTCOMES } from '../../domain/issuance/compare-record';
import { ISSUANCE_STATES } from '../../domain/issuance/lifecycle';
import { AUTHORITY_KINDS, AUTHORITY_LEVELS } from '../../domain/organisation/authority';
import { RESPONSIBLE_PERSON_STATES } from '../../domain/organisation/responsible-person';
import { OUTBOX_TOPICS } from '../../domain/shared/outbox-topic';
import { ROLES } from '../../domain/shared/principal';
import { DEADLINE_STATES } from '../../domain/sla/deadline-state';
import { RUNG_KINDS, RUNG_RECIPIENTS } from '../../domain/sla/escalation-ladder';
import { SLA_UNITS } from '../../domain/sla/sla-policy';
import { TASK_STATES } from '../../domain/task/lifecycle';
import { TASK_CASE_KINDS, TASK_DECISIONS, TASK_KINDS } from '../../domain/task/task-kind';
import { DIFFERENCE_HANDLINGS, DIFFERENCE_KINDS } from '../../domain/up-report/compare-day';
import { UP_REPORT_STATES } from '../../domain/up-report/up-report-state';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

/** CHECK constraints that repeat a constant of the domain. */
const SAME_AS_DOMAIN: Readonly<Record<string, readonly string[]>> = {
  issuance_state_known: ISSUANCE_STATES,
  issuance_comparison_known: COMPARISON_OUTCOMES,
  issuance_operation_known: Object.keys(VERSION_ORIGINS),
  certificate_change_state_known: CHANGE_STATES,
  certificate_change_operation_known: CHANGE_KIND_NAMES,
  certificate_change_reissue_reason_known: Object.keys(REISSUE_REASONS),
  certificate_endorsement_result_known: Object.keys(INSPECTION_RESULTS),
  certificate_version_state_known: CERTIFICATE_STATES,
  certificate_version_marks_known: CERTIFICATE_MARKS,
  catalog_entry_version_state_known: CATALOG_VERSION_STATES,
  catalog_entitlement_mode_known: ENTITLEMENT_MODES,
  seal_kind_known: SEAL_KINDS,
  task_state_known: TASK_STATES,
  task_kind_known: TASK_KINDS,
  task_decision_known: TASK_DECISIONS,
  task_case_kind_known: TASK_CASE_KINDS,
  delivery_state_known: DELIVERY_STATES,
  anomaly_case_state_known: ANOMALY_STATES,
  anomaly_case_conclusion_known: ANOMALY_CONCLUSIONS,
  anomaly_objection_objector_known: OBJECTOR_KINDS,
  certificate_holder_kind_known: HOLDER_KINDS,
  authority_kind_known: AUTHORITY_KINDS,
  authority_level_known: AUTHORITY_LEVELS,
  outbox_topic_known: OUTBOX_TOPICS,
  up_report_state_known: UP_REPORT_STATES,
  role_assignment_role_known: ROLES,
  responsible_person_state_known: RESPONSIBLE_PERSON_STATES,
  sla_policy_unit_known: SLA_UNITS,
  increment_day_state_known: INCREMENT_DAY_STATES,
  increment_row_state_known: INCREMENT_ROW_STATES,
  increment_upload_format_known: INCREMENT_FORMATS,
  increment_duty_end_known: DUTY_ENDS,
  collection_exemption_ground_known: EXEMPTION_GROUNDS,
  up_report_difference_kind_known: DIFFERENCE_KINDS,
  up_report_difference_handling_known: DIFFERENCE_HANDLINGS,
  force_majeure_event_state_known: FORCE_MAJEURE_STATES,
  force_majeure_event_cause_known: FORCE_MAJEURE_CAUSE_CODES,
  force_majeure_statement_kind_known: Object.keys(STATEMENT_KINDS),
  force_majeure_scope_operations_known: AFFECTED_OPERATIONS,
  force_majeure_item_operation_known: AFFECTED_OPERATIONS,
  force_majeure_item_subject_known: ITEM_SUBJECT_KINDS,
  force_majeure_item_state_known: ITEM_STATES,
  certificate_doubt_operation_known: PLANNED_OPERATION_CODES,
  certificate_doubt_lift_known: DOUBT_ENDS,
  deadline_limit_unit_known: SLA_UNITS,
  deadline_state_known: DEADLINE_STATES,
  escalation_rung_kind_known: RUNG_KINDS,
  escalation_rung_recipients_known: RUNG_RECIPIENTS,
};

/** Tables with an authority_id that every signed-in principal may read, and why. */
const NOT_BY_ROW: Readonly<Record<string, string>> = {
  person:
    'names of staff are shown beside tasks to whoever sees the task; hashes and secrets leave it for nobody',
  catalog_entitlement: 'who may issue what is part of the published catalogue (art. 7)',
};

describe('the schema', () => {
  let database: TestDatabase;
  let client: Client;
  const ask = async (statement: string): Promise<readonly Record<string, string>[]> =>
    (await client.query<Record<string, string>>(statement)).rows;
  beforeAll(async () => {
    database = await createTestDatabase();
    client = new Client({ connectionString: database.superuserUrl });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  it.each(Object.entries(SAME_AS_DOMAIN))('%s allows exactly what the domain knows', async (name, values) => {
    const [row] = await ask(
      `SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = '${name}'`,
    );
    const allowed = [...(row?.['text'] ?? '').matchAll(/'([^']+)'::text/g)].map(([, value]) => value);
    expect([...allowed].sort()).toEqual([...values].sort());
  });

  it('has no CHECK of a state or kind in a lifecycle table that is compared with nothing', async () => {
    const rows = await ask(
      `SELECT conname FROM pg_constraint WHERE contype = 'c' AND conname ~ '_state_known$'
       AND conrelid::regclass::text IN ('issuance', 'certificate_version', 'catalog_entry_version', 'task', 'delivery')`,
    );
    expect(rows.map((row) => row['conname']).filter((name) => !(String(name) in SAME_AS_DOMAIN))).toEqual([]);
  });

  it('explains every table in a sentence', async () => {
    const rows = await ask(
      `SELECT c.relname AS name FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')
       AND c.relname NOT LIKE 'schema_migration%' AND coalesce(obj_description(c.oid), '') !~ '[.]$'`,
    );
    expect(rows).toEqual([]);
  });

  it('names every rule itself, so that a violation can be told to people', async () => {
    // What PostgreSQL calls a CHECK or UNIQUE constraint that was given no name.
    const rows = await ask(
      `SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'u', 'x')
       AND conrelid::regclass::text NOT LIKE 'schema_migration%' AND conname ~ '_(check|key|excl)[0-9]*$'`,
    );
    expect(rows).toEqual([]);
  });

  it('forces row-level security on every table that belongs to an authority', async () => {
    const rows = await ask(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'authority_id'
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`,
    );
    expect(rows.map((row) => row['name']).sort()).toEqual(Object.keys(NOT_BY_ROW).sort());
  });

  it('has a policy on every table with row-level security', async () => {
    const rows = await ask(
      `SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity
       AND NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid)`,
    );
    expect(rows).toEqual([]);
  });

  it('lists every encrypted column for the rotation of keys', async () => {
    const rows = await ask(
      `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name LIKE '%\\_cipher'`,
    );
    expect(rows.map((row) => row['name']).sort()).toEqual(Object.keys(ENCRYPTED_COLUMNS).sort());
  });

  it('lists every sealed table, with columns that are there', async () => {
    const rows = await ask(
      `SELECT table_name AS name FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name IN ('mac', 'leave_mac')`,
    );
    expect(rows.map((row) => row['name']).sort()).toEqual(Object.keys(SEALED_COLUMNS).sort());
    const columns = await ask(
      `SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'public'`,
    );
    const known = new Set(columns.map((row) => row['name']));
    const missing = Object.entries(SEALED_COLUMNS).flatMap(([table, names]) =>
      names.map((name) => `${table}.${name}`).filter((name) => !known.has(name)),
    );
    expect(missing).toEqual([]);
  });
});
