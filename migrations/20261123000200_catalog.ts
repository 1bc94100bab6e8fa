import type { Knex } from 'knex';

/** Catalogue of certificate types (发证目录, art. 7), who may issue them, and the seals that make them effective (art. 11). */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
CREATE TABLE catalog_entry (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  code text NOT NULL CONSTRAINT catalog_entry_code_unique UNIQUE CONSTRAINT catalog_entry_code_form CHECK (code ~ '^[0-9A-Z]{21}$'),
  trade text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE catalog_entry IS 'One certificate type of the catalogue (发证目录, art. 7); what it says lives in its versions.';

CREATE TABLE catalog_entry_version (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  catalog_entry_id uuid NOT NULL REFERENCES catalog_entry,
  version integer NOT NULL CONSTRAINT catalog_entry_version_positive CHECK (version > 0),
  state text NOT NULL CONSTRAINT catalog_entry_version_state_known CHECK (state IN ('draft','underReview','approved','published','superseded','withdrawn')),
  definition jsonb NOT NULL,
  name text NOT NULL GENERATED ALWAYS AS (definition->>'name') STORED,
  effective_from date,
  drafted_by uuid REFERENCES person,
  approved_by uuid REFERENCES person,
  state_reason text,
  created_at timestamptz NOT NULL,
  published_at timestamptz,
  mac_key_id text NOT NULL,
  mac bytea NOT NULL,
  CONSTRAINT catalog_entry_version_unique UNIQUE (catalog_entry_id, version),
  CONSTRAINT catalog_entry_version_four_eyes CHECK (approved_by IS NULL OR approved_by IS DISTINCT FROM drafted_by),
  CONSTRAINT catalog_entry_version_published_complete CHECK (state NOT IN ('published','superseded') OR (effective_from IS NOT NULL AND published_at IS NOT NULL))
);
CREATE UNIQUE INDEX catalog_entry_version_one_open_draft ON catalog_entry_version (catalog_entry_id) WHERE state IN ('draft','underReview','approved');
COMMENT ON COLUMN catalog_entry_version.name IS 'The name of the type as of this version, beside the definition because lists and verification would unpack the whole of it for its name.';
COMMENT ON COLUMN catalog_entry_version.state_reason IS 'Why the version was sent back or withdrawn.';
COMMENT ON TABLE catalog_entry_version IS 'A version of a catalogue entry with every element of art. 7; a certificate stays pinned to the version under which it was issued. The review policy in it decides about straight-through issue, so the row carries an HMAC-SM3.';

CREATE TABLE catalog_entitlement (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  catalog_entry_id uuid NOT NULL REFERENCES catalog_entry,
  authority_id uuid NOT NULL REFERENCES authority,
  areas text[] NOT NULL CONSTRAINT catalog_entitlement_has_area CHECK (cardinality(areas) > 0),
  area_name text NOT NULL,
  valid_from date NOT NULL,
  valid_until date,
  basis jsonb NOT NULL,
  mode text NOT NULL CONSTRAINT catalog_entitlement_mode_known CHECK (mode IN ('synchronous','dailyIncrement')),
  exemption jsonb,
  comparison jsonb NOT NULL CONSTRAINT catalog_entitlement_comparison_known CHECK (comparison->>'kind' IN ('api','manual','none')),
  recorded_by uuid REFERENCES person,
  recorded_at timestamptz NOT NULL,
  CONSTRAINT catalog_entitlement_period CHECK (valid_until IS NULL OR valid_until > valid_from),
  CONSTRAINT catalog_entitlement_exemption_recorded CHECK (mode = 'synchronous' OR exemption IS NOT NULL),
  CONSTRAINT catalog_entitlement_no_comparison_has_reason CHECK (comparison->>'kind' <> 'none' OR comparison->>'reason' IS NOT NULL)
);
CREATE INDEX catalog_entitlement_index ON catalog_entitlement (catalog_entry_id, authority_id);
COMMENT ON TABLE catalog_entitlement IS 'Which authority may issue which type, where, from when to when, and on what basis (划转文件). Mode and comparison are per authority and type (art. 8).';

CREATE TABLE seal (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  authority_id uuid NOT NULL REFERENCES authority,
  name text NOT NULL,
  kind text NOT NULL CONSTRAINT seal_kind_known CHECK (kind IN ('official','approval','certificate','registration')),
  state text NOT NULL CONSTRAINT seal_state_known CHECK (state IN ('inUse','stopped','cancelled')),
  state_reason text,
  electronic_seal bytea NOT NULL,
  ofd_key_id text NOT NULL,
  ofd_certificate bytea NOT NULL,
  pdf_key_id text NOT NULL,
  pdf_certificate bytea NOT NULL,
  pdf_chain bytea[] NOT NULL DEFAULT '{}',
  pdf_appearance text NOT NULL,
  width_mm numeric NOT NULL,
  height_mm numeric NOT NULL,
  valid_from timestamptz NOT NULL,
  valid_until timestamptz NOT NULL,
  mac_key_id text NOT NULL,
  mac bytea NOT NULL,
  CONSTRAINT seal_period CHECK (valid_until > valid_from),
  CONSTRAINT seal_stop_has_reason CHECK (state = 'inUse' OR state_reason IS NOT NULL)
);
CREATE INDEX seal_authority_index ON seal (authority_id);
COMMENT ON TABLE seal IS 'An electronic seal (电子印章) of an authority: the SES structure for OFD, the appearance for PDF, and the ids of the keys behind the Sealer port. No private key is ever in this database.';

CREATE TABLE seal_use_mandate (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  seal_id uuid NOT NULL REFERENCES seal,
  catalog_entry_id uuid NOT NULL REFERENCES catalog_entry,
  authority_id uuid NOT NULL REFERENCES authority,
  granted_by uuid NOT NULL REFERENCES person,
  valid_from timestamptz NOT NULL,
  valid_until timestamptz NOT NULL,
  used integer NOT NULL DEFAULT 0 CONSTRAINT seal_use_mandate_within_cap CHECK (used <= volume_cap),
  volume_cap integer NOT NULL CONSTRAINT seal_use_mandate_cap_positive CHECK (volume_cap > 0),
  ended_at timestamptz,
  mac_key_id text NOT NULL,
  mac bytea NOT NULL,
  CONSTRAINT seal_use_mandate_period CHECK (valid_until > valid_from)
);
CREATE INDEX seal_use_mandate_index ON seal_use_mandate (authority_id, catalog_entry_id, seal_id);
COMMENT ON TABLE seal_use_mandate IS 'The seal keeper''s dated mandate (用印授权) for automatic sealing: this seal, for this type, of this authority, at most so many certificates (art. 11).';

CREATE TABLE number_counter (
  authority_id uuid NOT NULL REFERENCES authority,
  catalog_entry_id uuid NOT NULL REFERENCES catalog_entry,
  year integer NOT NULL,
  next_sequence bigint NOT NULL DEFAULT 1,
  PRIMARY KEY (authority_id, catalog_entry_id, year)
);
COMMENT ON TABLE number_counter IS 'Next number of the register per authority, type and year; one row each, so that authorities never wait for one another.';

CREATE TABLE sla_policy (
  key text NOT NULL,
  version integer NOT NULL,
  name text NOT NULL,
  starts_with text NOT NULL,
  value numeric NOT NULL CONSTRAINT sla_policy_value_positive CHECK (value > 0),
  unit text NOT NULL CONSTRAINT sla_policy_unit_known CHECK (unit IN ('workingDays','hours','minutes','calendarDay')),
  hard boolean NOT NULL,
  legal_basis jsonb NOT NULL,
  set_by uuid REFERENCES person,
  set_at timestamptz NOT NULL,
  mac_key_id text NOT NULL,
  mac bytea NOT NULL,
  PRIMARY KEY (key, version)
);
COMMENT ON TABLE sla_policy IS 'Time limits as data with their legal basis; only the rows marked hard are the law''s own and cannot be loosened.';

CREATE TABLE work_calendar_day (
  date date NOT NULL,
  region text NOT NULL DEFAULT '',
  kind text NOT NULL CONSTRAINT work_calendar_day_kind_known CHECK (kind IN ('dayOff','worked')),
  name text NOT NULL,
  source_notice text NOT NULL,
  loaded_by uuid REFERENCES person,
  loaded_at timestamptz NOT NULL,
  PRIMARY KEY (date, region)
);
CREATE TABLE work_calendar_coverage (
  version integer PRIMARY KEY,
  covered_from date NOT NULL,
  covered_to date NOT NULL,
  loaded_at timestamptz NOT NULL,
  CONSTRAINT work_calendar_coverage_period CHECK (covered_to > covered_from)
);
COMMENT ON TABLE work_calendar_day IS 'Days that differ from Monday-to-Friday by a notice of the State Council, or of the region (overlay, needs a notice number).';
COMMENT ON TABLE work_calendar_coverage IS 'The period for which working days are known; past it a deadline is awaitingCalendar and nothing is assumed.';
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
DROP TABLE work_calendar_coverage, work_calendar_day, sla_policy, number_counter, seal_use_mandate, seal, catalog_entitlement, catalog_entry_version, catalog_entry;
`);
}
