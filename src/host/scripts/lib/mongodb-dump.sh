# A dump of MongoDB on this host: a first reading, mongodump, a second reading. As on the runner (src/adapters/databases/mongodb).
# shellcheck shell=bash

# Reads the server, and writes what mongosh tells; what fails costs the proof alone. Usage: read_mongodb FILE FIRST_READING
read_mongodb() {
  local databases=""
  if [ -n "$mongodb_lost" ]; then return; fi
  if [ -n "$SSM_Databases" ]; then databases="\"${SSM_Databases// /\",\"}\""; fi
  if ! {
    printf 'print(reader.readOnHost(connection, { databases: [%s], before: ' "$databases"
    cat "$2"
    printf ' }));\n'
  } | ask_mongosh >"$1" 2>"$dir/read-errors" || ! [ -s "$1" ]; then
    mongodb_lost=$(words_of "$dir/read-errors" | grep -vE '^[[:space:]]*$' | tail -n 1 || true)
    mongodb_lost="${mongodb_lost:-mongosh told nothing}"
    if ! mongodb mongosh --version </dev/null >/dev/null 2>&1; then mongodb_lost='mongosh is not installed where the server runs'; fi
  fi
}

# Usage: run_mongodump FOLDER [--db=NAME]
run_mongodump() {
  local folder="$1" inside="$1" status=0 words
  shift
  if [ -n "$SSM_Container" ]; then
    inside=$(container_folder)
    # shellcheck disable=SC2016
    mongodb_config | mongodb sh -c 'rm -rf "$0"; umask 077; mkdir "$0" && echo "$$" >"$0/pid" && exec mongodump --config=/dev/stdin "--out=$0/out" "$@"' \
      "$inside" "$@" 2>>"$dir/dump-errors" || status=$?
    if [ "$status" = 0 ]; then
      # A database that holds nothing leaves nothing.
      # shellcheck disable=SC2016
      mongodb sh -c 'mkdir -p "$0" && tar -C "$0" -cf - .' "$inside/out" </dev/null 2>>"$dir/dump-errors" | tar -C "$folder" --no-same-owner -xf - ||
        dump_failed 'the dump could not be taken out of the container' "$(cat "$dir/dump-errors")"
    fi
    if [ "$status" = 0 ]; then mongodb rm -rf "$inside" </dev/null; fi
  else
    mongodb_config | mongodb mongodump --config=/dev/stdin "--out=$folder" "$@" 2>>"$dir/dump-errors" || status=$?
  fi
  if [ "$status" != 0 ]; then
    words=$(words_of "$dir/dump-errors" | { grep -m 1 'Failed:' || true; } | sed 's/.*Failed: //')
    dump_failed "mongodump failed: ${words:-it ended with status $status}" "$(words_of "$dir/dump-errors")"
  fi
}

# Archive and fingerprint. Usage: dump_mongodb ARCHIVE
dump_mongodb() {
  local archive="$1" taken folder name
  mongodb_lost=""
  : >"$dir/dump-errors"
  printf null >"$dir/none"
  read_mongodb "$dir/before" "$dir/none"
  taken=$(date -u +%Y-%m-%dT%H:%M:%S.000Z)
  # The second line is the point in time; MongoDB has no snapshot for the first.
  printf '\n%s\n' "$taken" >"$dir/begun.new"
  mv "$dir/begun.new" "$dir/begun"
  name="${taken:0:16}"
  folder="$archive.parts/data/db/dump/${name//:/_}"
  mkdir -p "$folder"
  if [ -z "$SSM_Databases" ]; then
    run_mongodump "$folder"
  else
    for name in $SSM_Databases; do run_mongodump "$folder" "--db=$name"; done
  fi
  # Users and roles, and the server's own.
  rm -rf "$folder/admin" "$folder/config" "$folder/local"
  read_mongodb "$dir/both" "$dir/before"
  if [ -n "$mongodb_lost" ]; then
    printf '{"lost":%s}\n' "$(json "$mongodb_lost")" >"$dir/fingerprint"
  else
    cat "$dir/both" >"$dir/fingerprint"
  fi
  tar -C "$archive.parts" --owner=0 --group=0 --mode=a+rX -cf - data 2>"$dir/dump-errors" | gzip "-$SSM_Level" >"$archive" ||
    dump_failed 'tar failed' "$(cat "$dir/dump-errors")"
  rm -rf "$archive.parts"
}
