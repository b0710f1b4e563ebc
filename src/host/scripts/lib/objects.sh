# Statements over every object of a server, made by the server itself, so that no name is ever quoted by a shell. Every
# statement is understood by MySQL 5.1.
# shellcheck shell=bash

# Names are quoted by the server; its client must not take a backslash in a name for an escape (MySQL 5.1's does). A statement
# that waits for a lock gives up, and no limit of the server's own cuts a long one off. Errors are in English, since their words
# are judged. What an old server does not know stays as it is.
object_session="SET NAMES utf8; SET NAMES utf8mb4; SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'; SET SESSION time_zone = '+00:00';
SET SESSION sql_quote_show_create = 1; SET SESSION group_concat_max_len = 1000000; SET SESSION lock_wait_timeout = 30;
SET SESSION lc_messages = 'en_US'; SET SESSION max_statement_time = 0; SET SESSION max_execution_time = 0;"

system_schemas="'mysql', 'information_schema', 'performance_schema', 'sys', 'sys_infobright', '#mysql50#lost+found'"

# SQL that makes one quoted name of names in columns. Usage: quoted_names COLUMN [COLUMN]
quoted_names() {
  local column separator=''
  for column in "$@"; do
    printf "%s'\`', REPLACE(%s, '\`', '\`\`'), '\`'" "$separator" "$column"
    separator=", '.', "
  done
}

# SQL that makes three statements: a line that names the object, the statement itself, and what the server says of its errors.
# Names travel in hexadecimal: they hold any character. Usage: statements_for NONCE KIND-EXPRESSION "STATEMENT-EXPRESSIONS" COLUMN [COLUMN]
statements_for() {
  local nonce="$1" kind="$2" statement="$3" column names=''
  shift 3
  for column in "$@"; do names="$names, ''',''', HEX($column)"; done
  printf "CONCAT('SELECT ''%s'',''', %s%s, ''';\n', %s, ';\nSHOW ERRORS;')" "$nonce" "$kind" "$names" "$statement"
}
