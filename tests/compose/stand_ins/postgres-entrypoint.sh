#!/bin/bash
# The original's first start: a cluster for POSTGRES_USER with the password in POSTGRES_PASSWORD_FILE, and the database POSTGRES_DB.
set -eu
[ "$1" = postgres ] || exec "$@"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    initdb --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" --encoding=UTF8 \
        --locale=C.UTF-8 --auth-local=trust --auth-host=scram-sha-256
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    if [ "${POSTGRES_DB:-$POSTGRES_USER}" != postgres ]; then
        pg_ctl --wait --options="-c listen_addresses=''" start
        createdb --username="$POSTGRES_USER" "${POSTGRES_DB:-$POSTGRES_USER}"
        pg_ctl --wait --mode=fast stop
    fi
fi
exec "$@" -c listen_addresses='*'
