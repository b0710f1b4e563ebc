# The checks file: statements of the user, whose results the restored copy must match. They run with the server's own
# settings, as those of earlier receipts did.
# shellcheck shell=bash

# Usage: checks_json SEPARATOR; it stands before the first entry. Splits the checks file into statements and answers each. A line "-- name: WORDS" names the statement after it.
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
    printf '{"name":%s,"kind":"check","method":"statement","values":{}%s}' "$(json "$1")" "$(error_json "$(server_words "$errors")" "the statement's result")"
  fi
  rm -f "$errors"
}
