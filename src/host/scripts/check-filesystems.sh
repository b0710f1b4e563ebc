# Says which filesystems are on the disk of a copy and, when asked, checks those that are not mounted. A checker only reads: whoever
# asks has mounted and unmounted them before, so that their journals are replayed. What its words mean is the action's to judge.
need awk blkid date grep sed stat tail timeout

if ! disk=$(wait_for whole_device); then
  fail device-not-found "$SSM_VolumeId did not appear on the host within $SSM_WaitSeconds s" "the host has these disks: $(disks_json)"
fi
began=$(now_ms)

# The numbers of the partitions, or 0 for a disk without any, a line each.
partitions() {
  local file found=''
  for file in "/sys/dev/block/$(device_number "$disk")"/*/partition; do
    [ -e "$file" ] || continue
    found=1
    cat "$file"
  done
  [ -n "$found" ] || echo 0
}

# The program that checks a filesystem without writing to it; nothing for one that has none.
checker_of() {
  case "$1" in
    ext[234]) echo 'e2fsck -f -n' ;;
    xfs) echo 'xfs_repair -n' ;;
    btrfs) echo 'btrfs check --readonly' ;;
  esac
}

# Whether there is a journal: without one a snapshot of a host that runs needs a repair, and is not damaged.
has_journal() {
  case "$2" in
    ext[234]) [ "$(dumpe2fs -h "$1" 2>/dev/null | grep -c has_journal || true)" != 0 ] ;;
    xfs | btrfs) true ;;
    *) false ;;
  esac
}

seconds_left() {
  echo $((SSM_TotalSeconds - ($(now_ms) - began) / 1000))
}

# Usage: part DEVICE NUMBER
part() {
  local device="$1" filesystem table checker program words='' status=null sectors
  filesystem=$(blkid -p -o value -s TYPE "$device" 2>/dev/null || true)
  table=$(blkid -p -o value -s PTTYPE "$device" 2>/dev/null || true)
  sectors=$(cat "/sys/dev/block/$(device_number "$device")/size")
  checker=$(checker_of "$filesystem")
  if [ "$SSM_TotalSeconds" != 0 ] && [ -n "$checker" ] && type -P "${checker%% *}" >/dev/null && [ "$(seconds_left)" -gt 0 ]; then
    status=0
    read -r -a program <<<"$checker"
    words=$(timeout "$(seconds_left)" ${program[@]+"${program[@]}"} "$device" 2>&1) || status=$?
  fi
  printf '{"partition":%s,"bytes":%s,"filesystem":%s,"table":%s,"journal":%s,"checker":%s,"status":%s,"output":%s}' \
    "$2" $((sectors * 512)) "$(json "$filesystem")" "$(json "$table")" \
    "$(has_journal "$device" "$filesystem" && echo true || echo false)" "$(json "$checker")" "$status" \
    "$(json "$(tail -c 2000 <<<"$words")")"
}

parts=''
for number in $(partitions); do
  device="$disk"
  if [ "$number" != 0 ]; then
    SSM_Partition="$number"
    device=$(wait_for partition_device) ||
      fail partition-not-found "partition $number of $disk did not appear within $SSM_WaitSeconds s" "$(tail -n +3 /proc/partitions)"
  fi
  parts="$parts${parts:+,}$(part "$device" "$number")"
done
printf '{"disk":%s,"seconds":%s,"parts":[%s]}\n' "$(json "$disk")" \
  "$(awk -v ms=$(($(now_ms) - began)) 'BEGIN { printf "%.3f", ms / 1000 }')" "$parts" | emit
