# The definitions of everything that a server holds, in the server's own words: SHOW CREATE of each object, and a digest of
# each row of the tables that hold accounts and the like. Every statement is understood by MySQL 5.1, or asked for only where
# the server has what it asks. The runner takes the answer apart (src/volume/definitions).
# shellcheck shell=bash

# Which of these the server has, a line each: a later version has more.
server_has() {
  sql <<<"SELECT CONCAT(LOWER(table_schema), '.', LOWER(table_name)) FROM information_schema.tables
    WHERE (table_schema = 'mysql' AND table_name IN ('global_priv'))
    OR (table_schema = 'information_schema' AND table_name IN ('EVENTS', 'TRIGGERS', 'ROUTINES'));"
}

# SQL that lists every object as the statements that show it. Usage: list_of_objects NONCE HAS
list_of_objects() {
  local nonce="$1" has="$2" type
  echo "$object_session"
  echo "SELECT $(statements_for "$nonce" "'database'" "'SHOW CREATE DATABASE ', $(quoted_names schema_name)" schema_name)
    FROM information_schema.schemata WHERE schema_name NOT IN ($system_schemas) ORDER BY schema_name;"
  type="CASE table_type WHEN 'VIEW' THEN 'view' WHEN 'SEQUENCE' THEN 'sequence' ELSE 'table' END"
  echo "SELECT $(statements_for "$nonce" "$type" "'SHOW CREATE ', IF(table_type = 'SEQUENCE', 'SEQUENCE ', 'TABLE '), $(quoted_names table_schema table_name)" table_schema table_name "COALESCE(create_time, '')")
    FROM information_schema.tables WHERE table_schema NOT IN ($system_schemas) ORDER BY table_schema, table_name;"
  # A statement that is prepared is resolved and not executed: it says whether the view can be opened at all.
  echo "SELECT $(statements_for "$nonce" "'opens'" "'PREPARE holdfast FROM ''SELECT * FROM ', REPLACE(CONCAT($(quoted_names table_schema table_name)), '''', ''''''), ''''" table_schema table_name)
    FROM information_schema.tables WHERE table_type = 'VIEW' AND table_schema NOT IN ($system_schemas) ORDER BY table_schema, table_name;"
  echo "SELECT $(statements_for "$nonce" "'value'" "'SELECT next_not_cached_value, cycle_count FROM ', $(quoted_names table_schema table_name)" table_schema table_name)
    FROM information_schema.tables WHERE table_type = 'SEQUENCE' AND table_schema NOT IN ($system_schemas) ORDER BY table_schema, table_name;"
  if grep -qx information_schema.routines <<<"$has"; then
    echo "SELECT $(statements_for "$nonce" 'LOWER(routine_type)' "'SHOW CREATE ', routine_type, ' ', $(quoted_names routine_schema routine_name)" routine_schema routine_name "COALESCE(last_altered, created, '')")
      FROM information_schema.routines WHERE routine_schema NOT IN ($system_schemas)
      AND routine_type IN ('PROCEDURE', 'FUNCTION', 'PACKAGE', 'PACKAGE BODY', 'LIBRARY') ORDER BY routine_schema, routine_name, routine_type;"
  fi
  if grep -qx information_schema.triggers <<<"$has"; then
    echo "SELECT $(statements_for "$nonce" "'trigger'" "'SHOW CREATE TRIGGER ', $(quoted_names trigger_schema trigger_name)" trigger_schema trigger_name "COALESCE(created, '')" event_object_table "CONCAT(action_order)")
      FROM information_schema.triggers WHERE trigger_schema NOT IN ($system_schemas) ORDER BY trigger_schema, trigger_name;"
  fi
  if grep -qx information_schema.events <<<"$has"; then
    echo "SELECT $(statements_for "$nonce" "'event'" "'SHOW CREATE EVENT ', $(quoted_names event_schema event_name)" event_schema event_name "COALESCE(last_altered, created, '')" "COALESCE(execute_at, ends, '')")
      FROM information_schema.events WHERE event_schema NOT IN ($system_schemas) ORDER BY event_schema, event_name;"
  fi
  list_of_system_tables "$nonce" "$has"
  echo "SELECT 'SELECT ''$nonce'',''end'';';"
}

# Accounts, their rights, servers, plugins and functions of libraries are rows of tables: of each row its key, a digest, and
# 16 bits of a digest of what holds a credential. A password of a foreign server is stored as it is, and is left out.
list_of_system_tables() {
  local nonce="$1" has="$2" users="'user'" column digest secret key
  if grep -qx mysql.global_priv <<<"$has"; then users="'global_priv'"; fi
  column="CONCAT('IFNULL(HEX(\`', column_name, '\`),''-''),'','''"
  key="GROUP_CONCAT(IF(column_key = 'PRI', CONCAT('CONCAT(''', LOWER(column_name), '='',HEX(\`', column_name, '\`))'), NULL) ORDER BY ordinal_position SEPARATOR ',')"
  digest="GROUP_CONCAT(IF(LOWER(column_name) IN ('password', 'authentication_string', 'user_attributes', 'priv', 'timestamp'), NULL, $column)) ORDER BY ordinal_position SEPARATOR ',')"
  secret="GROUP_CONCAT(IF(LOWER(column_name) IN ('password', 'authentication_string', 'user_attributes', 'priv') AND table_name <> 'servers', $column), NULL) ORDER BY ordinal_position SEPARATOR ',')"
  # All that MariaDB knows of an account is one JSON text, from 10.4 on.
  digest="CONCAT($digest, IF(table_name = 'global_priv', ',IFNULL(JSON_REMOVE(Priv,''\$.authentication_string'',''\$.auth_or'',''\$.password_last_changed''),''-''),'','',IFNULL(JSON_EXTRACT(Priv,''\$.auth_or[*].plugin''),''-'')', ''))"
  echo "SELECT CONCAT('SELECT ''$nonce'',''rows'',''', HEX(table_name), ''';
SELECT CONCAT_WS('' '',', COALESCE($key, ''''''), '),LEFT(MD5(CONCAT(', $digest, ')),16),', COALESCE(CONCAT('LEFT(MD5(CONCAT(', $secret, ')),4)'), ''''''), ' FROM mysql.\`', table_name, '\`;
SHOW ERRORS;') FROM information_schema.columns
    WHERE table_schema = 'mysql' AND table_name IN ($users, 'db', 'host', 'tables_priv', 'columns_priv', 'procs_priv', 'proxies_priv',
    'roles_mapping', 'role_edges', 'default_roles', 'global_grants', 'servers', 'func', 'plugin', 'component')
    GROUP BY table_name ORDER BY table_name;"
}

# What the server has counted of statements that change definitions, and since when.
statements_counted() {
  sql --force 2>/dev/null <<<"SELECT 'now', UNIX_TIMESTAMP();
    SHOW GLOBAL STATUS WHERE Variable_name IN ('Uptime', 'Uptime_since_flush_status')
      OR Variable_name REGEXP '^Com_(create|drop|alter|rename|grant|revoke|set_password|install|uninstall)';" || true
}

# The answer: what the client printed, as it is, compressed.
take_definitions() {
  local began nonce facts version account letter_case has folder counted
  mkdir -p "$state_dir"
  folder=$(mktemp -d "$state_dir/definitions.XXXXXX")
  began=$(now_ms)
  nonce="holdfast-$began-$$"
  facts=$(sql 2>"$folder/errors" <<<'SELECT VERSION(), CURRENT_USER(), @@lower_case_table_names;') ||
    fail server-silent 'the database server answers no query' "$(cat "$folder/errors")"
  IFS=$'\t' read -r version account letter_case <<<"$facts"
  counted=$(statements_counted)
  has=$(server_has 2>"$folder/errors") || fail no-objects 'the list of objects could not be read' "$(cat "$folder/errors")"
  list_of_objects "$nonce" "$has" | sql --raw --force >"$folder/statements" 2>"$folder/errors" || true
  grep -q "^SELECT '$nonce','end';\$" "$folder/statements" ||
    fail no-objects 'the list of objects could not be read' "$(cat "$folder/errors")"
  { echo "$object_session"; cat "$folder/statements"; } | sql --force >"$folder/output" 2>"$folder/errors" || true
  tail -n 1 "$folder/output" | grep -qx "$nonce"$'\tend' ||
    fail server-silent 'the database server ended the session while its definitions were read' "$(tail -n 20 "$folder/errors")"
  printf '{"takenAt":"%s","seconds":%s,"serverVersion":%s,"account":%s,"lowerCaseTableNames":%s,"status":{"from":%s,"to":%s},"nonce":"%s","output":"' \
    "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" "$(awk -v ms=$(($(now_ms) - began)) 'BEGIN { printf "%.3f", ms / 1000 }')" \
    "$(json "$version")" "$(json "$account")" "$letter_case" "$(json "$counted")" "$(json "$(statements_counted)")" "$nonce"
  gzip -c "$folder/output" | base64 -w 0
  printf '"}\n'
  rm -rf "$folder"
}
