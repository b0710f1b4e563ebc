# Reports what is mounted at the mount point, on which EBS volume, whether the service answers, and who holds the source.
need systemd awk base64 cut date dd df find flock fsfreeze grep gunzip gzip head iconv mktemp mount paste readlink sed sha256sum \
  sort stat sync tail timeout tr umount 'mysql-ib|/usr/local/infobright/bin/mysql|mariadb|mysql'
need_client
device='' filesystem='' size=0 used=0 root=false mounted=false
if is_mounted "$SSM_MountPoint"; then
  mounted=true
  device=$(device_at "$SSM_MountPoint")
  filesystem=$(mount_value "$SSM_MountPoint" type)
  read -r size used < <(df -B1 --output=size,used "$SSM_MountPoint" | tail -n 1)
elif [ -d "$SSM_MountPoint" ] && [ "$(stat -c %d "$SSM_MountPoint")" = "$(stat -c %d /)" ]; then
  root=true
fi
[ -n "$device" ] || device=$(hold_value device)
volumes='' layers='' partition=0 disk='' root_of_mount=/ elsewhere='' outside=''
if [ -b "$device" ]; then
  number=$(device_number "$device")
  partition=$(partition_of "$number")
  below=$(siblings_of "$number" | while read -r one; do disks_below "$one"; done | sort -u)
  volumes=$(while read -r one; do volume_of "$one"; done <<<"$below" | sort -u | sed 's/.*/"&"/' | paste -sd , -)
  layers=$(layers_of "$number" | while read -r one; do json "$one" && echo; done | paste -sd , -)
  if [[ "$below" != *$'\n'* ]]; then
    disk=$(list_disks | awk -v number="$below" '$1 == number { sub(/.*\//, "", $3); print $3 }')
  fi
  if [ "$mounted" = true ]; then
    root_of_mount=$(mount_value "$SSM_MountPoint" root)
    outside=$(mount_value "$SSM_MountPoint" options | tr ',' '\n' | { grep -E '^(logdev|rtdev|journal_dev|journal_path)=' || true; } | paste -sd ' ' -)
    case "$filesystem" in
      ext[34])
        journal=$(blkid -p -o value -s EXT_JOURNAL "$device" 2>/dev/null || true)
        outside="${outside:-${journal:+external journal $journal}}"
        ;;
    esac
    elsewhere=$(mounts_beside "$SSM_MountPoint" | while IFS= read -r one; do json "$one" && echo; done | paste -sd , -)
  fi
fi
state=$(systemctl is-active "$SSM_Service" 2>/dev/null || true)
answers=false version=''
if server_answers; then
  answers=true
  version=$(server_version)
elif [ "$state" = active ] && has_exited; then
  # A unit made from a SysV script.
  state=dead
fi
icm=$(command -v icm || command -v /usr/local/infobright/bin/icm || true)
hold=null
if [ -s "$(hold_dir)/id" ]; then
  at_rest=true
  [ -e "$(hold_dir)/at-rest" ] || at_rest=$([ "$answers" = true ] && echo false || echo true)
  hold=$(printf '{"id":"%s","run":"%s","mode":"%s","sinceMs":%s,"leaseUntilMs":%s,"atRest":%s}' \
    "$(hold_value id)" "$(hold_value run)" "$(hold_value mode)" "$(hold_value since)" "$(hold_value lease-until)" "$at_rest")
fi
emit <<EOF
{"host":$(json "$HOSTNAME"),"mountPoint":$(json "$SSM_MountPoint"),"mounted":$mounted,"isRoot":$root,"device":$(json "$device"),"volumeIds":[$volumes],"filesystem":"$filesystem","sizeBytes":$size,"usedBytes":$used,"serviceState":$(json "$state"),"answers":$answers,"serverVersion":$(json "$version"),"icm":$([ -n "$icm" ] && json "$icm" || echo null),"hold":$hold,"disk":$(json "$disk"),"partition":$partition,"disks":$(disks_json),"layers":[$layers],"rootOfMount":$(json "$root_of_mount"),"mountedElsewhere":[$elsewhere],"outside":$(json "$outside")}
EOF
