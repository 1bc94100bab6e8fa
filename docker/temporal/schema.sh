#!/bin/sh
# Brings both of Temporal's databases to the schema of this version; safe to repeat. SQL_PASSWORD is set outside.
set -eu
for database in temporal temporal_visibility; do
  case $database in
    temporal) folder=temporal ;;
    temporal_visibility) folder=visibility ;;
  esac
  temporal-sql-tool --plugin postgres12 --ep postgres --port 5432 --user temporal --db "$database" \
    setup-schema --version 0.0
  temporal-sql-tool --plugin postgres12 --ep postgres --port 5432 --user temporal --db "$database" \
    update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$folder/versioned"
done
