#!/bin/sh
# Starts PostgreSQL, and makes its data at the first start. The variables are those of the official
# image: POSTGRES_PASSWORD, POSTGRES_USER, POSTGRES_DB, POSTGRES_INITDB_ARGS, each also as NAME_FILE,
# POSTGRES_HOST_AUTH_METHOD and PGDATA. Scripts in /docker-entrypoint-initdb.d run once, in order.
set -eu

fail() {
  echo "postgres: $1" >&2
  exit 1
}

# The value of a variable or of the file that NAME_FILE names; both are one too many.
setting() {
  eval "value=\${$1:-}"
  eval "file=\${$1_FILE:-}"
  if [ -n "$value" ] && [ -n "$file" ]; then
    fail "both $1 and $1_FILE are set"
  fi
  if [ -n "$file" ]; then
    [ -r "$file" ] || fail "$1_FILE names $file, which cannot be read"
    value=$(cat "$file")
  fi
  [ -n "$value" ] || value=$2
}

initialise() {
  setting POSTGRES_USER postgres
  user=$value
  setting POSTGRES_DB "$user"
  database=$value
  setting POSTGRES_INITDB_ARGS ''
  arguments=$value
  setting POSTGRES_PASSWORD ''
  password=$value
  method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  if [ -z "$password" ] && [ "$method" != trust ]; then
    fail 'set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE'
  fi

  # Readable by this user alone, and gone before anybody is let in.
  secret=$(umask 077 && mktemp /tmp/password.XXXXXX)
  printf '%s\n' "${password:-unused}" > "$secret"
  # shellcheck disable=SC2086 # several arguments in one variable, as in the official image
  initdb --username="$user" --pwfile="$secret" --encoding=UTF8 \
    --auth-local=trust --auth-host=scram-sha-256 $arguments
  rm -f "$secret"
  {
    echo
    echo "host all all all $method"
  } >> "$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >> "$PGDATA/postgresql.conf"

  # On its socket alone, so that nobody meets a database that is half made.
  pg_ctl start --wait --silent --options="-c listen_addresses=''"
  if [ "$database" != postgres ]; then
    psql --username="$user" --dbname=postgres --no-psqlrc --quiet \
      --set=ON_ERROR_STOP=1 --set=name="$database" <<'SQL'
CREATE DATABASE :"name";
SQL
  fi
  for script in /docker-entrypoint-initdb.d/*; do
    case $script in
      *.sql) psql --username="$user" --dbname="$database" --no-psqlrc --quiet \
        --set=ON_ERROR_STOP=1 --file="$script" ;;
      *.sh) POSTGRES_USER=$user POSTGRES_DB=$database sh "$script" ;;
    esac
  done
  pg_ctl stop --wait --silent --mode=fast
}

# Moves what was made to its place. PG_VERSION is last: with it, the database is there.
settle() {
  for path in "$1"/*; do
    [ "$path" = "$1/PG_VERSION" ] || mv -f "$path" "$PGDATA"
  done
  mv -f "$1/PG_VERSION" "$PGDATA"
  rm -rf "$1" "$1.complete"
}

# Flags alone are flags of the server.
case ${1:-postgres} in
  -*) set -- postgres "$@" ;;
esac

if [ "${1:-postgres}" = postgres ]; then
  [ "$(id -u)" != 0 ] || fail 'does not run as root: set runAsUser: 70'
  export PGDATA="${PGDATA:-/var/lib/postgresql/data}"
  mkdir -p "$PGDATA"
  # The server refuses a folder that others may read.
  chmod 700 "$PGDATA" || fail "$PGDATA is not this user's: set PGDATA to a folder below the volume"
  if [ ! -s "$PGDATA/PG_VERSION" ]; then
    new=$PGDATA/.new
    if [ ! -e "$new.complete" ]; then
      # What an interrupted first start left behind is no database.
      rm -rf "$new"
      (export PGDATA="$new" && initialise)
      touch "$new.complete"
    fi
    settle "$new"
  fi
fi

exec "$@"
