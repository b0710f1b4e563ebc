# SQL of the facts of tables: what is asked of each table, made from its columns. Statements must be understood by MySQL 5.1
# (Infobright) as well as by the servers of today.
# shellcheck shell=bash

# What the session is told before it reads facts. The result must not depend on how the server, or the client's option file
# ([mysql] safe-updates limits a SELECT to 1000 rows), is set. A comment with a version is for servers from that version on;
# MariaDB skips those from 50700 to 50999 (its manual, "Comment syntax").
facts_settings() {
  cat <<'SQL'
SET NAMES utf8;
/*!50503 SET NAMES utf8mb4 */;
SET time_zone = '+00:00', sql_mode = '', sql_safe_updates = 0, sql_select_limit = 18446744073709551615, sql_big_selects = 1;
SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;
/*!50503 SET lock_wait_timeout = 60 */;
/*!50708 SET max_execution_time = 0 */;
/*M!100101 SET max_statement_time = 0 */;
SQL
  # MySQL 8 shows for a day when a table was last written to as it once looked (its manual, information_schema_stats_expiry).
  # MariaDB executes comments for its version numbers, too.
  printf '%s\n' "SET @fresh = IF(VERSION() LIKE '8.%' OR VERSION() LIKE '9.%', 'SET information_schema_stats_expiry = 0', 'DO 0');" \
    'PREPARE fresh FROM @fresh;' 'EXECUTE fresh;'
}

# Databases of the server itself. Functions, since a unit is given no variables of a script.
system_databases() {
  printf '%s' "'mysql', 'information_schema', 'performance_schema', 'sys', 'sys_infobright'"
}

tables_statement() {
  printf '%s\n' "SELECT table_schema, table_name, COALESCE(engine, ''), table_type, COALESCE(update_time, ''), COALESCE(table_rows, '')
    FROM information_schema.tables
    WHERE table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') AND table_schema NOT IN ($(system_databases))
    ORDER BY CAST(table_schema AS BINARY), CAST(table_name AS BINARY);"
}

columns_statement() {
  printf '%s\n' "SELECT table_schema, table_name, column_name, LOWER(data_type), COALESCE(character_octet_length, 0), is_nullable, column_key, extra
      /*M!100300 , COALESCE(generation_expression, '') */
    FROM information_schema.columns WHERE table_schema NOT IN ($(system_databases))
    ORDER BY table_schema, table_name, ordinal_position;"
}

# plan_tables COLUMNS LIST PACKET OLD: a line for each table of LIST, with its SQL. Names stay as the client escapes them, so
# that a line is a line; `statements` undoes that. Fields: database, table, engine, updated, FROM, text of a row, range
# column, its value, its extent, aggregates, totals, names of the values of both (separated by \001), why nothing is read,
# whether many rows may have one value of the range column, about how many rows there are.
#
# The range column follows from the definition alone: were it chosen by what the rows hold, damage or writers could make prints
# that cannot be compared.
#
# The text of a row is unambiguous: numbers, or N for NULL; short texts as quoted bytes; long ones, and what CONCAT and CAST
# may not handle, as an MD5 alone, since a result beyond max_allowed_packet is NULL. FLOAT as text has six digits, as DOUBLE all;
# 0 and -0 have the same text, and another angle. Texts of MySQL before 5.5 have 15 digits: what is missing is added.
plan_tables() {
  awk -F '\t' -v OFS='\t' -v packet="$3" -v old="$4" '
    function quote(name) { gsub(/`/, "``", name); return "`" name "`" }
    function or_n(text) { return nullable == "NO" ? text : "IFNULL(" text ",\047N\047)" }
    function float(c, text) {
      text = c "*1e0"
      if (old) text = "CONCAT(" text ",\047/\047," text "-CONCAT(" text "))"
      return "IF(" c "=0,CONCAT(\047z\047,ATAN2(" c ",-1))," text ")"
    }
    function text_of(c, type, octets) {
      if (type ~ /int$/ || type == "decimal" || type == "year") return or_n(c)
      if (type == "float" || type == "double") return or_n(float(c))
      if (type == "bit" || type == "enum" || type == "set") return or_n(c "+0")
      if (type ~ /^(date|time|datetime|timestamp|uuid|inet4|inet6)$/) return or_n("CAST(" c " AS CHAR)")
      if (type ~ /^(char|varchar|binary|varbinary)$/ && octets <= 1024) return "QUOTE(CAST(" c " AS BINARY))"
      return or_n("MD5(" c ")")
    }
    # What the longest text of the column takes, with its comma.
    function size_of(type, octets) { return text_of("c", type, octets) ~ /^QUOTE/ ? 2 * octets + 3 : 70 }
    function is_range(type) { return type ~ /^(smallint|mediumint|int|bigint|date|datetime|timestamp)$/ }
    function value_of(c, type) {
      # The days of a date that stands for none are NULL, as those of NULL.
      if (type == "date") return "IFNULL(TO_DAYS(" c "),0)"
      if (type ~ /^(datetime|timestamp)$/) return "IFNULL(TO_DAYS(" c ")*86400+TIME_TO_SEC(" c "),0)"
      return c
    }
    # 1 is the best: its largest value is found in an index, and new rows are at its end.
    function rank(type, key, extra) {
      if (!is_range(type)) return 0
      if (extra ~ /auto_increment/) return 1
      if (key == "PRI") return 2
      if (key == "UNI" && nullable == "NO") return 3
      return type ~ /^(date|datetime|timestamp)$/ ? 4 : 0
    }
    FILENAME == ARGV[1] {
      id = $1 "\t" $2
      columns[id]++
      if ($7 == "PRI") parts[id]++
      # What a virtual column holds follows from the others, and may change from call to call.
      if ($8 ~ /VIRTUAL/) next
      c = quote($3); type = $4; octets = $5 + 0; nullable = $6
      text = text_of(c, type, octets)
      row[id] = row[id] (row[id] == "" ? "" : ",\047,\047,") text
      size[id] += size_of(type, octets)
      if (text ~ /^QUOTE/) text = or_n("MD5(" c ")")
      short[id] = short[id] (short[id] == "" ? "" : ",\047,\047,") text
      shortest[id] += 70
      aggregates[id] = aggregates[id] ",COUNT(" c "),SUM(CRC32(" (text ~ /MD5/ ? c : text) "))"
      aggregate_names[id] = aggregate_names[id] "\001" $3 ".count\001" $3 ".sum"
      totals[id] = totals[id] ",COUNT(" c ")"
      total_names[id] = total_names[id] "\001" $3 ".count"
      # The sum of floating-point numbers depends on the order of the rows; a text would show data in the receipt.
      if (type ~ /int$/ || type == "decimal") { totals[id] = totals[id] ",SUM(" c ")"; total_names[id] = total_names[id] "\001" $3 ".sum" }
      if (type ~ /int$/ || type ~ /^(decimal|float|double|date|datetime|timestamp)$/) {
        totals[id] = totals[id] ",MIN(" c "),MAX(" c ")"
        total_names[id] = total_names[id] "\001" $3 ".min\001" $3 ".max"
      }
      place = rank(type, $7, $8)
      if (place > 0 && (!(id in best) || place < best[id])) {
        best[id] = place; range[id] = $3; value[id] = value_of(c, type); key[id] = $7
        # Dates that stand for none or for ever say nothing of how the others are spread.
        usual = type ~ /int$/ ? c : "IF(" c ">\04719000101\047 AND " c "<\04790000101\047," value[id] ",NULL)"
        extent[id] = "MIN(" usual "),MAX(" usual ")"
      }
      if ($9 == "ROW END") period[id] = 1
      next
    }
    {
      id = $1 "\t" $2; engine = toupper($3); why = ""
      from = quote($1) "." quote($2)
      text = size[id] + 1000 > packet ? short[id] : row[id]
      if ($4 == "SYSTEM VERSIONED") {
        # History counts; the columns of its period may be implicit, and then information_schema does not list them.
        from = from " FOR SYSTEM_TIME ALL"
        if (!period[id]) text = text ",\047,\047,ROW_START,\047,\047,ROW_END"
      }
      if (engine == "MEMORY") why = "a MEMORY table is empty whenever the server has started: no snapshot holds its rows"
      if (engine == "BLACKHOLE") why = "a BLACKHOLE table keeps no rows"
      if (engine ~ /^(FEDERATED|CONNECT|SPIDER|S3|NDB|NDBCLUSTER|OQGRAPH|SPHINX)$/) why = "the rows of a " $3 " table are not on this volume, or not in the server'\''s own files"
      if (engine == "MRG_MYISAM") why = "a MERGE table shows the rows of other tables, which are compared themselves"
      # A text that does not fit makes the hash NULL: then no row is hashed.
      if (size[id] + 1000 > packet && shortest[id] + 1000 > packet) text = ""
      print $1, $2, $3, $5, from, (text == "" ? "" : "CONCAT(" text ")"), range[id], value[id], extent[id], aggregates[id], totals[id], aggregate_names[id], total_names[id], why, (key[id] == "PRI" && parts[id] == 1 || key[id] == "UNI" && best[id] < 4 ? "" : 1), $6
    }' "$1" "$2"
}

# statements KIND PLAN [WIDTHS]: the SQL for each table of PLAN; before each a line `=` with the table's number.
# KIND is extents, rows, columns, aggregates or totals. In `rows` the range is the value of the range column without its last
# bits, as an unsigned number, so that ranges of other widths can be put together; where many rows may have one value, the class
# of the row by its hash follows in more bits, and without such a column it is that class alone. Infobright adds up in 64 bits with a sign, hence two short numbers there.
statements() {
  facts_settings
  awk -F '\t' -v kind="$1" -v widths="${3:-}" '
    function unescape(text, result, at) {
      while ((at = index(text, "\\")) > 0) {
        result = result substr(text, 1, at - 1)
        at = at + 1
        result = result (substr(text, at, 1) == "n" ? "\n" : substr(text, at, 1) == "t" ? "\t" : substr(text, at, 1))
        text = substr(text, at + 1)
      }
      return result text
    }
    function hash(text, engine) {
      if (toupper(engine) != "BRIGHTHOUSE") return "SUM(CAST(CONV(LEFT(MD5(" text "),16),16,10) AS UNSIGNED))"
      return "SUM(CAST(CONV(LEFT(MD5(" text "),7),16,10) AS SIGNED)),SUM(CAST(CONV(SUBSTRING(MD5(" text "),8,7),16,10) AS SIGNED))"
    }
    function class(text, bits) { return "CONV(RIGHT(MD5(" text "),3),16,10)&" (2 ^ bits - 1) }
    BEGIN { while (widths != "" && (getline line < widths) > 0) { split(line, part, "\t"); bits[part[1]] = part[2]; by[part[1]] = part[3]; classes[part[1]] = part[4] } }
    $14 != "" { next }
    {
      if (kind == "extents") { if ($7 == "") next; sql = "SELECT " $9 }
      if (kind == "rows") {
        if ($6 == "") next
        range = by[FNR] == "column" ? "(" $8 ")>>" bits[FNR] : class($6, bits[FNR])
        if (by[FNR] == "column" && classes[FNR] > 0) range = "((" range ")<<" classes[FNR] ")+(" class($6, classes[FNR]) ")"
        sql = "SELECT " range ",COUNT(*)," hash($6, $3)
      }
      if (kind == "columns") { if ($6 == "") next; sql = "SELECT COUNT(*)," hash($6, $3) $10 }
      if (kind == "aggregates") sql = "SELECT COUNT(*)" $10
      if (kind == "totals") sql = "SELECT COUNT(*)" $11
      printf "SELECT \047=\047,%d;\n%s FROM %s%s;\n", FNR, unescape(sql), unescape($5), kind == "rows" ? " GROUP BY 1" : ""
    }
    END { print "SELECT \047=\047,0;" }' "$2"
}
