# Checks the checksum of every page of InnoDB's files with the server's own tool, after the service was stopped: then every
# page is on disk as it must be. The tool stops at the first page that fails, so it is started again behind it.
tool=$(command -v innochecksum || true)
version=''
if [ -n "$tool" ]; then version=$("$tool" --version 2>&1 | sed -nE 's/.*Ver ([0-9][0-9.]*).*/\1/p' | awk 'NR == 1' || true); fi
series_of() {
  cut -d . -f 1-2 <<<"$1"
}
answer_without() {
  printf '{"tool":%s,"checked":false,"files":0,"bytes":0,"seconds":0,"failed":[],"unclear":[],"notReached":0}\n' "$([ -n "$version" ] && json "$version" || echo null)"
  exit 0
}
# The checksums of another series are others, and so are its flags.
if [ -z "$version" ] || [ "$(series_of "$version")" != "$(series_of "${SSM_ServerVersion%%-*}")" ]; then answer_without; fi
stop_service 600 >&2 || fail service-busy "$SSM_Service could not be stopped for innochecksum"

# The number at this offset of a file, as its bytes stand. Usage: number_at FILE OFFSET BYTES
number_at() {
  local hex
  hex=$(od -An -v -tx1 -j "$2" -N "$3" -- "$1" 2>/dev/null | tr -d ' \n')
  printf '%d' "0x${hex:-0}"
}

# Pages of the doublewrite buffer hold whatever was written there last: FIRST END, of its two blocks (InnoDB's trx0sys.h).
doublewrite=''
find_doublewrite() {
  local at=$((6 * SSM_PageSize - 200 + 10)) extent=$((1048576 / SSM_PageSize))
  [ "$extent" -ge 64 ] || extent=64
  [ "$(number_at "$1" "$at" 4)" = 536853855 ] || return 0
  doublewrite="$(number_at "$1" $((at + 4)) 4) $(number_at "$1" $((at + 8)) 4) $extent"
}

# The first page behind the doublewrite buffer's block that holds this page; fails where none does. Usage: behind_doublewrite PAGE
behind_doublewrite() {
  local first second extent
  read -r first second extent <<<"$doublewrite"
  [ -n "$first" ] || return 1
  if [ "$1" -ge "$first" ] && [ "$1" -lt $((first + extent)) ]; then
    echo $((first + extent))
  elif [ "$1" -ge "$second" ] && [ "$1" -lt $((second + extent)) ]; then
    echo $((second + extent))
  else
    return 1
  fi
}

failed='' unclear='' files=0 bytes=0 not_reached=0
note() {
  printf '{"path":%s,"pages":[%s],"words":%s}' "$(json "$1")" "$2" "$(json "$3")"
}

# Usage: check_file FILE
check_file() {
  local file="$1" start=0 pages='' count=0 words page next kind
  doublewrite=''
  if [ "${file##*/}" = ibdata1 ]; then find_doublewrite "$file"; fi
  until words=$("$tool" -s "$start" "$file" 2>&1); do
    page=$(sed -nE 's/^.*page(::| )([0-9]+) invalid.*$/\2/p' <<<"$words" | awk 'NR == 1')
    if [ -z "$page" ] || [ "$page" -lt "$start" ]; then
      [ -z "$pages" ] || break
      unclear+="${unclear:+,}$(note "$file" "$pages" "$(tail -c 300 <<<"$words")")"
      return
    fi
    if next=$(behind_doublewrite "$page"); then
      start="$next"
    else
      # Types 14 to 17 are compressed or encrypted by MySQL (its fil0types.h): not every version of the tool reads them.
      kind=$(number_at "$file" $((page * SSM_PageSize + 24)) 2)
      if [ "$kind" -ge 14 ] && [ "$kind" -le 17 ]; then
        unclear+="${unclear:+,}$(note "$file" "$page" "page type $kind")"
        return
      fi
      pages+="${pages:+,}$page"
      count=$((count + 1))
      [ "$count" -lt 20 ] || break
      start=$((page + 1))
    fi
    [ $((start * SSM_PageSize)) -lt "$(stat -c %s "$file")" ] || break
  done
  if [ -n "$pages" ]; then failed+="${failed:+,}$(note "$file" "$pages" "$(tail -c 300 <<<"$words")")"; fi
}

mkdir -p "$state_dir/progress"
progress="$state_dir/progress/$SSM_VolumeId"
list=$(mktemp "$state_dir/pages.XXXXXX")
began=$(now_ms)
# Tables that a statement was making when the server ended belong to nobody; temporary ones are made anew at each start.
find "$SSM_DataDir" -xdev -maxdepth 2 -type f \( -name '*.ibd' -o -name 'ibdata[0-9]*' -o -name 'undo[0-9_]*' -o -name '*.ibu' \) \
  ! -name '#sql*' -size +0 -printf '%s %p\0' >"$list"
total=$(tr '\0' '\n' <"$list" | awk '{ sum += $1 } END { printf "%.0f", sum }')
while IFS= read -r -d '' line; do
  if [ "$(now_ms)" -gt $((began + SSM_TotalSeconds * 1000)) ]; then
    not_reached=$((not_reached + 1))
    continue
  fi
  file="${line#* }"
  case "${file##*/}" in
    ibdata1 | ibdata1[!0-9]* | *.ibd | undo* | *.ibu) check_file "$file" ;;
    # Further files of the system tablespace have no header, without which the tool does not know their pages.
    *) unclear+="${unclear:+,}$(note "$file" '' 'no header')" ;;
  esac
  files=$((files + 1))
  bytes=$((bytes + ${line%% *}))
  printf '{"bytes":%s,"totalBytes":%s}' "$bytes" "$total" >"$progress"
done <"$list"
rm -f "$progress" "$list"
emit <<END
{"tool":$(json "$version"),"checked":true,"files":$files,"bytes":$bytes,"seconds":$(awk -v ms=$(($(now_ms) - began)) 'BEGIN { printf "%.3f", ms / 1000 }'),"failed":[$failed],"unclear":[$unclear],"notReached":$not_reached}
END
