import type { Knex } from 'knex';

const AS_SENTENCES = `
COMMENT ON TABLE authority IS 'Every unit of the city (art. 2): organs, public institutions and authorised or entrusted organisations, with its place in the tree, its successor after a merger, and the end of an entrustment.';
COMMENT ON COLUMN authority.area_code IS 'Six-digit administrative area; 150600 is the whole city.';
COMMENT ON COLUMN authority.competent_department_id IS 'The city department of the same trade (主管部门, 条线).';
COMMENT ON TABLE person IS 'A member of staff, a holder or a relying party''s user who signs in with a password and, outside the demonstration, a second factor.';
COMMENT ON COLUMN person.holder_lookup IS 'HMAC-SM3 of the code of the holder this account stands for; null for staff.';
COMMENT ON COLUMN person.one_time_password_until IS 'The password was set by an administrator and is good for one thing until then: setting an own one. Null: the person''s own password.';
COMMENT ON COLUMN person.totp_pending_cipher IS 'A second factor that was shown and is not yet confirmed with a code; it replaces the present one only then.';
COMMENT ON COLUMN authority.successor_basis IS 'The document by which the successor took over (划转、合并文件).';
COMMENT ON COLUMN agency_system.record_secret_cipher IS 'The secret with which this office signs when it asks the agency for its own record (art. 8); one per system, so that none can pose as us to another.';
COMMENT ON COLUMN person.totp_last_step IS 'The time step of the last one-time code that was taken; no code of this or an older step is taken again.';
COMMENT ON COLUMN person.leave_mac IS 'HMAC-SM3 over the leave and its substitute: a substitution gives the roles of another person.';
COMMENT ON TABLE role_assignment IS 'Role and scope (area x authority x trade) of a person; a null part means every value. Each row carries an HMAC-SM3 that is checked when it is read (GB/T 39786).';
COMMENT ON TABLE session IS 'A signed-in person; only digests of the cookie and of the CSRF token are kept.';
COMMENT ON TABLE agency_system IS 'A business system (业务系统) of an authority that starts lifecycles through the API.';
COMMENT ON TABLE agency_key IS 'A shared secret of an agency system, encrypted; two slots so that keys can be rotated without an outage.';
COMMENT ON TABLE agency_nonce IS 'Nonces already used by a key; kept longer than the accepted clock difference, so that no signed request is taken twice.';
`;

/** Units, people with role and scope, and agency systems with their keys. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
CREATE TABLE authority (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  credit_code text NOT NULL CONSTRAINT authority_credit_code_unique UNIQUE,
  name text NOT NULL,
  kind text NOT NULL CONSTRAINT authority_kind_known CHECK (kind IN ('administrativeOrgan','publicInstitution','authorisedOrganisation','entrustedOrganisation')),
  level text NOT NULL CONSTRAINT authority_level_known CHECK (level IN ('national','region','city','banner')),
  area_code text NOT NULL CONSTRAINT authority_area_code_form CHECK (area_code ~ '^[0-9]{6}$'),
  trade text,
  is_issuing boolean NOT NULL DEFAULT false,
  parent_id uuid REFERENCES authority,
  competent_department_id uuid REFERENCES authority,
  successor_id uuid REFERENCES authority,
  entrusted_by_id uuid REFERENCES authority,
  entrustment_basis text,
  entrustment_ends_on date,
  active_from date NOT NULL,
  active_until date,
  successor_basis text,
  revision integer NOT NULL DEFAULT 1,
  CONSTRAINT authority_not_its_own_successor CHECK (successor_id IS DISTINCT FROM id),
  CONSTRAINT authority_entrustment_has_basis CHECK ((kind = 'entrustedOrganisation') = (entrusted_by_id IS NOT NULL) AND (entrusted_by_id IS NULL OR entrustment_basis IS NOT NULL))
);
CREATE INDEX authority_area_index ON authority (area_code);

CREATE TABLE person (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  username text NOT NULL CONSTRAINT person_username_unique UNIQUE,
  display_name text NOT NULL,
  authority_id uuid REFERENCES authority,
  holder_lookup bytea,
  password_hash text NOT NULL,
  one_time_password_until timestamptz,
  totp_secret_cipher bytea,
  totp_pending_cipher bytea,
  totp_pending_until timestamptz,
  email_cipher bytea,
  totp_last_step bigint,
  state text NOT NULL DEFAULT 'active' CONSTRAINT person_state_known CHECK (state IN ('active','disabled')),
  failed_logins integer NOT NULL DEFAULT 0,
  locked_until timestamptz,
  on_leave_from date,
  on_leave_until date,
  substitute_id uuid REFERENCES person,
  leave_mac_key_id text,
  leave_mac bytea,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT person_pending_factor_ends CHECK ((totp_pending_cipher IS NULL) = (totp_pending_until IS NULL)),
  CONSTRAINT person_substitute_is_another CHECK (substitute_id IS DISTINCT FROM id),
  CONSTRAINT person_leave_names_substitute CHECK (on_leave_from IS NULL OR substitute_id IS NOT NULL),
  CONSTRAINT person_leave_is_sealed CHECK (substitute_id IS NULL OR (leave_mac_key_id IS NOT NULL AND leave_mac IS NOT NULL))
);

CREATE TABLE role_assignment (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  person_id uuid NOT NULL REFERENCES person,
  role text NOT NULL CONSTRAINT role_assignment_role_known CHECK (role IN ('cityAdministrator','bannerAdministrator','departmentAdministrator','supervisor','operator','reviewer','investigator','sealKeeper','windowClerk','relyingPartyUser','holder','systemAdministrator','securityAdministrator','auditor')),
  area_code text,
  authority_id uuid REFERENCES authority,
  trade text,
  granted_by uuid REFERENCES person,
  granted_at timestamptz NOT NULL,
  ends_at timestamptz,
  mac_key_id text NOT NULL,
  mac bytea NOT NULL
);
CREATE INDEX role_assignment_person_index ON role_assignment (person_id);

CREATE TABLE session (
  token_digest bytea PRIMARY KEY,
  csrf_digest bytea NOT NULL,
  person_id uuid NOT NULL REFERENCES person,
  created_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at timestamptz
);
CREATE INDEX session_person_index ON session (person_id);

CREATE TABLE agency_system (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  authority_id uuid NOT NULL REFERENCES authority,
  name text NOT NULL,
  record_url text CONSTRAINT agency_system_record_url_unique UNIQUE,
  record_key_id text,
  record_secret_cipher bytea,
  callback_hosts text[] NOT NULL DEFAULT '{}',
  webhook_secret_cipher bytea,
  state text NOT NULL DEFAULT 'active' CONSTRAINT agency_system_state_known CHECK (state IN ('active','stopped')),
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT agency_system_record_port_whole CHECK ((record_secret_cipher IS NULL) = (record_key_id IS NULL) AND (record_secret_cipher IS NULL OR record_url IS NOT NULL))
);

CREATE TABLE agency_key (
  key_id text PRIMARY KEY CONSTRAINT agency_key_id_form CHECK (key_id ~ '^[A-Za-z0-9._-]{3,64}$'),
  agency_system_id uuid NOT NULL REFERENCES agency_system,
  slot smallint NOT NULL CONSTRAINT agency_key_two_slots CHECK (slot IN (1, 2)),
  secret_cipher bytea NOT NULL,
  valid_from timestamptz NOT NULL,
  valid_until timestamptz,
  revoked_at timestamptz,
  issued_by uuid REFERENCES person
);
CREATE UNIQUE INDEX agency_key_two_live_keys ON agency_key (agency_system_id, slot) WHERE revoked_at IS NULL;

CREATE TABLE agency_nonce (
  key_id text NOT NULL REFERENCES agency_key,
  nonce text NOT NULL,
  seen_at timestamptz NOT NULL,
  CONSTRAINT agency_nonce_used_once PRIMARY KEY (key_id, nonce)
);
CREATE INDEX agency_nonce_seen_index ON agency_nonce (seen_at);
${AS_SENTENCES}
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
DROP TABLE agency_nonce, agency_key, agency_system, session, role_assignment, person, authority;
`);
}
