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
  local number="$1" signature="$2" piece="$pieces/$1" bytes code
  tail -c "+$(((number - 1) * SSM_PartBytes + 1))" "$archive" 2>/dev/null | head -c "$SSM_PartBytes" >"$piece" || true
  # The hexadecimal digits, as escape sequences for printf.
  bytes=$(sed -n "${number}s/../\\\\x&/gp" "$dir/parts")
  # The URL goes through standard input: other accounts on the host can read command lines.
  code=$(
    curl --silent --show-error --config - --upload-file "$piece" --output "$piece.answer" --dump-header "$piece.headers" \
      --write-out '%{http_code}' --connect-timeout 15 --speed-limit 1000 --speed-time 60 --retry 3 --retry-connrefused \
      2>"$piece.errors" <<CONFIG
url = "$SSM_Url&partNumber=$number&X-Amz-Signature=$signature"
header = "x-amz-checksum-sha256: $(printf '%b' "$bytes" | base64 -w 0)"
header = "Content-Type:"
header = "Expect:"
CONFIG
  ) || true
  rm -f "$piece"
  printf '%s' "$code" >"$piece.code"
}

for one in $SSM_Parts; do
  while [ "$(jobs -rp | wc -l)" -ge 4 ]; do wait -n || true; done
  put_part "${one%%:*}" "${one#*:}" &
done
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
    refused="status ${code:-none}: $(sed -nE 's/.*<Code>([A-Za-z]+)<.*/\1/p' "$pieces/$number.answer" 2>/dev/null | head -n 1) $(head -n 1 "$pieces/$number.errors" 2>/dev/null)"
  fi
done
printf '{"parts":[%s],"refused":%s}\n' "$parts" "$(json "$refused")"
