import type { Knex } from 'knex';

/** Rows that belong to an authority and a trade; area is resolved to authorities when a scope is opened. */
const SCOPED = [
  'issuance',
  'certificate',
  'certificate_version',
  'certificate_holder',
  'sealing_intent',
  'seal_signature',
  'seal_use',
  'certificate_file',
  'issuance_draft',
  'task',
  'deadline',
  'delivery',
  'event',
  'up_report',
];

/** Rows that belong to an authority whatever the trade. */
const AUTHORITY_ONLY = [
  'seal',
  'seal_use_mandate',
  'attachment',
  'certificate_number',
  'number_record',
  'number_counter',
  'agency_system',
];

const MUTABLE = [
  'authority',
  'person',
  'role_assignment',
  'session',
  'agency_system',
  'agency_key',
  'agency_nonce',
  'catalog_entry',
  'catalog_entry_version',
  'catalog_entitlement',
  'seal',
  'seal_use_mandate',
  'number_counter',
  'sla_policy',
  'work_calendar_day',
  'work_calendar_coverage',
  'issuance',
  'uniqueness_reservation',
  'certificate',
  'certificate_version',
  'certificate_number',
  'number_record',
  'certificate_holder',
  'sealing_intent',
  'file_timestamp',
  'attachment',
  'issuance_draft',
  'task',
  'deadline',
  'notice',
  'delivery',
  'outbox',
  'up_report',
  'idempotency_key',
  'verification_count',
  'event_log_pending',
];
const EVIDENCE = [
  'event',
  'event_log_leaf',
  'event_log_link',
  'event_log_head',
  'read_audit',
  'security_event',
  'seal_use',
  'seal_signature',
  'certificate_file',
  'stored_file',
  'refused_request',
];
const DELETABLE = [
  'agency_nonce',
  'event_log_pending',
  'idempotency_key',
  'uniqueness_reservation',
  'certificate_number',
  'issuance_draft',
  'certificate_holder',
];

const ROW_IN_SCOPE = (trade: boolean): string => `
  (SELECT principal_kind()) = 'system'
  OR (SELECT scope_everything())
  OR authority_id = ANY ((SELECT scope_authorities())::uuid[])
  ${
    trade
      ? `OR trade = ANY ((SELECT scope_trades())::text[])
  OR (authority_id::text || ':' || trade) = ANY ((SELECT scope_pairs())::text[])`
      : ''
  }`;

function scopeFunctions(): string {
  return `
CREATE FUNCTION principal_kind() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(current_setting('ecert.principal', true), '') $$;
CREATE FUNCTION principal_id() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(current_setting('ecert.principal_id', true), '') $$;
CREATE FUNCTION scope_everything() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(current_setting('ecert.everything', true), '') = 'on' $$;
CREATE FUNCTION scope_evidence() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(current_setting('ecert.evidence', true), '') = 'on' $$;
CREATE FUNCTION scope_authorities() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(nullif(current_setting('ecert.authorities', true), ''), '{}')::uuid[] $$;
CREATE FUNCTION scope_trades() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(nullif(current_setting('ecert.trades', true), ''), '{}')::text[] $$;
CREATE FUNCTION scope_pairs() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(nullif(current_setting('ecert.pairs', true), ''), '{}')::text[] $$;
CREATE FUNCTION scope_roles() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT coalesce(nullif(current_setting('ecert.roles', true), ''), '{}')::text[] $$;
CREATE FUNCTION scope_holder() RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
  AS $$ SELECT decode(coalesce(current_setting('ecert.holder_lookup', true), ''), 'hex') $$;
COMMENT ON FUNCTION principal_kind() IS 'Who this transaction acts for: person, agency, relyingParty, holder or system; nobody sees anything without one.';
`;
}

function policies(): string {
  const scoped = SCOPED.map(
    (table) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY; ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
CREATE POLICY ${table}_in_scope ON ${table} USING (${ROW_IN_SCOPE(true)});
CREATE POLICY ${table}_auditor_reads ON ${table} FOR SELECT TO ecert_auditor USING (true);`,
  );
  const byAuthority = AUTHORITY_ONLY.map(
    (table) => `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY; ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
CREATE POLICY ${table}_in_scope ON ${table} USING (${ROW_IN_SCOPE(false)});
CREATE POLICY ${table}_auditor_reads ON ${table} FOR SELECT TO ecert_auditor USING (true);`,
  );
  return [...scoped, ...byAuthority].join('\n');
}

function holderPolicies(): string {
  const ofHolder = (column: string): string => `${column} = ANY ((SELECT versions_of_holder())::uuid[])`;
  // Functions, because a policy that asks another table carries that table's policies into the plan of every statement.
  return `
CREATE FUNCTION versions_of_holder() RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public
  AS $$ BEGIN
    IF principal_kind() <> 'holder' THEN RETURN '{}'; END IF;
    RETURN ARRAY(SELECT certificate_version_id FROM certificate_holder WHERE code_lookup = scope_holder());
  END $$;
CREATE FUNCTION certificates_of_holder() RETURNS uuid[] LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public
  AS $$ BEGIN
    IF principal_kind() <> 'holder' THEN RETURN '{}'; END IF;
    RETURN ARRAY(SELECT DISTINCT certificate_id FROM certificate_version WHERE id = ANY (versions_of_holder()));
  END $$;
CREATE POLICY certificate_holder_own ON certificate_holder FOR SELECT
  USING ((SELECT principal_kind()) = 'holder' AND code_lookup = (SELECT scope_holder()));
CREATE POLICY certificate_version_own ON certificate_version FOR SELECT USING (${ofHolder('certificate_version.id')});
CREATE POLICY certificate_file_own ON certificate_file FOR SELECT USING (${ofHolder('certificate_file.certificate_version_id')});
CREATE POLICY delivery_own ON delivery FOR SELECT USING (${ofHolder('delivery.certificate_version_id')});
CREATE POLICY certificate_own ON certificate FOR SELECT USING (id = ANY ((SELECT certificates_of_holder())::uuid[]));
CREATE POLICY event_evidence ON event FOR SELECT USING ((SELECT scope_evidence()));
CREATE POLICY seal_use_evidence ON seal_use FOR SELECT USING ((SELECT scope_evidence()));

ALTER TABLE notice ENABLE ROW LEVEL SECURITY; ALTER TABLE notice FORCE ROW LEVEL SECURITY;
CREATE POLICY notice_of_recipient ON notice USING (
  (SELECT principal_kind()) = 'system'
  OR recipient_person_id::text = (SELECT principal_id())
  OR (recipient_role = ANY ((SELECT scope_roles())::text[]) AND (recipient_authority_id IS NULL OR (SELECT scope_everything()) OR recipient_authority_id = ANY ((SELECT scope_authorities())::uuid[])))
  OR (recipient_holder_lookup = (SELECT scope_holder()) AND (SELECT principal_kind()) = 'holder'));
CREATE POLICY notice_written_by_all ON notice FOR INSERT WITH CHECK (true);
CREATE POLICY notice_auditor_reads ON notice FOR SELECT TO ecert_auditor USING (true);

ALTER TABLE read_audit ENABLE ROW LEVEL SECURITY; ALTER TABLE read_audit FORCE ROW LEVEL SECURITY;
CREATE POLICY read_audit_written_by_all ON read_audit FOR INSERT WITH CHECK (true);
CREATE POLICY read_audit_read ON read_audit FOR SELECT USING (
  (SELECT principal_kind()) = 'system' OR (SELECT scope_evidence())
  OR EXISTS (SELECT 1 FROM certificate_version v WHERE v.id = read_audit.certificate_version_id));
ALTER TABLE role_assignment ENABLE ROW LEVEL SECURITY; ALTER TABLE role_assignment FORCE ROW LEVEL SECURITY;
CREATE POLICY role_assignment_of_accounts ON role_assignment USING (
  (SELECT principal_kind()) = 'system'
  OR ((SELECT principal_kind()) = 'person' AND (SELECT scope_roles())::text[] && ARRAY['systemAdministrator','securityAdministrator']));
CREATE POLICY role_assignment_evidence ON role_assignment FOR SELECT USING ((SELECT scope_evidence()));
CREATE POLICY agency_system_of_accounts ON agency_system USING (
  (SELECT principal_kind()) = 'person' AND 'systemAdministrator' = ANY ((SELECT scope_roles())::text[]));
CREATE POLICY agency_system_evidence ON agency_system FOR SELECT USING ((SELECT scope_evidence()));
CREATE POLICY role_assignment_auditor_reads ON role_assignment FOR SELECT TO ecert_auditor USING (true);

ALTER TABLE security_event ENABLE ROW LEVEL SECURITY; ALTER TABLE security_event FORCE ROW LEVEL SECURITY;
CREATE POLICY security_event_written_by_all ON security_event FOR INSERT WITH CHECK (true);
CREATE POLICY security_event_read ON security_event FOR SELECT USING (
  (SELECT principal_kind()) = 'system' OR (SELECT scope_evidence())
  OR ((SELECT principal_kind()) = 'person' AND 'securityAdministrator' = ANY ((SELECT scope_roles())::text[])));
CREATE POLICY security_event_auditor_reads ON security_event FOR SELECT TO ecert_auditor USING (true);
CREATE POLICY read_audit_auditor_reads ON read_audit FOR SELECT TO ecert_auditor USING (true);
`;
}

/** In plpgsql because it keeps its plans: planning the joins anew would cost more than running them. */
function publicVerification(): string {
  return `
CREATE POLICY certificate_public_door ON certificate FOR SELECT TO CURRENT_ROLE USING (true);
CREATE POLICY certificate_version_public_door ON certificate_version FOR SELECT TO CURRENT_ROLE USING (true);
CREATE POLICY certificate_file_public_door ON certificate_file FOR SELECT TO CURRENT_ROLE USING (true);
CREATE VIEW public_verification WITH (security_barrier) AS
  SELECT v.id AS certificate_version_id, v.state, v.marks, v.version, v.identifier, v.public_face, v.masked_holders,
         v.valid_from, v.valid_until, v.issued_on, v.issued_at, v.ended_at, v.verification_code_digest,
         c.number, k.name AS certificate_name, a.name AS issuing_authority, a.credit_code AS issuing_authority_code
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
CREATE FUNCTION count_verifications(version_id uuid, counted date, more bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
  SET search_path = public
  AS $$ INSERT INTO verification_count SELECT v.id, counted, more FROM certificate_version v WHERE v.id = version_id
        ON CONFLICT (certificate_version_id, counted_on) DO UPDATE SET verifications = verification_count.verifications + excluded.verifications $$;
COMMENT ON FUNCTION verify_by_codes(bytea[]) IS 'The one door of the public: certificates by the digests of their unguessable codes, several askers at a time.';
REVOKE ALL ON FUNCTION verify_by_codes(bytea[]), verify_by_file(text), count_verifications(uuid, date, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION verify_by_codes(bytea[]), verify_by_file(text), count_verifications(uuid, date, bigint) TO ecert_app;
`;
}

/** Later migrations protect their own tables in the same words: row policy by scope, and what the application may do. */
function protection(): string {
  const inScope = (byTrade: boolean): string => ROW_IN_SCOPE(byTrade).trim().replaceAll("'", "''");
  return `
CREATE PROCEDURE protect_rows(name regclass, by_trade boolean) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', name);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', name);
  EXECUTE format('CREATE POLICY %I ON %s USING (%s)', name::text || '_in_scope', name,
    CASE WHEN by_trade THEN '${inScope(true)}' ELSE '${inScope(false)}' END);
  EXECUTE format('CREATE POLICY %I ON %s FOR SELECT TO ecert_auditor USING (true)', name::text || '_auditor_reads', name);
END $$;
CREATE PROCEDURE grant_register(name regclass, kind text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('GRANT SELECT, INSERT ON %s TO ecert_app', name);
  EXECUTE format('GRANT SELECT ON %s TO ecert_auditor', name);
  CASE kind
    WHEN 'mutable' THEN EXECUTE format('GRANT UPDATE ON %s TO ecert_app', name);
    WHEN 'evidence' THEN EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name::text || '_append_only', name);
  END CASE;
END $$;
COMMENT ON PROCEDURE protect_rows(regclass, boolean) IS 'Forced row-level security over area, authority and (by_trade) trade; the table has the columns authority_id and trade.';
COMMENT ON PROCEDURE grant_register(regclass, text) IS 'What the application may do with a table: mutable rows, or evidence that is only added to.';
REVOKE ALL ON PROCEDURE protect_rows(regclass, boolean), grant_register(regclass, text) FROM PUBLIC;
`;
}

/** Least privilege: what each database role may do, which rows it sees, and the one door of the public. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(scopeFunctions());
  await knex.raw(policies());
  await knex.raw(holderPolicies());
  await knex.raw(publicVerification());
  await knex.raw(protection());
  await knex.raw(`
GRANT USAGE ON SCHEMA public TO ecert_app, ecert_auditor;
GRANT SELECT, INSERT, UPDATE ON ${MUTABLE.join(', ')} TO ecert_app;
GRANT SELECT, INSERT ON ${EVIDENCE.join(', ')} TO ecert_app;
GRANT DELETE ON ${DELETABLE.join(', ')} TO ecert_app;
GRANT SELECT ON ${[...MUTABLE, ...EVIDENCE].filter((table) => !['person', 'session', 'agency_key'].includes(table)).join(', ')} TO ecert_auditor;
GRANT SELECT (id, username, display_name, authority_id, state) ON person TO ecert_auditor;
`);
}

export async function down(knex: Knex): Promise<void> {
  const tables = [...SCOPED, ...AUTHORITY_ONLY, 'notice', 'read_audit', 'role_assignment', 'security_event'];
  await knex.raw(`
DROP PROCEDURE protect_rows(regclass, boolean), grant_register(regclass, text);
DROP FUNCTION verify_by_codes(bytea[]), verify_by_file(text), count_verifications(uuid, date, bigint);
DROP VIEW public_verification;
DO $$
DECLARE p record;
BEGIN
  FOR p IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP POLICY %I ON %I', p.policyname, p.tablename);
  END LOOP;
END $$;
${tables.map((table) => `ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY;`).join('\n')}
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ecert_app, ecert_auditor;
REVOKE USAGE ON SCHEMA public FROM ecert_app, ecert_auditor;
DROP FUNCTION versions_of_holder(), certificates_of_holder(), principal_kind(), principal_id(), scope_everything(), scope_evidence(), scope_authorities(), scope_trades(), scope_pairs(), scope_roles(), scope_holder();
`);
}
