# A session with the database server that a unit of its own keeps (session-unit.sh): a lock and a snapshot last as long as
# their session, while the script of a command ends, or is killed. This half is what commands do with it.
# shellcheck shell=bash

session_dir() {
  printf '%s/sessions/%s' "$state_dir" "$1"
}

# Usage: session_value ID NAME
session_value() {
  cat "$(session_dir "$1")/$2" 2>/dev/null || true
}

session_unit() {
  printf 'holdfast-lock-%s' "$1"
}

# Writes the unit, which start_session starts. Usage: prepare_session ID VARIABLE...
prepare_session() {
  local session_id="$1" dir
  shift
  dir=$(session_dir "$session_id")
  remove_units "$(session_unit "$session_id")"
  rm -rf "$dir"
  mkdir -p "$dir" "$state_dir/saved"
  # Prints and folders of earlier days are no longer needed.
  find "$state_dir/saved" "$state_dir/sessions" -mindepth 1 -maxdepth 1 -mmin +4320 -exec rm -rf {} + 2>/dev/null || true
  mkfifo "$dir/commands" "$dir/answers"
  write_service "$(session_unit "$session_id")" session_main "session_id $*" TimeoutStopSec=20
  load_units "$(session_unit "$session_id").service"
}

# Usage: start_session ID
start_session() {
  systemctl start "$(session_unit "$1").service"
}

# Usage: tell_session ID WORD
tell_session() {
  # Opened for reading, too: opening waits for nobody then.
  printf '%s\n' "$2" 1<>"$(session_dir "$1")/commands"
}

# Waits until the session says that it is in a state. A pause waits here, so no program is started. Usage: await_session ID
# SECONDS STATE...
await_session() {
  local dir end=$((SECONDS + $2)) unit state one
  dir=$(session_dir "$1")
  unit=$(session_unit "$1").service
  shift 2
  while :; do
    state=''
    IFS= read -r state 2>/dev/null <"$dir/state" || true
    for one in "$@"; do
      if [ "$state" = "$one" ]; then return 0; fi
    done
    if [ "$state" = failed ] || [ "$SECONDS" -ge "$end" ]; then return 1; fi
    # It says a word whenever its state has changed.
    IFS= read -r -t 1 one <&4 || systemctl is-active --quiet "$unit" || return 1
  done 4<>"$dir/answers"
}

# Ends the lock, and the session with it, unless it goes on reading what it saw under the lock. Usage: release_session ID BY
release_session() {
  [ -d "$(session_dir "$1")" ] || return 0
  if [ "$2" = this ] && [ "$(session_value "$1" state)" = locked ]; then
    tell_session "$1" unlock
    if await_session "$1" 5 unlocked over; then return 0; fi
  fi
  end_session "$1"
}

# Ends the session and its unit. Usage: end_session ID
end_session() {
  [ -d "$(session_dir "$1")" ] || return 0
  end_connection "$1"
  remove_units "$(session_unit "$1")"
}

# A server works on at a statement whose client has gone, and keeps its locks meanwhile: it is told to stop. The connection
# is found by a lock of its own (GET_LOCK), since a server that was restarted gives its number to another. Usage: end_connection ID
end_connection() {
  local connection
  connection=$(ask 10 <<<"SELECT IS_USED_LOCK('holdfast-$1');" 2>/dev/null || true)
  if [[ "$connection" =~ ^[0-9]+$ ]]; then
    ask 10 <<<"KILL $connection;" >/dev/null 2>&1 || true
  fi
}

# Statements that run for at least some seconds and do not wait themselves: number, user, time and the first words, since
# the rest may hold values. Usage: running_statements SECONDS
running_statements() {
  ask 10 2>/dev/null <<<'SHOW FULL PROCESSLIST;' | sort -t $'\t' -k 6,6nr | awk -F '\t' -v seconds="$1" '
    $5 ~ /^(Sleep|Daemon|Binlog Dump.*)$/ || $6 + 0 < seconds || $7 ~ /^(Waiting for|Slave has read|Replica has read)/ { next }
    shown == 5 { next }
    $8 ~ /^(FLUSH TABLES WITH READ LOCK|SHOW FULL PROCESSLIST)/ { next }
    {
      words = $8
      gsub(/\\[nt]/, " ", words)
      sub(/[\047"].*/, "", words)
      count = split(words, word, " ")
      words = ""
      for (i = 1; i <= count && i <= 4; i++) words = words (i > 1 ? " " : "") word[i]
      printf "connection %s of %s, for %s s: %s\n", $1, $2, $6, substr(words, 1, 60) (count > 4 ? " ..." : "")
      shown++
    }' || true
}
