# Reports the progress of a dump; once it is complete, its size, its checksums and the fingerprint.
dir=$(dump_dir)
[ -d "$dir" ] || fail no-dump "there is no dump $SSM_DumpId on this host (was the host rebooted?)"
if [ -f "$dir/failed" ]; then fail dump-failed "$(cat "$dir/message")" "$(cat "$dir/failed")"; fi
taken_at=$(json "$(sed -n 2p "$dir/begun" 2>/dev/null || true)")
archive="$(cat "$dir/folder")/unfinished/$SSM_DumpId"
if ! [ -f "$dir/done" ]; then
  if ! systemctl is-active --quiet "$(dump_unit "$SSM_DumpId")" && ! [ -f "$dir/done" ] && ! [ -f "$dir/failed" ]; then
    fail dump-died 'the dump was killed on the host' "$(journalctl --no-pager --output=cat --unit "$(dump_unit "$SSM_DumpId")" 2>/dev/null | tail -n 20)"
  fi
  bytes=$({ du -sb "$archive" "$archive.parts" 2>/dev/null || true; } | awk '{ sum += $1 } END { print sum + 0 }')
  printf '{"state":"running","bytes":%s,"takenAt":%s}\n' "$bytes" "$taken_at"
  exit 0
fi
read -r size sha256 <"$dir/done"
{
  printf '{"state":"done","takenAt":%s,"size":%s,"sha256":"%s","parts":[' "$taken_at" "$size" "$sha256"
  sed 's/.*/"&"/' "$dir/parts" | paste -sd, | tr -d '\n'
  printf '],"fingerprint":['
  # The server's messages stay among the rows, as strings.
  tr -d '\000-\010\013-\037\177' <"$dir/fingerprint" | grep -v '^$' |
    sed -e '/^{"/!{ s/\\/\\\\/g; s/"/\\"/g; s/\t/\\t/g; s/.*/"&"/; }' | paste -sd, | tr -d '\n'
  printf ']}\n'
} | emit
