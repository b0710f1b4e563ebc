# Talking to the database server. SQL here must be understood by MySQL 5.1 (Infobright) as well as by MariaDB.
# shellcheck shell=bash

mysql_program() {
  local name
  for name in mysql-ib /usr/local/infobright/bin/mysql mariadb mysql; do
    if command -v "$name" >/dev/null 2>&1; then
      command -v "$name"
      return
    fi
  done
  fail no-client 'no MySQL client is installed on the host (looked for mysql-ib, mariadb and mysql)'
}

# Runs the SQL on standard input; rows come tab-separated, with \t, \n and \\ escaped by the client. SQL never travels as an
# argument: a client may be a wrapper that splits its arguments.
sql() {
  local program
  program=$(mysql_program)
  "$program" ${SSM_DefaultsFile:+"--defaults-file=$SSM_DefaultsFile"} "--socket=$SSM_Socket" --connect-timeout=5 --batch --skip-column-names "$@"
}

# Whether the server answers within ten seconds.
server_answers() {
  local program
  program=$(mysql_program) || return 1
  timeout 10 "$program" ${SSM_DefaultsFile:+"--defaults-file=$SSM_DefaultsFile"} "--socket=$SSM_Socket" --connect-timeout=5 \
    >/dev/null 2>&1 <<<'SELECT 1;'
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
