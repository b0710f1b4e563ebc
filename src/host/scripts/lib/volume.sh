# From block devices to EBS volumes and back. The device name given at attach is not the kernel's on Nitro: the NVMe
# serial is the volume id without its hyphen, and udev makes a link of it.
# shellcheck shell=bash

link_prefix="/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol"

# The EBS volumes under a device, a line each: one for a plain volume, several under LVM or RAID, none if it cannot be determined.
volumes_of() {
  local device="$1" link serial
  for link in "$link_prefix"*; do
    [ -e "$link" ] || continue
    if [ "$(readlink -f -- "$link")" = "$device" ]; then
      serial="${link#"$link_prefix"}"
      printf 'vol-%s\n' "${serial%%[-_]*}"
      return
    fi
  done
  # The device is a partition, or consists of several devices: list the serials of the disks below it.
  lsblk --inverse --noheadings --raw --output TYPE,SERIAL -- "$device" 2>/dev/null |
    awk '$1 == "disk" && $2 ~ /^vol-?[0-9a-f]+$/ { sub(/^vol-?/, "vol-", $2); print $2 }' | sort -u
}

# The device of a volume. Usage: device_of VOLUME_ID
device_of() {
  local serial="${1#vol-}" name
  if [ -e "$link_prefix$serial" ]; then
    readlink -f -- "$link_prefix$serial"
    return
  fi
  name=$(lsblk --nodeps --noheadings --raw --output NAME,SERIAL 2>/dev/null | awk -v serial="vol$serial" '$2 == serial { print $1; exit }')
  if [ -n "$name" ]; then printf '/dev/%s\n' "$name"; fi
}
