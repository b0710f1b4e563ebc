# Mounts the copy. The device is found by its serial, since the name given at attach is not the kernel's.
until=$(($(now_ms) + SSM_WaitSeconds * 1000))
device=$(device_of "$SSM_VolumeId")
while [ -z "$device" ] || [ ! -b "$device" ]; do
  if [ "$(now_ms)" -ge "$until" ]; then
    fail device-not-found "$SSM_VolumeId did not appear on the host within $SSM_WaitSeconds s" "$(lsblk --output NAME,SIZE,SERIAL 2>&1 || true)"
  fi
  sleep 0.2
  device=$(device_of "$SSM_VolumeId")
done
mkdir -p "$SSM_MountPoint"
if is_mounted "$SSM_MountPoint"; then
  there=$(device_at "$SSM_MountPoint")
  [ "$there" = "$device" ] || fail mount-point-busy "$there is mounted at $SSM_MountPoint, not $device"
else
  # A volume with one partition is mounted by that partition.
  partition=$(lsblk --noheadings --raw --output NAME,TYPE -- "$device" 2>/dev/null | awk '$2 == "part" { print "/dev/" $1; exit }' || true)
  filesystem=$(blkid -p -o value -s TYPE "${partition:-$device}" 2>/dev/null || true)
  options=rw
  # The copy has its original's UUID, which XFS refuses to mount twice; the UUID itself is never changed. The journal
  # is replayed: a read-only mount replays it too, and without the replay data can be missing.
  if [ "$filesystem" = xfs ]; then options=rw,nouuid; fi
  [ -n "$filesystem" ] || fail filesystem-damaged "there is no filesystem on ${partition:-$device}" "$(blkid -p "${partition:-$device}" 2>&1 || true)"
  words=$(mount -t "$filesystem" -o "$options" "${partition:-$device}" "$SSM_MountPoint" 2>&1) || {
    detail="$words"$'\n'"$(dmesg 2>/dev/null | tail -n 20 || true)"
    case "$words" in
      *'needs cleaning'* | *'bad superblock'* | *"can't read superblock"* | *'wrong fs type'* | *'Bad message'* | *orrupt*)
        fail filesystem-damaged "the $filesystem filesystem on ${partition:-$device} cannot be mounted" "$detail"
        ;;
    esac
    fail mount-failed "${partition:-$device} could not be mounted at $SSM_MountPoint" "$detail"
  }
fi
read -r size used < <(df -B1 --output=size,used "$SSM_MountPoint" | tail -n 1)
printf '{"device":%s,"filesystem":"%s","sizeBytes":%s,"usedBytes":%s,"fileCount":%s}\n' "$(json "$device")" \
  "$(mount_value "$SSM_MountPoint" type)" "$size" "$used" "$(find "$SSM_MountPoint" -xdev -type f | wc -l)"
