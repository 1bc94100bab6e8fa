import type { Knex } from 'knex';

const AS_SENTENCES = `
COMMENT ON TABLE certificate_change IS 'A change of a certificate (证照变动): the legal act, who began it on what ground, and its case until it is done, refused, withdrawn or pre-empted. What was asked is encrypted.';
COMMENT ON COLUMN certificate_change.certificate_version_id IS 'The version that the change is about: the newest issued one when it was received.';
COMMENT ON COLUMN certificate_change.request_cipher IS 'Reason, legal ground, decision, attachments and, where a version follows, its whole request; encrypted.';
COMMENT ON COLUMN certificate_change.uniqueness_digest IS 'HMAC-SM3 of what may be live only once, for the version that follows; null when none does.';
COMMENT ON COLUMN certificate_change.to_authority_id IS 'The authority of this register to which a certificate is transferred out; only that one may transfer it in.';
COMMENT ON COLUMN certificate_change.preempted_by IS 'The ending that pre-empted the change; null when the certificate expired meanwhile.';
COMMENT ON INDEX certificate_change_one_open IS 'One open change per certificate; a second is refused with the one that holds it, an ending pre-empts it (rule 8).';
COMMENT ON TABLE certificate_endorsement IS 'A dated endorsement on a version, such as 年检: it changes no state and makes no version. Append-only.';
COMMENT ON TABLE expiry_notice IS 'Which versions were told of their coming end at which rung (days before it), so that holder and authority are told once each.';
COMMENT ON COLUMN issuance.operation IS 'How the version that this case produces comes into being; recorded once, with the code that is reported for it.';
COMMENT ON COLUMN issuance.certificate_change_id IS 'The change whose new version this case produces; null for a new issue.';
COMMENT ON COLUMN issuance.previous_version_id IS 'The version whose place the new one takes.';
COMMENT ON INDEX certificate_version_one_live IS 'Of the versions of a certificate one at most is live, whatever is commanded in whatever order.';
`;

/** Changes of a certificate, its endorsements, and the issuance line that produces the versions that follow. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
CREATE TABLE certificate_change (
  id uuid PRIMARY KEY,
  certificate_id uuid NOT NULL REFERENCES certificate,
  certificate_version_id uuid NOT NULL REFERENCES certificate_version,
  operation text NOT NULL CONSTRAINT certificate_change_operation_known CHECK (operation IN ('amend','renew','correct','reissue','inspectPeriodically','suspend','resume','cancel','rescind','recall','revoke','void','reinstate','transferOut','undoTransferOut','transferIn')),
  state text NOT NULL CONSTRAINT certificate_change_state_known CHECK (state IN ('received','underReview','sentBack','approved','inProduction','done','refused','withdrawn','preempted')),
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  catalog_entry_version_id uuid NOT NULL REFERENCES catalog_entry_version,
  agency_system_id uuid REFERENCES agency_system,
  operator_id uuid REFERENCES person,
  business_number text NOT NULL,
  decided_at timestamptz NOT NULL,
  request_cipher bytea NOT NULL,
  uniqueness_digest bytea,
  reissue_reason text CONSTRAINT certificate_change_reissue_reason_known CHECK (reissue_reason IN ('lost','damaged','expired')),
  to_authority_id uuid REFERENCES authority,
  revision integer NOT NULL DEFAULT 1,
  state_reason jsonb,
  preempted_by uuid CONSTRAINT certificate_change_preempted_by REFERENCES certificate_change DEFERRABLE INITIALLY DEFERRED,
  received_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  closed_at timestamptz,
  CONSTRAINT certificate_change_has_one_initiator CHECK ((agency_system_id IS NULL) <> (operator_id IS NULL)),
  CONSTRAINT certificate_change_closed_when_final CHECK ((state IN ('done','refused','withdrawn','preempted')) = (closed_at IS NOT NULL)),
  CONSTRAINT certificate_change_ending_has_reason CHECK (state NOT IN ('refused','sentBack','preempted') OR state_reason IS NOT NULL),
  CONSTRAINT certificate_change_reissue_has_reason CHECK ((operation = 'reissue') = (reissue_reason IS NOT NULL))
);
CREATE UNIQUE INDEX certificate_change_one_open ON certificate_change (certificate_id) WHERE closed_at IS NULL;
CREATE INDEX certificate_change_certificate_index ON certificate_change (certificate_id, received_at DESC);
CREATE INDEX certificate_change_authority_index ON certificate_change (authority_id, received_at DESC, id);
CREATE INDEX certificate_change_open_index ON certificate_change (id) WHERE closed_at IS NULL;

CREATE TABLE certificate_endorsement (
  id uuid PRIMARY KEY,
  certificate_id uuid NOT NULL REFERENCES certificate,
  certificate_version_id uuid NOT NULL REFERENCES certificate_version,
  certificate_change_id uuid NOT NULL CONSTRAINT certificate_endorsement_once UNIQUE REFERENCES certificate_change,
  authority_id uuid NOT NULL REFERENCES authority,
  trade text NOT NULL,
  kind text NOT NULL CONSTRAINT certificate_endorsement_kind_known CHECK (kind IN ('periodicInspection')),
  result text NOT NULL CONSTRAINT certificate_endorsement_result_known CHECK (result IN ('passed','failed')),
  endorsed_on date NOT NULL,
  next_due_on date,
  recorded_at timestamptz NOT NULL
);
CREATE INDEX certificate_endorsement_certificate_index ON certificate_endorsement (certificate_id, endorsed_on DESC);

CREATE TABLE expiry_notice (
  certificate_version_id uuid NOT NULL REFERENCES certificate_version,
  rung_days integer NOT NULL CONSTRAINT expiry_notice_rung_known CHECK (rung_days IN (90, 60, 30)),
  told_at timestamptz NOT NULL,
  CONSTRAINT expiry_notice_once PRIMARY KEY (certificate_version_id, rung_days)
);

ALTER TABLE issuance
  ADD COLUMN operation text NOT NULL DEFAULT 'newIssue' CONSTRAINT issuance_operation_known CHECK (operation IN ('newIssue','renewal','amendment','correction','reissue','reinstatement','transferIn','backEntry','ingestion')),
  ADD COLUMN certificate_change_id uuid CONSTRAINT issuance_one_per_change UNIQUE REFERENCES certificate_change,
  ADD COLUMN previous_version_id uuid REFERENCES certificate_version,
  ADD CONSTRAINT issuance_of_a_change CHECK ((operation IN ('newIssue','backEntry','ingestion')) = (certificate_change_id IS NULL)
    AND (certificate_change_id IS NULL) = (previous_version_id IS NULL)
    AND (certificate_change_id IS NULL OR certificate_id IS NOT NULL));

ALTER TABLE certificate_version DROP CONSTRAINT certificate_version_number_unique;
CREATE UNIQUE INDEX certificate_version_number_unique ON certificate_version (certificate_id, version) WHERE state <> 'draft';
ALTER TABLE certificate_version DROP CONSTRAINT certificate_version_one_successor;
CREATE UNIQUE INDEX certificate_version_one_successor ON certificate_version (previous_version_id) WHERE issued_at IS NOT NULL;
CREATE UNIQUE INDEX certificate_version_one_live ON certificate_version (certificate_id) WHERE state IN ('notYetInForce','inForce','suspended');
CREATE INDEX certificate_version_ending_index ON certificate_version (valid_until, id) WHERE state IN ('inForce','suspended') AND valid_until IS NOT NULL;
CREATE INDEX certificate_version_beginning_index ON certificate_version (valid_from, id) WHERE state = 'notYetInForce';
CREATE INDEX certificate_version_not_cancelled_index ON certificate_version (ended_at, id) WHERE state IN ('expired','rescinded','recalled','revoked');
CREATE INDEX uniqueness_reservation_certificate_index ON uniqueness_reservation (certificate_id);
CREATE INDEX event_version_index ON event (certificate_version_id, recorded_at);

CALL protect_rows('certificate_change', true);
CALL protect_rows('certificate_endorsement', true);
CALL grant_register('certificate_change', 'mutable');
CALL grant_register('certificate_endorsement', 'evidence');
CALL grant_register('expiry_notice', 'mutable');
CREATE POLICY certificate_endorsement_own ON certificate_endorsement FOR SELECT
  USING ((SELECT principal_kind()) = 'holder' AND EXISTS (SELECT 1 FROM certificate_version v WHERE v.id = certificate_endorsement.certificate_version_id));
${AS_SENTENCES}
`);
  await knex.raw(transferKeepsTheRest());
  await knex.raw(publicDoor(true));
}

/** A certificate that was transferred out passes to the authority that takes it in; all else of an issued one stays. */
function transferKeepsTheRest(): string {
  return `
CREATE OR REPLACE FUNCTION refuse_number_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.number, OLD.catalog_entry_id) IS NOT DISTINCT FROM (NEW.number, NEW.catalog_entry_id)
     AND EXISTS (SELECT 1 FROM certificate_version v WHERE v.certificate_id = OLD.id AND v.state = 'transferredOut') THEN
    RETURN NEW;
  END IF;
  IF EXISTS (SELECT 1 FROM certificate_version v WHERE v.certificate_id = OLD.id AND v.issued_at IS NOT NULL) THEN
    RAISE EXCEPTION 'an issued certificate never changes its number, type or authority' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;`;
}

function strictNumbers(): string {
  return `
CREATE OR REPLACE FUNCTION refuse_number_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM certificate_version v WHERE v.certificate_id = OLD.id AND v.issued_at IS NOT NULL) THEN
    RAISE EXCEPTION 'an issued certificate never changes its number, type or authority' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;`;
}

/** What the public learns of a certificate, with its last 年检 or without. */
function publicDoor(withInspection: boolean): string {
  const inspection = `,
         (SELECT jsonb_build_object('endorsedOn', n.endorsed_on, 'result', n.result, 'nextDueOn', n.next_due_on)
          FROM certificate_endorsement n WHERE n.certificate_id = v.certificate_id AND n.kind = 'periodicInspection'
          ORDER BY n.endorsed_on DESC, n.recorded_at DESC LIMIT 1) AS last_inspection`;
  return `
DROP FUNCTION verify_by_codes(bytea[]), verify_by_file(text);
DROP VIEW public_verification;
${withInspection ? 'CREATE POLICY certificate_endorsement_public_door ON certificate_endorsement FOR SELECT TO CURRENT_ROLE USING (true);' : ''}
CREATE VIEW public_verification WITH (security_barrier) AS
  SELECT v.id AS certificate_version_id, v.state, v.marks, v.version, v.identifier, v.public_face, v.masked_holders,
         v.valid_from, v.valid_until, v.issued_on, v.issued_at, v.ended_at, v.verification_code_digest,
         c.number, k.name AS certificate_name, a.name AS issuing_authority, a.credit_code AS issuing_authority_code
         ${withInspection ? inspection : ''}
  FROM certificate_version v
  JOIN certificate c ON c.id = v.certificate_id
  JOIN catalog_entry_version k ON k.id = v.catalog_entry_version_id
  JOIN authority a ON a.id = v.authority_id
  WHERE v.issued_at IS NOT NULL;
COMMENT ON VIEW public_verification IS 'What anybody may learn about an issued certificate (art. 6): state, marks, masked face; nothing before it was issued.';

CREATE FUNCTION verify_by_codes(code_digests bytea[]) RETURNS SETOF public_verification LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = public
  AS $$ BEGIN RETURN QUERY SELECT p.* FROM public_verification p WHERE p.verification_code_digest = ANY (code_digests); END $$;
CREATE FUNCTION verify_by_file(file_digest text) RETURNS SETOF public_verification LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = public
  AS $$ BEGIN RETURN QUERY SELECT p.* FROM public_verification p JOIN certificate_file f USING (certificate_version_id) WHERE f.digest = file_digest; END $$;
COMMENT ON FUNCTION verify_by_codes(bytea[]) IS 'The one door of the public: certificates by the digests of their unguessable codes, several askers at a time.';
REVOKE ALL ON FUNCTION verify_by_codes(bytea[]), verify_by_file(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION verify_by_codes(bytea[]), verify_by_file(text) TO ecert_app;`;
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(publicDoor(false));
  await knex.raw(strictNumbers());
  await knex.raw(`
DROP INDEX event_version_index, uniqueness_reservation_certificate_index, certificate_version_not_cancelled_index,
  certificate_version_beginning_index, certificate_version_ending_index, certificate_version_one_live,
  certificate_version_one_successor, certificate_version_number_unique;
ALTER TABLE certificate_version ADD CONSTRAINT certificate_version_one_successor UNIQUE (previous_version_id);
ALTER TABLE certificate_version ADD CONSTRAINT certificate_version_number_unique UNIQUE (certificate_id, version);
ALTER TABLE issuance DROP CONSTRAINT issuance_of_a_change, DROP COLUMN previous_version_id,
  DROP COLUMN certificate_change_id, DROP COLUMN operation;
DROP TABLE expiry_notice, certificate_endorsement, certificate_change;
`);
}
