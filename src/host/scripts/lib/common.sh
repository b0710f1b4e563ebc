# Shared by every host script: strictness, JSON, errors, results that are too long for SSM's output.
# shellcheck shell=bash
set -euo pipefail
export LC_ALL=C
# The SSM agent sets no HOME, where the database client looks for its option file, and may have a short PATH.
export HOME="${HOME:-/root}"
export PATH="${PATH:+$PATH:}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Results may hold values of the database: they are for root alone.
umask 077

state_dir="/run/holdfast"
# SSM keeps the first 24,000 characters of stdout.
output_limit=20000

# The one line of the answer goes to the script's own stdout, also from inside a substitution.
exec 3>&1

# A script that ends unexpectedly still answers with an error.
answer_unexpected_end() {
  local status=$?
  if [ "$status" -ne 0 ] && [ "$status" -ne 3 ]; then
    printf '{"error":{"code":"script-failed","message":"the script ended with status %s","detail":"see its standard error"}}\n' "$status" >&3
    exit 3
  fi
}
trap answer_unexpected_end EXIT

now_ms() {
  date +%s%3N
}

log() {
  printf '%s\n' "$*" >&2
}

# Text from stdin as the inside of a JSON string: invalid UTF-8 is dropped, control characters are escaped or dropped.
json_escape() {
  { if type -P iconv >/dev/null; then iconv -c -f UTF-8 -t UTF-8 2>/dev/null || true; else cat; fi; } |
    sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/\t/\\t/g' -e 's/\r/\\r/g' |
    tr -d '\000-\010\013\014\016-\037\177' |
    awk 'NR > 1 { printf "\\n" } { printf "%s", $0 }'
}

json() {
  printf '"%s"' "$(printf '%s' "$1" | json_escape)"
}

# Ends the script with an error of its own. Usage: fail CODE MESSAGE [DETAIL]
fail() {
  local detail="${3:-}"
  printf '{"error":{"code":"%s","message":%s,"detail":%s}}\n' "$1" "$(json "$2")" "$(json "$(tail -c 8000 <<<"$detail")")" >&3
  exit 3
}

# Prints the result from stdin, or stores it and prints where.
emit() {
  local file key length
  mkdir -p "$state_dir/results"
  file=$(mktemp "$state_dir/results/new.XXXXXX")
  cat >"$file"
  if [ "$(stat -c %s "$file")" -le "$output_limit" ]; then
    cat "$file"
    rm -f "$file"
    return
  fi
  # Results of earlier days are no longer needed.
  find "$state_dir/results" -type f -mmin +1440 -delete
  key="result-$(now_ms)-$$"
  gzip -c "$file" | base64 -w 0 >"$state_dir/results/$key"
  length=$(stat -c %s "$state_dir/results/$key")
  printf '{"stored":{"key":"%s","bytes":%s,"sha256":"%s","encoding":"gzip+base64","length":%s}}\n' \
    "$key" "$(stat -c %s "$file")" "$(sha256sum "$file" | cut -d ' ' -f 1)" "$length"
  rm -f "$file"
}
