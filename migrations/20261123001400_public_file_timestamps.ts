import type { Knex } from 'knex';

/** Whoever verifies a file of ours is served with the timestamp token that lies beside it: it proves when it was sealed. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
CREATE POLICY file_timestamp_public_door ON file_timestamp FOR SELECT TO CURRENT_ROLE USING (true);
CREATE FUNCTION file_timestamp_token(file_digest text) RETURNS SETOF bytea LANGUAGE plpgsql STABLE SECURITY DEFINER
  SET search_path = public
  AS $$ BEGIN RETURN QUERY SELECT t.token FROM file_timestamp t WHERE t.digest = file_digest AND t.token IS NOT NULL; END $$;
COMMENT ON FUNCTION file_timestamp_token(text) IS 'The timestamp token of a sealed file by its SM3 digest, for whoever holds the file; nothing else of it.';
REVOKE ALL ON FUNCTION file_timestamp_token(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION file_timestamp_token(text) TO ecert_app;
`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
DROP FUNCTION file_timestamp_token(text);
DROP POLICY file_timestamp_public_door ON file_timestamp;
`);
}
