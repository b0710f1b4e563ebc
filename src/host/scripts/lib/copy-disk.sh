# The disk of a copy and its partitions: found by the serial number, or named by the action where there is none.
# shellcheck shell=bash

# Waits for a device until it is there. Usage: wait_for FUNCTION
wait_for() {
  local until=$(($(now_ms) + SSM_WaitSeconds * 1000)) device
  device=$("$1")
  while [ -z "$device" ] || [ ! -b "$device" ]; do
    if [ "$(now_ms)" -ge "$until" ]; then return 1; fi
    sleep 0.2
    device=$("$1")
  done
  printf '%s\n' "$device"
}

whole_device() {
  if [ -n "$SSM_Device" ]; then printf '/dev/%s\n' "$SSM_Device"; else device_of "$SSM_VolumeId"; fi
}

# A partition's device is named after its disk: nvme1n1p2, xvdf2.
partition_device() {
  if [[ "$disk" == *[0-9] ]]; then printf '%sp%s\n' "$disk" "$SSM_Partition"; else printf '%s%s\n' "$disk" "$SSM_Partition"; fi
}
