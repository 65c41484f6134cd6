#!/bin/sh
# Makes Temporal's two databases and brings their schemas up to this image's version. Safe to repeat.
set -eu

for database in temporal temporal_visibility; do
  case $database in
    temporal) schema=temporal ;;
    temporal_visibility) schema=visibility ;;
  esac
  run() {
    temporal-sql-tool --plugin "$DB" --ep "$POSTGRES_SEEDS" --port "$DB_PORT" --user "$POSTGRES_USER" --db "$database" "$@"
  }
  run create
  run setup-schema -v 0.0
  run update-schema -d "/etc/temporal/schema/postgresql/v12/$schema/versioned"
done
