# Starts a dump that continues in a unit of its own. The library of the engine makes archive and fingerprint.
# shellcheck shell=bash
# shellcheck disable=SC2154 # parameters of the scripts
work="$SSM_Folder/unfinished"
dir=$(dump_dir)

# Ends the dump with a message, which dump-state returns. Usage: dump_failed MESSAGE [OUTPUT]
dump_failed() {
  printf '%s' "$1" >"$dir/message"
  # The first message says why; what follows from it comes later.
  printf '%s' "${2:0:4000}" >"$dir/failed.new"
  # Sessions that outlive the dump would keep their locks.
  (end_sessions) >/dev/null 2>&1 3>&1 || true
  # While a tool still writes there, this may fail: dump-finish removes the files later. The message must arrive anyway.
  rm -rf "${work:?}/$SSM_DumpId" "${work:?}/$SSM_DumpId.parts" || true
  mv "$dir/failed.new" "$dir/failed"
  exit 1
}

# Records why the program ended, whatever ended it.
dump_ended() {
  local why='the dump ended before it was complete'
  # systemd gives no reason. The shell starts to count a moment later than systemd.
  if [ "$SECONDS" -ge "$((SSM_MaxSeconds - 1))" ]; then
    why="the dump was not complete after $SSM_MaxSeconds s (host-timeout)"
  fi
  if ! [ -f "$dir/done" ] && ! [ -f "$dir/failed" ]; then
    (dump_failed "$why" "$(cat "$dir/trouble" "$dir/dump-errors" 2>/dev/null)") || true
  fi
}

# Before bash 4.3 a shell that SIGTERM ends does not run its trap for EXIT.
record_end() {
  trap dump_ended EXIT
  trap 'exit 143' TERM
}

# The dump itself. The files that other commands wait for (begun, done, failed) appear whole, by a rename.
dump_main() {
  local archive="$work/$SSM_DumpId" size part parts
  record_end
  # A session that has ended shows when its output is missing.
  trap '' PIPE
  "dump_$SSM_Engine" "$archive"
  size=$(stat -c %s "$archive")
  parts=$(((size + SSM_PartBytes - 1) / SSM_PartBytes))
  for ((part = 0; part < parts; part++)); do
    tail -c "+$((part * SSM_PartBytes + 1))" "$archive" 2>/dev/null | head -c "$SSM_PartBytes" | sha256sum | cut -d ' ' -f 1
  done >"$dir/parts" || true
  [ "$(wc -l <"$dir/parts")" = "$parts" ] || dump_failed 'the checksums of the parts could not be calculated'
  # sync of coreutils before 8.24 takes no file.
  dd if=/dev/null "of=$archive" conv=notrunc,fsync status=none
  printf '%s %s\n' "$size" "$(sha256sum "$archive" | cut -d ' ' -f 1)" >"$dir/done.new"
  mv "$dir/done.new" "$dir/done"
}

# Starts the dump, or finds it started, and prints the answer. Usage: start_dump ENGINE PLACE MORE; names of variables: those that
# dump-finish needs to end the sessions of a dump that is not complete, and more that the dump needs.
start_dump() {
  local place="$2" more="$3" other id try names
  SSM_Engine="$1"
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
    read -r -a names <<<"$place"
    declare -p SSM_Engine SSM_DumpId ${names[@]+"${names[@]}"} >"$dir/place"
    sweep_units
    # The time limit ends a dump whose run died.
    write_service "$(dump_unit "$SSM_DumpId")" dump_main \
      "dir work SSM_Engine SSM_DumpId SSM_Folder SSM_PartBytes SSM_MaxSeconds $place $more" \
      "timeout=$SSM_MaxSeconds" Nice=5 IOSchedulingClass=idle
    load_units "$(dump_unit "$SSM_DumpId").service"
    systemctl start "$(dump_unit "$SSM_DumpId").service" >&2
  fi
  # The lock is free again before the server answers, so that a slow one does not delay dumps of other databases.
  exec 9>&-
  for ((try = 0; try < 300; try++)); do
    if [ -f "$dir/begun" ] || [ -f "$dir/failed" ] || ! systemctl is-active --quiet "$(dump_unit "$SSM_DumpId")"; then break; fi
    sleep 0.1
  done
  if [ -f "$dir/failed" ]; then fail dump-failed "$(cat "$dir/message")" "$(cat "$dir/failed")"; fi
  if ! [ -f "$dir/begun" ] && ! systemctl is-active --quiet "$(dump_unit "$SSM_DumpId")"; then
    fail dump-failed 'the dump did not begin' "$(cat "$dir/trouble" 2>/dev/null || true)"
  fi
  # A dump that still waits for locks has no point in time yet; dump-state tells it later.
  printf '{"takenAt":%s}\n' "$(json "$(sed -n 2p "$dir/begun" 2>/dev/null || true)")"
}
