# From block devices to EBS volumes and back. The device name given at attach is not the kernel's on Nitro: the NVMe
# serial is the volume id without its hyphen, and udev makes a link of it. Where there is no serial (Xen) the action decides
# by the names of all disks. Devices are compared by their numbers (MAJOR:MINOR), under which /sys has them.
# shellcheck shell=bash

link_prefix="/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol"

device_number() {
  printf '%d:%d' "0x$(stat -L -c %t -- "$1")" "0x$(stat -L -c %T -- "$1")"
}

# The number of a partition on its disk; 0 for a device that is no partition. Usage: partition_of NUMBER
partition_of() {
  cat "/sys/dev/block/$1/partition" 2>/dev/null || printf 0
}

# The disk that a partition is on, or the device itself. Usage: whole_of NUMBER
whole_of() {
  if [ -e "/sys/dev/block/$1/partition" ]; then cat "/sys/dev/block/$1/../dev"; else printf '%s\n' "$1"; fi
}

# The name by which the kernel's log calls a device. Usage: kernel_name NUMBER
kernel_name() {
  local folder
  folder=$(readlink -f -- "/sys/dev/block/$1")
  printf '%s' "${folder##*/}"
}

# The disks of the host, a line each: NUMBER BYTES DEVICE. Links, as amazon-ec2-utils makes them, are none.
list_disks() {
  local device number
  for device in /dev/nvme* /dev/xvd* /dev/sd* /dev/hd* /dev/vd*; do
    if [ ! -b "$device" ] || [ -L "$device" ]; then continue; fi
    number=$(device_number "$device")
    if [ -e "/sys/dev/block/$number/partition" ] || [ ! -e "/sys/dev/block/$number/size" ]; then continue; fi
    printf '%s %s %s\n' "$number" $(($(cat "/sys/dev/block/$number/size") * 512)) "$device"
  done
}

# The EBS volume that a disk is, by its serial number; nothing when it has none. Usage: volume_of NUMBER
volume_of() {
  local link file serial
  for link in "$link_prefix"*; do
    case "$link" in *-part*) continue ;; esac
    if [ -b "$link" ] && [ "$(device_number "$link")" = "$1" ]; then
      serial="${link#"$link_prefix"}"
      printf 'vol-%s\n' "${serial%%[-_]*}"
      return
    fi
  done
  for file in "/sys/dev/block/$1/device/serial" "/sys/dev/block/$1/serial"; do
    serial=$(sed -nE 's/^ *vol-?([0-9a-f]+) *$/vol-\1/p' "$file" 2>/dev/null || true)
    if [ -n "$serial" ]; then
      printf '%s\n' "$serial"
      return
    fi
  done
}

# The disks as JSON: the kernel's name, the size, and the volume by the serial number.
disks_json() {
  local number bytes device volume separator=''
  printf '['
  while read -r number bytes device; do
    volume=$(volume_of "$number")
    printf '%s{"name":"%s","bytes":%s,"volumeId":%s}' "$separator" "${device##*/}" "$bytes" "$([ -n "$volume" ] && json "$volume" || echo null)"
    separator=,
  done < <(list_disks)
  printf ']'
}

# The device of a volume that has a serial number. Usage: device_of VOLUME_ID
device_of() {
  local number bytes device
  if [ -b "$link_prefix${1#vol-}" ]; then
    readlink -f -- "$link_prefix${1#vol-}"
    return
  fi
  while read -r number bytes device; do
    if [ "$(volume_of "$number")" = "$1" ]; then
      printf '%s\n' "$device"
      return
    fi
  done < <(list_disks)
}

# What a device consists of besides disks and their partitions, from the top, a line each. Usage: layers_of NUMBER
layers_of() {
  local folder="/sys/dev/block/$1" name file
  name=$(kernel_name "$1")
  if [ -e "$folder/dm/uuid" ]; then
    case "$(cat "$folder/dm/uuid")" in
      LVM-*) printf 'LVM' ;;
      CRYPT-LUKS*) printf 'LUKS' ;;
      CRYPT-*) printf 'dm-crypt' ;;
      *mpath-*) printf 'multipath' ;;
      *) printf 'the device mapper' ;;
    esac
    printf ' (%s, %s)\n' "$(cat "$folder/dm/name")" "$name"
  elif [ -d "$folder/md" ]; then
    printf 'mdraid %s (%s)\n' "$(cat "$folder/md/level" 2>/dev/null || true)" "$name"
  else
    case "$name" in
      bcache* | drbd* | rbd* | nbd* | zd*) printf '%s (%s)\n' "${name%%[0-9]*}" "$name" ;;
    esac
  fi
  if [ -e "$folder/partition" ]; then layers_of "$(whole_of "$1")"; fi
  for file in "$folder"/slaves/*/dev; do
    if [ -e "$file" ]; then layers_of "$(cat "$file")"; fi
  done
}

# The disks below a device, a number each. Usage: disks_below NUMBER
disks_below() {
  local folder file found=''
  folder="/sys/dev/block/$(whole_of "$1")"
  for file in "$folder"/slaves/*/dev; do
    [ -e "$file" ] || continue
    found=1
    disks_below "$(cat "$file")"
  done
  if [ -z "$found" ]; then whole_of "$1"; fi
}

# The devices of the same btrfs as this one, a number each; only this one for any other filesystem. Usage: siblings_of NUMBER
siblings_of() {
  local folder file
  for folder in /sys/fs/btrfs/*/devices; do
    for file in "$folder"/*/dev; do
      if [ -e "$file" ] && [ "$(cat "$file")" = "$1" ]; then
        cat "$folder"/*/dev
        return
      fi
    done
  done
  printf '%s\n' "$1"
}
