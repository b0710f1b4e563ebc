# The session's own half: what its unit runs. One client stays connected; statements go to its standard input, and each
# answer ends with a marker. It locks the tables, reads those whose engine has no snapshot, and says that it is locked. Told
# to unlock, it releases the lock and reads the other tables in the transaction that it began under the lock: as of then.
# shellcheck shell=bash

session_main() {
  local until began
  session_home=$(session_dir "$session_id")
  exec 4<>"$session_home/answers" 5<>"$session_home/commands"
  export TZ=UTC0
  # What a function here or of the fingerprint fails with.
  fail() {
    printf '%s\n' "$2" "${3:-}" >"$session_home/error"
    exit 3
  }
  trap session_ended EXIT
  trap 'exit 1' TERM
  # Writing to a client that has ended is an error, not the end of this shell.
  trap : PIPE
  began=$(now_ms)
  open_session
  if [ "$session_reads" != nothing ]; then list_for_session; fi
  say ready
  hear lock
  lock_tables
  if [ -s "$session_home/under-lock" ]; then
    say reading
    mark_start
    read_tables "$session_home/under-lock"
  fi
  if [ "$session_reads" = all ]; then save_print "$began"; fi
  say locked
  hear unlock
  session_do 'UNLOCK TABLES'
  say unlocked
  if [ "$session_reads" = others ]; then
    mark_start
    # What the transaction has read nobody can alter until the call ends: a large table is read alone.
    rows_in_a_call=100000
    if [ -e "$session_home/snapshot" ]; then read_tables "$session_home/in-snapshot"; fi
    save_print "$began"
  fi
  say over
}

say() {
  printf '%s' "$1" >"$session_home/state"
  printf '%s\n' "$1" >&4
}

# Waits for a word of a command, as long as the lease lasts and the session lives.
hear() {
  local word='' until
  until=$(($(now_ms) + SSM_LeaseSeconds * 1000))
  until [ -n "$word" ]; do
    [ "$(now_ms)" -lt "$until" ] || fail session-alone "nobody said \"$1\" within the lease"
    is_connected
    IFS= read -r -t 1 word <&5 || true
  done
  [ "$word" = "$1" ] || fail session-told "it was told \"$word\" instead of \"$1\""
}

is_connected() {
  kill -0 "$session_client" 2>/dev/null ||
    fail session-lost 'the session that held the lock has ended' "$(grep '^ERROR' "$session_home/errors" || true)"
}

session_ended() {
  local status=$?
  if [ "$status" != 0 ]; then say failed; fi
  kill "${session_client:-}" "${session_watch:-}" 2>/dev/null || true
  # The client is gone, but the server may be at a long statement.
  if [ "$status" != 0 ]; then end_connection "$session_id"; fi
  forget_units "$(session_unit "$session_id")"
}

open_session() {
  local setting
  settle_client || fail no-client 'no MySQL client is installed on the host'
  : >"$session_home/errors"
  # A client that connects anew has lost the lock, and one that stops at an error loses it.
  coproc SESSION {
    if is_script "$mysql_client"; then client_seconds="$session_seconds"; fi
    become_client --unbuffered --force --skip-reconnect 2>>"$session_home/errors"
  }
  session_client="$SESSION_PID"
  # The descriptors of a coprocess are not for subshells; copies of them are.
  exec 7<&"${SESSION[0]}" 8>&"${SESSION[1]}"
  watch_session 7<&- 8>&- &
  session_watch=$!
  sql() { session_sql; }
  session_do "SELECT GET_LOCK('holdfast-$session_id', 0)"
  # Servers know some of these, and no server all.
  for setting in 'TRANSACTION ISOLATION LEVEL REPEATABLE READ' wait_timeout=86400 "lock_wait_timeout=$session_patience" \
    max_statement_time=0 max_execution_time=0 idle_transaction_timeout=0 idle_readonly_transaction_timeout=0; do
    sql >/dev/null 2>&1 <<<"SET SESSION $setting" || true
  done
}

# A client that was told to go on after errors goes on when its connection is lost, too.
watch_session() {
  local until=$(($(now_ms) + session_seconds * 1000))
  trap - EXIT TERM
  while sleep 1 && kill -0 "$session_client" 2>/dev/null; do
    if grep -qE '^ERROR (2006|2013|2055|4031)' "$session_home/errors" 2>/dev/null || [ "$(now_ms)" -ge "$until" ]; then
      kill "$session_client" 2>/dev/null || true
    fi
  done
}

# The `sql` of this session: rows to stdout, errors to stderr. One statement at a time; an answer is whole before its first
# row is passed on, so that its reader may ask on meanwhile.
session_sql() (
  answer="$session_home/answer.$BASHPID" marker="holdfast $BASHPID $RANDOM$RANDOM" status=0
  # Writing to a client that has ended is an error, not the end of this shell.
  trap '' PIPE
  exec 6>"$session_home/turn"
  flock 6
  : >"$session_home/errors"
  # A statement may end in a comment, and need not end in a semicolon.
  { cat && printf "\n;\nSELECT '%s';\n" "$marker"; } >&8 2>/dev/null || true
  sed -n "/^$marker\$/Q 9; p" <&7 >"$answer" || status=$?
  # Clients that go on after errors show the refused statement, too.
  errors=$(grep '^ERROR' "$session_home/errors" || true)
  flock --unlock 6
  cat "$answer"
  rm -f "$answer"
  if [ "$status" != 9 ]; then errors="${errors:+$errors$'\n'}ERROR 2013 (HY000): the session that holds the lock has ended"; fi
  if [ -z "$errors" ]; then return 0; fi
  printf '%s\n' "$errors" >&2
  return 1
)

# A statement of the pause itself, whose rows do not matter: no program is started for it. Usage: session_say STATEMENT
session_say() {
  local line='' marker="holdfast $RANDOM$RANDOM"
  : >"$session_home/errors"
  printf "%s;\nSELECT '%s';\n" "$1" "$marker" >&8 2>/dev/null || return 1
  until [ "$line" = "$marker" ]; do
    IFS= read -r line <&7 || return 1
  done
  # Warnings are there, too.
  ! [ -s "$session_home/errors" ] || ! grep -q '^ERROR' "$session_home/errors"
}

# The same for a statement that must succeed.
session_do() {
  session_say "$1" || fail session-refused 'the server refused a statement of the session' "$(grep '^ERROR' "$session_home/errors" || true)"
}

# Which tables are read when: decided before the lock, which it would prolong.
list_for_session() {
  fingerprint_head >"$session_home/head"
  list_tables >"$session_home/tables"
  if [ "$session_reads" = all ]; then
    cat "$session_home/tables" >"$session_home/under-lock"
  else
    tables_with lock <"$session_home/tables" >"$session_home/under-lock"
    tables_with snapshot <"$session_home/tables" >"$session_home/in-snapshot"
  fi
}

lock_tables() {
  session_do 'FLUSH TABLES WITH READ LOCK'
  printf -v locked_at '%(%Y-%m-%dT%H:%M:%SZ)T' -1
  # Without the snapshot only the tables are missing that would be read in it.
  if [ "$session_reads" = others ] && session_say 'START TRANSACTION WITH CONSISTENT SNAPSHOT'; then
    : >"$session_home/snapshot"
  fi
}

# Where the transaction has read no table yet.
mark_start() {
  if [ -e "$session_home/snapshot" ]; then sql >/dev/null 2>&1 <<<'SAVEPOINT holdfast' || true; fi
}

# Reads the tables in FILE, lines of list_tables, into FILE.entries. Usage: read_tables FILE
read_tables() {
  : >"$1.entries"
  if [ -s "$1" ]; then tables_json '' <"$1" >"$1.entries"; fi
}

# After each table, or after some: a transaction keeps others from altering every table that it has read, unless it is rolled back to
# where it had read none (as mysqldump does with --single-transaction).
table_read() {
  is_connected
  if [ -e "$session_home/snapshot" ]; then sql >/dev/null 2>&1 <<<'ROLLBACK TO SAVEPOINT holdfast' || true; fi
}

# Puts the print together. Usage: save_print BEGAN
save_print() {
  local file="$state_dir/saved/$session_id" one separator=''
  {
    sed "s/\"takenAt\":\"[^\"]*\"/\"takenAt\":\"$locked_at\"/" "$session_home/head"
    for one in under-lock in-snapshot; do
      if [ -s "$session_home/$one.entries" ]; then
        printf '%s' "$separator"
        cat "$session_home/$one.entries"
        separator=,
      fi
    done
    fingerprint_end "$1"
  } >"$file.new"
  mv "$file.new" "$file"
}
