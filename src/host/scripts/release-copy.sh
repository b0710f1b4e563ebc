# Stops the service on the copy and unmounts it, if it is this volume that is mounted there. Also when nothing is.
if ! is_mounted "$SSM_MountPoint"; then
  printf '{"serviceStopped":false,"unmounted":true}\n'
  exit 0
fi
there=$(device_at "$SSM_MountPoint")
mounted='no volume'
if [ -b "$there" ]; then
  number=$(device_number "$there")
  mounted=$(volume_of "$(whole_of "$number")")
fi
# Without a serial number the records of mount-copy tell.
for record in "$state_dir"/copies/*; do
  if [ -z "$mounted" ] && [ "$(cat "$record" 2>/dev/null || true)" = "$number" ]; then mounted="${record##*/}"; fi
done
if [ -z "$mounted" ] && [ -z "$(device_of "$SSM_VolumeId")" ]; then
  fail still-busy "$there is mounted at $SSM_MountPoint, and nothing shows whether it is $SSM_VolumeId" "the host has these disks: $(disks_json)"
fi
if [ "$mounted" != "$SSM_VolumeId" ]; then
  # Another volume is mounted there, so this one is not: nothing to do.
  printf '{"serviceStopped":false,"unmounted":true}\n'
  exit 0
fi
# A host that only mounts copies need not have the service.
stopped=false
if [ "$(systemctl show --property=LoadState "$SSM_Service" 2>/dev/null || true)" != LoadState=not-found ]; then
  systemctl stop "$SSM_Service" >&2 || fail still-busy "$SSM_Service could not be stopped" "$(systemctl status --no-pager --lines=20 "$SSM_Service" 2>&1 || true)"
  stopped=true
fi
# A SysV script may return before its server has ended.
wait_until_unused "$SSM_MountPoint" 60 || true
for try in 1 2 3 4 5 6 7 8 9 10; do
  words=$(umount "$SSM_MountPoint" 2>&1) && break
  if [ "$try" = 10 ]; then
    fail still-busy "$SSM_MountPoint could not be unmounted" "$words"$'\n'"$(fuser -vm "$SSM_MountPoint" 2>&1 || true)"
  fi
  sleep 0.5
done
rm -f "$state_dir/progress/$SSM_VolumeId" "$state_dir/copies/$SSM_VolumeId"
printf '{"serviceStopped":%s,"unmounted":true}\n' "$stopped"
