#!/bin/sh
# Runs once, when the data folder is made: role and two databases of Temporal. The register's own roles and
# database are made by "migrate" (main/migrate.ts), which can also be repeated when a password changes.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$TEMPORAL_DATABASE_PASSWORD" \
  --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" <<'SQL'
create role temporal with login nosuperuser nocreatedb nocreaterole password :'password';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke all on database temporal, temporal_visibility from public;
\connect temporal_visibility
create extension if not exists btree_gin;
SQL
