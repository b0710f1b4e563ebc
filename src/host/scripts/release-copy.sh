# Stops the service on the copy and unmounts it, if it is this volume that is mounted there. Also when nothing is.
serial="${SSM_VolumeId#vol-}"
link="/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol$serial"
if ! is_mounted "$SSM_MountPoint"; then
  printf '{"serviceStopped":false,"unmounted":true}\n'
  exit 0
fi
there=$(device_at "$SSM_MountPoint")
if [ -e "$link" ] && [ "${there#"$(readlink -f -- "$link")"}" = "$there" ]; then
  # Another volume is mounted there, so this one is not: nothing to do.
  printf '{"serviceStopped":false,"unmounted":true}\n'
  exit 0
fi
systemctl stop "$SSM_Service" >&2 || fail still-busy "$SSM_Service could not be stopped" "$(systemctl status --no-pager --lines=20 "$SSM_Service" 2>&1 || true)"
for try in 1 2 3 4 5 6 7 8 9 10; do
  words=$(umount "$SSM_MountPoint" 2>&1) && break
  if [ "$try" = 10 ]; then
    fail still-busy "$SSM_MountPoint could not be unmounted" "$words"$'\n'"$(fuser -vm "$SSM_MountPoint" 2>&1 || true)"
  fi
  sleep 0.5
done
rm -f "$state_dir/progress/$SSM_VolumeId"
printf '{"serviceStopped":true,"unmounted":true}\n'
