# Starts a dump that continues in a unit of its own. Archive and fingerprint come from one snapshot.
work="$SSM_Folder/unfinished"
dir=$(dump_dir)

# Ends the dump with a message, which dump-state returns. Usage: dump_failed MESSAGE [OUTPUT]
dump_failed() {
  printf '%s' "$1" >"$dir/message"
  { printf '%s' "${2:-}" | tail -c 4000; } >"$dir/failed.new"
  # Sessions that outlive the dump would keep their locks.
  (end_sessions) >/dev/null 2>&1 3>&1 || true
  # While pg_dump still writes there, this may fail: dump-finish removes the files later. The message must arrive anyway.
  rm -rf "${work:?}/$SSM_DumpId" "${work:?}/$SSM_DumpId.parts" || true
  mv "$dir/failed.new" "$dir/failed"
  exit 1
}

# Reads the session's output up to its end marker. Usage: session_lines FILE
session_lines() {
  local line
  : >"$1"
  while read -r line <&7; do
    if [ "$line" = holdfast-done ]; then return; fi
    printf '%s\n' "$line" >>"$1"
  done
  dump_failed 'the session that holds the snapshot ended' "$(cat "$dir/session-errors")"
}

# Usage: ask FUNCTION_THAT_PRINTS_SQL FILE
ask() {
  {
    "$1"
    printf '%s\n' '\echo holdfast-done'
  } >&8
  session_lines "$2"
}

# Records why the program ended, whatever ended it.
dump_ended() {
  local why='the dump ended before it was complete'
  # systemd gives no reason. The shell starts to count a moment later than systemd.
  if [ "$SECONDS" -ge "$((SSM_MaxSeconds - 1))" ]; then
    why="the dump was not complete after $SSM_MaxSeconds s (host-timeout)"
  fi
  if ! [ -f "$dir/done" ] && ! [ -f "$dir/failed" ]; then
    (dump_failed "$why" "$(cat "$dir/session-errors" "$dir/dump-errors" 2>/dev/null)") || true
  fi
}

# The dump itself. The files that other commands wait for (begun, done, failed) appear whole, by a rename.
dump_main() {
  local archive="$work/$SSM_DumpId" snapshot dumping options size part parts
  trap dump_ended EXIT
  # A session that has ended shows when its output is missing.
  trap '' PIPE
  coproc session { postgres "$SSM_Tools${SSM_Tools:+/}psql" -X -q -A -t -v ON_ERROR_STOP=1 2>"$dir/session-errors"; }
  # Bash closes the descriptors of a coprocess as soon as it ends; these copies stay open.
  exec 7<&"${session[0]}" 8>&"${session[1]}"
  postgres_no_timeouts >&8
  cat >&8 <<SQL
SET lock_timeout = '${SSM_LockSeconds}s';
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot();
SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
\echo holdfast-done
SQL
  session_lines "$dir/begun.new"
  snapshot=$(head -n 1 "$dir/begun.new")
  # Sequences ignore snapshots: pg_dump finds them at some value between these two queries.
  ask postgres_sequences "$dir/sequences-before"
  options=("--snapshot=$snapshot" "--lock-wait-timeout=${SSM_LockSeconds}s" "--compress=$SSM_Level" --no-password)
  if [ "$SSM_Format" = directory ]; then
    # In this format pg_dump writes the files itself, under an account that is not root.
    mkdir "$archive.parts"
    chown "$SSM_User" "$archive.parts"
    (cd / && runuser -u "$SSM_User" -- test -w "$archive.parts") ||
      dump_failed "the account $SSM_User cannot enter $SSM_Folder: a folder above it denies access" \
        'choose another host-folder, or archive-format: custom'
    postgres "$SSM_Tools/pg_dump" --format=directory "--jobs=$SSM_Jobs" "${options[@]}" --file="$archive.parts/d" \
      2>"$dir/dump-errors" &
  else
    postgres "$SSM_Tools${SSM_Tools:+/}pg_dump" --format=custom "${options[@]}" >"$archive" 2>"$dir/dump-errors" &
  fi
  dumping=$!
  mv "$dir/begun.new" "$dir/begun"
  ask postgres_fingerprint "$dir/rows"
  wait "$dumping" || dump_failed 'pg_dump failed' "$(cat "$dir/dump-errors")"
  ask postgres_sequences "$dir/sequences-after"
  cat "$dir/sequences-before" "$dir/rows" "$dir/sequences-after" >"$dir/fingerprint"
  printf '\\q\n' >&8 || true
  if [ "$SSM_Format" = directory ]; then
    tar -C "$archive.parts/d" -cf "$archive" . 2>"$dir/dump-errors" || dump_failed 'tar failed' "$(cat "$dir/dump-errors")"
    rm -rf "$archive.parts"
  fi
  size=$(stat -c %s "$archive")
  parts=$(((size + SSM_PartBytes - 1) / SSM_PartBytes))
  for ((part = 0; part < parts; part++)); do
    tail -c "+$((part * SSM_PartBytes + 1))" "$archive" 2>/dev/null | head -c "$SSM_PartBytes" | sha256sum | cut -d ' ' -f 1
  done >"$dir/parts" || true
  [ "$(wc -l <"$dir/parts")" = "$parts" ] || dump_failed 'the checksums of the parts could not be calculated'
  sync "$archive"
  printf '%s %s\n' "$size" "$(sha256sum "$archive" | cut -d ' ' -f 1)" >"$dir/done.new"
  mv "$dir/done.new" "$dir/done"
}

mkdir -p "$state_dir/dumps"
exec 9>"$state_dir/dumps/lock"
flock -w 60 9 || fail busy 'another command has been starting a dump for a minute'
if ! [ -d "$dir" ]; then
  # One dump at a time in a folder: before another starts, dump-finish must have put away the one before it.
  for other in "$state_dir/dumps"/*/folder; do
    if [ -f "$other" ] && [ "$(cat "$other")" = "$SSM_Folder" ]; then
      id=$(basename "$(dirname "$other")")
      if [ -f "$(dirname "$other")/done" ] || systemctl is-active --quiet "$(dump_unit "$id")"; then
        fail busy "the dump $id has not been put away" "$id"
      fi
      rm -rf "$(dirname "$other")"
    fi
  done
  # A reboot deletes the state of a dump, but not its files.
  rm -rf "${SSM_Folder:?}/unfinished"
  mkdir -p "$dir"
  make_folder "$work"
  printf '%s' "$SSM_Folder" >"$dir/folder"
  # dump-finish needs these to end the sessions of a dump that is not complete.
  declare -p SSM_Database SSM_User SSM_Port SSM_Container SSM_Tools >"$dir/place"
  {
    echo 'set -euo pipefail'
    declare -p dir work state_dir SSM_DumpId SSM_Database SSM_User SSM_Port SSM_Container SSM_Folder SSM_Tools SSM_Format \
      SSM_Jobs SSM_Level SSM_LockSeconds SSM_PartBytes SSM_MaxSeconds | sed -E 's/^declare -[^ ]+ /export /'
    echo 'export LC_ALL=C; umask 077; exec 3>&2'
    declare -f
    echo 'dump_main'
  } >"$dir/program"
  # The time limit ends a dump whose run died.
  systemd-run --quiet --collect --unit="$(dump_unit "$SSM_DumpId")" --property=Nice=5 --property=IOSchedulingClass=idle \
    --property="RuntimeMaxSec=$SSM_MaxSeconds" "$(command -v bash)" "$dir/program" >&2
fi
# The lock is free again before the server answers, so that a slow one does not delay dumps of other databases.
exec 9>&-
for ((try = 0; try < 600; try++)); do
  if [ -f "$dir/begun" ] || [ -f "$dir/failed" ] || ! systemctl is-active --quiet "$(dump_unit "$SSM_DumpId")"; then break; fi
  sleep 0.1
done
if [ -f "$dir/failed" ]; then fail dump-failed "$(cat "$dir/message")" "$(cat "$dir/failed")"; fi
[ -f "$dir/begun" ] || fail dump-failed 'the dump did not begin' "$(cat "$dir/session-errors" 2>/dev/null || true)"
printf '{"takenAt":%s}\n' "$(json "$(sed -n 2p "$dir/begun")")"
