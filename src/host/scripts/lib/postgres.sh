# Talking to PostgreSQL with the tools of this host, or with those inside a container of it. The account of the operating
# system is the role of the database too (peer authentication), so that no password passes through here.
# shellcheck shell=bash

# The engine that knows the container: a host may have the client of one, and the containers in the other.
container_engine() {
  local name words=""
  for name in docker podman; do
    command -v "$name" >/dev/null 2>&1 || continue
    if words="$words$("$name" container inspect "$SSM_Container" 2>&1 >/dev/null)"; then
      command -v "$name"
      return
    fi
    words="$words"$'\n'
  done
  fail no-container "the host knows no container $SSM_Container" "${words:-neither docker nor podman is installed}"
}

# Folders with pg_dump and psql, a line each: PATH first, then where Debian and Red Hat put each series.
postgres_folders() {
  local folder
  while read -r folder; do
    if [ -x "$folder/pg_dump" ] && [ -x "$folder/psql" ]; then printf '%s\n' "$folder"; fi
  done < <(
    tr ':' '\n' <<<"$PATH"
    find /usr/lib/postgresql /usr -maxdepth 2 -type d \( -path '/usr/lib/postgresql/*/bin' -o -path '/usr/pgsql-*/bin' \) 2>/dev/null | sort -r
  )
}

# What the server knows the sessions of a dump by; it cuts off what is longer.
session_name() {
  local name="holdfast${SSM_DumpId:+ $SSM_DumpId}"
  printf '%s' "${name:0:63}"
}

# Runs a program of PostgreSQL: by its full path on the host, by its name in the container. Usage: postgres PROGRAM ...
postgres() {
  local program="$1" client
  client=(PGCLIENTENCODING=UTF8 "PGAPPNAME=$(session_name)" PGCONNECT_TIMEOUT=15)
  shift
  if [ -n "$SSM_Container" ]; then
    "$(container_engine)" exec --interactive --user "$SSM_User" "$SSM_Container" \
      env "${client[@]}" "PGPORT=$SSM_Port" "PGDATABASE=$SSM_Database" "$(basename "$program")" "$@"
  else
    # The account may not be able to enter the folder that this script was started in.
    (cd / && exec runuser -u "$SSM_User" -- \
      env "${client[@]}" "PGPORT=$SSM_Port" "PGDATABASE=$SSM_Database" "$program" "$@")
  fi
}

# A folder that others can pass, and neither list nor read.
make_folder() {
  (umask 066 && mkdir -p "$1")
}

# Where the files of a dump in the making, or of one that is over, are.
dump_dir() {
  printf '%s/dumps/%s' "$state_dir" "$SSM_DumpId"
}

dump_unit() {
  printf 'holdfast-dump-%s' "$1"
}

dump_value() {
  cat "$(dump_dir)/$1" 2>/dev/null || true
}

# Ends the sessions of a dump: a pg_dump inside a container goes on when its client on the host is gone, and would keep its
# locks until it is through. An account may end its own sessions (PostgreSQL manual, 9.28.2).
end_sessions() {
  postgres "$SSM_Tools${SSM_Tools:+/}psql" -X -q -A -t -v "name=$(session_name)" >/dev/null <<'SQL'
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = :'name' AND usename = current_user AND pid <> pg_backend_pid();
SQL
}
