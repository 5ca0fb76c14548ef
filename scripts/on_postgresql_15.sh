#!/usr/bin/env bash
# Run a command against a throw-away server of the machine's own PostgreSQL (15 on Debian 12, 16 on Ubuntu 24.04).
set -eu
bin=$(compgen -G '/usr/lib/postgresql/*/bin' | sort -V | head -n 1)
work=$(mktemp -d /tmp/decroche-pg.XXXXXX)
as=()
if [ "$(id -u)" = 0 ]; then  # PostgreSQL refuses to run as root
  chown postgres "$work"
  as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
fi
cleanup() { "${as[@]}" "$bin/pg_ctl" -D "$work/data" -m immediate -w stop >/dev/null 2>&1 || true; rm -rf "$work"; }
trap cleanup EXIT
cd "$work"
"${as[@]}" "$bin/initdb" -D "$work/data" -U postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 >/dev/null
"${as[@]}" "$bin/pg_ctl" -D "$work/data" -w -l "$work/log" \
  -o "-h '' -k $work -c max_connections=200 -c fsync=off -c unix_socket_permissions=0777" start >/dev/null
chmod 755 "$work"
cd "$OLDPWD"
echo "   $("$bin/postgres" --version)"
export DATABASE_URL="postgresql://postgres@/postgres?host=${work//\//%2F}&port=5432"
"$@"
