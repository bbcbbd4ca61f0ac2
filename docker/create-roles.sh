#!/bin/sh
# Run once by the postgres image on an empty volume. The owner migrates; the others get their rights from the migrations.
set -eu

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set owner_password="$ZANTARA_OWNER_PASSWORD" \
  --set app_password="$ZANTARA_APP_PASSWORD" \
  --set analyst_password="$ZANTARA_ANALYST_PASSWORD" <<'SQL'
CREATE ROLE zantara_owner LOGIN CREATEROLE PASSWORD :'owner_password';
CREATE ROLE zantara_app LOGIN PASSWORD :'app_password';
CREATE ROLE zantara_analyst LOGIN PASSWORD :'analyst_password';
CREATE DATABASE zantara OWNER zantara_owner;
SQL
