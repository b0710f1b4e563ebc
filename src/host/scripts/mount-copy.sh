# Mounts the copy. The device is found by its serial number, or the action names it where there is none. When it cannot be
# mounted, the answer holds what shows why; whether that is damage is the action's to judge.

need systemd awk blkid date df find grep iconv mount readlink sed stat tail

# The kernel's log. It may be closed even to root; then the journal may have it.
kernel_log() {
  dmesg 2>/dev/null || journalctl --no-pager --dmesg --output=short-monotonic --boot 2>/dev/null || true
}
last_line=$(kernel_log | tail -n 1)

# The only partition of the disk. Earlier receipts do not name the partition.
only_partition() {
  local SSM_Partition file
  for file in "/sys/dev/block/$(device_number "$disk")"/*/partition; do
    [ -e "$file" ] || continue
    SSM_Partition=$(cat "$file")
    partition_device
    return
  done
}

# What the kernel has said of this device since this script began, and no other device.
kernel_says() {
  kernel_log | last="$last_line" name=$(kernel_name "$(device_number "$device")") disk=$(kernel_name "$(device_number "$disk")") awk '
    BEGIN { last = ENVIRON["last"]; name = ENVIRON["name"]; disk = ENVIRON["disk"]; seen = last == "" }
    {
      if (NF) any = 1
      if ($0 == last) { seen = 1; count = 0; next }
      line = $0
      sub(/^[^]]*\] */, "", line)
      bare = " " line " "
      gsub(/[^A-Za-z0-9_.-]/, " ", bare)
      if (seen && (index(bare, " " name " ") || index(bare, " " disk " "))) lines[++count] = line
    }
    END {
      if (!any) { print "kernel log: it cannot be read"; exit }
      # What came before is overwritten: some of what came after may be, too.
      if (!seen) { print "kernel log: it was overwritten meanwhile"; exit }
      print "kernel log: read"
      for (i = (count > 40 ? count - 39 : 1); i <= count; i++) print "kernel: " lines[i]
    }'
}

# Ends the script. What a checker says helps a person only: it does not replay the journal.
refuse() {
  local checker=''
  case "$filesystem" in
    xfs) checker=xfs_repair ;;
    ext[234]) checker=e2fsck ;;
  esac
  fail mount-refused "$1" "$(
    printf 'identified: by %s\n' "$([ -n "$SSM_Device" ] && echo name || echo serial)"
    printf 'mount: %s\n' "$words" | tr -s '\n' ' '
    echo
    blkid -p "$device" 2>&1 | sed 's/^/blkid: /' || true
    if [ -n "$checker" ] && command -v "$checker" >/dev/null 2>&1; then
      timeout 120 "$checker" -n "$device" 2>&1 | tail -n 5 | sed "s/^/$checker: /" || true
    fi
    kernel_says
  )"
}

if ! disk=$(wait_for whole_device); then
  fail device-not-found "$SSM_VolumeId did not appear on the host within $SSM_WaitSeconds s" "the host has these disks: $(disks_json)"
fi
device="$disk"
if [ -z "$SSM_Partition" ]; then
  device=$(only_partition)
  device="${device:-$disk}"
elif [ "$SSM_Partition" != 0 ] && ! device=$(wait_for partition_device); then
  fail partition-not-found "the source had its data on partition $SSM_Partition, which did not appear on $disk within $SSM_WaitSeconds s" \
    "$(blkid -p "$disk" 2>&1 || true)"$'\n'"$(tail -n +3 /proc/partitions)"
fi
mkdir -p "$SSM_MountPoint"
selinux=''
if is_mounted "$SSM_MountPoint"; then
  there=$(device_at "$SSM_MountPoint")
  [ "$(device_number "$there" 2>/dev/null || true)" = "$(device_number "$device")" ] ||
    fail mount-point-busy "$there is mounted at $SSM_MountPoint, not $device"
else
  filesystem=$(blkid -p -o value -s TYPE "$device" 2>/dev/null || true)
  # Without a type mount would guess; the kernel is asked for the one that the source had.
  filesystem="${filesystem:-$SSM_Filesystem}"
  words='blkid finds no filesystem, and the receipt names none'
  [ -n "$filesystem" ] || refuse "there is no filesystem on $device"
  options=rw
  # The copy has its original's UUID, which XFS refuses to mount twice; the UUID itself is never changed. The journal
  # is replayed: a read-only mount replays it too, and without the replay data can be missing.
  if [ "$filesystem" = xfs ]; then options=rw,nouuid; fi
  mounted=''
  if [ "$(cat /sys/fs/selinux/enforce 2>/dev/null || true)" = 1 ]; then
    # The files carry the labels of the host that wrote them, or none. One label for all of them, which replaces those on
    # the disk while it is mounted and changes nothing there (mount(8), context=).
    label=$(matchpathcon -n "$SSM_MountPoint" 2>/dev/null || true)
    case "$label" in '' | *:default_t:* | *:mnt_t:*) label=system_u:object_r:mysqld_db_t:s0 ;; esac
    selinux='enforcing'
    if mount -t "$filesystem" -o "$options,context=\"$label\"" "$device" "$SSM_MountPoint" 2>/dev/null; then
      mounted=1
      selinux="enforcing, mounted with context=$label"
    fi
  fi
  [ -n "$mounted" ] || words=$(mount -t "$filesystem" -o "$options" "$device" "$SSM_MountPoint" 2>&1) ||
    refuse "the $filesystem filesystem on $device could not be mounted at $SSM_MountPoint"
fi
# By this the clean-up recognises the copy where there is no serial number. A volume that had this device before is gone.
mkdir -p "$state_dir/copies"
number=$(device_number "$device")
for record in "$state_dir"/copies/*; do
  if [ "$(cat "$record" 2>/dev/null || true)" = "$number" ]; then rm -f "$record"; fi
done
printf '%s\n' "$number" >"$state_dir/copies/$SSM_VolumeId"
read -r size used < <(df -B1 --output=size,used "$SSM_MountPoint" | tail -n 1)
printf '{"device":%s,"filesystem":"%s","sizeBytes":%s,"usedBytes":%s,"fileCount":%s,"selinux":%s}\n' "$(json "$device")" \
  "$(mount_value "$SSM_MountPoint" type)" "$size" "$used" "$(find "$SSM_MountPoint" -xdev -type f | wc -l)" "$(json "$selinux")"
