#!/bin/sh
# Makes the data on the first start, then becomes the server.
set -eu
PATH=$(echo /usr/lib/postgresql/*/bin):$PATH
as_postgres="setpriv --reuid=postgres --regid=postgres --init-groups"

install -d -o postgres -g postgres -m 0700 "$PGDATA"
if [ ! -e "$PGDATA/PG_VERSION" ]; then
    $as_postgres initdb -U postgres -A "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" -E UTF8 --locale=C --no-sync >/dev/null
    echo "host all all all ${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
fi
exec $as_postgres "$@" -c listen_addresses='*'
