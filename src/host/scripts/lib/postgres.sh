# PostgreSQL through the tools of this host, or those in one of its containers. The account is also the role in the
# database (peer authentication), so no password is needed.
# shellcheck shell=bash

# Prints the folders that hold pg_dump and psql, one per line: PATH first, then where Debian and Red Hat put each series.
postgres_folders() {
  local folder
  while read -r folder; do
    if [ -x "$folder/pg_dump" ] && [ -x "$folder/psql" ]; then printf '%s\n' "$folder"; fi
  done < <(
    tr ':' '\n' <<<"$PATH"
    find /usr/lib/postgresql /usr -maxdepth 2 -type d \( -path '/usr/lib/postgresql/*/bin' -o -path '/usr/pgsql-*/bin' \) 2>/dev/null | sort -r
  )
}

# The application name of a dump's sessions. The server keeps 63 bytes, by which the sessions
# of two dumps must still differ: one of them ends its own.
session_name() {
  local name="holdfast${SSM_DumpId:+ $SSM_DumpId}"
  if [ "${#name}" -gt 63 ]; then name="${name:0:46}-$(printf '%s' "$name" | sha256sum | cut -c 1-16)"; fi
  printf '%s' "$name"
}

# Runs a program of PostgreSQL: by its full path on the host, by its name in the container. Usage: postgres PROGRAM ...
postgres() {
  local program="$1" client
  # Variables of the host or the container must not change what the programs print.
  client=(-u PGDATESTYLE -u PGTZ -u PGGEQO "PGOPTIONS=${client_options:-}" PGCLIENTENCODING=UTF8
    "PGAPPNAME=$(session_name)" PGCONNECT_TIMEOUT=15)
  shift
  if [ -n "$SSM_Container" ]; then
    "$(container_engine)" exec --interactive --user "$SSM_User" "$SSM_Container" \
      env "${client[@]}" "PGPORT=$SSM_Port" "PGDATABASE=$SSM_Database" "$(basename "$program")" "$@"
  else
    # The account may not be allowed to enter the current folder.
    (cd / && exec runuser -u "$SSM_User" -- \
      env "${client[@]}" "PGPORT=$SSM_Port" "PGDATABASE=$SSM_Database" "$program" "$@")
  fi
}

# Ends the sessions of a dump: inside a container, pg_dump outlives its client on the host, and would keep its locks to the
# end. A role may end its own sessions (PostgreSQL manual, 9.28.2).
end_sessions_postgres() {
  postgres "$SSM_Tools${SSM_Tools:+/}psql" -X -q -A -t -v "name=$(session_name)" >/dev/null <<'SQL'
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = :'name' AND usename = current_user AND pid <> pg_backend_pid();
SQL
}
