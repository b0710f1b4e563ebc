# How receipts of earlier versions read tables: CHECKSUM TABLE where the engine has it (method auto), and aggregates over
# every column elsewhere. Their snapshots are still to be verified, so the copy is read alike.
# shellcheck shell=bash

earlier_tables_statement() {
  printf '%s\n' "SELECT table_schema, table_name, COALESCE(engine, '') FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys', 'sys_infobright')
    ORDER BY table_schema, table_name;"
}

quote_name() {
  # shellcheck disable=SC2016
  printf '`%s`' "${1//\`/\`\`}"
}

# The client escapes these in its output.
unescape() {
  printf '%b' "${1//%/%%}" | sed 's/%%/%/g'
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
        sql 2>&1 <<<"CHECKSUM TABLE $name EXTENDED; SHOW WARNINGS" | tail -n 1 | awk -F '\t' '$2 ~ /^[0-9]+$/ { print "ERROR " $2 ": " $3 }' >"$errors"
        printf '%s,"values":{"checksum":null}%s}' "$head" "$(error_json "$(server_words "$errors")" 'CHECKSUM TABLE … EXTENDED')"
      else
        printf '%s,"rows":"%s","values":{"checksum":"%s"}}' "$head" "${output%%$'\t'*}" "${output#*$'\t'}"
      fi
    else
      printf '%s,"values":{}%s}' "$head" "$(error_json "$(server_words "$errors")" "$method")"
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
      printf '%s,"values":{}%s}' "$head" "$(error_json "$(server_words "$errors")" "$method")"
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

# earlier_table_json DATABASE TABLE ENGINE: the entry of one table, its names as they are.
earlier_table_json() {
  local method=aggregates
  if [ "$SSM_Method" != aggregates ]; then
    case "$3" in
      InnoDB | MyISAM | Aria | ARIA | '') method=checksum ;;
    esac
  fi
  table_json "$1" "$2" "$3" "$method"
}
