# Talking to the database server. SQL here must be understood by MySQL 5.1 (Infobright) as well as by MariaDB.
# shellcheck shell=bash

# What find_client has chosen.
mysql_client='' mysql_options='' mysql_settled=''

# Whether a file is a script: a wrapper around the client.
is_script() {
  local head=''
  IFS= read -r -n 2 head <"$1" 2>/dev/null || true
  [ "$head" = '#!' ]
}

# The client behind a wrapper: the one that it names, or another that is installed. A wrapper may split its arguments
# (mysql $@), or give the client an option file of its own, after which it accepts no other. Usage: client_behind WRAPPER
client_behind() {
  local program
  while IFS= read -r program; do
    if [ -x "$program" ] && ! [ -d "$program" ] && ! is_script "$program" && "$program" --version >/dev/null 2>&1; then
      printf '%s' "$program"
      return
    fi
  done < <(
    grep -oE "/[^ \"'=;:]*/(mysql|mariadb)(\$|[ \"';])" "$1" | sed 's/[^a-z]$//' || true
    printf '%s\n' /usr/local/infobright*/bin/mysql
    type -aP mariadb mysql || true
  )
  printf '%s' "$1"
}

# The option file that a wrapper gives the client. Usage: options_of WRAPPER
options_of() {
  local file
  file=$(sed -nE "s/.*--defaults(-extra)?-file[= ][\"']?([^ \"';]+).*/\2/p" "$1" | awk 'NR == 1')
  if [ -r "$file" ]; then printf '%s' "$file"; fi
}

# Chooses the client, and the option file that it reads besides ~/.my.cnf or instead of it. Fails when there is none. A wrapper
# may name a user and a password, so it is used itself where it serves; where it does not, and where an option file is given
# that it would have to take first, the client behind it. While the server is down nothing shows which: mysql_settled stays empty.
find_client() {
  local name wrapper options
  mysql_client='' mysql_options='' mysql_settled='' mysql_unfit=''
  for name in mysql-ib /usr/local/infobright/bin/mysql mariadb mysql; do
    mysql_client=$(type -P "$name" || true)
    if [ -n "$mysql_client" ]; then break; fi
  done
  [ -n "$mysql_client" ] || return 1
  if [ -n "$SSM_DefaultsFile" ]; then mysql_options="--defaults-file=$SSM_DefaultsFile"; fi
  if ! is_script "$mysql_client"; then
    mysql_settled=alone
    return
  fi
  wrapper="$mysql_client" options="$mysql_options"
  if [ -z "$options" ] && wrapper_serves "$wrapper" ''; then return; fi
  mysql_client=$(client_behind "$wrapper")
  if [ "$mysql_client" != "$wrapper" ]; then
    if [ -z "$options" ]; then
      mysql_options=$(options_of "$wrapper")
      mysql_options="${mysql_options:+--defaults-extra-file=$mysql_options}"
    fi
    if client_serves "$mysql_client" "$mysql_options"; then
      mysql_settled=asked
      return
    fi
  fi
  if [ -n "$options" ]; then wrapper_serves "$wrapper" "$options" || true; fi
}

# Whether a client prints the rows and nothing else, and ends an error with words and a status. A statement that no server
# understands shows the latter. Usage: client_serves CLIENT OPTION
client_serves() {
  local answer
  answer=$(
    {
      words=$(call_client 10 "$1" "$2" "$SSM_Socket" 2>&1 >&6 \
        <<<"SELECT CONCAT('holdfast', CHAR(9 USING latin1)), @@hostname, @@socket; holdfast;") && status=0 || status=$?
    } 6>&1
    if [ "$status" != 0 ] && grep -q '^ERROR' <<<"$words"; then echo refused; fi
  )
  [[ "$answer" == *holdfast* ]] || return 1
  IFS=$'\t' read -r client_word client_host client_socket <<<"$answer"
  if [ "$client_word" = 'holdfast\t' ] && [ "${answer#*$'\n'}" = refused ]; then return 0; fi
  mysql_unfit="$1 does not print rows and errors as the client does"
  return 1
}

# Chooses a wrapper if it serves, and if the server is that of the socket: a wrapper may name another one. A server that
# names this host and this socket is the one; in a container, say, it does not, and then none may answer where no socket is.
# Usage: wrapper_serves WRAPPER OPTION
wrapper_serves() {
  client_serves "$1" "$2" || return 1
  if { [ "$client_host" = "$HOSTNAME" ] && [ "$client_socket" -ef "$SSM_Socket" ]; } ||
    [ "$(call_client 10 "$1" "$2" "$state_dir/no-socket" 2>/dev/null <<<'SELECT 1;')" != 1 ]; then
    mysql_client="$1" mysql_options="$2" mysql_settled=asked
    return
  fi
  mysql_unfit="$1 asks another server than that of $SSM_Socket"
  return 1
}

# Finds the client, unless it is found. A script calls it before its subshells do, each of which would have to find it anew.
settle_client() {
  [ -n "${mysql_settled:-}" ] || find_client
}

# Fails when the client cannot be given its option file, or cannot be used. Usage: need_client
need_client() {
  settle_client || return 0
  if [ "$mysql_settled" = asked ]; then return; fi
  if [ -n "$mysql_options" ] && is_script "$mysql_client" && grep -qE -- '--(no-defaults|defaults-)' "$mysql_client"; then
    fail lacks "the host lacks a database client that takes an option file: $mysql_client is a script that names one of its own, \
and the client behind it was not found"
  fi
  if [ -n "$mysql_unfit" ]; then
    fail lacks "the host lacks a database client that can be used: the script $mysql_unfit, \
and $mysql_client gets no answer without it; put user and password into ~/.my.cnf of root or into the file that defaults-file names"
  fi
}

# Whatever the option file asks for: rows come tab-separated, an error ends the statements with a status of its own, and
# a lost connection is not made anew, which would have lost its settings.
set_plain_output() {
  plain_output=(
    --batch --skip-column-names --skip-html --skip-xml --skip-vertical --skip-table --skip-raw --skip-force --skip-reconnect
  )
}

# The client in the place of this shell; under `timeout` where client_seconds is set, which also ends what a wrapper has started.
become_client() {
  local plain_output
  set_plain_output
  exec ${client_seconds:+timeout "$client_seconds"} "$mysql_client" ${mysql_options:+"$mysql_options"} "--socket=$SSM_Socket" --connect-timeout=5 "${plain_output[@]}" "$@"
}

# Runs the SQL on standard input; rows come tab-separated, with \t, \n and \\ escaped by the client. SQL never travels as an
# argument: a client may be a wrapper that splits its arguments. Usage: sql [OPTION...]
# shellcheck disable=SC2120
sql() {
  settle_client || fail no-client 'no MySQL client is installed on the host (looked for mysql-ib, mariadb and mysql)'
  (become_client "$@")
}

# Usage: call_client SECONDS CLIENT OPTION SOCKET
call_client() {
  local plain_output
  set_plain_output
  timeout "$1" "$2" ${3:+"$3"} "--socket=$4" --connect-timeout=5 "${plain_output[@]}"
}

# Runs the SQL on standard input in a session of its own, but no longer than SECONDS. Usage: ask SECONDS
ask() {
  settle_client || return 1
  # Two clients have just got no answer.
  [ -n "$mysql_settled" ] || return 1
  call_client "$1" "$mysql_client" "$mysql_options" "$SSM_Socket"
}

# Whether the server answers within ten seconds.
server_answers() {
  if [ -z "${mysql_settled:-}" ]; then
    find_client || return 1
    if [ "$mysql_settled" = asked ]; then return 0; fi
  fi
  ask 10 >/dev/null 2>&1 <<<'SELECT 1;'
}

server_version() {
  sql 2>/dev/null <<<'SELECT VERSION();' || true
}

# Waits until the server answers. Usage: wait_for_server SECONDS
wait_for_server() {
  local until=$(($(now_ms) + $1 * 1000))
  until server_answers; do
    if [ "$(now_ms)" -ge "$until" ]; then return 1; fi
    sleep 0.1
  done
}
