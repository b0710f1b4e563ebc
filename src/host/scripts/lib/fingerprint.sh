# The fingerprint: the facts of a database that a restored copy must match. Everything asks the server through `sql`, so that
# another `sql` can send the same statements to a session that holds a lock or a snapshot.
# shellcheck shell=bash

# server_words FILE: what the client said of an error, as one line.
server_words() {
  grep -a '^ERROR ' "$1" | tail -n 1 | grep . || tail -n 1 "$1"
}

# error_json WORDS TRIED: "ERROR 1146 (42S02) at line 1: text" as the entry's error. Some errors have no text at all: then it
# is said what was tried, and where the server's log is.
error_json() {
  local code words="$1" log
  code=$(printf '%s' "$words" | sed -nE 's/^ERROR ([0-9]+).*/\1/p')
  if [[ "$words" =~ ^(ERROR\ [0-9NUL]+[^:]*:)?[[:space:]]*(NULL)?[[:space:]]*$ ]]; then
    log=$(sql 2>/dev/null <<<"SELECT IF(@@log_error = '', '', IF(LEFT(@@log_error, 1) = '/', @@log_error, CONCAT(@@datadir, @@log_error)));" || true)
    words="the server gave no reason${words:+ (it said \"$words\")} when it was asked for $2; its log may: ${log:-the journal of its service, or the file *.err in its data directory}"
  fi
  printf ',"error":{"code":%s,"message":%s}' "${code:-0}" "$(json "$words")"
}

# The tables whose facts are taken, a line each: database, table, engine, …, as the client escapes them.
list_tables() {
  local errors
  errors=$(mktemp "$state_dir/errors.XXXXXX")
  case "$SSM_Method" in
    auto | aggregates) earlier_tables_statement ;;
    *) facts_settings && tables_statement ;;
  esac | sql 2>"$errors" || fail no-tables 'the list of tables could not be read' "$(cat "$errors")"
  rm -f "$errors"
}

# The entries of the tables on standard input, lines of list_tables. Usage: tables_json SEPARATOR; it stands before the first
tables_json() {
  local database table engine separator="$1"
  case "$SSM_Method" in rows | columns)
    facts_json "$separator" "$SSM_Method"
    return
    ;;
  esac
  while IFS=$'\t' read -r database table engine; do
    [ -n "$table" ] || continue
    printf '%s' "$separator"
    earlier_table_json "$(unescape "$database")" "$(unescape "$table")" "$engine"
    separator=,
    table_read
  done
}

# Called after each table, or after some; the session that reads under a lock has something to do then.
# shellcheck disable=SC2317
table_read() { :; }

# What an answer begins with, up to its first entry.
fingerprint_head() {
  local errors version
  mkdir -p "$state_dir"
  errors=$(mktemp "$state_dir/errors.XXXXXX")
  version=$(sql 2>"$errors" <<<'SELECT VERSION()') || fail server-silent 'the database server answers no query' "$(cat "$errors")"
  rm -f "$errors"
  printf '{"takenAt":"%s","serverVersion":%s,"entries":[' "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" "$(json "$version")"
}

# Usage: fingerprint_end BEGAN [FIELDS]; epoch ms, and JSON fields with a comma before each
fingerprint_end() {
  printf '],"seconds":%s%s}\n' "$(seconds_of $(($(now_ms) - $1)))" "${2:-}"
}

# Usage: seconds_of MILLISECONDS
seconds_of() {
  printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000))
}

# Engines whose tables a transaction that is begun WITH CONSISTENT SNAPSHOT shows as of its beginning. InnoDB: MySQL manual,
# "START TRANSACTION, COMMIT, and ROLLBACK Statements" ("this applies only to InnoDB"). MyRocks has such snapshots in MariaDB and in
# Percona Server, but that of Facebook wants a statement of its own, so it is not among them. All others (MyISAM, Aria,
# BRIGHTHOUSE, MEMORY, CSV, ARCHIVE, TokuDB, NDB, Spider, …) must be read under a lock. Usage: tables_with snapshot|lock
tables_with() {
  awk -F '\t' -v wanted="$1" '$0 != "" && ($3 == "InnoDB" ? "snapshot" : "lock") == wanted'
}

# The whole fingerprint, as JSON on stdout.
take_fingerprint() {
  local began tables some locked_ms part separator=''
  began=$(now_ms)
  fingerprint_head
  tables=$(list_tables)
  # First those that a pause must read under its lock: it is to be known how long that takes.
  for part in lock snapshot; do
    some=$(tables_with "$part" <<<"$tables")
    if [ -n "$some" ]; then
      tables_json "$separator" <<<"$some"
      separator=,
    fi
    if [ "$part" = lock ]; then locked_ms=$(($(now_ms) - began)); fi
  done
  if [ -n "$SSM_Checks" ]; then checks_json "$separator"; fi
  fingerprint_end "$began" ",\"lockedSeconds\":$(seconds_of "$locked_ms")"
}
