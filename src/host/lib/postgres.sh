# Talking to PostgreSQL with the tools of this host, or with those inside a container of it. The account of the operating
# system is the role of the database too (peer authentication), so that no password passes through here.
# shellcheck shell=bash

container_engine() {
  local name
  for name in docker podman; do
    if command -v "$name" >/dev/null 2>&1; then
      command -v "$name"
      return
    fi
  done
  fail no-container-engine "neither docker nor podman is installed on the host, so there is no container $SSM_Container"
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

# Runs a program of PostgreSQL: by its full path on the host, by its name in the container. Usage: postgres PROGRAM ...
postgres() {
  local program="$1" client=(PGCLIENTENCODING=UTF8 PGAPPNAME=holdfast PGCONNECT_TIMEOUT=15)
  shift
  if [ -n "$SSM_Container" ]; then
    "$(container_engine)" exec --interactive --user "$SSM_User" "$SSM_Container" \
      env "${client[@]}" "PGPORT=$SSM_Port" "PGDATABASE=$SSM_Database" "$(basename "$program")" "$@"
  else
    # The account may not enter the folder that this script was started in.
    (cd / && exec runuser -u "$SSM_User" -- \
      env "${client[@]}" "PGPORT=$SSM_Port" "PGDATABASE=$SSM_Database" "$program" "$@")
  fi
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
