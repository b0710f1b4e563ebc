# What a service logs on the copy, cut to what tells why a server did not start or has died. Whatever it writes is read to its end: a producer that
# loses its reader ends with SIGPIPE, and under pipefail the script with it.
# shellcheck shell=bash

# Error logs on the copy and where packages put them, each with its size, ended by NUL.
error_logs() {
  find "$SSM_MountPoint" -xdev -maxdepth 3 -type f \( -name '*.err' -o -name 'error.log' -o -name 'brighthouse.log' \) -printf '%s %p\0' 2>/dev/null || true
  find /var/log/mysqld.log /var/log/mysql /var/log/mariadb -maxdepth 1 -type f \( -name '*.err' -o -name 'error.log' -o -name 'mysqld.log' \
    -o -name 'mariadb.log' \) -printf '%s %p\0' 2>/dev/null || true
}

# Called before the service is started: what is in the logs already is not its word on the copy.
remember_logs() {
  mkdir -p "$state_dir"
  { date +%s && error_logs | tr '\0' '\n'; } >"$state_dir/logs-of-$SSM_Service"
}

# What the service has logged since, in the journal and in its error logs.
logged_since_start() {
  local record="$state_dir/logs-of-$SSM_Service" entry path before
  [ -s "$record" ] || return 0
  journalctl --no-pager --output=cat --unit "$SSM_Service" --since "@$(sed -n 1p "$record")" 2>/dev/null || true
  while IFS= read -r -d '' entry; do
    path="${entry#* }"
    before=$(path="$path" awk 'NR > 1 && substr($0, index($0, " ") + 1) == ENVIRON["path"] { size = $1 } END { print size + 0 }' "$record")
    if [ "${entry%% *}" -lt "$before" ]; then before=0; fi
    tail -c "+$((before + 1))" -- "$path" 2>/dev/null || true
  done < <(error_logs)
}

# telling_lines BYTES: of the log on standard input lines of at most BYTES in all, in their order. Dumps of pages go (MySQL 5.1 to
# 5.6 print one as a single line of 32 KB), as do lines that differ from an earlier one in numbers only. The first line of
# each kind of error comes before all others, from the head of the log and from its tail: the cause must not be pushed out
# by its consequences, nor by their number.
telling_lines() {
  tr -d '\000' | awk -v room="$1" '
    function keep(i, rest) {
      if (i in kept || length(lines[i]) + 1 > room - rest) return
      kept[i] = 1
      room -= length(lines[i]) + 1
    }
    /^ *len [0-9]+; hex / { next }
    { line = length($0) > 400 ? substr($0, 1, 400) : $0 }
    count < 20000 {
      bare = line
      gsub(/[0-9]+/, "", bare)
      if (bare in seen) next
      seen[bare] = 1
      lines[++count] = line
      # A path from the root stays another kind than one within the data directory.
      gsub(/\/[^ \t"`\047]*/, "/", bare)
      gsub(/`[^`]*`/, "``", bare)
      first[count] = !(bare in kinds)
      kinds[bare] = 1
      telling[count] = line !~ /\[(Note|System|Warning)\]/ || line ~ /denied|DENIED/
      next
    }
    # A log that never ends: only its end is still of interest.
    { last[++more % 20] = line }
    END {
      for (i = more > 20 ? more - 19 : 1; i <= more; i++) { lines[++count] = last[i % 20]; telling[count] = first[count] = 1 }
      half = room / 2
      for (i = 1; i <= count; i++) if (telling[i] && first[i]) keep(i, half)
      for (i = count; i > 0; i--) if (telling[i] && first[i]) keep(i, 0)
      for (i = count; i > 0; i--) if (telling[i]) keep(i, 0)
      for (i = count; i > 0; i--) keep(i, 0)
      for (i = 1; i <= count; i++) if (i in kept) print lines[i]
    }'
}
