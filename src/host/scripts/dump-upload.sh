# Uploads parts of the archive to presigned URLs, four at a time. Each URL is signed with the checksum of its part, so S3
# accepts nothing else.
dir=$(dump_dir)
[ -f "$dir/done" ] || fail no-dump "the dump $SSM_DumpId is not finished"
archive="$(cat "$dir/folder")/unfinished/$SSM_DumpId"
pieces=$(mktemp -d "$(cat "$dir/folder")/unfinished/upload.XXXXXX")
cleanup() {
  local status=$?
  rm -rf "$pieces"
  (exit "$status")
  answer_unexpected_end
}
trap cleanup EXIT

# Usage: put_part NUMBER SIGNATURE
put_part() {
  local number="$1" signature="$2" piece="$pieces/$1" bytes code wait status
  tail -c "+$(((number - 1) * SSM_PartBytes + 1))" "$archive" 2>/dev/null | head -c "$SSM_PartBytes" >"$piece" || true
  # The hexadecimal digits, as escape sequences for printf.
  bytes=$(sed -n "${number}s/../\\\\x&/gp" "$dir/parts")
  # The URL goes through standard input: other accounts on the host can read command lines.
  for wait in 1 2 4 0; do
    code=$(put_once "$piece" "$number" "$signature" "$bytes") && status=0 || status=$?
    # The server refused the connection; curl before 7.52 does not try that again by itself.
    if [ "$status" != 7 ] || [ "$wait" = 0 ]; then break; fi
    sleep "$wait"
  done
  rm -f "$piece"
  printf '%s' "$code" >"$piece.code"
}

# Prints the status of the answer. Usage: put_once PIECE NUMBER SIGNATURE CHECKSUM_AS_ESCAPES
put_once() {
  curl --silent --show-error --config - --upload-file "$1" --output "$1.answer" --dump-header "$1.headers" \
    --write-out '%{http_code}' --connect-timeout 15 --speed-limit 1000 --speed-time 60 --retry 3 \
    2>"$1.errors" <<CONFIG
url = "$SSM_Url&partNumber=$2&X-Amz-Signature=$3"
header = "x-amz-checksum-sha256: $(printf '%b' "$4" | base64 -w 0)"
header = "Content-Type:"
header = "Expect:"
CONFIG
}

# Uploads each fourth part. Usage: put_parts FIRST
put_parts() {
  local one index=0
  for one in $SSM_Parts; do
    if [ $((index % 4)) = "$1" ]; then put_part "${one%%:*}" "${one#*:}"; fi
    index=$((index + 1))
  done
}

for first in 0 1 2 3; do put_parts "$first" & done
wait
parts=""
refused=""
for one in $SSM_Parts; do
  number="${one%%:*}"
  code=$(cat "$pieces/$number.code" 2>/dev/null || true)
  etag=$(sed -nE 's/^etag: *"?([0-9a-fA-F]+)"?\r?$/\1/Ip' "$pieces/$number.headers" 2>/dev/null | tail -n 1)
  if [ "$code" = 200 ] && [ -n "$etag" ]; then
    parts="$parts${parts:+,}{\"number\":$number,\"etag\":\"$etag\"}"
  elif [ -z "$refused" ]; then
    refused="status ${code:-none}: $(sed -nE 's/.*<Code>([A-Za-z]+)<.*/\1/p' "$pieces/$number.answer" 2>/dev/null | awk 'NR == 1') $(head -n 1 "$pieces/$number.errors" 2>/dev/null)"
  fi
done
printf '{"parts":[%s],"refused":%s}\n' "$parts" "$(json "$refused")"
