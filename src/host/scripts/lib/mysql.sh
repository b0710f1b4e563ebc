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

# Runs SQL from stdin or the arguments; rows come tab-separated, with \t, \n and \\ escaped by the client.
mysql_client() {
  local program options=()
  program=$(mysql_program)
  if [ -n "${SSM_DefaultsFile:-}" ]; then options+=("--defaults-file=$SSM_DefaultsFile"); fi
  "$program" "${options[@]}" "--socket=$SSM_Socket" --connect-timeout=5 --batch --skip-column-names "$@"
}

# Whether the server answers within ten seconds.
server_answers() {
  local program options=()
  program=$(mysql_program) || return 1
  if [ -n "${SSM_DefaultsFile:-}" ]; then options+=("--defaults-file=$SSM_DefaultsFile"); fi
  timeout 10 "$program" "${options[@]}" "--socket=$SSM_Socket" --connect-timeout=5 -e 'SELECT 1' >/dev/null 2>&1
}

server_version() {
  mysql_client -e 'SELECT VERSION()' 2>/dev/null || true
}

# Waits until the server answers. Usage: wait_for_server SECONDS
wait_for_server() {
  local until=$(($(now_ms) + $1 * 1000))
  until server_answers; do
    if [ "$(now_ms)" -ge "$until" ]; then return 1; fi
    sleep 0.1
  done
}
