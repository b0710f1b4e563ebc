# Talking to the database server. SQL here must be understood by MySQL 5.1 (Infobright) as well as by MariaDB.
# shellcheck shell=bash

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

# Chooses the client, and the option file that it reads besides ~/.my.cnf or instead of it. Fails when there is none.
find_client() {
  local name
  mysql_client=''
  mysql_options=''
  for name in mysql-ib /usr/local/infobright/bin/mysql mariadb mysql; do
    mysql_client=$(type -P "$name" || true)
    if [ -n "$mysql_client" ]; then break; fi
  done
  [ -n "$mysql_client" ] || return 1
  if [ -n "$SSM_DefaultsFile" ]; then mysql_options="--defaults-file=$SSM_DefaultsFile"; fi
  if is_script "$mysql_client"; then
    name=$(client_behind "$mysql_client")
    if [ "$name" != "$mysql_client" ] && [ -z "$mysql_options" ]; then
      mysql_options=$(options_of "$mysql_client")
      mysql_options="${mysql_options:+--defaults-extra-file=$mysql_options}"
    fi
    mysql_client="$name"
  fi
}

# Fails when the client cannot be given its option file. Usage: need_client
need_client() {
  find_client || return 0
  if [ -n "$mysql_options" ] && is_script "$mysql_client" && grep -qE -- '--(no-defaults|defaults-)' "$mysql_client"; then
    fail lacks "the host lacks a database client that takes an option file: $mysql_client is a script that names one of its own, \
and the client behind it was not found"
  fi
}

# Whatever the option file asks for: rows come tab-separated, an error ends the statements with a status of its own, and
# a lost connection is not made anew, which would have lost its settings.
plain_output() {
  printf '%s' '--batch --skip-column-names --skip-html --skip-xml --skip-vertical --skip-table --skip-raw --skip-force --skip-reconnect'
}

# The client in the place of this shell.
become_client() {
  # shellcheck disable=SC2046
  exec "$mysql_client" ${mysql_options:+"$mysql_options"} "--socket=$SSM_Socket" --connect-timeout=5 $(plain_output) "$@"
}

# Runs the SQL on standard input; rows come tab-separated, with \t, \n and \\ escaped by the client. SQL never travels as an
# argument: a client may be a wrapper that splits its arguments. Usage: sql [OPTION...]
# shellcheck disable=SC2120
sql() {
  [ -n "${mysql_client:-}" ] || find_client || fail no-client 'no MySQL client is installed on the host (looked for mysql-ib, mariadb and mysql)'
  (become_client "$@")
}

# Runs the SQL on standard input in a session of its own, but no longer than SECONDS. Usage: ask SECONDS
ask() {
  [ -n "${mysql_client:-}" ] || find_client || return 1
  # shellcheck disable=SC2046
  timeout "$1" "$mysql_client" ${mysql_options:+"$mysql_options"} "--socket=$SSM_Socket" --connect-timeout=5 $(plain_output)
}

# Whether the server answers within ten seconds.
server_answers() {
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
