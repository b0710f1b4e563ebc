# The facts of a database that a restored copy must match: for each table its row count and a value that is computed from
# every column of every row. Infobright's engine has neither CHECK TABLE nor a cheap checksum, and answers COUNT, SUM, MIN
# and MAX of plain columns from its Knowledge Grid without reading the data; an expression over the column makes it read.
# Other engines have CHECKSUM TABLE, which reads every row; its result depends on row format and server version, so source
# and copy must run the same version.
# shellcheck shell=bash

quote_name() {
  # shellcheck disable=SC2016
  printf '`%s`' "${1//\`/\`\`}"
}

# The client escapes these in its output.
unescape() {
  printf '%b' "${1//%/%%}" | sed 's/%%/%/g'
}

# error_json FILE: the client's "ERROR 1146 (42S02) at line 1: text" as the entry's error.
error_json() {
  local words code
  words=$(tail -n 1 "$1")
  code=$(printf '%s' "$words" | sed -nE 's/^ERROR ([0-9]+).*/\1/p')
  printf ',"error":{"code":%s,"message":%s}' "${code:-0}" "$(json "$words")"
}

# table_json DATABASE TABLE ENGINE METHOD
table_json() {
  local database="$1" table="$2" engine="$3" method="$4" name sql columns column errors output head
  name="$(quote_name "$database").$(quote_name "$table")"
  errors=$(mktemp "$state_dir/errors.XXXXXX")
  head=$(printf '{"name":%s,"kind":"table","engine":%s,"method":"%s"' "$(json "$database.$table")" "$(json "$engine")" "$method")
  if [ "$method" = checksum ]; then
    if output=$(sql 2>"$errors" <<<"SELECT COUNT(*) FROM $name; CHECKSUM TABLE $name EXTENDED"); then
      output=$(printf '%s' "$output" | awk -F '\t' 'NR == 1 { rows = $1 } NR == 2 { sum = $NF } END { print rows "\t" sum }')
      # A checksum of NULL means that the table could not be read.
      if [ "${output#*$'\t'}" = NULL ]; then
        sql 2>&1 <<<"CHECKSUM TABLE $name EXTENDED; SHOW WARNINGS" | tail -n 1 | awk -F '\t' '{ print "ERROR " $2 ": " $3 }' >"$errors"
        printf '%s,"values":{"checksum":null}%s}' "$head" "$(error_json "$errors")"
      else
        printf '%s,"rows":"%s","values":{"checksum":"%s"}}' "$head" "${output%%$'\t'*}" "${output#*$'\t'}"
      fi
    else
      printf '%s,"values":{}%s}' "$head" "$(error_json "$errors")"
    fi
  else
    columns=$(sql 2>"$errors" <<<"SELECT column_name FROM information_schema.columns WHERE table_schema = $(sql_string "$database") AND table_name = $(sql_string "$table") ORDER BY ordinal_position") || columns=''
    sql='SELECT COUNT(*)'
    while IFS= read -r column; do
      [ -n "$column" ] || continue
      column=$(quote_name "$(unescape "$column")")
      sql="$sql, COUNT($column), SUM(CRC32($column)), BIT_XOR(CRC32($column))"
    done <<<"$columns"
    if output=$(sql 2>"$errors" <<<"$sql FROM $name"); then
      printf '%s,%s}' "$head" "$(aggregates_json "$output" "$columns")"
    else
      printf '%s,"values":{}%s}' "$head" "$(error_json "$errors")"
    fi
  fi
  rm -f "$errors"
}

# Rows and "column.count", "column.sum", "column.xor" from one line of output.
aggregates_json() {
  local -a values names
  local index name separator=''
  IFS=$'\t' read -r -a values <<<"$1"
  mapfile -t names <<<"$2"
  printf '"rows":"%s","values":{' "${values[0]}"
  for index in "${!names[@]}"; do
    [ -n "${names[$index]}" ] || continue
    name=$(printf '%s' "$(unescape "${names[$index]}")" | json_escape)
    printf '%s"%s.count":"%s","%s.sum":%s,"%s.xor":"%s"' "$separator" "$name" "${values[$((1 + index * 3))]}" \
      "$name" "$(number_or_null "${values[$((2 + index * 3))]}")" "$name" "${values[$((3 + index * 3))]}"
    separator=,
  done
  printf '}'
}

number_or_null() {
  if [ "$1" = NULL ]; then printf null; else printf '"%s"' "$1"; fi
}

sql_string() {
  local text="${1//\\/\\\\}"
  printf "'%s'" "${text//\'/\\\'}"
}

# Splits the checks file into statements and answers each. A line "-- name: WORDS" names the statement after it.
checks_json() {
  local separator="$1" file="$state_dir/checks.$$" line name='' statement=''
  printf '%s' "$SSM_Checks" | base64 -d | gunzip >"$file" || fail bad-checks 'the checks file did not arrive whole'
  while IFS= read -r line || [ -n "$line" ]; do
    if [[ "$line" =~ ^[[:space:]]*--[[:space:]]*name:[[:space:]]*(.*)$ ]]; then
      name="${BASH_REMATCH[1]}"
      continue
    fi
    if [[ "$line" =~ ^[[:space:]]*(--.*|#.*)?$ ]]; then continue; fi
    statement="$statement${statement:+$'\n'}$line"
    if [[ "$line" =~ \;[[:space:]]*$ ]]; then
      printf '%s' "$separator"
      check_json "${name:-${statement:0:60}}" "$statement"
      separator=,
      name=''
      statement=''
    fi
  done <"$file"
  if [ -n "$statement" ]; then
    printf '%s' "$separator"
    check_json "${name:-${statement:0:60}}" "$statement"
  fi
  rm -f "$file"
}

check_json() {
  local errors output
  errors=$(mktemp "$state_dir/errors.XXXXXX")
  if output=$(printf '%s\n' "$2" | sql 2>"$errors" | awk 'NR <= 100'); then
    printf '{"name":%s,"kind":"check","method":"statement","values":{"result":%s}}' "$(json "$1")" "$(json "$output")"
  else
    printf '{"name":%s,"kind":"check","method":"statement","values":{}%s}' "$(json "$1")" "$(error_json "$errors")"
  fi
  rm -f "$errors"
}

# The tables whose facts are taken, a line each: database, table and engine, as the client escapes them.
list_tables() {
  local errors
  errors=$(mktemp "$state_dir/errors.XXXXXX")
  sql 2>"$errors" <<<"SELECT table_schema, table_name, COALESCE(engine, '') FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys', 'sys_infobright')
    ORDER BY table_schema, table_name" || fail no-tables 'the list of tables could not be read' "$(cat "$errors")"
  rm -f "$errors"
}

# The entries of the tables on standard input, lines of list_tables. Usage: tables_json SEPARATOR; it stands before the first
tables_json() {
  local database table engine method separator="$1"
  while IFS=$'\t' read -r database table engine; do
    [ -n "$table" ] || continue
    method=aggregates
    if [ "$SSM_Method" = auto ]; then
      case "$engine" in
        InnoDB | MyISAM | Aria | ARIA | '') method=checksum ;;
      esac
    fi
    printf '%s' "$separator"
    table_json "$(unescape "$database")" "$(unescape "$table")" "$engine" "$method"
    separator=,
    table_read
  done
}

# Called after each table; the session that reads under a lock has something to do then.
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

# Usage: fingerprint_end BEGAN; epoch ms
fingerprint_end() {
  printf '],"seconds":%s}\n' "$(awk -v ms=$(($(now_ms) - $1)) 'BEGIN { printf "%.3f", ms / 1000 }')"
}

# The whole fingerprint, as JSON on stdout.
take_fingerprint() {
  local began tables separator=''
  began=$(now_ms)
  fingerprint_head
  tables=$(list_tables)
  tables_json '' <<<"$tables"
  if [ -n "$tables" ]; then separator=,; fi
  if [ -n "$SSM_Checks" ]; then checks_json "$separator"; fi
  fingerprint_end "$began"
}
