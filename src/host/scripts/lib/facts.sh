# The facts of tables: their SQL is run for many tables in one call, and what came of it is written as entries in JSON. A table
# whose statement fails is read alone, by simpler statements where the engine has refused the first one.
# shellcheck shell=bash

# facts_json SEPARATOR KIND: the entries of the tables on standard input (lines of list_tables), the separator before the
# first. KIND is the method to begin with: rows or columns. One call reads 50 tables, or fewer that hold about $rows_in_a_call rows.
facts_json() {
  local separator="$1" kind="$2" work version packet ranges from count
  # What scripts of earlier days left that were ended in between.
  find "$state_dir" -mindepth 1 -maxdepth 1 \( -name 'facts.*' -o -name 'errors.*' \) -mmin +4320 -exec rm -rf {} + 2>/dev/null || true
  work=$(mktemp -d "$state_dir/facts.XXXXXX")
  cat >"$work/list"
  version=$(sql <<<'SELECT VERSION(), @@max_allowed_packet;' 2>/dev/null || true)
  packet="${version#*$'\t'}"
  { facts_settings && columns_statement; } | sql >"$work/columns" 2>"$work/errors" ||
    fail no-columns "the list of columns could not be read" "$(cat "$work/errors")"
  plan_tables "$work/columns" "$work/list" "$packet" "$(case "$version" in [0-4].* | 5.[0-4].*) echo 1 ;; esac)" >"$work/all"
  ranges=$(ranges_of <"$work/list")
  while read -r from count; do
    sed -n "$from,$((from + count - 1))p" "$work/all" >"$work/plan"
    facts_of_many "$work" "$kind" "$ranges" >"$work/entries"
    awk -v separator="$separator" '{ printf "%s%s", (NR == 1 ? separator : ","), $0 }' "$work/entries"
    separator=,
    table_read
  done < <(calls_of "$work/all")
  rm -rf "$work"
}

# How many ranges a table has at most: with so many tables that the answer would become too long, fewer (20,000 ranges in all are
# less than 1 MB). Reads lines of list_tables.
ranges_of() {
  awk -F '\t' '
    { rows[NR] = $6 == "" ? 1e9 : $6 + 0 }
    END {
      for (n = 512; n > 32; n /= 2) {
        sum = 0
        for (i = 1; i <= NR; i++) sum += rows[i] < n ? rows[i] : n
        if (sum <= 20000) break
      }
      print n
    }'
}

# Which tables one call reads, a line for each call: the number of the first table, and how many. Usage: calls_of PLAN
calls_of() {
  awk -F '\t' -v most="${rows_in_a_call:-}" '
    { rows = $16 == "" ? 1e9 : $16 + 0 }
    NR > 1 && (count == 50 || (most != "" && sum + rows > most + 0)) { print first, count; count = 0 }
    count == 0 { first = NR; sum = 0 }
    { count++; sum += rows }
    END { if (count > 0) print first, count }' "$1"
}

# facts_of_many WORK KIND RANGES: the entries of the tables in WORK/plan, one a line.
facts_of_many() {
  local work="$1" kind="$2" ranges="$3" number failed=''
  : >"$work/widths"
  if [ "$kind" = rows ]; then widths "$work" "$work/plan" "$ranges" >"$work/widths"; fi
  statements "$kind" "$work/plan" "$work/widths" | sql >"$work/out" 2>"$work/errors" || failed=1
  facts_why='' facts_failed="$failed" entries "$kind" "$work/plan" "$work/widths" "$work/out" "$work/missing"
  while read -r number; do
    sed -n "${number}p" "$work/plan" >"$work/one"
    facts_of_one "$work" "$kind" "$ranges"
  done <"$work/missing"
}

# widths WORK PLAN RANGES: for each table of PLAN its number, bits, whether its rows are told apart by a column or by their hash,
# and the bits of the hash that follow a column. A width is a power of two, so large that about RANGES ranges hold all rows.
widths() {
  statements extents "$2" | sql 2>/dev/null >"$1/extents" || true
  awk -F '\t' -v ranges="$3" '
    FILENAME == ARGV[1] { if ($1 == "=") { number = $2 } else { low[number] = $1; high[number] = $2 } next }
    {
      by = "hash"; bits = classes = 0
      if (FNR in low) {
        by = "column"
        if (low[FNR] == "NULL") low[FNR] = high[FNR] = 0
        span = high[FNR] - low[FNR]
        most = $15 != "" && ranges >= 128 ? ranges / 8 : ranges
        while (span / 2 ^ bits >= most - 1) bits++
        if ($15 != "") while ((span / 2 ^ bits + 1) * 2 ^ (classes + 1) <= ranges) classes++
        # Shifts are those of unsigned numbers of 64 bits.
        if (low[FNR] < 0 && bits == 0) bits = 1
        if ((low[FNR] < 0 || high[FNR] >= 2 ^ 50) && bits < classes) classes = bits
      }
      if (by == "hash") { bits = 9; while (2 ^ bits > ranges) bits-- }
      print FNR "\t" bits "\t" by "\t" classes
    }' "$1/extents" "$2"
}

# entries KIND PLAN WIDTHS OUT MISSING: an entry for each table that OUT answers; the numbers of the others go to MISSING. What
# the client escapes in names JSON escapes alike, but for quotes. `facts_why` in the environment says why KIND was used.
entries() {
  awk -F '\t' -v kind="$1" -v widths="$3" -v out="$4" -v missing="$5" '
    function json(text) { gsub(/"/, "\\\"", text); gsub(/[\001-\037\177]/, "", text); return "\"" text "\"" }
    function field(name, value) { return value == "" ? "" : ",\"" name "\":" json(value) }
    function value(text) { return text == "NULL" ? "null" : json(text) }
    BEGIN {
      printf "" >missing
      while ((getline line < widths) > 0) { split(line, part, "\t"); bits[part[1]] = part[2]; by[part[1]] = part[3]; classes[part[1]] = part[4] }
      while ((getline line < out) > 0) {
        count = split(line, part, "\t")
        if (part[1] == "=" && count == 2) { if (number != "") ended[number] = 1; number = part[2]; continue }
        if (kind != "rows") { answer[number] = line; continue }
        if (part[3] == "NULL" || part[4] == "NULL") broken[number] = 1
        rows[number] += part[2]
        list[number] = list[number] (list[number] == "" ? "" : ",") "[" value(part[1]) ",\"" part[2] "\",\"" part[3] (count > 3 ? "/" part[4] : "") "\"]"
      }
    }
    {
      head = "{\"name\":" json($1 "." $2) ",\"kind\":\"table\",\"engine\":" json($3)
      if ($14 != "") { print head ",\"method\":\"none\",\"values\":{}" field("why", $14) "}"; next }
      head = head ",\"method\":\"" kind "\""
      tail = field("updated", $4) field("why", ENVIRON["facts_why"]) "}"
      if (kind == "rows") {
        # After an error nothing tells an empty table from one that was not read.
        if (!ended[FNR] || broken[FNR] || (rows[FNR] == "" && ENVIRON["facts_failed"] != "")) { print FNR >missing; next }
        print head ",\"rows\":\"" sprintf("%.0f", rows[FNR]) "\",\"values\":{},\"ranges\":{" (by[FNR] == "column" ? "\"column\":" json($7) "," : "") "\"bits\":" bits[FNR] (classes[FNR] > 0 ? ",\"classes\":" classes[FNR] : "") ",\"list\":[" list[FNR] "]}" tail
        next
      }
      if (answer[FNR] == "") { print FNR >missing; next }
      n = split(answer[FNR], part, "\t")
      text = ""; at = 2
      if (kind == "columns") {
        hash = part[2]; at = 3
        if (toupper($3) == "BRIGHTHOUSE") { hash = hash "/" part[3]; at = 4 }
        if (part[1] + 0 > 0 && hash ~ /NULL/) { print FNR >missing; next }
        text = "\"hash\":" (part[1] + 0 > 0 ? json(hash) : "null")
      }
      split(kind == "totals" ? $13 : $12, names, "\001")
      for (i = 2; at <= n; i++) { text = text (text == "" ? "" : ",") json(names[i]) ":" value(part[at]); at++ }
      print head ",\"rows\":\"" part[1] "\",\"values\":{" text "}" tail
    }' "$2" | { iconv -c -f UTF-8 -t UTF-8 2>/dev/null || true; }
}

# facts_of_one WORK KIND RANGES: the entry of the table in WORK/one, by KIND or the first simpler method that its engine
# accepts. An error that is no refusal is the table's own.
facts_of_one() {
  local work="$1" kind="$2" ranges="$3" why='' words
  while :; do
    : >"$work/width"
    if [ "$kind" = rows ]; then widths "$work" "$work/one" "$ranges" >"$work/width"; fi
    if statements "$kind" "$work/one" "$work/width" | sql >"$work/answer" 2>"$work/errors"; then
      facts_why="$why" facts_failed='' entries "$kind" "$work/one" "$work/width" "$work/answer" "$work/still"
      if ! [ -s "$work/still" ]; then return; fi
      words='ERROR 0: it gives no value (a row does not fit into max_allowed_packet, or MD5 is switched off)'
    else
      words=$(server_words "$work/errors")
    fi
    if [ "$kind" = totals ] || ! { [[ "$words" == 'ERROR 0: it gives no value'* ]] || refused "$words"; }; then
      entry_of_error "$work/one" "$kind" "$words"
      return
    fi
    why="${why:-$(describe "$kind") was refused: $words}"
    case "$kind" in
      rows) kind=columns ;;
      columns) kind=aggregates ;;
      *) kind=totals ;;
    esac
  done
}

# entry_of_error PLAN KIND WORDS: the entry of the one table in PLAN, which could not be read.
entry_of_error() {
  awk -F '\t' -v kind="$2" '
    function json(text) { gsub(/"/, "\\\"", text); gsub(/[\001-\037\177]/, "", text); return "\"" text "\"" }
    { printf "%s", "{\"name\":" json($1 "." $2) ",\"kind\":\"table\",\"engine\":" json($3) ",\"method\":\"" kind "\",\"values\":{}" }' "$1" |
    { iconv -c -f UTF-8 -t UTF-8 2>/dev/null || true; }
  printf '%s}\n' "$(error_json "$3" "$(describe "$2")")"
}

# What a method asks, in words.
describe() {
  case "$1" in
    rows) printf 'the hash of each row, by range' ;;
    columns) printf 'the hash of each row' ;;
    aggregates) printf 'CRC32 of each column' ;;
    *) printf 'counts, sums and extremes of plain columns' ;;
  esac
}

# refused WORDS: whether the server would not, or could not, compute a statement of this kind; the data is not to blame.
# 3, 1021, 1038, 1114: memory or temporary space; 1054, 1064, 1235, 1305, 1690: columns, syntax, functions and numbers that the server lacks;
# 1267, 1270, 1271: collations; 1153, 1301: max_allowed_packet; 1436: thread stack. Infobright says 5 for whatever it is
# (BH_HandleSelect in handler/ha_rcengine.cpp), so the words decide (core/MysqlExpression.cpp, core/AggregatorBasic.cpp).
refused() {
  [[ "$1" =~ ^ERROR\ (3|1021|1038|1054|1064|1114|1153|1235|1267|1270|1271|1301|1305|1436|1690)\  ]] ||
    [[ "$1" =~ ^ERROR\ 5\ .*(not\ supported\ by\ the\ Infobright|is\ not\ supported|Aggregation\ overflow|cannot\ be\ handled\ by\ Infobright|[Nn]ot\ implemented) ]]
}
