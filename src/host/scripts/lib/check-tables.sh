# Runs CHECK TABLE on each table and reads each view once, in one session that a watcher follows: what takes too long is
# ended alone, and a server that dies is noticed at once.
# shellcheck shell=bash

# SQL that lists the checks. The server's own tables are checked too, but for its logs. Usage: list_of_checks NONCE
list_of_checks() {
  local nonce="$1" name others
  name=$(quoted_names table_schema table_name)
  others="'information_schema', 'performance_schema', 'sys', 'sys_infobright'"
  echo "$object_session"
  echo "SELECT $(statements_for "$nonce" "'check'" "'CHECK TABLE ', $name" table_schema table_name)
    FROM information_schema.tables WHERE table_type NOT IN ('VIEW', 'SYSTEM VIEW') AND table_schema NOT IN ($others)
    AND NOT (table_schema = 'mysql' AND table_name IN ('general_log', 'slow_log')) ORDER BY table_schema, table_name;"
  list_of_indexes "$nonce"
  # EXTENDED looks up each row in each index, which takes 20 to 50 times as long (tried with a million rows on MariaDB 10.11).
  # InnoDB's indexes are compared with their tables instead. What may take any time comes last.
  echo "SELECT $(statements_for "$nonce" "'extended'" "'CHECK TABLE ', $name, ' EXTENDED'" table_schema table_name)
    FROM information_schema.tables WHERE engine IN ('MyISAM', 'Aria') AND table_schema NOT IN ($others)
    AND NOT (table_schema = 'mysql' AND table_name IN ('general_log', 'slow_log')) ORDER BY table_schema, table_name;"
  # Each row of a view begins with a column of ours, by which its rows are dropped before anything is kept of them.
  echo "SELECT $(statements_for "$nonce" "'view'" "'SELECT ''row'', v.* FROM ', $name, ' AS v'" table_schema table_name)
    FROM information_schema.tables WHERE table_type = 'VIEW' AND table_schema NOT IN ('mysql', $others) ORDER BY table_schema, table_name;"
  echo "SELECT 'SELECT ''$nonce'',''end'';';"
}

# SQL that lists, for each InnoDB table with secondary indexes, what reads the indexed columns once from the table and once from
# each index, in one snapshot. CHECK TABLE of InnoDB counts the entries of an index and looks at their order; it does not
# notice an entry that is marked as deleted (tried on MariaDB 10.11). Usage: list_of_indexes NONCE
list_of_indexes() {
  local nonce="$1" name index_name sums index
  name=$(quoted_names table_schema table_name)
  index_name=$(quoted_names index_name)
  sums="'SUM(CRC32(CONCAT(', GROUP_CONCAT(CONCAT('IFNULL(HEX(CONCAT(', $(quoted_names column_name), ')),''-''),'',''') ORDER BY seq_in_index SEPARATOR ','), ')))'"
  index="'SELECT ''$nonce'',''index'',''', HEX(table_schema), ''',''', HEX(table_name), ''',''', HEX(index_name), ''';
SELECT COUNT(*),', sums, ' FROM ', $name, ' FORCE INDEX (', $index_name, ');
SHOW ERRORS;
'"
  echo "SELECT CONCAT('START TRANSACTION WITH CONSISTENT SNAPSHOT;
SELECT ''$nonce'',''scan'',''', HEX(table_schema), ''',''', HEX(table_name), ''';
SELECT COUNT(*)', GROUP_CONCAT(CONCAT(',''', HEX(index_name), ''',', sums) ORDER BY index_name SEPARATOR ''), ' FROM ', $name, ' USE INDEX ();
SHOW ERRORS;
', GROUP_CONCAT(CONCAT($index) ORDER BY index_name SEPARATOR ''), 'COMMIT;')
    FROM (SELECT s.table_schema, s.table_name, s.index_name, CONCAT($sums) AS sums
      FROM information_schema.statistics s
      JOIN information_schema.tables t ON t.table_schema = s.table_schema AND t.table_name = s.table_name
      WHERE t.engine = 'InnoDB' AND s.table_schema NOT IN ($system_schemas) AND s.index_name <> 'PRIMARY'
      GROUP BY s.table_schema, s.table_name, s.index_name
      HAVING SUM(s.index_type <> 'BTREE' OR s.sub_part IS NOT NULL OR s.column_name IS NULL) = 0) AS indexes
    GROUP BY table_schema, table_name ORDER BY table_schema, table_name;"
}

# The logs that the server writes on the copy, with their sizes now: what it wrote on the source is not its word on the copy.
log_sizes() {
  { find "$SSM_MountPoint" -xdev -maxdepth 3 -type f \( -name '*.err' -o -name '*error*.log' -o -name 'brighthouse.log' \) 2>/dev/null || true
    sql 2>/dev/null <<<'SELECT @@log_error;' | grep '^/' || true
  } | sort -u | while IFS= read -r file; do
    if [ -f "$file" ]; then printf '%s %s\n' "$(stat -c %s "$file")" "$file"; fi
  done
}

# What the server has logged since. Usage: log_since EPOCH_SECONDS SIZES
log_since() {
  local size file
  {
    journalctl --no-pager --output=cat --unit "$SSM_Service" --since "@$1" 2>/dev/null || true
    while read -r size file; do
      [ -n "$file" ] || continue
      tail -c "+$((size + 1))" "$file" 2>/dev/null || true
    done <<<"$2"
  } | telling_lines 8000
}

# Ends the session, or what it does now. Usage: end_in_session FOLDER NONCE CONNECTION|QUERY
end_in_session() {
  local id
  id=$(awk -F '\t' -v nonce="$2" '$1 == nonce && $2 == "session" { print $3 }' "$1/output")
  sql >/dev/null 2>&1 <<<"KILL $3 ${id:-0};" || true
}

# Names each thorough check and each view that was not ended. Usage: what_is_left FOLDER NONCE
what_is_left() {
  local begun
  begun=$(grep -c "^$2"$'\t\(extended\|view\)\t' "$1/output" || true)
  grep "^SELECT '$2','\(extended\|view\)'," "$1/statements" | tail -n "+$((begun > 1 ? begun : 1))" |
    sed -e "s/^SELECT '\([^']*\)','/\1\tleft-/" -e "s/','/\t/g" -e "s/';\$//"
}

# Follows the session while it works, writes its progress, and ends what takes too long. Usage: watch_session FOLDER NONCE PROCESS
watch_session() {
  local folder="$1" nonce="$2" process="$3" done=0 last=0 since kind limit pace=0.05 ended=0 total thorough=0
  total=$(grep -c "^SELECT '$nonce','\(check\|extended\|view\|scan\|index\)'" "$folder/statements" || true)
  since=$(now_ms)
  while kill -0 "$process" 2>/dev/null; do
    sleep "$pace"
    # A server that died does not come back into this session.
    if grep -qE '^ERROR (2006|2013|2002)' "$folder/errors"; then
      kill "$process" 2>/dev/null || true
      return
    fi
    done=$(grep -c "^$nonce" "$folder/output" || true)
    kind=$(grep "^$nonce" "$folder/output" | tail -n 1 | cut -f 2 || true)
    if [ "$thorough" = 0 ] && { [ "$kind" = view ] || [ "$kind" = extended ]; }; then thorough=$(now_ms); fi
    # Many of them could use up the time of all checks.
    if [ "$thorough" != 0 ] && [ "$kind" != end ] && [ "$(now_ms)" -gt $((thorough + SSM_ThoroughSeconds * 1000)) ]; then
      : >"$folder/thorough-over"
      end_in_session "$folder" "$nonce" CONNECTION
      kill "$process" 2>/dev/null || true
      return
    fi
    if [ "$done" != "$last" ]; then
      since=$(now_ms) last="$done" ended=0
      printf '{"bytes":%s,"totalBytes":%s,"unit":"tables, indexes and views"}' "$((done > 2 ? done - 2 : 0))" "$total" >"$state_dir/progress/$SSM_VolumeId"
      continue
    fi
    if [ "$(now_ms)" -gt $((since + 3000)) ]; then pace=1; fi
    if [ "$(now_ms)" -gt "$until" ]; then
      : >"$folder/out-of-time"
      end_in_session "$folder" "$nonce" CONNECTION
      kill "$process" 2>/dev/null || true
      return
    fi
    limit="$SSM_Seconds"
    if [ "$kind" = view ] || [ "$kind" = extended ]; then limit="$SSM_ViewSeconds"; fi
    if [ "$ended" = 0 ] && [ "$(now_ms)" -gt $((since + limit * 1000)) ]; then
      end_in_session "$folder" "$nonce" QUERY
      ended=1
    fi
  done
}

check_tables() {
  local began nonce folder sizes process until died=null alive words data_dir page_size
  if ! server_answers && [ -s "$state_dir/logs-of-$SSM_Service" ]; then
    # It died while the copy was read: its log says of what.
    words=$(json "$(logged_since_start | telling_lines 8000 || true)")
    printf '{"seconds":0,"died":{"answers":false,"words":"","log":%s},"log":%s,"outOfTime":false,"dataDir":"","pageSize":"16384","nonce":"none","output":"%s"}\n' \
      "$words" "$words" "$(gzip -c </dev/null | base64 -w 0)"
    return
  fi
  mkdir -p "$state_dir/progress"
  folder=$(mktemp -d "$state_dir/checks.XXXXXX")
  began=$(now_ms)
  until=$((began + SSM_TotalSeconds * 1000))
  nonce="holdfast-$began-$$"
  sizes=$(log_sizes)
  data_dir=$(sql 2>/dev/null <<<'SELECT @@datadir;' || true)
  page_size=$(sql 2>/dev/null <<<'SELECT @@innodb_page_size;' || true)
  list_of_checks "$nonce" | sql --raw --force >"$folder/statements" 2>"$folder/errors" || true
  grep -q "^SELECT '$nonce','end';\$" "$folder/statements" ||
    fail no-objects 'the list of tables could not be read' "$(cat "$folder/errors")"
  : >"$folder/output"
  : >"$folder/errors"
  {
    echo "$object_session"
    # MySQL 8 can read its invisible indexes; MariaDB has no such switch.
    echo "SET SESSION optimizer_switch = 'use_invisible_indexes=on';"
    echo "SELECT '$nonce', 'session', CONNECTION_ID();"
    cat "$folder/statements"
  } >"$folder/all"
  # With --quick the client keeps no rows, and with --unbuffered each line arrives when it was printed.
  { sql --quick --unbuffered --force <"$folder/all" 2>>"$folder/errors" | grep -av --line-buffered $'^row\\(\t\\|$\\)' >>"$folder/output"; } 3>&- &
  process=$!
  watch_session "$folder" "$nonce" "$process"
  wait "$process" 2>/dev/null || true
  rm -f "$state_dir/progress/$SSM_VolumeId"
  if ! tail -n 1 "$folder/output" | grep -qx "$nonce"$'\tend' && [ ! -e "$folder/out-of-time" ] && [ ! -e "$folder/thorough-over" ]; then
    alive=$(server_answers && echo true || echo false)
    words=$(log_since $((began / 1000)) "$sizes" || true)
    died=$(printf '{"answers":%s,"words":%s,"log":%s}' "$alive" "$(json "$(tail -n 3 "$folder/errors")")" "$(json "$words")")
  fi
  if [ -e "$folder/thorough-over" ]; then what_is_left "$folder" "$nonce" >>"$folder/output"; fi
  printf '{"seconds":%s,"died":%s,"log":%s,"outOfTime":%s,"dataDir":%s,"pageSize":%s,"nonce":"%s","output":"' \
    "$(awk -v ms=$(($(now_ms) - began)) 'BEGIN { printf "%.3f", ms / 1000 }')" "$died" \
    "$(json "$(logged_since_start | telling_lines 6000 || true)")" "$([ -e "$folder/out-of-time" ] && echo true || echo false)" "$(json "$data_dir")" "$(json "${page_size:-16384}")" "$nonce"
  gzip -c "$folder/output" | base64 -w 0
  printf '"}\n'
  rm -rf "$folder"
}
