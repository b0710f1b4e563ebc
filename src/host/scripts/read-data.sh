# Reads every file of the copy to its end: a volume from a snapshot is filled only as it is read, so data that was not read
# is not proven to exist.
is_mounted "$SSM_MountPoint" || fail not-mounted "nothing is mounted at $SSM_MountPoint"
mkdir -p "$state_dir/progress"
progress="$state_dir/progress/$SSM_VolumeId"
list=$(mktemp "$state_dir/files.XXXXXX")
words=$(mktemp "$state_dir/words.XXXXXX")
began=$(now_ms)
errors='' error_count=0
find "$SSM_MountPoint" -xdev -type f -printf '%s %p\0' >"$list" 2>"$words" || {
  # A folder that cannot be listed hides files.
  errors=$(printf '{"path":%s,"message":%s}' "$(json "$SSM_MountPoint")" "$(json "$(tail -n 1 "$words")")")
  error_count=1
}
total=$(tr '\0' '\n' <"$list" | awk '{ sum += $1 } END { printf "%d", sum }')
bytes=0 files=0
while IFS= read -r -d '' line; do
  size="${line%% *}"
  path="${line#* }"
  if ! dd if="$path" of=/dev/null bs=1M status=none 2>"$words"; then
    # The server that runs on the copy removes files of its own.
    case "$(tail -n 1 "$words")" in *': No such file or directory') continue ;; esac
    error_count=$((error_count + 1))
    if [ "$error_count" -le 20 ]; then
      errors="$errors${errors:+,}$(printf '{"path":%s,"message":%s}' "$(json "$path")" "$(json "$(tail -n 1 "$words")")")"
    fi
  fi
  bytes=$((bytes + size))
  files=$((files + 1))
  printf '{"bytes":%s,"totalBytes":%s}' "$bytes" "$total" >"$progress"
done <"$list"
rm -f "$progress" "$list" "$words"
printf '{"files":%s,"bytes":%s,"seconds":%s,"errors":[%s]}\n' "$files" "$bytes" \
  "$(awk -v ms=$(($(now_ms) - began)) 'BEGIN { printf "%.3f", ms / 1000 }')" "$errors"
