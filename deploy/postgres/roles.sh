#!/bin/sh
# Run once, when the database's volume is new: the two roles and the database of README's «Production».
set -eu
secret() { cat "/run/secrets/$1"; }
psql --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set owner="$(secret owner_password)" --set app="$(secret app_password)" <<'SQL'
CREATE ROLE contreseing_owner LOGIN PASSWORD :'owner';
CREATE ROLE contreseing_app LOGIN PASSWORD :'app';
CREATE DATABASE contreseing OWNER contreseing_owner;
SQL
