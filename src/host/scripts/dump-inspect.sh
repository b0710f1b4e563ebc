# Finds the server, the tools that can dump it, and the free space for the archive.
need systemd awk base64 curl dd df du find flock grep gunzip gzip head iconv mktemp paste runuser sed sha256sum sort stat tail \
  tar timeout tr
tools=""
if [ -n "$SSM_Container" ]; then
  program=$(container_engine)
  words=$("$program" exec "$SSM_Container" pg_dump --version 2>&1) ||
    fail no-container "the container $SSM_Container is not running, or has no pg_dump" "$words"
  tools="{\"folder\":\"\",\"version\":$(json "$words")}"
  psql=psql
else
  id -u "$SSM_User" >/dev/null 2>&1 || fail no-user "the host has no account $SSM_User"
  psql=""
  while read -r folder; do
    psql="${psql:-$folder/psql}"
    tools="$tools${tools:+,}{\"folder\":$(json "$folder"),\"version\":$(json "$("$folder/pg_dump" --version 2>/dev/null)")}"
  done < <(postgres_folders)
  [ -n "$psql" ] || fail no-tools 'pg_dump and psql are not installed on the host'
fi
# A server may print warnings at every connection, for instance about collations: they are no part of the answer.
errors=$(mktemp)
trap 'status=$?; rm -f "$errors"; (exit "$status"); answer_unexpected_end' EXIT
answer=$(postgres "$psql" -X -q -A -t -F ' ' -c \
  'SELECT current_setting('\''server_version_num'\''), pg_database_size(current_database()), pg_is_in_recovery()' 2>"$errors") ||
  fail unreachable "the database $SSM_Database does not answer the account $SSM_User" "$(cat "$errors")"
read -r version bytes standby <<<"$answer"
printf '{"serverVersionNumber":%s,"bytes":%s,"standby":%s,"freeBytes":%s,"tools":[%s]}\n' \
  "$version" "$bytes" "$([ "$standby" = t ] && echo true || echo false)" "$(free_bytes)" "$tools"
