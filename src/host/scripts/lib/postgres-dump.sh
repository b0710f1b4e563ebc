# The sessions of a dump on this host: one locks the tables, holds the snapshot and reads the fingerprint; pg_dump dumps. As on
# the runner (src/adapters/databases/postgres), what disturbs them before pg_dump has its locks makes a new attempt necessary.
# shellcheck shell=bash

# Opens the session. Its messages come among its rows, in order; a container would carry them beside each other.
open_session() {
  # shellcheck disable=SC2016
  coproc session {
    postgres /bin/sh -c 'exec "$0" "$@" 2>&1' "$SSM_Tools${SSM_Tools:+/}psql" -X -q -A -t -v "name=$(session_name)"
  }
  # Bash closes the descriptors of a coprocess as soon as it ends; these copies stay open.
  exec 7<&"${session[0]}" 8>&"${session[1]}"
  session_lost=""
}

# Runs SQL from stdin in the session, and writes what it prints to a file. Fails when the session has ended. Usage: ask FILE
ask() {
  local line
  : >"$1"
  { cat && printf '%s\n' '\echo holdfast-done'; } >&8 2>/dev/null || true
  while IFS= read -r line <&7; do
    if [ "$line" = holdfast-done ]; then return 0; fi
    printf '%s\n' "$line" >>"$1"
  done
  return 1
}

# Ends the sessions of an attempt, and removes what it has written.
end_attempt() {
  (end_sessions) >/dev/null 2>&1 3>&1 || true
  # Bash itself holds the input of the session open, too, so that closing it would not end psql.
  close_session
  exec 7<&- 8>&- || true
  wait "${dumping:-}" "${session_PID:-}" 2>/dev/null || true
  dumping=""
  rm -rf "${work:?}/$SSM_DumpId" "${work:?}/$SSM_DumpId.parts"
}

# Prints the first message of a server in a file, else the first error. Usage: server_message FILE
server_message() {
  local line
  line=$(grep -m 1 -E '(^|: )(ERROR|FATAL|PANIC): {1,2}' "$1" || grep -m 1 'error:' "$1" || tail -n 1 "$1")
  printf '%s' "$line" | sed -E 's/^[a-z_]+: detail: Error message from server: //; s/([A-Z]: {1,2})[0-9A-Z]{5}: /\1/'
}

# Prints what kind of disturbance the messages in a file show; nothing for an error that another attempt would meet again.
disturbance() {
  local code
  code=$(sed -nE 's/^[^ ]+: {1,2}([0-9A-Z]{5}): .*/\1/p' "$1" | grep -vE '^0[012]' | awk 'NR == 1') || true
  case "$code" in
    55P03 | 40P01) echo waiting ;;
    42P01 | 3F000 | 42704) echo changed ;;
    40001 | 57P0[123] | 08*) echo ended ;;
    ?*) ;;
    *)
      if grep -qE 'permission denied|(role|database) .* does not exist' "$1"; then return; fi
      if grep -q 'could not obtain lock on relation' "$1"; then echo worker
      elif grep -qE 'due to (lock|statement) timeout|deadlock detected' "$1"; then echo blocked
      elif grep -qE 'terminating connection|server closed the connection|connection to server was lost|Connection refused|the database system is (starting up|shutting down|not yet accepting connections|in recovery mode)|due to conflict with recovery|could not receive data from server' "$1"; then echo ended
      elif grep -qE 'does not exist|cache lookup failed for|could not open relation with OID|returned no data|returned [0-9]+ rows instead of one' "$1"; then echo changed
      fi
      ;;
  esac
}

# Notes what failed. Usage: disturbed KIND FILE_WITH_MESSAGES
disturbed() {
  kind="$1"
  if [ "$2" != "$dir/trouble" ]; then cp "$2" "$dir/trouble"; fi
  return 1
}

# Runs SQL from stdin in the session; fails with what ended it. Usage: ask_or_end FILE
ask_or_end() {
  ask "$1" || disturbed "$(disturbance "$1")" "$1"
}

# Locks the tables, exports a snapshot, and reads the sequences. Usage: open_snapshot MILLISECONDS_FOR_A_LOCK
open_snapshot() {
  open_session
  ask_or_end "$dir/prepared" < <(postgres_prepare) || return 1
  # What the fingerprint reads besides may be locked for a while: a view that is being refreshed, a sequence.
  ask_or_end "$dir/locked" < <(
    printf "SET lock_timeout = '%sms';\n" "$1"
    postgres_lock
    printf "SET lock_timeout = '%ss';\n" "$SSM_LockSeconds"
  ) || return 1
  if grep -q '^holdfast:unlocked ' "$dir/locked"; then
    sed -n 's/^holdfast:unlocked \(.*\)/\1 was created while the tables were locked/p' "$dir/locked" >"$dir/trouble"
    disturbed changed "$dir/trouble" || return 1
  fi
  sed -n 's/^holdfast:snapshot //p' "$dir/locked" | tr ' ' '\n' >"$dir/begun.new"
  # Sequences ignore snapshots: pg_dump finds them at some value between this and another look.
  ask_or_end "$dir/sequences-before" < <(postgres_sequences_unlocked) || return 1
  # What the role may not read, pg_dump reports.
  if [ "$(disturbance "$dir/sequences-before")" = changed ]; then
    disturbed changed "$dir/sequences-before" || return 1
  fi
}

# Starts pg_dump in the snapshot. Usage: start_pg_dump JOBS
start_pg_dump() {
  local archive="$work/$SSM_DumpId" options setting
  client_options=""
  while IFS= read -r setting; do
    client_options="$client_options -c ${setting// /\\ }"
  done < <(sed -n 's/^holdfast:option //p' "$dir/prepared")
  options=("--snapshot=$(head -n 1 "$dir/begun.new")" "--encoding=$(sed -n 's/^holdfast:encoding //p' "$dir/prepared")"
    "--lock-wait-timeout=${SSM_LockSeconds}s" "--compress=$SSM_Level" --no-password)
  if [ "$SSM_Format" = directory ]; then
    # In this format pg_dump writes the files itself, under an account that is not root.
    mkdir "$archive.parts"
    chown "$SSM_User" "$archive.parts"
    (cd / && runuser -u "$SSM_User" -- test -w "$archive.parts") ||
      dump_failed "the account $SSM_User cannot enter $SSM_Folder: a folder above it denies access" \
        'choose another host-folder, or archive-format: custom'
    begins="$archive.parts/d/toc.dat"
    postgres "$SSM_Tools/pg_dump" --format=directory "--jobs=$1" "${options[@]}" --file="$archive.parts/d" \
      2>"$dir/dump-errors" &
  else
    begins="$archive"
    postgres "$SSM_Tools${SSM_Tools:+/}pg_dump" --format=custom "${options[@]}" >"$archive" 2>"$dir/dump-errors" &
  fi
  dumping=$!
  client_options=""
}

# Waits until pg_dump has its locks: it writes nothing before. Fails when it ended, or waits for somebody who waits for the
# session, such as a TRUNCATE between the locks of the two. Usage: until_locked LOOKS
until_locked() {
  local blocked=0
  until [ -s "$begins" ]; do
    if ! kill -0 "$dumping" 2>/dev/null; then
      # A small dump may have ended well since the last look.
      if [ -s "$begins" ]; then return 0; fi
      # A session that ended before tells why pg_dump failed.
      ask_or_end "$dir/blocked" < <(postgres_blocked) || return 1
      disturbed "$(disturbance "$dir/dump-errors")" "$dir/dump-errors" || return 1
    fi
    ask_or_end "$dir/blocked" < <(postgres_blocked) || return 1
    if grep -q '^holdfast:blocked ' "$dir/blocked"; then blocked=$((blocked + 1)); else blocked=0; fi
    if [ "$blocked" -gt "$1" ]; then
      sed -n 's/^holdfast:blocked \(.*\)/pg_dump waits for a lock behind \1/p' "$dir/blocked" >"$dir/trouble"
      disturbed blocked "$dir/trouble" || return 1
    fi
    sleep 0.1
  done
}

# Begins the dump: tries until pg_dump has its locks, or patience is at its end. Usage: begin_dump JOBS
begin_dump() {
  local lock_wait=500 longest=$((SSM_LockSeconds * 1000)) blocked=0 changed=0 ended=0
  while :; do
    if [ "$lock_wait" -gt "$longest" ]; then lock_wait=$longest; fi
    kind=""
    # Each fifth attempt waits until a careful migration gives up by itself.
    if open_snapshot "$lock_wait" && start_pg_dump "$1" && until_locked "$((blocked % 5 == 4 ? 40 : 3))"; then
      return 0
    fi
    case "$kind" in
      waiting)
        if [ "$lock_wait" -ge "$longest" ]; then break; fi
        lock_wait=$((lock_wait * 2))
        ;;
      blocked) if [ "$((blocked += 1))" -ge 40 ]; then break; fi ;;
      changed) if [ "$((changed += 1))" -ge 20 ]; then break; fi ;;
      ended)
        if [ "$((ended += 1))" -ge 4 ]; then break; fi
        sleep "$((1 << ended))"
        ;;
      *) break ;;
    esac
    end_attempt
  done
  dump_failed "pg_dump failed: $(server_message "$dir/trouble")" "$(grep -vE '^(holdfast:|\{)' "$dir/trouble")"
}

# Reads a part of the fingerprint. The dump goes on when the session has ended; the reason is part of the fingerprint then.
# Usage: read_fingerprint FILE FUNCTION_THAT_PRINTS_SQL
read_fingerprint() {
  if [ -n "$session_lost" ]; then
    : >"$1"
    return
  fi
  if ask "$1" < <("$2"); then return; fi
  session_lost=$(server_message "$1")
  session_lost="${session_lost:-the session that holds the snapshot ended}"
  printf '{"lost":%s}\n' "$(json "$session_lost")" >>"$1"
}

close_session() {
  printf '\\q\n' >&8 2>/dev/null || true
}

# Prints what pg_dump said although it succeeded: the bundle reads its warnings.
words_of_pg_dump() {
  grep -a '^pg_dump: ' "$dir/dump-errors" | tail -n 60 | cut -c 1-1000 | iconv -c -f UTF-8 -t UTF-8 || true
}

# Archive and fingerprint, of one snapshot. Usage: dump_postgres ARCHIVE
dump_postgres() {
  local archive="$1" jobs=1
  if [ "$SSM_Format" = directory ]; then jobs="$SSM_Jobs"; fi
  while :; do
    begin_dump "$jobs"
    if [ "$jobs" = 1 ]; then mv "$dir/begun.new" "$dir/begun"; fi
    read_fingerprint "$dir/rows" postgres_fingerprint
    if wait "$dumping"; then break; fi
    # A parallel job gives up at once at a lock that somebody waits for; without such jobs nothing is asked for again.
    if [ "$jobs" = 1 ] || [ "$(disturbance "$dir/dump-errors")" != worker ]; then
      dump_failed "pg_dump failed: $(server_message "$dir/dump-errors")" "$(cat "$dir/dump-errors")"
    fi
    end_attempt
    jobs=1
  done
  if ! [ -f "$dir/begun" ]; then mv "$dir/begun.new" "$dir/begun"; fi
  read_fingerprint "$dir/sequences-after" postgres_sequences
  cat "$dir/sequences-before" "$dir/rows" "$dir/sequences-after" >"$dir/fingerprint"
  words_of_pg_dump >>"$dir/fingerprint"
  close_session
  if [ "$SSM_Format" = directory ]; then
    tar -C "$archive.parts/d" -cf "$archive" . 2>"$dir/dump-errors" || dump_failed 'tar failed' "$(cat "$dir/dump-errors")"
    rm -rf "$archive.parts"
  fi
}
