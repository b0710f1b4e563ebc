# Cuts a log to what tells why a server did not start or has died. Whatever it writes is read to its end: a producer that
# loses its reader ends with SIGPIPE, and under pipefail the script with it.
# shellcheck shell=bash

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
