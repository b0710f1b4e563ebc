# What dumps on a host share, whatever their engine.
# shellcheck shell=bash

# Prints the engine that has the container: a host may have docker and podman, and the container in either.
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

# Makes a folder that others can pass through, but neither list nor read.
make_folder() {
  (umask 066 && mkdir -p "$1")
}

# Prints the space for the archive. An inspection creates nothing: a folder that does not exist yet will be on the filesystem of its
# parent.
free_bytes() {
  local folder="$SSM_Folder"
  while ! [ -d "$folder" ]; do folder=$(dirname "$folder"); done
  df --output=avail -B1 "$folder" | tail -n 1 | tr -d ' '
}

# The folder with the state of a dump.
dump_dir() {
  printf '%s/dumps/%s' "$state_dir" "$SSM_DumpId"
}

dump_unit() {
  printf 'holdfast-dump-%s' "$1"
}

# Ends what a dump has left running, above all in a container. A dump of an earlier version has no engine but PostgreSQL.
end_sessions() {
  "end_sessions_${SSM_Engine:-postgres}"
}
